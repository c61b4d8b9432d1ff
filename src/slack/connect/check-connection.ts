import type { SocketModeReceiver } from '@slack/bolt';
import { retryAfterSeconds, type SlackClient } from './client.ts';
import { ClockAheadError, OLDEST_REQUEST_MS, type SlackClock } from './clock.ts';
import { remembering } from './remembering.ts';

/** Throws where there is no connection to Slack now. */
export type CheckConnection = () => Promise<void>;

/** In http mode: for how long an answer of Slack's counts, and after how long a failed call is repeated. */
const BELIEVED_MS = 30_000;
const ASK_AGAIN_MS = 5_000;

/** Socket Mode: connected from Slack's hello until the socket closes. */
export function socketConnection(client: Pick<SocketModeReceiver['client'], 'on'>): CheckConnection {
  let connected = false;
  client.on('connected', () => {
    connected = true;
  });
  client.on('close', () => {
    connected = false;
  });
  return async () => {
    if (!connected) throw new Error('The socket to Slack is not connected');
  };
}

/**
 * http mode, where Slack opens the connections: checks that Slack answers and still accepts the bot token. Throws `ClockAheadError`
 * if this machine's clock is so far ahead that each of Slack's requests counts as too old.
 */
export function askedConnection(client: SlackClient, clock?: SlackClock): CheckConnection {
  const ask = remembering(
    BELIEVED_MS,
    async () => {
      try {
        await client.auth.test();
      } catch (error) {
        // A rate limit is an answer too.
        if (retryAfterSeconds(error) === undefined) throw error;
      }
    },
    ASK_AGAIN_MS,
  );
  return async () => {
    await ask('auth.test');
    const ahead = clock?.aheadMs() ?? 0;
    if (ahead > OLDEST_REQUEST_MS) throw new ClockAheadError(ahead);
  };
}
