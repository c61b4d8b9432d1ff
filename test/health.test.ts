import { afterEach, describe, expect, inject, it } from 'vitest';
import { startBot } from './support/bot.ts';
import { type FreshDatabase, freshDatabase } from './support/database.ts';
import { freePort } from './support/free-port.ts';
import { startLocalSlack } from './support/local-slack.ts';
import { startTcpProxy } from './support/tcp-proxy.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The bot on a port, its way to the database, and a look at what it says of its health. */
async function start(SLACK_MODE: 'http' | 'socket') {
  const database: FreshDatabase = await freshDatabase({ migrated: true });
  const proxy = await startTcpProxy(Number(new URL(inject('databaseServerUrl')).port));
  const url = new URL(database.url);
  url.port = String(proxy.port);
  url.search = '?acquireTimeout=1500&connectTimeout=1500';
  const port = await freePort();
  const requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const slack = await startLocalSlack(
    SLACK_MODE === 'socket' ? { mode: 'socket' } : { mode: 'events', requestUrl },
  );
  const settings = {
    SLACK_MODE,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    PORT: String(port),
  };
  const bot = await startBot({ ...settings, DATABASE_URL: url.href });
  closing.push(database.drop, proxy.stop, slack.stop, bot.stop);
  const look = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };
  return { proxy, look };
}

describe.each(['http', 'socket'] as const)('in %s mode', (mode) => {
  it('/healthz says that the process lives, /readyz whether it can work', async () => {
    const { proxy, look } = await start(mode);
    expect(await look('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await look('/readyz')).toEqual({ status: 200, text: 'ready\n' });
    proxy.cut();
    expect(await look('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await look('/readyz')).toEqual({ status: 503, text: 'The database cannot be reached.\n' });
    expect((await look('/')).status).toBe(404);
    expect((await look('/healthz', 'DELETE')).status).toBe(404);
  });
});
