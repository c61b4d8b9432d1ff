import type { Check } from './check.ts';
import { pass, warn } from './finding.ts';

/**
 * Where `REDIS_URL` is set. `probe` returns milliseconds. Never more than a warning: without Redis each process keeps
 * the depot servers' rate limits by itself.
 */
export function redisChecks(
  redisUrl: string | undefined,
  probe: (url: string) => Promise<number>,
): readonly Check[] {
  if (redisUrl === undefined) return [];
  const { host } = new URL(redisUrl);
  const run = async () => {
    try {
      return pass(`${host} answers in ${await probe(redisUrl)} ms`);
    } catch (error) {
      return warn(
        `${host}: ${error instanceof Error ? error.message : String(error)}`,
        'Start Redis or correct REDIS_URL; until then each process keeps the rate limits by itself.',
      );
    }
  };
  return [{ name: 'Redis', settings: ['REDIS_URL'], run }];
}
