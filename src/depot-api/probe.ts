import { setTimeout } from 'node:timers/promises';
import type { Logger, Tunnel } from '../sync/ports/ports.ts';
import type { Target } from '../sync/ports/source.ts';
import { TimedOutError, withTimeout } from '../sync/run/concurrency.ts';
import type { DepotLimits } from './client.ts';
import { FetchFailedError } from './errors.ts';
import { parseBaseUrl } from './http/base-url.ts';
import { createHttp } from './http/http.ts';
import { createLimiters } from './http/limiter.ts';
import { REST_MS, type Transport } from './http/transport.ts';
import { createFetchPage } from './list/fetch-page.ts';
import { type Credentials, login } from './login.ts';
import { createTokenKeeper } from './tokens.ts';

export type DepotProbe = {
  readonly loginMs: number;
  readonly pageMs: number;
  /** Users on the first page. */
  readonly rows: number;
  /** The server's number of users; undefined if the server sends none. */
  readonly total: number | undefined;
};

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
): Promise<DepotProbe> {
  const { timeoutMs } = limits;
  const base = parseBaseUrl(target.baseUrl, target.locationName);
  const transport: Transport = {
    base,
    targetName: target.name,
    http: createHttp(tunnel),
    limiter: createLimiters(limits)(base.origin),
    pace: {
      random: Math.random,
      delay: (ms, stop) => setTimeout(ms, undefined, { signal: stop }),
      restMs: REST_MS,
    },
    logger,
    timeoutMs,
  };
  const started = performance.now();
  const logIn = async () => (await login(transport, credentials, signal)).token;
  const token = await logIn();
  const loggedIn = performance.now();
  const tokens = createTokenKeeper(token, logIn);
  const readPage = createFetchPage(transport, tokens, 'asc', limits.pageSize);
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
 * Connects to Redis once and runs a script there, as the shared rates do. Returns the milliseconds for both. Throws if Redis
 * cannot be reached, refuses the login, or runs no scripts; the message contains no password.
 */
export async function probeRedis(redisUrl: string): Promise<number> {
  const { Redis } = await import('ioredis');
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
    // The error of connect() says only that the connection was closed.
    throw lost ?? error;
  } finally {
    client.disconnect();
  }
}
