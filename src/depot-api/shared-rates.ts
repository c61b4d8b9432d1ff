import Bottleneck from 'bottleneck';
import { Redis } from 'ioredis';
import type { Logger } from '../sync/ports.ts';

const RECONNECT_MOST_MS = 5_000;

type Options = { readonly maxConcurrent: number; readonly minTime: number };

/** Rates that several processes keep together (`REDIS_URL`), by Bottleneck's clustering. */
export type SharedRates = {
  /** The limiter that all processes share for a depot server; undefined while Redis cannot be reached. */
  limiterFor(origin: string, options: Options): Bottleneck | undefined;
  stop(): Promise<void>;
};

/**
 * Connects in the background and reconnects for ever. While Redis is lost, each process keeps to the rates by
 * itself: a warning says so, and nothing waits for Redis.
 */
export function createSharedRates(redisUrl: string, logger: Logger): SharedRates {
  const client = new Redis(redisUrl, {
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 200, RECONNECT_MOST_MS),
  });
  const limiters = new Map<string, Bottleneck>();
  let connection: Bottleneck.IORedisConnection | undefined;

  client.on('ready', () => {
    connection = new Bottleneck.IORedisConnection({ client });
    connection.on('error', () => {});
    logger.info({}, 'depot rate limits are shared through Redis');
  });
  client.on('close', () => {
    if (connection === undefined) return;
    connection = undefined;
    logger.warn({}, 'Redis is lost: until it is back, depot rate limits hold for each process by itself');
    giveUpAll(limiters);
  });
  // Each failed attempt to reconnect is an error event; the warning above has said what matters.
  client.on('error', (error) => logger.debug({ err: error }, 'Redis cannot be reached'));

  return {
    limiterFor: (origin, options) => {
      if (connection === undefined) return undefined;
      const known = limiters.get(origin);
      if (known !== undefined) return known;
      const limiter = createCommonLimiter(connection, origin, options);
      limiter.on('error', (error) => logger.warn({ origin, err: error }, 'a rate limit in Redis went wrong'));
      limiters.set(origin, limiter);
      return limiter;
    },
    stop: async () => {
      connection = undefined;
      giveUpAll(limiters);
      client.disconnect();
    },
  };
}

function createCommonLimiter(
  connection: Bottleneck.IORedisConnection,
  origin: string,
  { maxConcurrent, minTime: fraction }: Options,
): Bottleneck {
  // Redis expires keys after whole milliseconds only, and Bottleneck adds this to them.
  const minTime = Math.ceil(fraction);
  return new Bottleneck({
    maxConcurrent,
    minTime,
    // Redis keeps to the rates with which a limiter was made: others need another one.
    id: `usersync ${origin} ${maxConcurrent} ${minTime}`,
    datastore: 'ioredis',
    connection,
    // Redis forgets the limiter of a depot server that nobody has asked for so long (ms).
    timeout: 3_600_000,
  });
}

/** Jobs that wait are rejected, and go on by the process's own limits; jobs that run are left alone. */
function giveUpAll(limiters: Map<string, Bottleneck>): void {
  for (const limiter of limiters.values()) {
    limiter.stop({ dropWaitingJobs: true }).catch(() => {});
  }
  limiters.clear();
}
