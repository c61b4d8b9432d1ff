import Bottleneck from 'bottleneck';
import { untilAborted } from './abort.ts';

export type Rates = { readonly maxConcurrent: number; readonly requestsPerSecond: number };

/** Lower goes first. A login has a deadline that its wait counts against, a page has not. */
type Priority = 0 | 5;

/** Runs `job` when its turn comes; stops waiting for it as soon as the signal aborts, with its reason. */
export type Limiter = <T>(job: () => Promise<T>, signal: AbortSignal, priority: Priority) => Promise<T>;

/**
 * One limiter per depot server, made when it is first needed and kept. This is the only place that makes one:
 * where several processes are to share their rates, Bottleneck's clustering belongs here.
 */
export function createLimiters(rates: Rates): (origin: string) => Limiter {
  const limiters = new Map<string, Limiter>();
  return (origin) => {
    const limiter = limiters.get(origin) ?? createLimiter(rates, origin);
    limiters.set(origin, limiter);
    return limiter;
  };
}

function createLimiter(rates: Rates, id: string): Limiter {
  const bottleneck = new Bottleneck({
    id,
    maxConcurrent: rates.maxConcurrent,
    minTime: 1000 / rates.requestsPerSecond,
  });
  return (job, signal, priority) => {
    const turn = async () => {
      signal.throwIfAborted();
      return job();
    };
    return untilAborted(signal, bottleneck.schedule({ priority }, turn));
  };
}
