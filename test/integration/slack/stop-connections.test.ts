import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { startLocalSlack } from '../../../sandbox/local-slack/local-slack.ts';
import { freePort } from '../../../sandbox/process/free-port.ts';
import { until } from '../../../sandbox/process/until.ts';
import { startBot } from '../../../sandbox/worlds/bot.ts';
import type { RunningApp } from '../../../src/bot/app.ts';

type Stage = { readonly bot: RunningApp; readonly port: number; client(sent: string): Promise<Client> };

/** A bot on a port, in either mode, and clients that come to it. */
async function inBot(SLACK_MODE: 'http' | 'socket', act: (stage: Stage) => Promise<void>): Promise<void> {
  const database = await freshDatabase({ migrated: true });
  const port = await freePort();
  const requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const slack = await startLocalSlack(
    SLACK_MODE === 'socket' ? { mode: 'socket' } : { mode: 'events', requestUrl },
  );
  const bot = await startBot({
    SLACK_MODE,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    PORT: String(port),
    DATABASE_URL: database.url,
  });
  const clients: Client[] = [];
  try {
    await act({
      bot,
      port,
      client: async (sent) => {
        const come = await connectTo(port, sent);
        clients.push(come);
        return come;
      },
    });
  } finally {
    for (const { socket } of clients) socket.destroy();
    await bot.stop();
    await slack.stop();
    await database.drop();
  }
}

type Client = { readonly socket: Socket; readonly closed: Promise<unknown>; readonly heard: () => string };

/** A connection that has sent this and nothing more, and that the bot has taken. */
async function connectTo(port: number, sent: string): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += String(chunk);
  });
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  if (sent !== '') socket.write(sent);
  return { socket, closed, heard: () => heard };
}

const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n';
const HALF_A_HEAD = 'POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Le';
const HALF_A_BODY = 'POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 100\r\n\r\npayload=';

const answered = ({ heard }: Client) => until(() => heard().includes('ok\n'), { failure: heard });

describe.concurrent.each(['http', 'socket'] as const)('a bot that is stopped, in mode %s', (mode) => {
  it('ends connections that ask for nothing, and those with half a request', () =>
    inBot(mode, async ({ bot, port, client }) => {
      const spare = await client('');
      const used = await client(HEALTH);
      await answered(used);
      const half = [await client(HALF_A_HEAD), await client(HALF_A_BODY)];
      // The bot has taken what came before this.
      await answered(await client(HEALTH));

      const stopped = bot.stop();
      await Promise.all([stopped, ...[spare, used, ...half].map(({ closed }) => closed)]);
      await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed');
    }));

  it('answers a request that was half sent when the stop began, if the rest of it comes', () =>
    inBot(mode, async ({ bot, client }) => {
      const late = await client(HEALTH.slice(0, 20));
      await answered(await client(HEALTH));
      const stopped = bot.stop();
      late.socket.write(HEALTH.slice(20));
      await answered(late);
      await late.closed;
      await stopped;
    }));
});

describe.concurrent.each(['http', 'socket'] as const)('a bot in mode %s', (mode) => {
  it('survives addresses that are none', () =>
    inBot(mode, async ({ client }) => {
      for (const address of ['//', '//:1', 'http://[', 'http://a:99999/', '*']) {
        const asked = await client(`GET ${address} HTTP/1.1\r\nHost: bot\r\n\r\n`);
        await until(() => /^HTTP\/1.1 [45]/.test(asked.heard()), { failure: asked.heard });
      }
      await answered(await client(HEALTH));
    }));

  it(
    'does not wait for ever for clients that never come to the end of a request',
    () =>
      inBot(mode, async ({ client }) => {
        const [head, body] = [await client(HALF_A_HEAD), await client(HALF_A_BODY)];
        await Promise.all([head.closed, body.closed]);
        expect(head.heard()).toContain('408 Request Timeout');
      }),
    60_000,
  );
});
