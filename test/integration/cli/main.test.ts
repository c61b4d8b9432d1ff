import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { seedLocations } from '../../../sandbox/database/seed-locations.ts';
import { startDepotServer } from '../../../sandbox/depot/server.ts';
import { startLocalSlack } from '../../../sandbox/local-slack/local-slack.ts';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { freePort } from '../../../sandbox/process/free-port.ts';
import { startTcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { until } from '../../../sandbox/process/until.ts';
import { slackPerson } from '../../../sandbox/strict-slack/slack-person.ts';
import { type MainWorld, startMainWorld } from '../../support/main-world.ts';

let world: MainWorld;

beforeAll(async () => {
  world = await startMainWorld();
});
afterAll(() => world.stop());

describe.concurrent('a running bot', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'ends with status 0 on %s, however often it comes',
    async (signal) => {
      const bot = world.run('start', world.settings());
      await bot.says('usersync is ready');
      bot.kill(signal);
      bot.kill(signal);
      const { code, output, errors } = await bot.ended;
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expect(output).toContain('usersync has stopped');
      for (const line of output.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
    },
  );

  it('ends within seconds on SIGTERM, whatever its clients hold open, and hands back what it reads', async () => {
    const [port, depot] = [await freePort(), await startDepotServer({ users: [] })];
    depot.faults.onRequest = () => 'hang';
    const database = await freshDatabase({ migrated: true });
    await seedLocations(database.url, { dev: depot.url, test: depot.url, prod: depot.url });
    const settings = { PORT: String(port), DATABASE_URL: database.url, SLACK_ADMIN_USER_IDS: AYU.id };
    const bot = world.run('start', world.settings(settings));
    await bot.says('usersync is ready');
    const clients = ['', 'POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 9\r\n\r\nhal'].map(
      (sent) => {
        const socket = connect(port, '127.0.0.1').on('error', () => {});
        if (sent !== '') socket.write(sent);
        return socket;
      },
    );
    await slackPerson(world.slack, `http://127.0.0.1:${port}/slack/events`, AYU.id).command('dev');
    await until(() => depot.requests.length > 0, { failure: () => 'a read' });
    bot.kill('SIGTERM');
    const { code, errors } = await bot.ended;
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const [run] = await database.connection.query(
      'SELECT status, lease_until <= UTC_TIMESTAMP(3) AS free, (SELECT COUNT(*) FROM sync_processes) AS processes FROM sync_runs',
    );
    expect(run).toMatchObject({ status: 'reading', free: 1, processes: 0 });
    for (const socket of clients) socket.destroy();
    await depot.stop();
    await database.drop();
  });

  it.each(['DATABASE_URL', 'SLACK_API_URL'])(
    'that waits for %s when it starts ends at once on SIGTERM',
    async (name) => {
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const address = silent.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const url =
        name === 'DATABASE_URL' ? `mysql://u:p@127.0.0.1:${port}/x` : `http://127.0.0.1:${port}/api/`;
      const bot = world.run('start', world.settings({ [name]: url }));
      const [socket]: Socket[] = await once(silent, 'connection');
      bot.kill('SIGTERM');
      expect(await bot.ended).toMatchObject({ code: 0, errors: '' });
      socket?.destroy();
      silent.close();
    },
  );

  it('says after it is ready what some commands will fail for, and how to mend it', async () => {
    const bot = world.run('start', world.settings({ SYNC_TARGETS: 'dev', SLACK_CHANNEL_IDS: 'C0NOTHERE1' }));
    await bot.says('Type /invite @usersync in that channel');
    bot.kill('SIGTERM');
    const { code, output } = await bot.ended;
    expect(code).toBe(0);
    // On a machine that is busy enough, other checks get no answer in time, and say so between these.
    const lines = output.split('\n').filter((line) => !line.includes('no answer within'));
    expect(lines.join('\n')).toMatch(
      /usersync is ready"}\n.*"check":"location of dev".*\n.*"check":"Slack channel C0NOTHERE1"/,
    );
  });

  it('outlives the loss of its database', async () => {
    const proxy = await startTcpProxy(Number(new URL(world.migrated.url).port));
    const url = Object.assign(new URL(world.migrated.url), {
      port: String(proxy.port),
      search: '?acquireTimeout=1000',
    });
    const bot = world.run('start', world.settings({ DATABASE_URL: url.href }));
    await bot.says('usersync is ready');
    proxy.cut();
    await bot.says('The database cannot be reached');
    bot.kill('SIGTERM');
    const { code, errors } = await bot.ended;
    await proxy.stop();
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });

  it('in Socket Mode ends with status 0 on Ctrl-C', async () => {
    const local = await startLocalSlack({ mode: 'socket' });
    const socket = {
      SLACK_API_URL: local.apiUrl,
      SLACK_BOT_TOKEN: local.botToken,
      SLACK_APP_TOKEN: local.appToken,
    };
    const bot = world.run('start', world.settings({ ...socket, PORT: String(await freePort()) }));
    await bot.says('usersync is ready');
    bot.kill('SIGINT');
    const { code, errors } = await bot.ended;
    await local.stop();
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });
});

