import { afterEach, describe, expect, inject, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { startLocalSlack } from '../../../sandbox/local-slack/local-slack.ts';
import { freePort } from '../../../sandbox/process/free-port.ts';
import { startRedis } from '../../../sandbox/process/redis.ts';
import { startTcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { until } from '../../../sandbox/process/until.ts';
import { type BotSettings, startBot } from '../../../sandbox/worlds/bot.ts';
import { scrape } from '../../support/scrape.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const NO_DATABASE = 'The database cannot be reached.\n';
const NO_SLACK = 'There is no connection to Slack.\n';

/**
 * The bot on a port, its ways to the database and to Slack, and a look at what it says of its health. The driver
 * waits for a database for longer than a test may take: whoever asks must not.
 */
async function start(SLACK_MODE: 'http' | 'socket', given: BotSettings = {}) {
  const database: FreshDatabase = await freshDatabase({ migrated: true });
  const proxy = await startTcpProxy(Number(new URL(inject('databaseServerUrl')).port));
  const url = new URL(database.url);
  url.port = String(proxy.port);
  url.search = '?acquireTimeout=90000&connectTimeout=90000';
  const port = await freePort();
  const requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const startSlack = (slackPort?: number) =>
    startLocalSlack({
      ...(SLACK_MODE === 'socket' ? { mode: 'socket' } : { mode: 'events', requestUrl }),
      ...(slackPort === undefined ? {} : { port: slackPort }),
    });
  let slack = await startSlack();
  const settings = {
    SLACK_MODE,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    PORT: String(port),
    ...given,
  };
  const bot = await startBot({ ...settings, DATABASE_URL: url.href });
  const stopBot = async () => {
    // What hangs would hang for as long as TCP is patient.
    proxy.cut();
    proxy.restore();
    await bot.stop();
  };
  closing.push(database.drop, proxy.stop, () => slack.stop(), stopBot);
  const look = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };
  const comesTo = (text: string) =>
    until(async () => (await look('/readyz')).text === text, {
      failure: async () => `/readyz saying ${text}It says: ${(await look('/readyz')).text}`,
    });
  const restartSlack = async () => {
    slack = await startSlack(Number(new URL(slack.url).port));
  };
  return { proxy, look, comesTo, port, stopSlack: () => slack.stop(), restartSlack };
}

describe.each(['http', 'socket'] as const)('in %s mode', (mode) => {
  it('/healthz says that the process lives, /readyz and /metrics whether it can work', async () => {
    const { proxy, look, port } = await start(mode);
    expect(await look('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await look('/readyz')).toEqual({ status: 200, text: 'ready\n' });
    expect((await scrape(port)).counted('usersync_ready')).toEqual({ database: 1, slack: 1 });
    proxy.cut();
    expect(await look('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await look('/readyz')).toEqual({ status: 503, text: NO_DATABASE });
    expect((await scrape(port)).counted('usersync_ready')).toEqual({ slack: 1 });
    expect((await look('/')).status).toBe(404);
    expect((await look('/healthz', 'DELETE')).status).toBe(404);
    expect((await look('/healthz', 'HEAD')).status).toBe(200);
    expect((await look('/metrics', 'POST')).status).toBe(404);
  });
});

describe('a database that never answers', () => {
  it('is one that cannot be reached; what it would tell has no value', async () => {
    const { proxy, look, port } = await start('http');
    expect((await scrape(port)).value('usersync_outbox_notices')).toBe(0);
    proxy.freeze();
    expect(await look('/readyz')).toEqual({ status: 503, text: NO_DATABASE });
    const metrics = await scrape(port);
    expect(metrics.counted('usersync_ready')).toEqual({ slack: 1 });
    expect(metrics.value('usersync_outbox_notices')).toBeUndefined();
    expect(metrics.value('usersync_outbox_oldest_age_seconds')).toBeUndefined();
    expect(metrics.value('usersync_runs_total', { target: 'dev', outcome: 'completed' })).toBe(0);
    expect(await look('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  });
});

describe('a Redis that is lost', () => {
  it('is told by /metrics, and the bot goes on', async () => {
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const { look, port } = await start('http', { REDIS_URL: redis.url });
    const isLost = async () => (await scrape(port)).value('usersync_redis_lost');
    await until(async () => (await isLost()) === 0, { failure: () => 'the bot has found Redis' });
    await redis.stop();
    await until(async () => (await isLost()) === 1, { failure: () => 'the bot has lost Redis' });
    expect(await look('/readyz')).toEqual({ status: 200, text: 'ready\n' });
  });

  it('is none where there is no REDIS_URL', async () => {
    const { port } = await start('http');
    expect((await scrape(port)).value('usersync_redis_lost')).toBe(0);
  });
});

describe('without Slack', () => {
  it('a bot in Socket Mode is not ready until its socket stands again', async () => {
    const { proxy, look, comesTo, stopSlack, restartSlack } = await start('socket');
    expect((await look('/readyz')).text).toBe('ready\n');
    await stopSlack();
    await comesTo(NO_SLACK);
    expect(await look('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    await restartSlack();
    await comesTo('ready\n');
    await stopSlack();
    proxy.cut();
    await comesTo(NO_DATABASE + NO_SLACK);
    await restartSlack();
  });

  it('a bot in http mode is not ready', async () => {
    const { look, stopSlack } = await start('http');
    await stopSlack();
    expect(await look('/readyz')).toEqual({ status: 503, text: NO_SLACK });
  });
});
