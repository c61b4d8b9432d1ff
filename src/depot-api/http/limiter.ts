import { untilAborted } from '../../sync/run/concurrency.ts';
import type { CommonRates, CommonWindow } from './common-window.ts';
import type { SharedRates } from './shared-rates.ts';
import { createWindow } from './window.ts';

/** 0 is a login: waiting counts against its deadline. 5 is a page: waiting has no deadline. */
export type Priority = 0 | 5;

/** Sends one request and handles its answer. Resolves to whether one came. Never rejects. */
type Job = () => Promise<boolean>;

/** Requests to one depot server that wait. Logins go before pages, one login at a time. Otherwise first come, first served. */
function createTurns() {
  const logins = new Set<Job>();
  const pages = new Set<Job>();
  let loggingIn = false;

  const logIn = (job: Job): Job => {
    loggingIn = true;
    return () =>
      job().finally(() => {
        loggingIn = false;
      });
  };

  return {
    /** Returns a function that removes the request again. */
    add: (priority: Priority, job: Job) => {
      const line = priority === 0 ? logins : pages;
      line.add(job);
      return () => line.delete(job);
    },
    /** How many requests could start now. */
    waiting: () => pages.size + (loggingIn ? 0 : Math.min(1, logins.size)),
    /** Removes and returns the next request; undefined if none could start. */
    next: () => {
      const login = loggingIn ? undefined : first(logins);
      return login === undefined ? first(pages) : logIn(login);
    },
  };
}

/** Removes and returns the oldest. */
function first(line: Set<Job>): Job | undefined {
  const [job] = line;
  if (job !== undefined) line.delete(job);
  return job;
}

/** From now on, no request to the server is started for `ms` milliseconds. */
export type Rest = (ms: number) => void;

/** No answer came: the server may have seen the request until now. A job that rejects says the same. */
export type Unanswered = () => void;

/** Runs `job` in its turn; logins go first, one at a time. Stops waiting once the signal aborts, and throws its reason. */
export type Limiter = <T>(
  job: (rest: Rest, unanswered: Unanswered) => Promise<T>,
  signal: AbortSignal,
  priority: Priority,
) => Promise<T>;

/** Returns the limiter of a depot server. With `shared`, the rates hold for all processes, or for each one while Redis is lost. */
export function createLimiters(rates: CommonRates, shared?: SharedRates): (origin: string) => Limiter {
  const limiters = new Map<string, Limiter>();
  return (origin) => {
    const limiter = limiters.get(origin) ?? createLimiter(rates, origin, shared);
    limiters.set(origin, limiter);
    return limiter;
  };
}

function createLimiter(rates: CommonRates, origin: string, shared: SharedRates | undefined): Limiter {
  const turns = createTurns();
  // Also filled while Redis counts, so that the rates still hold when Redis is lost or comes back.
  const window = createWindow(rates);
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  let changed = false;
  let restsUntil = 0;

  /** Starts the requests that may start. None starts while Redis is asked, so that the free places are still free at its answer. */
  function pump(): void {
    changed = true;
    if (asking) return;
    changed = false;
    const restMs = Math.ceil(restsUntil - performance.now());
    if (restMs > 0) {
      wakeIn(restMs);
      return;
    }
    const wanted = Math.min(turns.waiting(), window.free());
    const common = shared?.windowFor(origin, rates);
    if (common !== undefined && wanted > 0) {
      asking = true;
      void startInCommon(common, wanted);
    } else {
      for (let n = 0; n < wanted; n += 1) start();
      // A place may have become free since the last look, and nothing else might call again.
      wakeIn(window.waitMs() ?? (window.free() > 0 ? 0 : undefined));
    }
  }

  async function startInCommon(common: CommonWindow, wanted: number): Promise<void> {
    const entered = await common.enter(wanted);
    asking = false;
    for (const ticket of entered?.tickets ?? [])
      start((seenBy) => {
        const now = performance.now();
        common.leave(ticket, now - seenBy, restsUntil - now);
      });
    // Without an answer from Redis, this process keeps the rates for itself.
    if (entered === undefined) for (let n = 0; n < wanted; n += 1) start();
    if (changed || entered?.waitMs === undefined) pump();
    else wakeIn(entered.waitMs);
  }

  /** `ended` gets the latest time at which the server may have seen the request, as `performance.now()` counts. */
  function start(ended: (seenBy: number) => void = () => {}): void {
    const job = restsUntil > performance.now() ? undefined : turns.next();
    if (job === undefined) {
      // While Redis was asked, the waiting request was cancelled, or the server came to want a rest.
      ended(performance.now());
      return;
    }
    const slot = window.start();
    void job().then((isAnswered) => {
      ended(slot.startedAt + window.end(slot, isAnswered));
      pump();
    });
  }

  function wakeIn(ms: number | undefined): void {
    clearTimeout(timer);
    if (ms !== undefined && turns.waiting() > 0) timer = setTimeout(pump, ms);
  }

  shared?.onChange(() => {
    if (turns.waiting() > 0) pump();
  });
  const rest: Rest = (ms) => {
    restsUntil = Math.max(restsUntil, performance.now() + ms);
  };
  return <T>(
    job: (rest: Rest, unanswered: Unanswered) => Promise<T>,
    signal: AbortSignal,
    priority: Priority,
  ) => {
    let leave = () => {};
    const done = new Promise<T>((resolve, reject) => {
      leave = turns.add(priority, async () => {
        if (signal.aborted) return false;
        let isAnswered = true;
        const unanswered = () => {
          isAnswered = false;
        };
        const work = job(rest, unanswered);
        work.catch(unanswered);
        await work.then(resolve, reject);
        return isAnswered;
      });
    });
    pump();
    return untilAborted(signal, done).finally(() => leave());
  };
}
