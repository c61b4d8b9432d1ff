import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { seedLocations } from '../../../sandbox/database/seed-locations.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { type LocalSlack, startLocalSlack } from '../../../sandbox/local-slack/local-slack.ts';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { type CompanyProxy, startCompanyProxy } from '../../../sandbox/process/company-proxy.ts';
import { freePort } from '../../../sandbox/process/free-port.ts';
import type { Listening } from '../../../sandbox/process/listen.ts';
import { findTinyproxy, startTinyproxy, type Tinyproxy } from '../../../sandbox/process/tinyproxy.ts';
import { type Authority, makeAuthority, startTlsFront } from '../../../sandbox/process/tls-front.ts';
import { until } from '../../../sandbox/process/until.ts';
import { slackPerson } from '../../../sandbox/strict-slack/slack-person.ts';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { BOT_SETTINGS } from '../../../sandbox/worlds/bot.ts';
import { threadReply } from '../../../sandbox/worlds/conversation.ts';
import type { Environment } from '../../../src/config/settings.ts';
import { type MainProcess, runMain } from '../../support/main-process.ts';

/** Names that no DNS knows: whoever reaches them came through the proxy. */
const SLACK = 'slack.test';
const SOCKETS = 'local-slack.test';
const DEPOT = 'depot.test';
const LOGIN = 'bot:p@ss word';
const IN_ADDRESS = 'bot:p%40ss%20word';
/** More than a message shows, so that the thread gets the plan as a file. */
const MANY = 40;
const CHANNEL = 'C0DEVSUP01';

let folder: string;
let database: FreshDatabase;
let depot: DepotServer;
let strict: StrictSlack;
let local: LocalSlack;
let authority: Authority;
let fronts: readonly Listening[];
let routes: Map<string, number>;
let proxy: CompanyProxy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usersync-proxy-'));
  [database, depot, strict, local, authority] = await Promise.all([
    freshDatabase({ migrated: true }),
    startDepotServer({ count: MANY }),
    startStrictSlack(),
    startLocalSlack({ mode: 'socket' }),
    makeAuthority([SLACK, SOCKETS, DEPOT]),
  ]);
  const address = `https://${DEPOT}`;
  await seedLocations(database.url, { dev: address, test: address, prod: address });
  const behind = [
    [SLACK, strict.workspace.url],
    [SOCKETS, local.url],
    [DEPOT, depot.url],
  ] as const;
  fronts = await Promise.all(behind.map(([name, url]) => startTlsFront(url, `https://${name}`, authority)));
  routes = new Map(behind.map(([name], at) => [`${name}:443`, fronts[at]?.port ?? 0]));
  proxy = await startCompanyProxy({ routes, login: LOGIN });
}, 60_000);

afterAll(async () => {
  await Promise.all([proxy, ...fronts, depot, strict, local].map((each) => each.stop()));
  await Promise.all([database.drop(), authority.remove(), rm(folder, { recursive: true })]);
});

beforeEach(async () => {
  for (const table of ['sync_outbox', 'sync_changes', 'sync_runs', 'users']) {
    await database.connection.query(`DELETE FROM ${table}`);
  }
});

const at = (login: string, port = proxy.port) => `http://${login}${login && '@'}127.0.0.1:${port}`;

function settings(changes: Environment): Environment {
  return {
    ...BOT_SETTINGS,
    SLACK_BOT_TOKEN: strict.botToken,
    SLACK_SIGNING_SECRET: strict.signingSecret,
    SLACK_API_URL: `https://${SLACK}/api/`,
    SLACK_CHANNEL_IDS: CHANNEL,
    SYNC_TARGETS: 'dev',
    DATABASE_URL: database.url,
    NODE_EXTRA_CA_CERTS: authority.file,
    HTTPS_PROXY: at(IN_ADDRESS),
    LOG_LEVEL: 'trace',
    ...changes,
  };
}

const inSocketMode = () => ({
  SLACK_MODE: 'socket',
  SLACK_BOT_TOKEN: local.botToken,
  SLACK_APP_TOKEN: local.appToken,
  SLACK_API_URL: `https://${SOCKETS}/api/`,
});

/** Runs a bot while `act` goes on, and returns everything that it said. */
async function withBot(changes: Environment, act: (bot: MainProcess) => Promise<void>): Promise<string> {
  const bot = runMain('start', settings(changes), folder);
  try {
    await bot.says('usersync is ready');
    await act(bot);
  } finally {
    bot.kill('SIGTERM');
  }
  const { output, errors } = await bot.ended;
  return `${output}${errors}`;
}

/** What a command says that ends by itself. */
async function saidBy(command: string, changes: Environment): Promise<string> {
  const { output, errors } = await runMain(command, settings(changes), folder).ended;
  return `${output}${errors}`;
}

const hosts = () =>
  [...new Set(proxy.asked.filter(({ status }) => status === 200).map(({ to }) => to))].toSorted();

