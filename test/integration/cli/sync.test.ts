import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertLocations } from '../../../sandbox/database/seed-locations.ts';
import { type DepotHost, startDepotHost } from '../../../sandbox/depot/host.ts';
import { makeDepotUsers } from '../../../sandbox/depot/users.ts';
import { AYU, BUDI, DEV_SUPPORT } from '../../../sandbox/local-slack/workspace.ts';
import { until } from '../../../sandbox/process/until.ts';
import { runSync } from '../../../src/cli/sync/sync.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { type MainWorld, startMainWorld } from '../../support/main-world.ts';
import type { Environment } from '../../support/settings.ts';

let world: MainWorld;
let depots: DepotHost;
const TARGETS = ['dev', 'test', 'prod', 'none'];

beforeAll(async () => {
  world = await startMainWorld();
  const list = makeDepotUsers(3);
  depots = await startDepotHost({ dev: list, test: list, prod: list, none: [] }, 5);
  await insertLocations(
    world.migrated.url,
    TARGETS.map((name, index) => ({ id: index + 1, code: name, name, url: depots.urlOf(name) })),
  );
});

afterAll(async () => {
  await depots.stop();
  await world.stop();
});

const settings = (changes: Environment = {}) =>
  world.settings({
    SLACK_ADMIN_USER_IDS: `${AYU.id},${BUDI.id}`,
    SLACK_CHANNEL_IDS: DEV_SUPPORT.id,
    EXTERNAL_API_PASSWORD: 'correct_password',
    SYNC_TARGETS: TARGETS.join(','),
    ...changes,
  });

/** Runs the command here, with no bot and no Slack about. */
async function sync(words: readonly string[], changes: Environment = {}) {
  const lines: string[] = [];
  const exit = await runSync(parseConfig(settings(changes)), words, (line) => lines.push(line));
  return { exit, text: lines.join('\n') };
}

const sql = <Row>(statement: string, values: unknown[] = []) =>
  world.migrated.connection.query<Row[]>(statement, values);
const newestRun = async () =>
  Number((await sql<{ id: number }>('SELECT MAX(id) AS id FROM sync_runs'))[0]?.id);

