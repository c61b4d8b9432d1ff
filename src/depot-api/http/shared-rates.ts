import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Logger } from '../../sync/ports/ports.ts';
import { type CommonWindow, createCommonWindow } from './common-window.ts';
import type { Rates } from './window.ts';

const RECONNECT_MOST_MS = 5_000;
/** Milliseconds to wait for an answer of Redis. */
const ANSWER_WITHIN_MS = 5_000;
/** The number of dead processes that are remembered, for depot servers that are first asked later. */
const REMEMBERED = 100;

/** The channel for messages that a place at some depot server has become free. */
const CHANNEL = 'usersync rates';

/** Rates that several processes keep together (`REDIS_URL`). */
export type SharedRates = {
  /** The window that all processes share for a depot server; undefined while Redis cannot be reached. */
  windowFor(origin: string, rates: Rates): CommonWindow | undefined;
  /** Calls `listener` whenever more requests than before may be possible. */
  onChange(listener: () => void): void;
  /** Frees the places of these dead processes. Never throws. */
  forget(owners: readonly string[]): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Connects to Redis in the background and reconnects for ever. While Redis is lost, a warning is logged, each process keeps the
 * rates for itself, and nothing waits for Redis. `owner` names this process.
 */
export function createSharedRates(
  redisUrl: string,
  logger: Logger,
  owner: string = randomUUID(),
): SharedRates {
  const client = new Redis(redisUrl, {
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_WITHIN_MS,
    retryStrategy: (attempt) => Math.min(attempt * 200, RECONNECT_MOST_MS),
  });
  // A connection that subscribes can do nothing else.
  const subscriber = client.duplicate();
  const windows = new Map<string, CommonWindow>();
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  let dead: readonly string[] = [];
  let state: 'starting' | 'connected' | 'lost' = 'starting';

  client.on('ready', () => {
    state = 'connected';
    logger.info({}, 'depot rate limits are shared through Redis');
    tell();
  });
  const lose = () => {
    // One warning, for a Redis that was never reached too.
    if (state === 'lost') return;
    state = 'lost';
    logger.warn({}, 'Redis is lost: until it is back, depot rate limits hold for each process by itself');
    tell();
  };
  client.on('close', lose);
  // Each failed attempt to reconnect is an error event; the warning above says enough. The error itself holds the command that
  // failed, with the password.
  client.on('error', ({ message }: Error) => logger.debug({ why: message }, 'Redis cannot be reached'));
  subscriber.on('error', () => {});
  subscriber.on('ready', () => subscriber.subscribe(CHANNEL).catch(() => {}));
  subscriber.on('message', tell);

  return {
    windowFor: (origin, rates) => {
      if (state !== 'connected') return undefined;
      const known = windows.get(origin);
      if (known !== undefined) return known;
      const warn = (err: unknown) => {
        if (state !== 'connected') return;
        logger.warn({ origin, err }, 'a rate limit in Redis went wrong');
        if (!isSilence(err)) return;
        // The connection of a host that is gone looks open for many minutes, and each further request would wait as long.
        lose();
        client.disconnect(true);
      };
      const common = createCommonWindow({ redis: client, channel: CHANNEL, owner, origin, rates, warn });
      windows.set(origin, common);
      void common.forget(dead);
      return common;
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    forget: async (owners) => {
      if (owners.length === 0) return;
      dead = [...dead, ...owners].slice(-REMEMBERED);
      await Promise.all([...windows.values()].map((common) => common.forget(owners)));
    },
    stop: async () => {
      state = 'lost';
      client.disconnect();
      subscriber.disconnect();
      tell();
    },
  };
}

/** ioredis has no class for it. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Command timed out';
}
