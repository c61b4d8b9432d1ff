import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from './support/database.ts';
import { freePort } from './support/free-port.ts';
import { startLocalSlack } from './support/local-slack.ts';
import { runMain } from './support/main-process.ts';
import type { Environment } from './support/settings.ts';
import { type StrictSlack, startStrictSlack } from './support/strict-slack.ts';
import { startTcpProxy } from './support/tcp-proxy.ts';

let folder: string;
let slack: StrictSlack;
let migrated: FreshDatabase;
let empty: FreshDatabase;

beforeAll(async () => {
  // Without a .env that a developer may have.
  folder = await mkdtemp(join(tmpdir(), 'usersync-main-'));
  [slack, migrated, empty] = await Promise.all([
    startStrictSlack(),
    freshDatabase({ migrated: true }),
    freshDatabase(),
  ]);
});

afterAll(async () => {
  await Promise.all([slack.stop(), migrated.drop(), empty.drop(), rm(folder, { recursive: true })]);
});

const run = (command: string, environment: Environment) => runMain(command, environment, folder);

const settings = (changes: Environment = {}): Environment => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_SIGNING_SECRET: slack.signingSecret,
  SLACK_API_URL: slack.apiUrl,
  SLACK_ADMIN_USER_IDS: 'U0ADMIN001',
  DATABASE_URL: migrated.url,
  EXTERNAL_API_EMAIL: 'admin@example.com',
  EXTERNAL_API_PASSWORD: 'depot-password',
  PORT: '0',
  ...changes,
});

const withLogin = (url: string, username: string, password: string) =>
  Object.assign(new URL(url), { username, password }).href;

describe.concurrent('the start', { timeout: 60_000 }, () => {
  it('without any setting ends with one line for each that is missing', async () => {
    const { code, output, errors } = await run('start', {}).ended;
    expect({ code, output }).toEqual({ code: 1, output: '' });
    const [title, ...problems] = errors.trim().split('\n');
    expect(title).toBe('usersync cannot start. Set these in the environment or in .env (see .env.example):');
    expect(problems.map((line) => line.trim().split(' ')[0])).toEqual([
      'SLACK_BOT_TOKEN',
      'DATABASE_URL',
      'EXTERNAL_API_EMAIL',
      'EXTERNAL_API_PASSWORD',
      'SLACK_SIGNING_SECRET',
      'SLACK_ADMIN_USER_IDS',
    ]);
  });

  it('without a database ends at once and names the setting, not the password', async () => {
    const url = `mysql://usersync:db-password@127.0.0.1:${await freePort()}/laravel`;
    const { code, errors } = await run('start', settings({ DATABASE_URL: url })).ended;
    expect(code).toBe(1);
    expect(errors).toMatch(/^The database at DATABASE_URL cannot be used: [^\n]+\n$/);
    expect(errors).not.toContain('db-password');
  });

  it('with a database that never answers ends within seconds', async () => {
    const proxy = await startTcpProxy(1);
    proxy.freeze();
    const url = `mysql://usersync:db-password@127.0.0.1:${proxy.port}/laravel`;
    const { code, errors } = await run('start', settings({ DATABASE_URL: url })).ended;
    await proxy.stop();
    expect(code).toBe(1);
    expect(errors).toMatch(/^The database at DATABASE_URL cannot be used: [^\n]+\n$/);
  });

  it('with a wrong login at the database says so, without the password', async () => {
    const DATABASE_URL = withLogin(migrated.url, 'nobody', 'db-password');
    const { code, errors } = await run('start', settings({ DATABASE_URL })).ended;
    expect(code).toBe(1);
    expect(errors).toMatch(/^The database at DATABASE_URL cannot be used: [^\n]*Access denied[^\n]+\n$/);
    expect(errors).not.toContain('db-password');
  });

  it('without the migrations names them and the command', async () => {
    const { code, errors } = await run('start', settings({ DATABASE_URL: empty.url })).ended;
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^The database lacks the migrations \d+_laravel_tables, .*\. Run: npm run migrate\n$/,
    );
  });

  it('with a token that Slack refuses says so', async () => {
    const { code, errors } = await run('start', settings({ SLACK_BOT_TOKEN: 'xoxb-not-it' })).ended;
    expect(code).toBe(1);
    expect(errors).toBe('Slack does not accept SLACK_BOT_TOKEN, or cannot be reached: invalid_auth\n');
  });

  it.each(['http', 'socket'])('on a port that is taken names it, in %s mode', async (SLACK_MODE) => {
    const taken = createServer();
    taken.listen(0);
    await once(taken, 'listening');
    const address = taken.address();
    const PORT = String(typeof address === 'object' ? address?.port : '');
    const { code, errors } = await run('start', settings({ PORT, SLACK_MODE, SLACK_APP_TOKEN: 'xapp-1' }))
      .ended;
    taken.close();
    expect(code).toBe(1);
    expect(errors).toBe(`PORT ${PORT} is in use by another program. Stop that one, or set another PORT.\n`);
  });

  it('with an unknown command names the known ones', async () => {
    const { code, errors } = await run('strat', settings()).ended;
    expect(code).toBe(1);
    expect(errors).toMatch(/^Unknown command\. Known: start, migrate/);
  });
});

describe.concurrent('a running bot', { timeout: 60_000 }, () => {
  it('ends with status 0 on SIGTERM, however often it comes', async () => {
    const bot = run('start', settings());
    await bot.says('usersync is ready');
    bot.kill('SIGTERM');
    bot.kill('SIGTERM');
    const { code, output, errors } = await bot.ended;
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toContain('usersync has stopped');
    for (const line of output.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });

  it('outlives the loss of its database', async () => {
    const proxy = await startTcpProxy(Number(new URL(migrated.url).port));
    const url = Object.assign(new URL(migrated.url), {
      port: String(proxy.port),
      search: '?acquireTimeout=1000',
    });
    const bot = run('start', settings({ DATABASE_URL: url.href }));
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
    const bot = run('start', settings({ ...socket, PORT: String(await freePort()) }));
    await bot.says('usersync is ready');
    bot.kill('SIGINT');
    const { code, errors } = await bot.ended;
    await local.stop();
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });
});

describe('npm run migrate', { timeout: 60_000 }, () => {
  it('applies what is missing, and the second time says that nothing is', async () => {
    const database = await freshDatabase();
    const first = await run('migrate', { DATABASE_URL: database.url }).ended;
    const second = await run('migrate', { DATABASE_URL: database.url }).ended;
    await database.drop();
    expect(first).toMatchObject({ code: 0, errors: '' });
    expect(first.output).toMatch(/^applied \d+_laravel_tables\n(applied \w+\n)+\d+ migrations applied\.\n$/);
    expect(second).toEqual({ code: 0, errors: '', output: 'The database is up to date.\n' });
  });

  it('says what DATABASE_URL must be, and not what it is', async () => {
    const { code, errors } = await run('migrate', { DATABASE_URL: 'not a url' }).ended;
    expect(code).toBe(1);
    expect(errors).toContain('DATABASE_URL must be mysql://user:password@host:port/database');
    expect(errors).not.toContain('not a url');
  });
});