describe('the operator’s command line', () => {
  it('previews, confirms and takes back without Slack, and leaves who it was, and why, on record', async () => {
    const preview = await sync(['preview', 'dev', '--as', 'ayu']);
    expect(preview).toMatchObject({ exit: 2, text: expect.stringContaining('add') });
    const run = await newestRun();
    const confirmed = await sync(['confirm', String(run), '--as', 'ayu', '--reason', 'Slack is down']);
    expect(confirmed).toMatchObject({
      exit: 0,
      text: expect.stringContaining('Sync Completed: dev'),
    });
    expect(
      await sql('SELECT step, actor_id AS actor, reason FROM audit_logs WHERE run_id = ? AND step = ?', [
        run,
        'confirmed',
      ]),
    ).toEqual([{ step: 'confirmed', actor: 'cli:ayu', reason: 'Slack is down' }]);
    expect((await sync(['preview', 'dev'])).exit).toBe(0);
    expect(await sync(['rollback', String(run), '--as', 'ayu'])).toMatchObject({ exit: 2 });
    expect((await sync(['cancel', String(await newestRun()), '--as', 'ayu'])).exit).toBe(0);
  });

  it.each([
    [['show', '1'], 'run'],
    [['history', 'dev'], '0'],
    [['status'], '0'],
  ] as const)('%j prints JSON for programs', async (words, key) => {
    const { exit, text } = await sync([...words, '--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(text)).toHaveProperty(key);
  });

  it.each([
    [[], 'Say what to do'],
    [['delete', 'dev'], 'delete is no command'],
    [['preview'], 'preview needs a target'],
    [['preview', 'moon'], 'moon is no target'],
    [['confirm', '1', '--as', 'ayu'], 'confirm needs --reason TEXT'],
    [['confirm', '1', '--reason', 'because'], 'confirm needs --as NAME'],
    [['confirm', '999999', '--as', 'ayu', '--reason', 'because'], 'no such run'],
    [['cancel', 'x', '--as', 'ayu'], 'cancel needs the number of a run'],
    [['show', '1', '2'], '2 is one word too many'],
    [['preview', 'dev', '--force'], '--force'],
  ] as const)('refuses %j with words, and exit 1', async (words, said) => {
    expect(await sync(words)).toEqual({ exit: 1, text: expect.stringContaining(said) });
  });

  it('does not count as one of the people that a target needs', async () => {
    const approvals = { SYNC_APPROVALS: 'prod=2', BREAK_GLASS: 'off' };
    expect((await sync(['preview', 'prod'], approvals)).exit).toBe(2);
    const run = await newestRun();
    const confirmed = await sync(['confirm', String(run), '--as', 'budi', '--reason', 'alone'], approvals);
    expect(confirmed).toMatchObject({ exit: 1, text: expect.stringContaining('people') });
    expect(await sql('SELECT status FROM sync_runs WHERE id = ?', [run])).toEqual([{ status: 'ready' }]);
  });

  it('is bound by a freeze', async () => {
    expect((await sync(['preview', 'test'])).exit).toBe(2);
    const words = ['confirm', String(await newestRun()), '--as', 'budi', '--reason', 'now'];
    const frozen = await sync(words, { SYNC_FREEZE: '2020-01-01-2099-12-31', BREAK_GLASS: 'off' });
    expect(frozen).toMatchObject({ exit: 1, text: expect.stringContaining('frozen until') });
    expect((await sync(words)).exit).toBe(0);
  });

  it('acts alone where that is allowed, which the audit log says', async () => {
    const approvals = { SYNC_APPROVALS: 'prod=2' };
    await sql("UPDATE users SET status = 'inactive' WHERE location_id = 1 LIMIT 1");
    await sync(['preview', 'prod'], approvals);
    const run = await newestRun();
    const confirmed = await sync(
      ['confirm', String(run), '--as', 'budi', '--reason', 'Slack is down'],
      approvals,
    );
    expect(confirmed.exit).toBe(0);
    const rows = await sql(
      "SELECT outcome, reason FROM audit_logs WHERE run_id = ? AND step = 'broke_glass'",
      [run],
    );
    expect(rows).toEqual([{ outcome: 'people', reason: 'Slack is down' }]);
  });

  it('says that a server lists nobody, and fails', async () => {
    await sql("INSERT INTO users (email, location_id, status) VALUES ('a@dkm', 4, 'active')");
    expect((await sync(['preview', 'none'])).exit).toBe(1);
  });
});

describe('a sync of the command line', () => {
  it('that is killed while it reads goes on in the bot, and Slack is told of all of them', async () => {
    await sql("UPDATE users SET status = 'inactive' WHERE location_id = 1");
    const cli = world.run('sync', settings(), 'preview', 'dev', '--as', 'ayu');
    const before = await newestRun();
    await until(async () => (await newestRun()) > before, {
      timeoutMs: 30_000,
      failure: () => 'the run opens',
    });
    cli.kill('SIGKILL');
    await cli.ended;
    const run = await newestRun();
    const bot = world.run('start', settings());
    await bot.says('usersync is ready');
    await until(
      async () =>
        (await sql<{ status: string }>('SELECT status FROM sync_runs WHERE id = ?', [run]))[0]?.status ===
        'ready',
      {
        timeoutMs: 60_000,
        failure: () => 'the bot goes on with the run',
      },
    );
    const said = () => world.slack.messages(DEV_SUPPORT.id).map(({ blocks }) => JSON.stringify(blocks));
    await until(() => said().some((text) => text.includes('Sync Completed')) && said().length > 2, {
      timeoutMs: 60_000,
      failure: () => `Slack is told: ${said().join('\n')}`,
    });
    expect(said().join('')).toContain('ayu (command line');
    expect(world.slack.violations).toEqual([]);
    bot.kill('SIGTERM');
    await bot.ended;
  });
});
