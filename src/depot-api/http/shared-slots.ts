import type Bottleneck from 'bottleneck';
import type { Redis } from 'ioredis';
import { z } from 'zod';

/** Redis forgets who was who at a depot server that nobody has asked for so long, as it forgets the limiter. */
export const FORGOTTEN_AFTER_MS = 3_600_000;
const NAMED_EVERY_MS = 600_000;

/**
 * Bottleneck knows each process by a name of its own for each limiter, tells it in the lines for debugging alone, and
 * gives the places of its requests back only once they must be over. So that those of a dead process are free at once,
 * Redis keeps which process is which.
 */
export function nameOwner(redis: Redis, limiter: Bottleneck, id: string, owner: string): void {
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
export async function freeSlots(
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
