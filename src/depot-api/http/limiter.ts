import Bottleneck from 'bottleneck';
import { untilAborted } from './abort.ts';
import type { SharedRates } from './shared-rates.ts';

export type Rates = { readonly maxConcurrent: number; readonly requestsPerSecond: number };

/** Beyond the longest request, milliseconds after which Redis takes a request for lost together with its process. */
const LOST_AFTER_MS = 1_000;

/** Lower goes first. A login has a deadline that its wait counts against, a page has not. */
type Priority = 0 | 5;

/** Runs `job` when its turn comes; stops waiting for it as soon as the signal aborts, with its reason. */
export type Limiter = <T>(job: () => Promise<T>, signal: AbortSignal, priority: Priority) => Promise<T>;

/**
 * One limiter per depot server, made when it is first needed and kept. With `shared`, the rates hold for all
 * processes together; while that cannot be had, each process keeps to them by itself.
 */
export function createLimiters(
  rates: Rates & { readonly timeoutMs: number },
  shared?: SharedRates,
): (origin: string) => Limiter {
  const limiters = new Map<string, Limiter>();
  return (origin) => {
    const limiter = limiters.get(origin) ?? createLimiter(rates, origin, shared);
    limiters.set(origin, limiter);
    return limiter;
  };
}

function createLimiter(
  { maxConcurrent, requestsPerSecond, timeoutMs }: Parameters<typeof createLimiters>[0],
  origin: string,
  shared: SharedRates | undefined,
): Limiter {
  const options = { maxConcurrent, minTime: 1000 / requestsPerSecond };
  // Without it, the requests of a process that died would take up the limit of all others for ever.
  const expiration = timeoutMs + maxConcurrent * options.minTime + LOST_AFTER_MS;
  const local = new Bottleneck({ ...options, id: origin });
  return (job, signal, priority) => {
    let started = false;
    const turn = async () => {
      signal.throwIfAborted();
      started = true;
      return job();
    };
    const inTurn = async () => {
      const common = shared?.limiterFor(origin, options);
      if (common === undefined) return local.schedule({ priority }, turn);
      try {
        return await common.schedule({ priority, expiration }, turn);
      } catch (error) {
        // The common limiter was given up while this job waited in it.
        if (started || signal.aborted || shared?.limiterFor(origin, options) === common) throw error;
        return local.schedule({ priority }, turn);
      }
    };
    return untilAborted(signal, inTurn());
  };
}
