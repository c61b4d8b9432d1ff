import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { connect, query } from '../../../sandbox/database/database-server.ts';
import { startMariadb } from '../../../sandbox/database/mariadb.ts';
import { insertLocations } from '../../../sandbox/database/seed-locations.ts';
import { type DepotHost, startDepotHost } from '../../../sandbox/depot/host.ts';
import { makeDepotUser, makeDepotUsers } from '../../../sandbox/depot/users.ts';
import { AYU, BUDI, DEV_SUPPORT } from '../../../sandbox/local-slack/workspace.ts';
import { startTcpProxy, type TcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { until } from '../../../sandbox/process/until.ts';
import { runSync } from '../../../src/cli/sync/sync.ts';
import { parseConfig } from '../../../src/config/config.ts';
import type { Environment } from '../../../src/config/settings.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { createRuns } from '../../../src/database/runs/runs.ts';
import { type MainWorld, startMainWorld } from '../../support/main-world.ts';
import { someoneWaits } from '../database/support/lock-wait.ts';
import { runDraft, step } from '../database/support/runs.ts';

let world: MainWorld;
let depots: DepotHost;
const TARGETS = ['dev', 'test', 'prod', 'none', 'big', 'odd', 'gone', 'unused'];

beforeAll(async () => {
  world = await startMainWorld();
  const list = makeDepotUsers(3);
  const odd = [
    ...makeDepotUsers(2),
    { ...makeDepotUser(3), email: '' },
    { ...makeDepotUser(4), email: 's*r@dkm' },
  ];
  const lists = { dev: list, test: list, prod: list, none: [], big: makeDepotUsers(1_200), odd };
  depots = await startDepotHost(lists, 5);
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
  const exit = await runSync(
    async () => parseConfig(settings(changes)),
    words,
    (line) => lines.push(line),
    new AbortController().signal,
  );
  return { exit, text: lines.join('\n') };
}

const sql = <Row>(statement: string, values: unknown[] = []) => world.migrated.sql<Row>(statement, values);

/** A read of Prod whose process died. */
async function abandonedRead(): Promise<number> {
  const db = openDatabase(world.migrated.url);
  const target = { name: 'prod', locationId: 3, locationName: 'prod', baseUrl: '' };
  const draft = runDraft(target, { reads: 'list of 3' });
  const opened = await createRuns(db, randomUUID()).request(draft, step('requested'));
  await db.$disconnect();
  if (opened.outcome !== 'requested') throw new Error(opened.outcome);
  return opened.run.id;
}

const newestRun = async () =>
  Number((await sql<{ id: number }>('SELECT MAX(id) AS id FROM sync_runs'))[0]?.id);

describe('the operator’s command line', () => {
  it('previews in SYNC_SCHEDULE_CHANNEL_ID, also where nothing is scheduled and the command works in any channel', async () => {
    const channels = { SLACK_CHANNEL_IDS: '', SYNC_SCHEDULE_CHANNEL_ID: 'C0OPSROOM1' };
    expect(await sync(['preview', 'none'], channels)).toMatchObject({ exit: 0 });
    const [run] = await sql<{ channel: string }>('SELECT channel_id AS channel FROM sync_runs WHERE id = ?', [
      await newestRun(),
    ]);
    expect(run?.channel).toBe('C0OPSROOM1');
  });

  it('finishes the run of a process that died, which would be in the way for ever without a bot', async () => {
    const run = await abandonedRead();
    await sql('UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) WHERE id = ?', [run]);
    expect(await sync(['preview', 'prod'])).toMatchObject({ exit: 2 });
    expect(await sql('SELECT status FROM sync_runs WHERE id = ?', [run])).toEqual([{ status: 'superseded' }]);
  });

  it('cancels a run that is still read, though its process died', async () => {
    const run = String(await abandonedRead());
    const cancelled = await sync(['cancel', run, '--as', 'ayu']);
    expect(cancelled).toEqual({
      exit: 0,
      text: expect.stringMatching(/^Sync Cancelled: prod\. Cancelled by ayu /),
    });
    expect(cancelled.text.split('\n').slice(1)).toEqual([
      expect.stringMatching(new RegExp(`^Run ${run}; Requested by `)),
    ]);
    expect((await sync(['history', 'prod'])).text).toContain(`${run}  `);
    expect((await sync(['history', 'prod'])).text).toMatch(/prod: cancelled by ayu/);
    expect((await sync(['cancel', run, '--as', 'budi'])).text).toContain(`Run ${run} was cancelled by ayu`);
    expect(await sync(['preview', 'prod'])).toMatchObject({ exit: 2 });
  });

  it('previews, confirms and takes back without Slack, and leaves who it was, and why, on record', async () => {
    const preview = await sync(['preview', 'dev', '--as', 'ayu']);
    expect(preview).toMatchObject({ exit: 2, text: expect.stringContaining('add') });
    const run = await newestRun();
    expect((await sync(['show', String(run)])).text).toMatch(/\nTo execute it: npm run sync -- confirm /);
    const raised = await sync(['show', String(run)], { SYNC_APPROVALS: 'dev=2' });
    expect(raised.text).toMatch(/\nTo execute it alone, which all admins are told: npm run sync /);
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
    const rollback = await newestRun();
    expect((await sync(['status', 'dev'])).text).toContain(`UTC: run ${rollback}, rollback of run ${run}, `);
    expect((await sync(['cancel', String(rollback), '--as', 'ayu'])).exit).toBe(0);
    await sql('DELETE FROM sync_changes WHERE run_id = ?', [rollback]);
    expect((await sync(['show', String(rollback)])).text).toContain(
      'The users of this plan are no longer on record.',
    );
  });

  it('names the commands to type here, not those of Slack, which may be down', async () => {
    const { text } = await sync(['show', '999999']);
    expect(text).toContain(
      'Type npm run sync to see how to start a new one, or npm run sync -- history to see',
    );
    expect(text).not.toContain('/usersync');
  });

  it('names a command where Slack has a button that reads the server again', async () => {
    await sql("INSERT INTO users (email, location_id) VALUES ('a@dkm', 7)");
    const preview = await sync(['preview', 'gone']);
    expect(preview).toEqual({
      exit: 1,
      text: expect.stringContaining('then run npm run sync -- preview gone.'),
    });
    const failed = String(await newestRun());
    await sql('UPDATE sync_runs SET reverts_run_id = 1 WHERE id = ?', [failed]);
    expect((await sync(['show', failed])).text).toContain('then run npm run sync -- rollback 1 --as NAME');
  });

  it('says what can be typed to whoever asks for help, in 80 columns', async () => {
    const { exit, text } = await sync(['--help']);
    expect(exit).toBe(0);
    expect(text).toContain('preview TARGET');
    expect((await sync(['preview', 'dev', '--force'])).text).toMatch(/^Unknown option '--force'\.\n/);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('says that there are no runs yet', async () => {
    expect(await sync(['history', 'unused'])).toEqual({ exit: 0, text: 'There are no runs to show.' });
    expect(await sync(['history', 'unused', '--json'])).toEqual({ exit: 0, text: '[]' });
  });

  it('says that its times are of UTC', async () => {
    const { text } = await sync(['history', 'dev']);
    expect(text.split('\n')[0]).toMatch(
      /^ +\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}dev(, rollback of run \d+)?: /,
    );
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
    [['confirm', '1', '--reason', 'because', '--as', '  '], 'NAME is up to 60 letters'],
    [['confirm', '1', '--reason', 'because', '--as', '<@U0123>'], 'NAME is up to 60 letters'],
    [['confirm', '1', '--reason', 'because', '--as', 'x'.repeat(61)], 'NAME is up to 60 letters'],
    [['confirm', '1', '--reason', ' \n ', '--as', 'ayu'], 'TEXT says why, in three characters at least'],
    [['confirm', '1', '--reason', 'x'.repeat(501), '--as', 'ayu'], 'in 500 characters at most'],
    [['confirm', '1e3', '--as', 'ayu', '--reason', 'because'], 'confirm needs the number of a run'],
    [['rollback', '0x10', '--as', 'ayu'], 'rollback needs the number of a run'],
    [['show', '0'], 'show needs the number of a run'],
    [['show', '99999999999'], 'show needs the number of a run'],
    [['show', '999999'], 'no such run'],
    [['history', 'moon'], 'moon is no target'],
    [['status', 'moon'], 'moon is no target'],
    [['confirm', '999999', '--as', 'ayu', '--reason', 'because'], 'no such run'],
    [['cancel', 'x', '--as', 'ayu'], 'cancel needs the number of a run'],
    [['show', '1', '2'], '2 is one word too many'],
    [['preview', 'dev', '--force'], "Unknown option '--force'"],
  ] as const)('refuses %j with words, and exit 1', async (words, said) => {
    expect(await sync(words)).toEqual({ exit: 1, text: expect.stringContaining(said) });
    // A program gets the same as one JSON text.
    const { exit, text } = await sync([...words, '--json']);
    const { refused, failed } = JSON.parse(text) as { refused?: string; failed?: string };
    expect({ exit, said: refused ?? failed }).toEqual({ exit: 1, said: expect.stringContaining(said) });
  });

  it('takes a name with letters of any language, and a target in capitals', async () => {
    expect((await sync(['preview', 'TEST', '--as', 'Siti Nurhalizá'])).exit).toBe(2);
    const run = await newestRun();
    expect((await sync(['cancel', `#${run}`, '--as', 'Siti Nurhalizá'])).exit).toBe(0);
    expect(
      await sql('SELECT actor_id AS actor FROM audit_logs WHERE run_id = ? AND step = ?', [run, 'cancelled']),
    ).toEqual([{ actor: 'cli:Siti Nurhalizá' }]);
  });

  it('prints a plan with skipped rows and odd emails as it is, also as JSON', async () => {
    const { exit, text } = await sync(['preview', 'odd', '--json']);
    expect(exit).toBe(2);
    const { changes } = JSON.parse(text) as { changes: { email: string; sourceId?: number }[] };
    expect(changes.map(({ email }) => email)).toContain('s*r@dkm');
    expect(changes).toContainEqual(expect.objectContaining({ action: 'skipped', sourceId: 3 }));
    expect((await sync(['show', String(await newestRun())])).text).toMatch(/^ {2}add {8}s\*r@dkm$/m);
  });

  it('says what the message in Slack warns of: the guard, more people, a freeze', async () => {
    const many = Array.from({ length: 9 }, (_, n) => `('gone${n}@dkm', 6, 'active')`);
    await sql(`INSERT INTO users (email, location_id, status) VALUES ${many.join(', ')}`);
    const strict = { SYNC_APPROVALS: 'odd=2', SYNC_FREEZE: '2020-01-01-2099-12-31' };
    const { exit, text } = await sync(['preview', 'odd'], strict);
    expect(exit).toBe(2);
    expect(text).toMatch(/^! This plan deactivates all 9 users/m);
    expect(text).toMatch(/^! Executions are frozen until 2100-01-01/m);
    expect(text).toMatch(/^! This target needs 2 people: 2 admins must confirm/m);
    const [run, last] = [String(await newestRun()), (told: { text: string }) => told.text.split('\n').at(-1)];
    const confirm = `: npm run sync -- confirm ${run} --as NAME --reason TEXT`;
    expect(last({ text })).toBe(`To execute it alone, which all admins are told${confirm}`);
    expect(last(await sync(['show', run], { ...strict, BREAK_GLASS: 'off' }))).toContain('BREAK_GLASS: off');
    expect((await sync(['cancel', String(await newestRun()), '--as', 'ayu'])).exit).toBe(0);
    await sql('DELETE FROM users WHERE location_id = 6');
  });

  it('does not count as one of the people that a target needs', async () => {
    const approvals = { SYNC_APPROVALS: 'prod=2', BREAK_GLASS: 'off' };
    expect((await sync(['preview', 'prod'], approvals)).exit).toBe(2);
    const run = await newestRun();
    const confirmed = await sync(['confirm', String(run), '--as', 'budi', '--reason', 'alone'], approvals);
    expect(confirmed).toEqual({
      exit: 1,
      text:
        'The target prod needs 2 people. Nobody at the command line counts as one of them, so admins must confirm it in Slack. ' +
        'Nothing was changed.',
    });
    expect(await sql('SELECT status FROM sync_runs WHERE id = ?', [run])).toEqual([{ status: 'ready' }]);
  });

  it('says what to type where a plan needs a reason only since its preview, and no button of Slack', async () => {
    await sql(
      "INSERT INTO users (email, location_id, status) VALUES ('left@dkm', 6, 'active'), ('user1@dkm', 6, 'active')",
    );
    expect((await sync(['preview', 'odd'])).exit).toBe(2);
    const run = String(await newestRun());
    const strict = { DEACTIVATION_LIMIT_COUNT: '0', DEACTIVATION_LIMIT_PERCENT: '0' };
    const words = ['confirm', run, '--as', 'budi', '--reason', 'left'];
    expect(await sync(words, strict)).toEqual({
      exit: 1,
      text:
        'Since the preview, odd or its limits have changed: 1 of the 2 users active there now would be deactivated, and that ' +
        'needs a reason. Nothing was changed. If that is right, run the same command again: its --reason then counts for these numbers.',
    });
    expect((await sync(words, strict)).exit).toBe(0);
    await sql('DELETE FROM users WHERE location_id = 6');
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
    // There is such a run, so there is nothing wrong with looking at it.
    expect(await sync(['show', String(await newestRun())])).toMatchObject({
      exit: 0,
      text: expect.stringContaining('Failed'),
    });
  });

  it('leaves one JSON text where there is no database, and words for people beside it', async () => {
    const { output, errors, code } = await world.run(
      'sync',
      settings({ DATABASE_URL: 'mysql://bot:secret@127.0.0.1:1/none' }),
      'status',
      '--json',
    ).ended;
    expect(code).toBe(1);
    expect(JSON.parse(output)).toEqual({ failed: expect.any(String) });
    expect(output + errors).not.toContain('secret');
    expect(errors).not.toBe('');
  });

  it('prints a long plan to its end through a pipe', async () => {
    const { output, code } = await world.run('sync', settings(), 'preview', 'big', '--json').ended;
    expect(code).toBe(2);
    expect(output.length).toBeGreaterThan(65_536);
    expect((JSON.parse(output) as { changes: unknown[] }).changes).toHaveLength(1_200);
  });
});

describe('a sync of the command line', () => {
  /** Starts a command on a database that can be cut off, and waits until this holds. */
  async function begin(words: readonly string[], proxy: TcpProxy, isBegun: () => Promise<boolean>) {
    const url = Object.assign(new URL(world.migrated.url), { port: proxy.port }).href;
    const changes = {
      DATABASE_URL: url,
      EXTERNAL_API_REQUESTS_PER_SECOND: '5',
      EXTERNAL_API_PAGE_SIZE: '10',
    };
    const cli = world.run('sync', settings(changes), ...words);
    await until(isBegun, { timeoutMs: 20_000, failure: () => `${words.join(' ')} begins` });
    return cli;
  }

  async function beginToRead(words: readonly string[], proxy: TcpProxy) {
    const before = await newestRun();
    const cli = await begin(words, proxy, async () => (await newestRun()) > before);
    return { cli, run: await newestRun() };
  }

  it('that is stopped while it reads hands its run back, and says which, how to end it and who goes on', async () => {
    const proxy = await startTcpProxy(Number(new URL(world.migrated.url).port));
    const { cli, run } = await beginToRead(['preview', 'big'], proxy);
    cli.kill('SIGINT');
    const { code, output } = await cli.ended;
    expect({ code, output }).toEqual({
      code: 1,
      output: expect.stringMatching(
        new RegExp(
          `^Run ${run} goes on without this command[^\n]+ show ${run}\nTo end it: npm run sync -- cancel ${run} --as NAME\n$`,
        ),
      ),
    });
    const free = 'SELECT 1 FROM sync_runs WHERE id = ? AND lease_until <= UTC_TIMESTAMP(3)';
    expect(await sql(free, [run])).toHaveLength(1);
    expect((await sync(['cancel', String(run), '--as', 'ayu'])).exit).toBe(0);
    await proxy.stop();
  });

  it('that loses the database while it reads says the same, also as JSON, and no code', async () => {
    const proxy = await startTcpProxy(Number(new URL(world.migrated.url).port));
    const { cli, run } = await beginToRead(['preview', 'big', '--json'], proxy);
    proxy.cut();
    const { code, output } = await cli.ended;
    expect(code).toBe(1);
    expect(JSON.parse(output)).toEqual({
      failed: expect.stringMatching(new RegExp(`^Run ${run} goes on without this command`)),
    });
    expect((await sync(['cancel', String(run), '--as', 'ayu'])).exit).toBe(0);
    await proxy.stop();
  });

  it('that loses the database after the claim says that its run is confirmed', async () => {
    expect((await sync(['preview', 'big'])).exit).toBe(2);
    const run = await newestRun();
    const proxy = await startTcpProxy(Number(new URL(world.migrated.url).port));
    // The execution waits for the users until the database is lost.
    await sql('START TRANSACTION');
    await sql('SELECT id FROM users FOR UPDATE');
    const words = ['confirm', String(run), '--as', 'ayu', '--reason', 'because'];
    // The connection of this test sees nothing new while its transaction is open.
    const cli = await begin(words, proxy, async () =>
      (await sync(['show', String(run), '--json'])).text.includes('"status":"executing"'),
    );
    proxy.cut();
    await sql('ROLLBACK');
    const { code, output } = await cli.ended;
    await proxy.stop();
    expect({ code, output }).toEqual({
      code: 1,
      output: expect.stringMatching(new RegExp(`^Run ${run} is confirmed, and goes on without this command`)),
    });
  });

  // A server that was given serves other tests too.
  it.skipIf(process.env['TEST_DATABASE_URL'])(
    'says that the database server is read-only, and what to do',
    async () => {
      const server = await startMariadb({ flags: ['--read-only'] });
      onTestFinished(() => server.stop());
      const account = 'usersync_read_only';
      await query(server.url(''), `CREATE USER ${account} IDENTIFIED BY 'secret'`);
      const database = await freshDatabase({ server, migrated: true });
      await database.sql(`GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON ${database.name}.* TO ${account}`);
      const url = Object.assign(new URL(database.url), { username: account, password: 'secret' }).href;
      const { errors, output } = await world.run(
        'sync',
        settings({ DATABASE_URL: url }),
        'preview',
        'dev',
        '--json',
      ).ended;
      await database.drop();
      const line =
        /^The database server is read-only\. Nothing was changed\. Point DATABASE_URL at the primary server/;
      expect(errors).toMatch(line);
      expect(JSON.parse(output)).toEqual({ failed: expect.stringMatching(line) });
    },
  );

  /** A plan for Dev that adds or reactivates somebody. */
  async function planOfDev(): Promise<number> {
    await sql("UPDATE users SET status = 'inactive' WHERE location_id = 1");
    expect((await sync(['preview', 'dev'])).exit).toBe(2);
    return newestRun();
  }

  /** Settings with a database that is lost at the first statement that has this in it. */
  async function losingAt(words: string) {
    const proxy: TcpProxy = await startTcpProxy(Number(new URL(world.migrated.url).port), (sent) => {
      if (sent.includes(words)) proxy.cut();
      return sent;
    });
    const url = Object.assign(new URL(world.migrated.url), { port: proxy.port }).href;
    return { changes: { DATABASE_URL: url }, stop: () => proxy.stop() };
  }
  const PLAN = '`sync_changes`.`run_id`';

  it.each([
    ['cancel', 0, 'cancelled by ayu'],
    ['preview', 2, 'waiting for confirmation'],
  ] as const)(
    '%s that loses the database as it shows its run says what it did',
    async (verb, exit, state) => {
      const about = verb === 'cancel' ? String(await planOfDev()) : 'dev';
      const lossy = await losingAt(PLAN);
      const told = await sync([verb, about, '--as', 'ayu'], lossy.changes).finally(lossy.stop);
      const run = await newestRun();
      expect(told).toEqual({ exit, text: expect.stringMatching(new RegExp(`^Run ${run} .* dev: ${state}`)) });
      expect(told.text).toContain(`before all of it could be shown: npm run sync -- show ${run}`);
      expect(told.text).not.toMatch(/Nothing was changed|goes on/);
    },
  );

  it('that loses the database after it has ended another run does not say that nothing was changed', async () => {
    await sql('UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) WHERE id = ?', [await abandonedRead()]);
    const lossy = await losingAt('AS leaseOwner FROM sync_runs');
    await expect(sync(['preview', 'prod'], lossy.changes)).rejects.toThrow(
      /^The database cannot be reached\. A run that was in the way may have ended: see npm run sync -- history\. Start/,
    );
    await lossy.stop();
  });

  it('previews a plan that somebody confirms at once, and does not say that it was stopped', async () => {
    await planOfDev();
    await sql(
      `CREATE TRIGGER confirmed_at_once BEFORE UPDATE ON sync_runs FOR EACH ROW
       SET NEW.status = IF(OLD.status = 'reading' AND NEW.status = 'ready', 'executing', NEW.status)`,
    );
    const told = await sync(['preview', 'dev']).finally(() => sql('DROP TRIGGER confirmed_at_once'));
    await sql("UPDATE sync_runs SET status = 'failed' WHERE id = ?", [await newestRun()]);
    expect(told).toEqual({ exit: 2, text: expect.stringMatching(/^Sync in Progress: dev/) });
    expect(told.text).not.toMatch(/goes on|cancel|To execute it/);
  });

  it.each([
    ['confirm', ['--reason', 'because']],
    ['cancel', []],
    ['rollback', []],
    ['preview', []],
  ] as const)('%s that is stopped while it opens the database begins nothing', async (verb, more) => {
    const run = await planOfDev();
    const stop = new AbortController();
    const open = async () => {
      stop.abort(new Error('Stopped. Nothing was begun.'));
      return parseConfig(settings());
    };
    const words = [verb, verb === 'preview' ? 'dev' : String(run), '--as', 'ayu', ...more];
    await expect(runSync(open, words, () => {}, stop.signal)).rejects.toThrow('Stopped. Nothing was begun.');
    expect(await sql('SELECT id, status FROM sync_runs WHERE id >= ?', [run])).toEqual([
      { id: run, status: 'ready' },
    ]);
    expect(await sql("SELECT 1 FROM audit_logs WHERE run_id = ? AND step = 'confirmed'", [run])).toEqual([]);
  });

  it('confirm that is stopped while its claim waits for a lock begins nothing', async () => {
    const run = await planOfDev();
    const locking = await connect(world.migrated.url);
    await locking.query('START TRANSACTION');
    await locking.query('SELECT id FROM audit_heads FOR UPDATE');
    const words = ['confirm', String(run), '--as', 'ayu', '--reason', 'because'];
    const stopped = world.run('sync', settings(), ...words);
    await someoneWaits({ sql }, 'audit_heads');
    stopped.kill('SIGINT');
    await stopped.says('Stopping, as soon as nothing is left half-done.');
    await locking.rollback();
    await locking.end();
    expect(await stopped.ended).toMatchObject({
      code: 1,
      errors: expect.stringContaining('Stopped. Nothing was begun.'),
    });
    expect(await sql('SELECT status, confirmed_at AS at FROM sync_runs WHERE id = ?', [run])).toEqual([
      { status: 'ready', at: null },
    ]);
  });

  it('that is killed while it reads goes on in the bot, and Slack is told of all of them', async () => {
    await sql("UPDATE users SET status = 'inactive' WHERE location_id = 1");
    const cli = world.run('sync', settings(), 'preview', 'dev', '--as', 'ayu');
    const before = await newestRun();
    await until(async () => (await newestRun()) > before, {
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
        failure: () => 'the bot goes on with the run',
      },
    );
    const said = () => world.slack.messages(DEV_SUPPORT.id).map(({ blocks }) => JSON.stringify(blocks));
    await until(() => said().some((text) => text.includes('Sync Completed')) && said().length > 2, {
      failure: () => `Slack is told: ${said().join('\n')}`,
    });
    expect(said().join('')).toContain('ayu (command line');
    expect(world.slack.violations).toEqual([]);
    bot.kill('SIGTERM');
    await bot.ended;
  });
});
