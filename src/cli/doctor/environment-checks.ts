import type { Check } from './check.ts';
import { fail, pass, warn } from './finding.ts';

/** The same as `engines` in package.json. */
export const LEAST_NODE = '20.19';

/** `version` as in `process.versions.node`. */
export function nodeCheck(version: string): Check {
  return {
    topic: 'node',
    name: 'Node version',
    run: async () =>
      isAtLeast(version, LEAST_NODE)
        ? pass(version)
        : fail(
            `${version}; usersync needs ${LEAST_NODE} or newer`,
            'Install a newer Node (.nvmrc names one).',
          ),
  };
}

/** Compares dotted version numbers, without the text behind them (`-MariaDB`). */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [numbers(version), numbers(least)];
  for (const [index, wanted] of want.entries()) {
    const had = have[index] ?? 0;
    if (had !== wanted) return had > wanted;
  }
  return true;
}

function numbers(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
}

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
  return [{ topic: 'redis', name: 'Redis', settings: ['REDIS_URL'], run }];
}
