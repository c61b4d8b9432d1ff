import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Logger, Tunnel } from '../sync/ports/ports.ts';
import type { Target } from '../sync/ports/source.ts';
import { TimedOutError, withTimeout } from '../sync/run/concurrency.ts';
import type { DepotLimits } from './client.ts';
import { FetchFailedError } from './errors.ts';
import { parseBaseUrl } from './http/base-url.ts';
import { createHttp } from './http/http.ts';
import { createLimiters } from './http/limiter.ts';
import { PACE, type Transport } from './http/transport.ts';
import { createFetchPage } from './list/fetch-page.ts';
import { type Credentials, login } from './login.ts';
import { createTokenKeeper } from './tokens.ts';

/** `rows`: users on the first page. `total`: the server's number of users; undefined if the server sends none. */
export type DepotProbe = Awaited<ReturnType<typeof probeDepot>>;

type ProbeOptions = {
  readonly limits: DepotLimits;
  readonly logger: Logger;
  readonly tunnel: Tunnel | undefined;
  readonly signal: AbortSignal;
};

/**
 * Logs in at a depot server and reads its first page only: the first steps of a sync. Login and page may take `limits.timeoutMs`
 * each, all attempts included. Throws the errors of a sync: `LocationUrlError`, `LoginFailedError`, `FetchFailedError` or
 * `InvalidResponseError`.
 */
export async function probeDepot(
  target: Target,
  credentials: Credentials,
  { limits, logger, tunnel, signal }: ProbeOptions,
) {
  const { timeoutMs } = limits;
  const base = parseBaseUrl(target.baseUrl, target.locationName);
  const transport: Transport = {
    base,
    targetName: target.name,
    http: createHttp(tunnel),
    limiter: createLimiters(limits)(base.origin),
    pace: PACE,
    logger,
    timeoutMs,
  };
  const started = performance.now();
  const logIn = async () => (await login(transport, credentials, signal)).token;
  const token = await logIn();
  const loggedIn = performance.now();
  const tokens = createTokenKeeper(token, logIn);
  // A wait that does not fit in is not begun, so that a rate limit is told and not the timeout.
  const remainingMs = () => loggedIn + timeoutMs - performance.now();
  const readPage = createFetchPage(transport, tokens, 'asc', limits.pageSize, remainingMs);
  const page = await withTimeout(timeoutMs, signal, (limited) => readPage(1, limited)).catch(asFetchFailed);
  return {
    loginMs: Math.round(loggedIn - started),
    pageMs: Math.round(performance.now() - loggedIn),
    rows: page.rows.length,
    total: page.total,
  };
}

function asFetchFailed(error: unknown): never {
  if (error instanceof TimedOutError)
    throw new FetchFailedError(
      { code: 'on_page', page: 1, why: { code: 'connection_timeout' } },
      { cause: error },
    );
  throw error;
}

const CONNECT_WITHIN_MS = 5_000;

/**
 * Connects to Redis once, and takes and leaves a place there as the shared rates do, with all that they write, publish and
 * subscribe to. Returns the milliseconds. Throws if Redis cannot be reached, refuses any of it, or drops counts when its memory is
 * full; the message contains no password.
 */
export async function probeRedis(redisUrl: string): Promise<number> {
  const [{ Redis }, { CHANNEL }] = await Promise.all([import('ioredis'), import('./http/shared-rates.ts')]);
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: CONNECT_WITHIN_MS,
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
    const memory = await client.info('memory');
    await tryWindow(client, CHANNEL);
    const [, policy = 'noeviction'] = /^maxmemory_policy:(\S+)/m.exec(memory) ?? [];
    // Without a limit of its memory, Redis drops nothing.
    if (policy !== 'noeviction' && !/^maxmemory:0\s/m.test(memory))
      throw new Error(`maxmemory-policy is ${policy}`);
    return Math.round(performance.now() - started);
  } catch (error) {
    // The error of connect() says only that the connection was closed.
    throw lost ?? error;
  } finally {
    client.disconnect();
  }
}

/** Its counts are its own: no depot server has such an address. */
async function tryWindow(redis: Redis, channel: string): Promise<void> {
  const { createCommonWindow } = await import('./http/common-window.ts');
  let refused: unknown;
  const warn = (error: unknown) => {
    refused ??= error;
  };
  const rates = { maxConcurrent: 1, requestsPerSecond: 1, timeoutMs: 0 };
  const owner = randomUUID();
  const common = createCommonWindow({ redis, channel, owner, origin: `doctor ${owner}`, rates, warn });
  const entered = await common.enter(1);
  for (const ticket of entered?.tickets ?? []) common.leave(ticket, 0, 0);
  await common.forget([owner]);
  if (refused === undefined) await redis.subscribe(channel);
  else throw refused;
}
