import type { SocketModeReceiver } from '@slack/bolt';
import { retryAfterSeconds, type SlackClient } from './client.ts';
import { ClockAheadError, OLDEST_REQUEST_MS, type SlackClock } from './clock.ts';
import { remembering } from './remembering.ts';

/** Throws where there is no connection to Slack now. */
export type CheckConnection = () => Promise<void>;

/** In http mode, how long an answer of Slack's is believed, and how often a Slack that failed is asked again. */
const BELIEVED_MS = 30_000;
const ASK_AGAIN_MS = 5_000;

/** Socket Mode: the connection is up from Slack's hello until the socket closes. */
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
 * http mode, in which Slack comes to us. The check is whether Slack answers and still takes the bot token. If our clock is
 * ahead, every request of Slack's counts as too old: throws `ClockAheadError`.
 */
export function askedConnection(client: SlackClient, clock?: SlackClock): CheckConnection {
  const ask = remembering(
    BELIEVED_MS,
    async () => {
      try {
        await client.auth.test();
      } catch (error) {
        // Who is asked to wait was answered.
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
