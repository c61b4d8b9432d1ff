import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Logger } from '../../sync/ports/ports.ts';
import { type CommonWindow, createCommonWindow } from './common-window.ts';
import type { Rates } from './window.ts';

const RECONNECT_MOST_MS = 5_000;
/** An answer that takes Redis longer is not waited for. */
const ANSWER_WITHIN_MS = 5_000;
/** So many processes that died are remembered, for depot servers that are first asked afterwards. */
const REMEMBERED = 100;

/** Says that a place at some depot server has become free. */
const CHANNEL = 'usersync rates';

/** Rates that several processes keep together (`REDIS_URL`). */
export type SharedRates = {
  /** What all processes share for a depot server; undefined while Redis cannot be reached. */
  windowFor(origin: string, rates: Rates): CommonWindow | undefined;
  /** Calls whenever more may be possible than before. */
  onChange(listener: () => void): void;
  /** Gives back what these processes, which have died, still hold of the rates. Never throws. */
  forget(owners: readonly string[]): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Connects in the background and reconnects for ever. While Redis is lost, each process keeps to the rates by
 * itself: a warning says so, and nothing waits for Redis. `owner` is the name of this process.
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
  // A connection that listens can do nothing else.
  const ears = client.duplicate();
  const windows = new Map<string, CommonWindow>();
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  let dead: readonly string[] = [];
  let isConnected = false;

  client.on('ready', () => {
    isConnected = true;
    logger.info({}, 'depot rate limits are shared through Redis');
    tell();
  });
  client.on('close', () => {
    if (!isConnected) return;
    isConnected = false;
    logger.warn({}, 'Redis is lost: until it is back, depot rate limits hold for each process by itself');
    tell();
  });
  // Each failed attempt to reconnect is an error event; the warning above has said what matters.
  client.on('error', (error) => logger.debug({ err: error }, 'Redis cannot be reached'));
  ears.on('error', () => {});
  ears.on('ready', () => ears.subscribe(CHANNEL).catch(() => {}));
  ears.on('message', tell);

  return {
    windowFor: (origin, rates) => {
      if (!isConnected) return undefined;
      const known = windows.get(origin);
      if (known !== undefined) return known;
      const warn = (err: unknown) => {
        if (isConnected) logger.warn({ origin, err }, 'a rate limit in Redis went wrong');
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
      isConnected = false;
      client.disconnect();
      ears.disconnect();
      tell();
    },
  };
}
