import { beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { createLocations } from '../../../src/database/reports/targets.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { createRules } from '../../../src/sync/rules/rules.ts';
import { type Actor, type Run, SYSTEM } from '../../../src/sync/run/run.ts';
import { createAdjust } from '../../../src/sync/use-cases/adjust-cancel-retry.ts';
import { someoneWaits } from '../database/support/lock-wait.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, BUDI } from '../database/support/runs.ts';
import { recordStatements } from '../database/support/statements.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { type Core, type CoreOptions, createCore } from './support/core.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();
const CITRA: Actor = { id: 'U-CITRA', name: 'Citra' };
const running = new AbortController().signal;

let target: Target;
beforeEach(async () => {
  target = await testbed.location();
});

function replica(needed: number, options: CoreOptions = {}): Core {
  const list = whole(listOf('new@dkm', 'other@dkm'));
  const approvals = { [target.name]: needed };
  return createCore(testbed.bot, {
    targets: [target],
    source: scriptedSource(list, list),
    approvals,
    ...options,
  });
}

async function preview(core: Core, actor: Actor): Promise<Run> {
  const request = { target: target.name, channelId: 'C1', actor, requestKey: `${target.name} ${actor.id}` };
  const requested = await core.preview.request(request);
  if (requested.outcome !== 'requested') throw new Error(requested.outcome);
  await core.preview.read(requested, running);
  return stored(requested.run.id);
}

async function stored(id: number): Promise<Run> {
  const run = await testbed.bot.runs.find(id);
  if (run === undefined) throw new Error('The run is gone');
  return run;
}

type Counting = Parameters<Core['execution']['confirm']>[1];

/** What becomes of a press: `1 of 2` where it is counted. */
async function press(core: Core, { id }: Run, actor: Actor, counting?: Counting): Promise<string> {
  const click = { runId: id, actor, message: undefined };
  const confirmed = await core.execution.confirm(click, counting);
  switch (confirmed.outcome) {
    case 'claimed':
      await core.execution.execute(confirmed, running);
      return (await stored(id)).status;
    case 'refused':
      return confirmed.refusal.code;
    default:
      return `${confirmed.outcome} ${confirmed.people} of ${confirmed.needed}`;
  }
}

const approvedRows = (run: Run) =>
  testbed.sql<{ step: string; actor: string }>(
    "SELECT step, actor_id AS actor FROM audit_logs WHERE run_id = ? AND step IN ('approved', 'withdrawn', 'confirmed') ORDER BY seq",
    [run.id],
  );

const SECOND = 'second_person_needed';
const cases: readonly [
  asked: string,
  needed: number,
  by: Actor,
  presses: readonly (readonly [Actor, string])[],
][] = [
  ['a person', 1, AYU, [[AYU, 'completed']]],
  ['the schedule', 1, SYSTEM, [[AYU, 'completed']]],
  [
    'a person',
    2,
    AYU,
    [
      [AYU, SECOND],
      [BUDI, 'completed'],
    ],
  ],
  [
    'the schedule',
    2,
    SYSTEM,
    [
      [AYU, 'approved 1 of 2'],
      [BUDI, 'completed'],
    ],
  ],
  [
    'a person',
    3,
    AYU,
    [
      [AYU, SECOND],
      [BUDI, 'approved 2 of 3'],
      [CITRA, 'completed'],
    ],
  ],
  [
    'the schedule',
    3,
    SYSTEM,
    [
      [AYU, 'approved 1 of 3'],
      [BUDI, 'approved 2 of 3'],
      [CITRA, 'completed'],
    ],
  ],
];

describe('a preview of a target that needs several people', () => {
  it.each(cases)('that %s asked for, where %i are needed', async (_asked, needed, by, presses) => {
    const core = replica(needed);
    const run = await preview(core, by);
    for (const [actor, becomes] of presses) expect(await press(core, run, actor)).toBe(becomes);
  });

  it('calls the others once one has approved what the schedule asked for', async () => {
    const run = await preview(replica(2), SYSTEM);
    const called = () =>
      testbed.sql("SELECT reason FROM sync_outbox WHERE run_id = ? AND kind = 'call'", [run.id]);
    expect(await called()).toEqual([]);
    expect(await press(replica(2), run, AYU)).toBe('approved 1 of 2');
    expect(await called()).toEqual([{ reason: 'people_needed' }]);
  });

  it('sees an approval that is stored while somebody else confirms', async () => {
    const core = replica(2);
    const run = await preview(core, SYSTEM);
    const ayu = await connect(testbed.database.url);
    await ayu.beginTransaction();
    await ayu.query('SELECT id FROM sync_runs WHERE id = ? FOR UPDATE', [run.id]);
    await ayu.query(
      `INSERT INTO sync_approvals (run_id, actor_id, actor_name, plan_hash, approved_at)
       VALUES (?, ?, 'Ayu', ?, UTC_TIMESTAMP(3))`,
      [run.id, AYU.id, run.planHash],
    );
    const pressed = press(core, run, BUDI);
    await someoneWaits(testbed).finally(() => ayu.commit());
    await ayu.end();
    expect(await pressed).toBe('completed');
  });

  it('counts nobody twice: pressing again takes the approval back, with a row for each', async () => {
    const core = replica(2);
    const run = await preview(core, SYSTEM);
    expect(await press(core, run, AYU)).toBe('approved 1 of 2');
    expect(await press(core, run, AYU)).toBe('withdrawn 0 of 2');
    expect(await press(core, run, BUDI)).toBe('approved 1 of 2');
    expect(await press(core, run, AYU)).toBe('completed');
    expect(await approvedRows(run)).toEqual([
      { step: 'approved', actor: AYU.id },
      { step: 'withdrawn', actor: AYU.id },
      { step: 'approved', actor: BUDI.id },
      { step: 'confirmed', actor: AYU.id },
    ]);
  });

  it('counts a press once that is delivered twice, also the press that withdraws', async () => {
    const core = replica(3);
    const run = await preview(core, SYSTEM);
    for (const [requestKey, becomes] of [
      ['first press', 'approved 1 of 3'],
      ['first press', 'approved 1 of 3'],
      ['second press', 'withdrawn 0 of 3'],
      ['second press', 'withdrawn 0 of 3'],
      ['third press', 'approved 1 of 3'],
    ] as const) {
      expect(await press(core, run, AYU, { requestKey })).toBe(becomes);
    }
    const steps = (await approvedRows(run)).map(({ step }) => step);
    expect(steps).toEqual(['approved', 'withdrawn', 'approved']);
  });

  it('executes nothing for a press that only withdraws, whether it withdraws something or not', async () => {
    const core = replica(2);
    const run = await preview(core, SYSTEM);
    const withdraw = { ifApproved: 'only_withdraws' } as const;
    expect(await press(core, run, AYU, withdraw)).toBe('withdrawn 0 of 2');
    expect(await press(core, run, AYU)).toBe('approved 1 of 2');
    expect(await press(core, run, BUDI, withdraw)).toBe('withdrawn 1 of 2');
    expect(await press(core, run, AYU, withdraw)).toBe('withdrawn 0 of 2');
    expect((await stored(run.id)).status).toBe('ready');
    expect((await approvedRows(run)).map(({ step }) => step)).toEqual(['approved', 'withdrawn']);
  });

  it('executes nothing for a press that only withdraws, also where one person is enough by then', async () => {
    const run = await preview(replica(1), SYSTEM);
    expect(await press(replica(2), run, AYU)).toBe('approved 1 of 2');
    expect(await press(replica(1), run, AYU, { ifApproved: 'only_withdraws' })).toBe('withdrawn 0 of 1');
    expect((await stored(run.id)).status).toBe('ready');
  });

  it('takes only its own approval back where one person is enough by then and others have approved too', async () => {
    const run = await preview(replica(1), SYSTEM);
    expect(await press(replica(3), run, AYU)).toBe('approved 1 of 3');
    expect(await press(replica(3), run, BUDI)).toBe('approved 2 of 3');
    const lax = replica(1, { gone: [AYU.id] });
    expect(await press(lax, run, BUDI, { ifApproved: 'only_withdraws' })).toBe('withdrawn 0 of 1');
    expect((await testbed.bot.runs.approvals(run)).map(({ actor }) => actor)).toEqual([AYU]);
    expect((await stored(run.id)).status).toBe('ready');
  });

  it('takes an approval back also where Slack says nothing of the others', async () => {
    const run = await preview(replica(2), SYSTEM);
    expect(await press(replica(3), run, AYU)).toBe('approved 1 of 3');
    expect(await press(replica(3), run, BUDI)).toBe('approved 2 of 3');
    const unsure = replica(2, { unknown: [AYU.id] });
    expect(await press(unsure, run, BUDI, { ifApproved: 'only_withdraws' })).toMatch(/^withdrawn/);
    expect((await testbed.bot.runs.approvals(run)).map(({ actor }) => actor)).toEqual([AYU]);
  });

  it('does not count who is no admin any more', async () => {
    const run = await preview(replica(2), SYSTEM);
    expect(await press(replica(2), run, AYU)).toBe('approved 1 of 2');
    expect(await press(replica(2, { gone: [AYU.id] }), run, BUDI)).toBe('approved 1 of 2');
    expect(await press(replica(2, { gone: [AYU.id] }), run, CITRA)).toBe('completed');
  });

  it('is asked of thousands of targets in one statement', async () => {
    const many = Array.from({ length: 3_000 }, (_, n): [string, number] => [`t${n}`, 2]);
    const codes = new Map([...many.map(([name]): [string, string] => [name, name]), ['other', target.name]]);
    const { db, explain } = recordStatements(testbed.database.url);
    const rulesFor = createRules(createLocations(db, codes), {
      guard: { count: 5, percent: 20 },
      protectedEmails: [],
      approvals: new Map([...many, ['other', 3]]),
    });
    const asked = await explain(async () => {
      const { people } = await rulesFor({ target: target.name, locationId: target.locationId });
      expect(people).toBe(3);
    });
    await db.$disconnect();
    expect(asked).toHaveLength(1);
  });

  it('does not count who asked and is no admin any more', async () => {
    const run = await preview(replica(2), AYU);
    expect(await press(replica(2, { gone: [AYU.id] }), run, BUDI)).toBe('approved 1 of 2');
  });

  it('is executed once where two people press in the same moment at two replicas', async () => {
    const run = await preview(replica(2), SYSTEM);
    const there = createCore(testbed.another(), { targets: [target], approvals: { [target.name]: 2 } });
    const outcomes = await Promise.all([press(replica(2), run, AYU), press(there, run, BUDI)]);
    expect(outcomes.toSorted()).toEqual(['approved 1 of 2', 'completed']);
  });

  it('is called for once its plan is there, and not where there is nothing to do', async () => {
    const core = replica(2);
    const calls = ({ id }: Run) =>
      testbed.sql("SELECT reason FROM sync_outbox WHERE run_id = ? AND kind = 'call'", [id]);
    expect(await calls(await preview(core, AYU))).toEqual([{ reason: 'people_needed' }]);
    await testbed.addUsers(target, { 'new@dkm': 'active', 'other@dkm': 'active' });
    const idle = await preview(core, BUDI);
    expect(idle.status).toBe('completed');
    expect(await calls(idle)).toEqual([]);
  });

  it('that would decide does not count, nor is it counted out, while Slack does not say who is an admin', async () => {
    const unsure = replica(2, { unknown: [AYU.id] });
    const run = await preview(unsure, AYU);
    expect(await press(unsure, run, BUDI)).toBe('people_unverifiable');
    expect(await stored(run.id)).toMatchObject({ status: 'ready' });
    expect(await approvedRows(run)).toEqual([]);
    const alone = { target: target.name, reason: 'the others are away', alone: true };
    expect(await press(unsure, run, BUDI, { declaration: alone })).toBe('completed');
  });

  it('that would not decide is no hindrance while Slack does not say who is an admin', async () => {
    const unsure = replica(3, { unknown: [AYU.id] });
    const run = await preview(unsure, AYU);
    expect(await press(unsure, run, BUDI)).toBe('approved 1 of 3');
    const sure = replica(2, { unknown: [AYU.id] });
    expect(await press(sure, await preview(sure, SYSTEM), BUDI)).toBe('approved 1 of 2');
  });

  it('falls with its plan: an adjusted one is approved anew', async () => {
    const core = replica(3);
    const run = await preview(core, SYSTEM);
    expect(await press(core, run, AYU)).toBe('approved 1 of 3');
    const locations = createLocations(testbed.bot.db, new Map([[target.name, target.name]]));
    const settings = {
      guard: { count: 5, percent: 20 },
      protectedEmails: [],
      approvals: new Map([[target.name, 3]]),
    };
    const adjust = createAdjust({ ...testbed.bot, rulesFor: createRules(locations, settings) });
    const click = { runId: run.id, actor: BUDI, message: undefined };
    const adjusted = await adjust(click, { emails: ['other@dkm'], actions: [] }, `adjust ${run.id}`);
    if (adjusted.outcome !== 'adjusted') throw new Error(adjusted.refusal.code);
    expect(await testbed.bot.runs.approvals(adjusted.run)).toEqual([]);
    expect(await press(core, adjusted.run, AYU)).toBe('approved 2 of 3');
    expect(await press(core, run, CITRA)).toBe('not_ready');
  });

  it('is not executed by a process whose settings need more people than were counted', async () => {
    const lax = replica(1);
    const run = await preview(lax, SYSTEM);
    const click = { runId: run.id, actor: AYU, message: undefined };
    const confirmed = await lax.execution.confirm(click);
    if (confirmed.outcome !== 'claimed') throw new Error(confirmed.outcome);
    await replica(2).execution.execute(confirmed, running);
    expect(await stored(run.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'second_person_needed', people: 1, needed: 2 },
    });
  });

  it('keeps an approval to the plan that was shown', async () => {
    const core = replica(2);
    const run = await preview(core, SYSTEM);
    await press(core, run, AYU);
    await testbed.sql('UPDATE sync_approvals SET plan_hash = REPEAT(?, 64) WHERE run_id = ?', ['0', run.id]);
    expect(await press(core, run, BUDI)).toBe('approved 1 of 2');
  });
});
