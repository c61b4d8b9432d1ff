import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DepotUser, makeDepotUsers } from '../../../sandbox/depot/users.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import { scenarioUsers } from '../../../sandbox/worlds/scenarios.ts';
import {
  attachment,
  modal,
  preview,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../../support/strict-world.ts';

const TRAP = '<!channel> <@U123> <https://evil.example|click> `x` *b* \u202e😀';

/** Emails that a depot server may list and `users` may hold. */
const USABLE = [
  '<!channel>@dkm',
  '<@u123>@dkm',
  '<https://evil.example|x>@dkm',
  '`code`@dkm',
  '```@dkm',
  '*b*_i_~s~@dkm',
  'a&b&amp;c@dkm',
  '😀@dkm',
  '=cmd()@dkm',
  '+1@dkm',
  '-1@dkm',
  '@sum@dkm',
  '__proto__@dkm',
  'constructor@dkm',
  'comma,"quote"@dkm',
  "';drop/**/table/**/users;--@dkm",
  `${'l'.repeat(251)}@dkm`,
];

/** What else stands where an email should be. */
const UNUSABLE = [
  '__proto__',
  `${'x'.repeat(10_000)}@dkm`,
  'nul\u0000l@dkm',
  'line\nbreak@dkm',
  'bidi\u202e@dkm',
  'zero\u200bwidth@dkm',
  '\ud83d@dkm',
  '=HYPERLINK("https://evil.example")',
  '<!channel>',
  12_345,
  null,
  true,
  ['a@dkm'],
  { email: 'a@dkm' },
];

function hostileUsers(): DepotUser[] {
  const rows = [...USABLE, ...UNUSABLE].map((email, index) => ({ id_user: 1000 + index, email, name: TRAP }));
  return [...makeDepotUsers(40), ...rows, { id_user: 5000 }];
}

let world: StrictWorld;
let message: StoredMessage;

beforeAll(async () => {
  const everybody = ['U0ADMIN001', 'U0ADMIN002', 'U0MEMBER01', 'U0USERSYNC'];
  const members = everybody.map((id) => ({ id, name: TRAP, real_name: TRAP, is_bot: id === 'U0USERSYNC' }));
  world = await startStrictWorld({
    slack: { members },
    depots: { dev: { users: hostileUsers() }, test: { users: scenarioUsers.test().slice(0, 3) } },
  });
  await world.sql('UPDATE locations SET location_name = ?', [TRAP]);
  message = await preview(world, world.ayu, 'dev');
});

afterAll(() => world.stop());

/** What Slack would read as mentions, links and dates in all that the bot ever sent; plain text has none. */
function* markup(value: unknown): Generator<string> {
  if (typeof value === 'string') yield* value.match(/<[^>]*>/g) ?? [];
  if (typeof value !== 'object' || value === null || Reflect.get(value, 'type') === 'plain_text') return;
  for (const inner of Object.values(value)) yield* markup(inner);
}

const expectNoTrapSprung = () => {
  const { calls, messages } = world.slack.workspace;
  const found = [...markup(calls.map(({ args }) => args)), ...markup(messages)];
  expect(found.filter((each) => !/^<(@U0ADMIN001>|!date\^)/.test(each))).toEqual([]);
  expect(world.slack.violations).toEqual([]);
};

describe('hostile data of a depot server', () => {
  it('stands in the preview as the letters it is', () => {
    expect(shown(message)).toContain('57 users will be added');
    expect(shown(message)).toContain('`&lt;!channel&gt;@dkm`');
    expect(shown(message)).toContain('15 rows of the server');
    expectNoTrapSprung();
  });

  it('stands in the modal as the letters it is', async () => {
    await world.ayu.click(message, 'view_plan');
    const { view } = await modal(world, 'constructor@dkm');
    expect(JSON.stringify(view)).toContain('`ˋcodeˋ@dkm`');
    expect(JSON.stringify(view)).toContain('id_user 5000: no email');
    expectNoTrapSprung();
  });

  it('is no formula in the CSV file, and every row of it is there', async () => {
    const rows = parseCsv((await attachment(world, message)).content?.toString() ?? '');
    const emails = rows.map(([, email]) => email);
    const harmless = USABLE.map((email) => (/^[=+\-@]/.test(email) ? `'${email}` : email));
    expect(emails).toEqual(expect.arrayContaining(harmless));
    expect(rows.filter(([action]) => action === 'skipped')).toHaveLength(UNUSABLE.length + 1);
    for (const field of rows.flat()) expect(field).not.toMatch(/^[=+\-@\t\r]/);
  });

  it('is written to users as it is listed, and nothing else is', async () => {
    await world.ayu.click(message, 'confirm_run');
    expect((await reply(world, message)).text).toContain('57 users added');
    const rows = await world.sql<{ email: string }>('SELECT email FROM users WHERE location_id = 8');
    const expected = [...makeDepotUsers(40).map(({ email }) => email), ...USABLE];
    expect(rows.map(({ email }) => email).sort()).toEqual(expected.sort());
    await settled(world);
    expectNoTrapSprung();
  });

  it('in an error message is quoted, not followed', async () => {
    world.depots.prod.faults.onRequest = () => ({ status: 500, json: { message: TRAP } });
    const failed = await preview(world, world.ayu, 'prod', 'retry_run');
    expect((await reply(world, failed)).text).toContain('HTTP 500: &lt;!channel&gt; &lt;@U123&gt;');
    expectNoTrapSprung();
  });
});

describe('hostile words of a person', () => {
  it('after the command are quoted', async () => {
    expect(await toldAfter(world, () => world.ayu.command(TRAP))).toContain(
      'There is no target `&lt;!channel&gt;',
    );
    expectNoTrapSprung();
  });

  it('as the reason of a guarded run are kept as they are and shown as letters', async () => {
    const guarded = await preview(world, world.ayu, 'test');
    await world.ayu.click(guarded, 'confirm_guarded_run');
    const reason = `${TRAP}${'🔥'.repeat(400)}`;
    await world.ayu.submit(await modal(world, 'Execute Sync'), { target: 'test', reason });
    await reply(world, guarded);
    await sees(world, 'the reason', () => shown(guarded).includes('Reason given: &lt;!channel&gt;'));
    expect(await world.sql('SELECT reason FROM sync_runs WHERE reason IS NOT NULL')).toEqual([{ reason }]);
    expectNoTrapSprung();
  });
});

/** Rows of a CSV file after RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows = text.match(/(?:"(?:[^"]|"")*"|[^"\r\n])+(?=\r\n)/g) ?? [];
  return rows.map((row) =>
    [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
      quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
    ),
  );
}
