import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AYU, BUDI, CITRA } from '../../../sandbox/local-slack/workspace.ts';
import type { SlackPerson } from '../../../sandbox/strict-slack/slack-person.ts';
import type { Member, StoredMessage, StoredView } from '../../../sandbox/strict-slack/workspace.ts';
import { scenarioUsers } from '../../../sandbox/worlds/scenarios.ts';
import {
  audited,
  buttons,
  CHANNEL,
  everything,
  modal,
  preview,
  sees,
  settled,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../../support/strict-world.ts';

const realNow = performance.now.bind(performance);

/** As if so much time had passed. */
function later(milliseconds: number): void {
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + milliseconds);
}

afterEach(() => {
  vi.restoreAllMocks();
});

const member = (id: string, rest: Partial<Member> = {}): Member => ({ id, name: id.toLowerCase(), ...rest });

/** All but Citra and Gone are on the list of admins, which none of them can be. */
const NOBODYS_ADMINS: [string, Member, string, string][] = [
  ['a member who is not listed', member(CITRA.id), 'Only usersync admins may do this', 'not_listed'],
  ['a guest', member('U0GUEST', { is_restricted: true }), 'Guests of this workspace may not', 'guest'],
  ['a single-channel guest', member('U0SINGLE', { is_ultra_restricted: true }), 'Guests of this', 'guest'],
  ['a bot', member('U0ROBOT', { is_bot: true }), 'Bots may not use usersync', 'bot'],
  [
    'a deactivated member',
    member('U0LEFT', { deleted: true }),
    'Your Slack account is deactivated',
    'deleted',
  ],
  [
    'a stranger',
    member('U0STRANGE', { is_stranger: true }),
    'Members of other workspaces may not',
    'stranger',
  ],
  ['someone of another workspace', member('U0OTHER', { team_id: 'T0OTHER' }), 'Members of other', 'stranger'],
];

const ADMINS = [AYU.id, BUDI.id, ...NOBODYS_ADMINS.map(([, { id }]) => id), 'U0GONE'].filter(
  (id) => id !== CITRA.id,
);
const MEMBERS = [member(AYU.id), member(BUDI.id), member('U0USERSYNC', { is_bot: true })];

