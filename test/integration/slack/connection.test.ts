import { SocketModeReceiver } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../../sandbox/process/until.ts';
import { startSlackSocket } from '../../../sandbox/strict-slack/slack-socket.ts';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { boltLogger, createLogger } from '../../../src/process/logger.ts';
import { createSlackClient, createSlackClock } from '../../../src/slack/connect/client.ts';
import { askedConnection, type CheckConnection } from '../../../src/slack/connect/connection.ts';
import { DIRECT } from '../../../src/slack/connect/network.ts';
import { createReceiver } from '../../../src/slack/connect/receiver.ts';

const realNow = performance.now.bind(performance);

/** As if so much time had passed. */
function later(seconds: number): void {
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + seconds * 1000);
}

let slack: StrictSlack;
let check: CheckConnection;

beforeEach(async () => {
  slack = await startStrictSlack();
  const { apiUrl, botToken } = slack;
  check = askedConnection(
    createSlackClient({ apiUrl, botToken, logger: boltLogger(createLogger('silent')) }),
  );
});

afterEach(async () => {
  vi.restoreAllMocks();
  await slack.stop();
});

/** `ok`, or Slack's word for what is wrong. */
const answer = () =>
  check().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe('in http mode, a clock', () => {
  /** How the connection stands where this machine's clock is so many minutes ahead. */
  async function withClock(minutesAhead: number): Promise<string> {
    const { apiUrl, botToken } = slack;
    const clock = createSlackClock(() => Date.now() + minutesAhead * 60_000);
    const logger = boltLogger(createLogger('silent'));
    const asked = askedConnection(createSlackClient({ apiUrl, botToken, logger, clock }), clock);
    return asked().then(
      () => 'ok',
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
  }

  it.each([
    [60, 'ClockAheadError'],
    [6, 'ClockAheadError'],
    [4, 'ok'],
    [0, 'ok'],
    [-60, 'ok'],
  ])('that is %d minutes ahead of Slack’s: %s', async (minutes, said) => {
    expect(await withClock(minutes)).toBe(said);
  });
});

describe('in http mode, the connection to Slack', () => {
  it('is asked for once in half a minute where it stands', async () => {
    expect([await answer(), await answer()]).toEqual(['ok', 'ok']);
    later(29);
    expect(await answer()).toBe('ok');
    expect(slack.calls).toHaveLength(1);
    later(31);
    slack.fail('auth.test', { error: 'token_revoked' });
    expect(await answer()).toContain('token_revoked');
  });

  it('is asked for again soon where it does not, but not at every look', async () => {
    slack.fail('auth.test', { status: 503 });
    expect([await answer(), await answer()]).not.toContain('ok');
    expect(slack.calls).toHaveLength(1);
    later(6);
    expect(await answer()).toBe('ok');
  });

  it('stands where Slack asks to be called less often', async () => {
    slack.fail('auth.test', { retryAfter: 30 });
    expect(await answer()).toBe('ok');
  });
});

describe('in Socket Mode', () => {
  /** A bot whose socket stands: Slack says hello to the first `most` sockets. `noted`: warnings and unhandled rejections. */
  async function connected(most: number) {
    const noted: unknown[] = [];
    const note = (...parts: unknown[]) => void noted.push(parts.map(String).join(' '));
    process.on('unhandledRejection', note);
    const socket = await startSlackSocket({ type: 'hello' }, most);
    const { apiUrl, appToken, botToken, fail, stop } = await startStrictSlack({ socketUrl: socket.url });
    const logger = { ...boltLogger(createLogger('silent')), warn: note };
    const { receiver, checkConnection } = createReceiver(
      {
        transport: { mode: 'socket', appToken },
        apiUrl,
        port: 0,
        routes: [],
        logger,
        report: () => {},
        network: DIRECT,
      },
      createSlackClient({ apiUrl, botToken, logger }),
    );
    await receiver.start();
    await checkConnection();
    const end = async () => {
      if (!(receiver instanceof SocketModeReceiver)) throw new Error('There is no socket');
      const disconnected = new Promise((resolve) => receiver.client.once('disconnected', resolve));
      await receiver.stop();
      await disconnected;
      await new Promise(setImmediate);
      process.off('unhandledRejection', note);
      await socket.stop();
      await stop();
    };
    return { socket, fail, noted, end, checkConnection, receiver };
  }

  /** Likewise, and the socket has just been cut. */
  async function cutOff(most: number) {
    const bot = await connected(most);
    bot.socket.cut();
    return bot;
  }

  it('there is no connection where Slack refuses the bot token, though the socket stands', async () => {
    const { fail, end, checkConnection } = await connected(1);
    later(31);
    fail('auth.test', { error: 'token_revoked', times: 9 });
    const said = await checkConnection().then(() => 'ok', String);
    await end();
    expect(said).toContain('token_revoked');
  });

  it('the late end of a socket that Slack has replaced does not end the connection', async () => {
    const { receiver, checkConnection, end } = await connected(1);
    if (!(receiver instanceof SocketModeReceiver)) throw new Error('There is no socket');
    // Slack's client says so 30 s after a refresh whose closing handshake was cut off, when its next socket stands already.
    receiver.client.emit('close');
    const said = await checkConnection().then(() => 'ok', String);
    await end();
    expect(said).toBe('ok');
  });

  it('there is no connection once the socket is cut', async () => {
    const { checkConnection, end } = await cutOff(1);
    const isOver = () =>
      checkConnection().then(
        () => false,
        () => true,
      );
    await until(isOver, { failure: () => 'The connection still stands' });
    await end();
  });

  it('a stop while the socket reconnects leaves no rejection behind, which would end the process at once', async () => {
    const { socket, noted, end } = await cutOff(1);
    await until(() => socket.clients() === 2, { failure: () => 'The socket did not reconnect' });
    await end();
    expect(noted).toEqual([]);
  });

  it.each(['invalid_auth', 'token_revoked'])(
    'a refusal of the app-level token (%s) is said in one line, and Slack is asked again',
    async (error) => {
      const { socket, fail, noted, end } = await cutOff(2);
      fail('apps.connections.open', { error });
      await until(() => socket.clients() === 2, {
        failure: () => `The socket did not reconnect: ${noted.join(', ')}`,
      });
      await end();
      expect(noted).toEqual([
        `http request failed Slack opens no socket: ${error}. If it goes on, renew SLACK_APP_TOKEN and restart the bot.`,
      ]);
    },
  );

  it('a firewall that blocks the socket alone is said with the host to let through', async () => {
    const { apiUrl, appToken, botToken, stop } = await startStrictSlack({ socketUrl: 'ws://127.0.0.1:2' });
    const said: string[] = [];
    const error = (...parts: unknown[]) => void said.push(parts.map(String).join(' '));
    const logger = { ...boltLogger(createLogger('silent')), error };
    const client = createSlackClient({ apiUrl, botToken, logger });
    const transport = { mode: 'socket', appToken } as const;
    const given = { transport, apiUrl, port: 0, routes: [], logger, report: () => {}, network: DIRECT };
    const { receiver } = createReceiver(given, client);
    const starting = receiver.start().catch(() => {});
    await until(() => said.some((line) => line.includes('The socket to 127.0.0.1:2 could not be opened')), {
      failure: () => said.join(),
    });
    await receiver.stop();
    await starting;
    await stop();
    expect(said.join()).not.toContain('SMWebsocketError');
  });

  it('a rate limit is waited for, and blames no token', async () => {
    const { socket, fail, noted, end } = await cutOff(2);
    fail('apps.connections.open', { retryAfter: 1 });
    await until(() => socket.clients() === 2, {
      failure: () => `The socket did not reconnect: ${noted.join(', ')}`,
    });
    await end();
    expect(noted.join()).not.toContain('SLACK_APP_TOKEN');
  });
});
