import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { mostInASecond } from '../../../sandbox/depot/host.ts';
import { type RedisServer, startRedis } from '../../../sandbox/process/redis.ts';
import { until } from '../../../sandbox/process/until.ts';
import { createHttp } from '../../../src/depot-api/http/http.ts';
import { createLimiters } from '../../../src/depot-api/http/limiter.ts';
import { createSharedRates } from '../../../src/depot-api/http/shared-rates.ts';
import type { Logger } from '../../../src/sync/ports/ports.ts';

const WATCHED_SERVER = fileURLToPath(new URL('./support/watched-server.ts', import.meta.url));
const RATES = { maxConcurrent: 6, requestsPerSecond: 20, timeoutMs: 5_000 };
const signal = new AbortController().signal;
const logger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

type Watched = { readonly program: ChildProcess; readonly url: string };

let redis: RedisServer;
let server: Watched;

async function startWatchedServer(): Promise<Watched> {
  const program = fork(WATCHED_SERVER, { execArgv: ['--import', 'tsx'] });
  const [message] = await once(program, 'message');
  const { port } = z.object({ port: z.number() }).parse(message);
  return { program, url: `http://127.0.0.1:${port}` };
}

beforeAll(async () => {
  [redis, server] = await Promise.all([startRedis(), startWatchedServer()]);
});
afterAll(async () => {
  server.program.kill();
  await redis.stop();
});

/** Forgets the arrivals that it tells. */
async function arrivalsAt({ program }: Watched): Promise<readonly number[]> {
  const told = once(program, 'message');
  program.send('arrivals');
  const [message] = await told;
  return z.object({ arrivals: z.array(z.number()) }).parse(message).arrivals;
}

/** What the server sees of so many replicas, each with so many requests to send. */
async function arrivalsOf(replicas: number, requestsEach: number, redisUrl: string | undefined) {
  const processes = Array.from({ length: replicas }, () => {
    const shared = redisUrl === undefined ? undefined : createSharedRates(redisUrl, logger);
    return { shared, limiter: createLimiters(RATES, shared)(server.url), http: createHttp() };
  });
  await until(() => processes.every(({ shared }) => !shared || shared.windowFor(server.url, RATES)), {
    failure: () => 'every process has Redis',
  });
  const send = ({ limiter, http }: (typeof processes)[number]) =>
    limiter(() => http({ method: 'GET', url: server.url }, signal), signal, 5);
  await Promise.all(processes.flatMap((each) => Array.from({ length: requestsEach }, () => send(each))));
  await Promise.all(processes.map(({ shared }) => shared?.stop()));
  return arrivalsAt(server);
}

describe('a depot server', () => {
  test.each([1, 2, 4])(
    'sees no second with more requests than its limit: %i replicas with Redis',
    async (replicas) => {
      const arrivals = await arrivalsOf(replicas, 44 / replicas, redis.url);
      expect(arrivals).toHaveLength(44);
      expect(mostInASecond(arrivals)).toBeLessThanOrEqual(RATES.requestsPerSecond);
    },
  );

  test.each([1, 2, 4])(
    'sees no second with more requests than its limit of each: %i replicas without Redis',
    async (replicas) => {
      const arrivals = await arrivalsOf(replicas, 44, undefined);
      expect(arrivals).toHaveLength(44 * replicas);
      expect(mostInASecond(arrivals)).toBeLessThanOrEqual(RATES.requestsPerSecond * replicas);
    },
  );
});
