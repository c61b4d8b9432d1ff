import { Redis } from 'ioredis';

const CONNECT_WITHIN_MS = 5_000;

/**
 * Connects to Redis once and lets it run a script, as the shared rates do. Returns the milliseconds that both took.
 * Throws where it cannot be reached, refuses the login, or runs no scripts; the message has no password.
 */
export async function probeRedis(redisUrl: string): Promise<number> {
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let lost: Error | undefined;
  client.on('error', (error) => {
    lost ??= error;
  });
  const started = performance.now();
  try {
    await client.connect();
    await client.eval('return 1', 0);
    return Math.round(performance.now() - started);
  } catch (error) {
    // What connect() rejects with says only that the connection was closed.
    throw lost ?? error;
  } finally {
    client.disconnect();
  }
}