describe('somebody who may not use the bot', () => {
  let world: StrictWorld;
  let plan: StoredMessage;
  let failed: StoredMessage;
  let guarded: StoredMessage;
  let completed: StoredMessage;
  let form: StoredView;

  beforeAll(async () => {
    const members = [...MEMBERS, ...NOBODYS_ADMINS.map(([, each]) => each)];
    const channels = [
      { id: CHANNEL, name: 'dev-support', members: [...members.map(({ id }) => id), 'U0GONE'] },
    ];
    world = await startStrictWorld({
      slack: { members, channels },
      settings: { SLACK_ADMIN_USER_IDS: ADMINS.join(), SYNC_TARGETS: 'dev,test,prod,sby' },
      depots: { test: { users: scenarioUsers.test().slice(0, 3) } },
    });
    await world.sql("INSERT INTO locations VALUES (9, 'sby', 'Surabaya', 'jkt.web.com', NULL, NULL)");
    plan = await preview(world, world.ayu, 'dev');
    failed = await preview(world, world.ayu, 'sby', 'retry_run');
    guarded = await preview(world, world.ayu, 'test');
    completed = await preview(world, world.ayu, 'prod');
    await world.ayu.click(completed, 'confirm_run');
    await sees(world, 'Roll Back', () => buttons(completed).includes('roll_back_run'));
    await world.ayu.click(guarded, 'confirm_guarded_run');
    form = await modal(world, 'Execute Sync');
    await settled(world);
  });

  afterAll(async () => {
    await world.stop();
  });

  const DEEDS: [string, (person: SlackPerson) => Promise<unknown>][] = [
    ['/usersync dev', (person) => person.command('dev')],
    ['/usersync nonsense', (person) => person.command('nonsense')],
    ['/usersync rollback', (person) => person.command('rollback')],
    ['/usersync all', (person) => person.command('all')],
    ['/usersync status', (person) => person.command('status')],
    ['/usersync history', (person) => person.command('history')],
    ['/usersync export 4', (person) => person.command('export 4')],
    ['Confirm & Execute', (person) => person.click(plan, 'confirm_run')],
    ['Cancel', (person) => person.click(plan, 'cancel_run')],
    ['Try Again', (person) => person.click(failed, 'retry_run')],
    ['Roll Back', (person) => person.click(completed, 'roll_back_run')],
    ['the form with the reason', (person) => person.submit(form, { target: 'test', reason: 'I want to' })],
  ];
  const LOOKS: [string, (person: SlackPerson) => Promise<unknown>][] = [
    ['/usersync users test', (person) => person.command('users test')],
    ['/usersync inactive test', (person) => person.command('inactive test')],
    ['View All', (person) => person.click(plan, 'view_plan')],
    ['Adjust', (person) => person.click(plan, 'adjust_run')],
    ['Confirm With Reason…', (person) => person.click(guarded, 'confirm_guarded_run')],
  ];

  /** Everybody who is refused, with every deed. */
  const refusals = NOBODYS_ADMINS.flatMap(([who, { id }, words, why]) =>
    DEEDS.map(([what, deed]) => ({ who, id, what, deed, words, why })),
  );

  it.each(refusals)(
    '$who is refused $what, told so alone, and it is audited',
    async ({ id, deed, words, why }) => {
      const before = await everything(world);
      const trail = (await audited(world)).length;
      const told = await toldAfter(world, () => deed(world.person(id)), id);
      expect(told).toContain(words);
      // Only a member of the workspace learns whom to ask.
      expect(told.includes(AYU.id)).toBe(why === 'not_listed');
      expect((await audited(world)).slice(trail)).toEqual([
        { step: 'refused', outcome: 'not_admin', actor_id: id, run_id: null, reason: why },
      ]);
      expect(await everything(world)).toEqual(before);
      world.slack.workspace.views.set(form.id, form);
    },
  );

  it('leaves on record the command or button and its run, and no word that was typed', async () => {
    const asked = [
      [() => world.citra.command('find budi@dkm'), { what: 'find' }],
      [() => world.citra.command('nonsense budi@dkm'), { what: 'unknown' }],
      [() => world.citra.command('users dev budi@dkm'), { what: 'users dev' }],
      [() => world.citra.command('rollback 12'), { what: 'rollback', ofRunId: 12 }],
      [() => world.citra.click(completed, 'roll_back_run'), { what: 'roll_back_run', ofRunId: 4 }],
      [
        () => world.citra.submit(form, { target: 'test', reason: 'budi@dkm' }),
        { what: 'guarded_confirmation', ofRunId: 3 },
      ],
    ] as const;
    const [last] = await world.sql<{ seq: number }>('SELECT MAX(seq) AS seq FROM audit_logs');
    const rows = () =>
      world.sql<{ facts: string }>(
        "SELECT facts FROM audit_logs WHERE seq > ? AND step = 'refused' AND run_id IS NULL ORDER BY seq",
        [last?.seq],
      );
    for (const [index, [ask]] of asked.entries()) {
      await ask();
      await sees(world, 'an audit row', async () => (await rows()).length > index);
    }
    const facts = (await rows()).map((row) => JSON.parse(row.facts));
    expect(facts).toEqual(asked.map(([, fact]) => ({ kind: 'asked', ...fact })));
    world.slack.workspace.views.set(form.id, form);
  });

  it.each(LOOKS)('nobody of them is shown anything by %s', async (_what, look) => {
    const before = await everything(world);
    for (const [, { id }, words] of NOBODYS_ADMINS) {
      world.slack.workspace.views.clear();
      await look(world.person(id));
      const shownToThem = await modal(world, words);
      expect(JSON.stringify(shownToThem.view)).not.toContain('@dkm');
      expect(shownToThem.view['submit']).toBeUndefined();
    }
    expect(await everything(world)).toEqual(before);
    world.slack.workspace.views.set(form.id, form);
  });

  it('whom Slack does not know is refused too, on the list or not', async () => {
    const answer = await toldAfter(world, () => world.person('U0GONE').command('dev'), 'U0GONE');
    expect(answer).toContain('Slack did not say whether you are an admin, so nothing was done.');
    expect((await audited(world)).at(-1)).toMatchObject({ outcome: 'not_admin', reason: 'unverifiable' });
  });

  it.each([
    ['is down', { status: 503 }, 40_000],
    ['limits the rate', { retryAfter: 30 }, 80_000],
    ['lacks the scope', { error: 'missing_scope' }, 120_000],
  ])('is anybody while Slack %s, but only for so long', async (_what, fault, milliseconds) => {
    later(milliseconds);
    world.slack.fail('users.info', { ...fault, times: 2 });
    expect(await toldAfter(world, () => world.ayu.command('nonsense'))).toContain(
      'Slack did not say whether',
    );
    expect(await toldAfter(world, () => world.ayu.command('nonsense'))).toContain('There is no target');
  });
});
