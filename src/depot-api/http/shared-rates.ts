import { randomUUID } from 'node:crypto';
import Bottleneck from 'bottleneck';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../../sync/ports.ts';

const RECONNECT_MOST_MS = 5_000;
/** So many processes that died are remembered, for limiters that are first needed afterwards. */
const REMEMBERED = 100;

type Options = { readonly maxConcurrent: number; readonly minTime: number };

/** Rates that several processes keep together (`REDIS_URL`), by Bottleneck's clustering. */
export type SharedRates = {
  /** The limiter that all processes share for a depot server; undefined while Redis cannot be reached. */
  limiterFor(origin: string, options: Options): Bottleneck | undefined;
  /** Gives back what these processes, which have died, still hold of the rates. Never throws. */
  forget(owners: readonly string[]): Promise<void>;
  stop(): Promise<void>;
};

type Common = { readonly id: string; readonly limiter: Bottleneck };

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
    retryStrategy: (attempt) => Math.min(attempt * 200, RECONNECT_MOST_MS),
  });
  const limiters = new Map<string, Common>();
  let dead: readonly string[] = [];
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

  async function free({ id, limiter }: Common, owners: readonly string[]): Promise<void> {
    if (owners.length === 0) return;
    try {
      await limiter.ready();
      await freeSlots(client, limiter, id, owners);
    } catch (error) {
      logger.debug({ err: error }, 'what a dead process held in Redis is free only once it must be over');
    }
  }

  return {
    limiterFor: (origin, options) => {
      if (connection === undefined) return undefined;
      const known = limiters.get(origin);
      if (known !== undefined) return known.limiter;
      const common = createCommonLimiter(connection, origin, options);
      const { limiter } = common;
      limiter.on('error', (error) => logger.warn({ origin, err: error }, 'a rate limit in Redis went wrong'));
      nameOwner(client, limiter, common.id, owner);
      limiters.set(origin, common);
      void free(common, dead);
      return limiter;
    },
    forget: async (owners) => {
      if (owners.length === 0) return;
      dead = [...dead, ...owners].slice(-REMEMBERED);
      await Promise.all([...limiters.values()].map((common) => free(common, owners)));
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
): Common {
  // Redis expires keys after whole milliseconds only, and Bottleneck adds this to them.
  const minTime = Math.ceil(fraction);
  // Redis keeps to the rates with which a limiter was made: others need another one.
  const id = `usersync ${origin} ${maxConcurrent} ${minTime}`;
  const options = { maxConcurrent, minTime, id, connection, timeout: FORGOTTEN_AFTER_MS };
  return { id, limiter: new Bottleneck({ ...options, datastore: 'ioredis' }) };
}

/** Jobs that wait are rejected, and go on by the process's own limits; jobs that run are left alone. */
function giveUpAll(limiters: Map<string, Common>): void {
  for (const { limiter } of limiters.values()) {
    limiter.stop({ dropWaitingJobs: true }).catch(() => {});
  }
  limiters.clear();
}

/** Redis forgets who was who at a depot server that nobody has asked for so long, as it forgets the limiter. */
const FORGOTTEN_AFTER_MS = 3_600_000;
const NAMED_EVERY_MS = 600_000;

/**
 * Bottleneck knows each process by a name of its own for each limiter, tells it in the lines for debugging alone, and
 * gives the places of its requests back only once they must be over. So that those of a dead process are free at once,
 * Redis keeps which process is which.
 */
function nameOwner(redis: Redis, limiter: Bottleneck, id: string, owner: string): void {
  let nameAt = 0;
  limiter.on('debug', (_message: string, details: unknown) => {
    const client = scriptArguments.safeParse(details).data?.[1];
    if (client === undefined || performance.now() < nameAt) return;
    nameAt = performance.now() + NAMED_EVERY_MS;
    const key = ownersKey(id);
    redis
      .multi()
      .hset(key, client, owner)
      .pexpire(key, FORGOTTEN_AFTER_MS)
      .exec()
      .catch(() => {});
  });
}

/** What each script of Bottleneck's begins with: the time, and the name of the process. */
const scriptArguments = z.tuple([z.number(), z.string()]).rest(z.unknown());

const ownersKey = (id: string) => `usersync owners ${id}`;

/** Gives back what these processes hold of a limiter. Throws what Redis throws. */
async function freeSlots(
  redis: Redis,
  limiter: Bottleneck,
  id: string,
  owners: readonly string[],
): Promise<void> {
  const named = Object.entries(await redis.hgetall(ownersKey(id)));
  const dead = named.filter(([, owner]) => owners.includes(owner)).map(([client]) => client);
  if (dead.length === 0) return;
  const jobs = Object.entries(await redis.hgetall(`b_${id}_job_clients`));
  // As if their time were over (Bottleneck 2.19.5, process_tick.lua).
  for (const [job, client] of jobs) {
    if (dead.includes(client)) await redis.zadd(`b_${id}_job_expirations`, 'XX', 0, job);
  }
  await redis.hdel(ownersKey(id), ...dead);
  // Looking at it has Bottleneck count anew, and call whoever waits.
  await limiter.running();
}
