import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { query } from '../../sandbox/database/database-server.ts';
import { startLocalSlack } from '../../sandbox/local-slack/local-slack.ts';
import { startTcpProxy, type TcpProxy } from '../../sandbox/process/tcp-proxy.ts';
import { startBot } from '../../sandbox/worlds/bot.ts';
import { preview, reply, sees, settled, shown, toldAfter } from '../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../support/strict-world.ts';

const DATABASE_USER = `usersync_${randomBytes(4).toString('hex')}`;
const APP_TOKEN = 'xapp-never-to-be-seen';
const PASSWORD = 'depot-password-never-to-be-seen';
const WRONG_PASSWORD = 'wrong-password-never-to-be-seen';
const DATABASE_PASSWORD = 'database-password-never-to-be-seen';
const SECRETS = [
  ['the bot token', 'xoxb-strict-slack'],
  ['the signing secret', 'strict-slack-signing-secret'],
  ['the app token', APP_TOKEN],
  ['the password of the depot servers', PASSWORD],
  ['the password of one depot server', WRONG_PASSWORD],
  ['a token of a depot server', 'depot-token-'],
  ['the password of the database', DATABASE_PASSWORD],
] as const;

let logs = '';
let world: StrictWorld;
let proxy: TcpProxy;
let database = '';

const destination: DestinationStream = new Writable({
  write: (chunk, _encoding, done) => {
    logs += String(chunk);
    done();
  },
});

/** With a login of its own, through a proxy, and without the driver's patience. */
function guarded(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  Object.assign(url, { username: DATABASE_USER, password: DATABASE_PASSWORD, port: String(proxy.port) });
  url.search = '?acquireTimeout=1500&connectTimeout=1500';
  return url.href;
}

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      logs += String(chunk);
      return write(chunk);
    });
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts) => {
      logs += parts.map(String).join(' ');
    });
  }
  const server = inject('databaseServerUrl');
  await query(server, `CREATE USER '${DATABASE_USER}'@'%' IDENTIFIED BY '${DATABASE_PASSWORD}'`);
  await query(server, `GRANT ALL ON *.* TO '${DATABASE_USER}'@'%'`);
  proxy = await startTcpProxy(Number(new URL(server).port));
  world = await startStrictWorld({
    logs: destination,
    databaseUrl: guarded,
    settings: {
      SLACK_APP_TOKEN: APP_TOKEN,
      EXTERNAL_API_PASSWORD: PASSWORD,
      EXTERNAL_API_PASSWORD_TEST: WRONG_PASSWORD,
    },
    depots: { dev: { password: PASSWORD }, test: { password: PASSWORD }, prod: { password: PASSWORD } },
  });
  await everythingThatCanGoWrong();
  database = await everyTable();
  await world.stop();
});

afterAll(async () => {
  vi.restoreAllMocks();
  await proxy.stop();
  await query(inject('databaseServerUrl'), `DROP USER '${DATABASE_USER}'@'%'`);
});

async function everythingThatCanGoWrong(): Promise<void> {
  const { slack, depots, ayu } = world;
  const message = await preview(world, ayu, 'dev');
  await ayu.click(message, 'confirm_run');
  await reply(world, message);
  await preview(world, ayu, 'test', 'retry_run');
  depots.prod.faults.onRequest = ({ page }) =>
    page === undefined ? undefined : { status: 500, json: { message: `no ${PASSWORD} depot-token-1` } };
  slack.fail('chat.postMessage', { status: 500 });
  slack.fail('chat.postMessage', { dropResponse: true });
  slack.fail('chat.update', { retryAfter: 1 });
  await preview(world, ayu, 'prod', 'retry_run');
  await sees(world, 'why it failed', isTold);
  await ayu.command('dev', undefined, { signature: 'v0=' });
  await toldAfter(world, () => ayu.command('nonsense'));
  proxy.cut();
  await toldAfter(world, () => ayu.command('dev'));
  proxy.restore();
  await settled(world);
  await sees(world, 'why it failed', isTold);
  await loseTheSlackLogin();
}

/** Why the run failed is told in the thread, or in the channel where the run's message came too late for a thread. */
function isTold(): boolean {
  return world.slack.workspace.messages.some((each) => shown(each).startsWith('Failed to fetch users'));
}

/** Socket Mode, in which the app token is sent, and a Slack that refuses it. */
async function loseTheSlackLogin(): Promise<void> {
  const local = await startLocalSlack({ mode: 'socket' });
  const settings = {
    SLACK_MODE: 'socket',
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: local.apiUrl,
    SLACK_BOT_TOKEN: world.slack.botToken,
    DATABASE_URL: guarded(world.database.url),
  };
  const bot = await startBot(settings, destination);
  await local.command('U0ADMIN001', 'help').catch(() => {});
  await bot.stop();
  await local.stop();
  await startBot({ ...settings, SLACK_API_URL: 'http://127.0.0.1:1/' }, destination).catch(
    (error: unknown) => {
      logs += String(error);
    },
  );
}

async function everyTable(): Promise<string> {
  const tables = await world.sql<Record<string, string>>('SHOW TABLES');
  const names = tables.flatMap((row) => Object.values(row));
  const rows = await Promise.all(names.map((name) => world.sql(`SELECT * FROM \`${name}\``)));
  return JSON.stringify(rows);
}

describe('after a day on which everything went wrong', () => {
  it('the logs tell of it', () => {
    for (const line of [
      'run failed',
      'Slack could not be told',
      'the database cannot be reached',
      'signature',
    ]) {
      expect(logs).toContain(line);
    }
    expect(logs).toContain('"level":"trace"');
    expect(database).toContain('Failed to login to external API: Unauthorized');
  });

  it.each(SECRETS)('%s stands in no log, no message and no table', (_what, secret) => {
    const places = {
      logs,
      database,
      slack:
        JSON.stringify(world.slack.calls.map(({ args }) => args)) +
        JSON.stringify(world.slack.workspace.messages),
      files: [...world.slack.workspace.files.values()].map(({ content }) => String(content)).join(),
    };
    const leaks = Object.entries(places).flatMap(([place, text]) => {
      const at = text.indexOf(secret);
      return at < 0 ? [] : [`${place}: ${text.slice(Math.max(0, at - 200), at + 60)}`];
    });
    expect(leaks).toEqual([]);
  });

  it('no address that answers a command or opens a socket stands in a log, at trace either', () => {
    expect(logs).toContain('response_url');
    expect(logs.match(/(?:response_url|url)\\?":\\?"(?:ws|http:[^"]*response)[^"]*/g)).toBeNull();
  });
});