function expectNoSecret(said: string): void {
  for (const secret of [LOGIN, IN_ADDRESS, 'p@ss word', 'p%40ss', Buffer.from(LOGIN).toString('base64')])
    expect(said).not.toContain(secret);
}

const active = async () => {
  const rows = await database.connection.query("SELECT COUNT(*) AS n FROM users WHERE status = 'active'");
  return Number(rows[0].n);
};

/** Returns everything that the bot said. */
async function wholeSyncByHttp(changes: Environment): Promise<string> {
  const port = await freePort();
  return withBot({ ...changes, PORT: String(port) }, async () => {
    const ayu = slackPerson(strict, `http://127.0.0.1:${port}/slack/events`, AYU.id);
    const sees = <T>(what: string, look: () => T | undefined) =>
      until(async () => look(), { failure: () => what });
    const known = new Set(strict.messages(CHANNEL));
    await ayu.command('dev');
    const message = await sees('the preview', () =>
      strict
        .messages(CHANNEL)
        .find((each) => !known.has(each) && JSON.stringify(each.blocks).includes('confirm_run')),
    );
    await sees('the file', () =>
      [...strict.workspace.files.values()].find(({ shared }) => shared?.threadTs === message.ts),
    );
    await ayu.click(message, 'confirm_run');
    await sees('the result', () =>
      strict.messages(CHANNEL, message.ts).find(({ text }) => text.includes(`${MANY} users added`)),
    );
  });
}

/** Returns everything that the bot said. */
function wholeSyncBySocket(changes: Environment): Promise<string> {
  return withBot({ ...inSocketMode(), ...changes }, async () => {
    await local.waitForBot();
    await local.command(AYU.id, 'dev');
    const message = await local.waitFor((messages) =>
      messages.find((each) => JSON.stringify(each.blocks ?? []).includes('confirm_run')),
    );
    await local.waitFor((messages) => messages.find((each) => each.files !== undefined));
    await local.click(message.ts, AYU.id, 'confirm_run');
    expect(await threadReply({ slack: local }, message.ts)).toContain(`${MANY} users added`);
  });
}

describe('behind a company’s proxy', () => {
  it.each([
    ['HTTPS_PROXY', (address: string) => ({ HTTPS_PROXY: address })],
    ['https_proxy', (address: string) => ({ HTTPS_PROXY: '', https_proxy: address })],
    ['ALL_PROXY', (address: string) => ({ HTTPS_PROXY: '', ALL_PROXY: address })],
  ])('in http mode, a whole sync with a file goes through what %s names', async (_, named) => {
    const said = await wholeSyncByHttp(named(at(IN_ADDRESS)));
    expect(await active()).toBe(MANY);
    expect(hosts()).toEqual(expect.arrayContaining([`${DEPOT}:443`, `${SLACK}:443`]));
    expectNoSecret(said);
    expect(strict.violations).toEqual([]);
  });

  it('in Socket Mode, a whole sync with a file goes through it, the socket too', async () => {
    const said = await wholeSyncBySocket({});
    expect(await active()).toBe(MANY);
    expect(hosts()).toContain(`${SOCKETS}:443`);
    expectNoSecret(said);
  });

  it('what NO_PROXY names is reached without it', async () => {
    const before = proxy.asked.length;
    const said = await saidBy('doctor', { NO_PROXY: `example.com, .${SLACK.split('.')[1]}` });
    expect(said).toMatch(/fail {2}Slack token: Slack cannot be reached: getaddrinfo/);
    expect(said).toMatch(/fail {2}depot server of dev: .*Server name not found/);
    expect(proxy.asked).toHaveLength(before);
  });
});

