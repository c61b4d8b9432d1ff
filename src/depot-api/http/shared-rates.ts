import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { messageOf } from '../../sync/failures/failure.ts';
import type { Logger } from '../../sync/ports/ports.ts';
import { type CommonRates, type CommonWindow, createCommonWindow } from './common-window.ts';

const RECONNECT_MOST_MS = 5_000;
/** Milliseconds to wait for an answer of Redis. */
const ANSWER_WITHIN_MS = 5_000;
/** Milliseconds after which an idle connection is used: firewalls drop idle ones in silence, some after few minutes. */
const KEEP_ALIVE_MS = 30_000;
/** Milliseconds for which the same answer of Redis is told only once. */
const TOLD_FOR_MS = 60_000;
/** Milliseconds after which a Redis that refused is asked again: it may be hours until a depot server is read. */
const ASK_AGAIN_MS = 60_000;
/** The number of dead processes that are remembered, for depot servers that are first asked later. */
const REMEMBERED = 100;

/** The channel for messages that a place at some depot server has become free. */
export const CHANNEL = 'usersync rates';

/** Rates that several processes keep together (`REDIS_URL`). */
export type SharedRates = ReturnType<typeof createSharedRates>;

/**
 * Connects to Redis in the background and reconnects for ever. While Redis is lost, a warning is logged, each process keeps the
 * rates for itself, and nothing waits for Redis. `owner` names this process.
 */
export function createSharedRates(
  redisUrl: string,
  logger: Logger,
  owner: string = randomUUID(),
  askAgainMs = ASK_AGAIN_MS,
) {
  const client = new Redis(redisUrl, {
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_WITHIN_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryStrategy: (attempt) => Math.min(attempt * 200, RECONNECT_MOST_MS),
  });
  // A connection that subscribes can do nothing else. Not subscribed again by the client itself: where Redis refuses that, the process
  // would end.
  const subscriber = client.duplicate({ autoResubscribe: false });
  const windows = new Map<string, CommonWindow>();
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  let dead: readonly string[] = [];
  let state: 'starting' | 'connected' | 'lost' = 'starting';
  let why: string | undefined;
  let told = { why: '', until: 0 };
  let refuses = false;
  const again = setInterval(() => {
    const [common] = windows.values();
    if (refuses && state === 'connected') void common?.enter(0);
  }, askAgainMs).unref();

  client.on('ready', () => {
    state = 'connected';
    refuses = false;
    why = undefined;
    logger.info({}, 'depot rate limits are shared through Redis');
    // Frees the places whose ends or grants got lost with the connection before.
    for (const common of windows.values()) void common.enter(0);
    tell();
  });
  const lose = () => {
    // One warning, for a Redis that was never reached too.
    if (state === 'lost') return;
    state = 'lost';
    logger.warn(
      { why },
      'Redis is lost: until it is back, depot rate limits hold for each process by itself',
    );
    tell();
  };
  client.on('close', lose);
  // Each failed attempt to reconnect is an error event. The warning above has no reason if an open connection broke: it shows at the
  // next attempt, and may change, as after a restart with a new password. The error itself holds the command that failed, with the
  // password.
  client.on('error', (error) => {
    const isNew = messageOf(error) !== why;
    why = messageOf(error);
    if (state === 'lost' && isNew) logger.warn({ why }, 'Redis cannot be reached');
  });
  subscriber.on('error', () => {});
  subscriber.on('ready', () => subscriber.subscribe(CHANNEL).catch(() => {}));
  subscriber.on('message', tell);

  /** A Redis that refuses, as for want of memory, refuses each request of a list. */
  const warn = (origin: string, error: unknown) => {
    if (state !== 'connected') return;
    const message = messageOf(error);
    if (told.why !== message || performance.now() >= told.until) {
      told = { why: message, until: performance.now() + TOLD_FOR_MS };
      logger.warn({ origin, why: message }, 'a rate limit in Redis went wrong');
    }
    // ioredis has no class for silence.
    if (message !== 'Command timed out') return;
    // The connection of a host that is gone looks open for many minutes, and each further request would wait as long.
    why = message;
    lose();
    client.disconnect(true);
    subscriber.disconnect(true);
  };

  return {
    /** The window that all processes share for a depot server; undefined while Redis cannot be reached. */
    windowFor: (origin: string, rates: CommonRates) => {
      if (state !== 'connected') return undefined;
      const known = windows.get(origin);
      if (known !== undefined) return known;
      const common = createCommonWindow({
        ...{ redis: client, channel: CHANNEL, owner, origin, rates },
        warn: (error) => warn(origin, error),
        served: (isServed) => {
          refuses = !isServed;
        },
      });
      windows.set(origin, common);
      void common.forget(dead);
      return common;
    },
    /** Whether Redis cannot be reached, or has refused what it was last asked. */
    isLost: () => state !== 'connected' || refuses,
    /** Calls `listener` whenever more requests than before may be possible. */
    onChange: (listener: () => void) => {
      listeners.push(listener);
    },
    /** Frees the places of these dead processes. Never throws. */
    forget: async (owners: readonly string[]) => {
      dead = [...dead, ...owners].slice(-REMEMBERED);
      await Promise.all([...windows.values()].map((common) => common.forget(owners)));
    },
    stop: async () => {
      state = 'lost';
      clearInterval(again);
      client.disconnect();
      subscriber.disconnect();
      tell();
    },
  };
}