it.skipIf(spawnSync('script', ['--version']).status !== 0)(
  'a bot whose terminal is closed stops as on Ctrl-C',
  async () => {
    const database = await freshDatabase({ migrated: true });
    const processes = async () => (await database.sql('SELECT 1 FROM sync_processes')).length;
    // Not the bundled program: it lacks the file of the thread that writes to a terminal.
    const terminal = spawn(
      'script',
      ['-qec', `exec '${process.execPath}' --import tsx src/main.ts start`, '/dev/null'],
      { env: { PATH: process.env['PATH'], ...world.settings({ DATABASE_URL: database.url }) } },
    );
    let shown = '';
    terminal.stdout.on('data', (chunk) => {
      shown += String(chunk);
    });
    await until(() => shown.includes('usersync is ready'), { failure: () => shown });
    expect(await processes()).toBe(1);
    terminal.kill('SIGKILL');
    await until(async () => (await processes()) === 0, { failure: () => 'the bot did not stop in order' });
    await database.drop();
  },
);

it.skipIf(process.platform !== 'linux').each(['manifest', 'sync status', 'sync status --json'])(
  '%s ends with 1 where a full disk takes only a part of its output',
  async (words) => {
    const command = ['-c', `exec "$0" "$1" ${words} >/dev/full`, process.execPath, inject('mainProgram')];
    const child = spawn('sh', command, { env: { PATH: process.env['PATH'], ...world.settings() } });
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringMatching(/^The output could not be written whole \(ENOSPC\)\. .+\n$/),
    });
  },
);

describe('npm run migrate', () => {
  it('applies what is missing, and the second time says that nothing is', async () => {
    const database = await freshDatabase();
    const first = await world.run('migrate', { DATABASE_URL: database.url }).ended;
    const second = await world.run('migrate', { DATABASE_URL: database.url }).ended;
    await database.drop();
    expect(first).toMatchObject({ code: 0, errors: '' });
    expect(first.output).toMatch(/^applied \d+_laravel_tables\n(applied \w+\n)+\d+ migrations applied\.\n$/);
    expect(second).toEqual({ code: 0, errors: '', output: 'The database is up to date.\n' });
  });

  it('counts a single migration as one', async () => {
    const database = await freshDatabase();
    await world.run('migrate', { DATABASE_URL: database.url }).ended;
    const newest = await database.sql<{ id: string }>(
      'SELECT id FROM _prisma_migrations ORDER BY migration_name DESC LIMIT 1',
    );
    await database.sql(
      'UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE id = ?',
      [newest[0]?.id],
    );
    const { output } = await world.run('migrate', { DATABASE_URL: database.url }, '--repair').ended;
    await database.drop();
    expect(output).toMatch(/\n1 migration applied\.\n$/);
  });

  it('goes to its end where nobody reads what it prints', async () => {
    const database = await freshDatabase();
    const first = world.run('migrate', { DATABASE_URL: database.url });
    first.stopReading();
    expect(await first.ended).toMatchObject({ code: 0, errors: '' });
    const second = await world.run('migrate', { DATABASE_URL: database.url }).ended;
    await database.drop();
    expect(second.output).toBe('The database is up to date.\n');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves no migration half-done on %s', async (signal) => {
    const database = await freshDatabase();
    const lock = `usersync migrate ${database.name}`;
    await database.sql('SELECT GET_LOCK(?, 10)', [lock]);
    const stopped = world.run('migrate', { DATABASE_URL: database.url });
    const waiting =
      "SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'SELECT GET_LOCK(%'";
    await until(async () => (await database.sql(waiting)).length > 0, {
      failure: () => 'migrate does not ask for the lock',
    });
    stopped.kill(signal);
    stopped.kill(signal);
    await stopped.says('Stopping, as soon as nothing is left half-done.');
    await database.sql('SELECT RELEASE_LOCK(?)', [lock]);
    const { code, errors } = await stopped.ended;
    const next = await world.run('migrate', { DATABASE_URL: database.url }).ended;
    await database.drop();
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringMatching(/\nStopped before the migration \w+\. None is half-done\. /),
    });
    expect(next).toMatchObject({ code: 0, errors: '' });
  });

  it('says what DATABASE_URL must be, and not what it is', async () => {
    const { code, errors } = await world.run('migrate', { DATABASE_URL: 'not a url' }).ended;
    expect(code).toBe(1);
    expect(errors).toContain('DATABASE_URL must be mysql://user:password@host:port/database');
    expect(errors).not.toContain('not a url');
  });
});
