import { type Check, fail, pass, warn } from './check.ts';

/** As `engines` in package.json, which has Prisma's: at least this minor version of these majors, or any newer major. */
export const LEAST_NODES = ['20.19', '22.12', '24'] as const;

/** `version` as in `process.versions.node`. */
export function nodeCheck(version: string): Check {
  return {
    topic: 'node',
    name: 'Node version',
    run: async () =>
      isServed(version)
        ? pass(version)
        : fail(
            `${version}; usersync needs Node ${LEAST_NODES.join(', ')} or newer`,
            'Install one of these (.nvmrc names one).',
          ),
  };
}

function isServed(version: string): boolean {
  const sameMajor = LEAST_NODES.find((least) => numbers(least)[0] === numbers(version)[0]);
  return isAtLeast(version, sameMajor ?? LEAST_NODES[LEAST_NODES.length - 1] ?? '');
}

/** Compares dotted version numbers. Ignores text behind them (`-MariaDB`). */
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
 * The check of Redis, if `REDIS_URL` is set. `probe` returns milliseconds. Never fails, only warns: without Redis, each process
 * limits its own requests to depot servers.
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