describe('a proxy that does not let the bot through is named, without its credentials', () => {
  const refusals = [
    [
      'wants another password (407)',
      () => ({ HTTPS_PROXY: at('bot:wrong-secret') }),
      (host: string) =>
        `The proxy http://127.0.0.1:${proxy.port} refused a connection to ${host}:443 with HTTP 407: it wants a user name and a password, or others`,
    ],
    [
      'does not allow the address (403)',
      () => ({ HTTPS_PROXY: at(LOGIN_FREE.login, LOGIN_FREE.port) }),
      (host: string) =>
        `The proxy http://127.0.0.1:${LOGIN_FREE.port} refused a connection to ${host}:443 with HTTP 403: it does not allow that address`,
    ],
    [
      'is not there',
      () => ({ HTTPS_PROXY: at('bot:wrong-secret', 1) }),
      () => 'The proxy http://127.0.0.1:1 cannot be reached: ECONNREFUSED',
    ],
  ] as const;
  const LOGIN_FREE = { login: 'bot:wrong-secret', port: 0 };
  let strictProxy: CompanyProxy;

  beforeAll(async () => {
    strictProxy = await startCompanyProxy({ routes: new Map() });
    LOGIN_FREE.port = strictProxy.port;
  });
  afterAll(() => strictProxy.stop());

  describe.each(refusals)('%s', (_, changes, line) => {
    it.each([
      ['http', () => ({}), SLACK],
      ['socket', inSocketMode, SOCKETS],
    ])('at the start in %s mode', async (_mode, mode, host) => {
      const said = await saidBy('start', { ...mode(), ...changes() });
      expect(said).toContain(`Slack cannot be reached: ${line(host)}`);
      expect(said).not.toContain('wrong-secret');
    });

    it('by doctor, for Slack and for a depot server', async () => {
      const said = await saidBy('doctor', changes());
      expect(said).toContain(`Slack token: Slack cannot be reached: ${line(SLACK)}`);
      expect(said).toMatch(/fail {2}depot server of dev: Failed to login to external API: The proxy/);
      expect(said).toContain(line(DEPOT));
      expect(said).not.toContain('wrong-secret');
    });
  });

  it('where it lets Slack’s API through and not its socket, log and doctor name it', async () => {
    // Slack names another host for the socket: wss-primary.slack.com.
    const elsewhere = await startStrictSlack({ socketUrl: 'wss://wss.slack.test' });
    const front = await startTlsFront(elsewhere.workspace.url, `https://${SLACK}`, authority);
    const half = await startCompanyProxy({ routes: new Map([[`${SLACK}:443`, front.port]]) });
    const inSocketMode = {
      SLACK_MODE: 'socket',
      SLACK_BOT_TOKEN: elsewhere.botToken,
      SLACK_APP_TOKEN: elsewhere.appToken,
      HTTPS_PROXY: at('bot:wrong-secret', half.port),
    };
    const bot = runMain('start', settings(inSocketMode), folder);
    await bot.says(`The proxy http://127.0.0.1:${half.port} refused a connection to wss.slack.test:443`);
    bot.kill('SIGTERM');
    const { output, errors } = await bot.ended;
    expect(output).toContain('wss.slack.test:443 with HTTP 403');
    expect(await saidBy('doctor', inSocketMode)).toMatch(
      /fail {2}Slack delivery: .*its socket at wss\.slack\.test cannot be reached: .* with HTTP 403/,
    );
    expect(`${output}${errors}`).not.toContain('wrong-secret');
    await Promise.all([half.stop(), front.stop(), elsewhere.stop()]);
  });

  it('is a malformed address: the variable is named, and not its value', async () => {
    const said = await saidBy('start', { HTTPS_PROXY: 'proxy-secret:3128' });
    expect(said).toContain(
      'HTTPS_PROXY must be the address of a proxy, such as http://proxy.example.com:3128',
    );
    expect(said).not.toContain('proxy-secret');
  });
});

const tinyproxy = await findTinyproxy();

// The stand-in knows the way to the names; what the bot speaks with is tinyproxy.
describe.skipIf(tinyproxy === undefined)('behind Debian’s tinyproxy', () => {
  let way: CompanyProxy;
  let real: Tinyproxy;

  beforeAll(async () => {
    way = await startCompanyProxy({ routes });
    const login = { user: 'bot', password: 'tiny-secret' };
    real = await startTinyproxy(tinyproxy ?? '', {
      ...login,
      upstreamPort: way.port,
      allowed: [SLACK, SOCKETS, DEPOT],
    });
  });
  afterAll(async () => {
    await real.stop();
    await way.stop();
  });
  const through = (login: string) => ({ HTTPS_PROXY: at(login, real.port) });

  it.each([
    ['http mode', wholeSyncByHttp, SLACK],
    ['Socket Mode', wholeSyncBySocket, SOCKETS],
  ])('in %s, a whole sync with a file goes through it', async (_, wholeSync, host) => {
    const said = await wholeSync(through('bot:tiny-secret'));
    expect(await active()).toBe(MANY);
    expect(real.output()).toContain(`CONNECT ${host}:443`);
    expect(real.output()).toContain(`CONNECT ${DEPOT}:443`);
    expect(said).not.toContain('tiny-secret');
  });

  it.each([
    [
      'another password',
      'bot:wrong-secret',
      SLACK,
      'HTTP 401: it wants a user name and a password, or others',
    ],
    ['no password', '', SLACK, 'HTTP 407: it wants a user name and a password, or others'],
    [
      'a host that it does not allow',
      'bot:tiny-secret',
      'elsewhere.test',
      'HTTP 403: it does not allow that address',
    ],
  ])('is named where it refuses: %s', async (_, login, host, why) => {
    const api = { SLACK_API_URL: `https://${host}/api/` };
    const starting = [{}, inSocketMode()].map((mode) =>
      saidBy('start', { ...mode, ...api, ...through(login) }),
    );
    for (const said of await Promise.all(starting)) {
      expect(said).toContain(`http://127.0.0.1:${real.port} refused a connection to ${host}:443 with ${why}`);
      expect(said).not.toMatch(/(wrong|tiny)-secret/);
    }
  });
});
