import { untilAborted } from '../../sync/run/concurrency.ts';
import type { CommonRates, CommonWindow } from './common-window.ts';
import type { SharedRates } from './shared-rates.ts';
import { createWindow } from './window.ts';

/** 0 is a login: waiting counts against its deadline. 5 is a page: waiting has no deadline. */
export type Priority = 0 | 5;

/** Sends one request and handles its answer. Resolves to whether one came. Never rejects. */
type Job = () => Promise<boolean>;

/**
 * Requests to one origin that wait. Logins go before pages, one login at a time per depot server: several may share the origin, and
 * one that hangs must not keep the others waiting. Otherwise first come, first served.
 */
function createTurns() {
  const logins = new Map<Job, string>();
  const pages = new Set<Job>();
  /** The servers at which a login is under way. */
  const loggingIn = new Set<string>();

  const nextLogin = (): Job | undefined => {
    const next = [...logins].find(([, server]) => !loggingIn.has(server));
    if (next === undefined) return undefined;
    const [job, server] = next;
    logins.delete(job);
    loggingIn.add(server);
    return () => job().finally(() => loggingIn.delete(server));
  };
  const nextPage = (): Job | undefined => {
    const [job] = pages;
    if (job !== undefined) pages.delete(job);
    return job;
  };

  return {
    /** Returns a function that removes the request again. */
    add: (priority: Priority, server: string, job: Job) => {
      if (priority === 0) logins.set(job, server);
      else pages.add(job);
      return () => {
        logins.delete(job);
        pages.delete(job);
      };
    },
    /** How many requests could start now. */
    waiting: () => pages.size + [...new Set(logins.values())].filter((each) => !loggingIn.has(each)).length,
    /** Removes and returns the next request; undefined if none could start. */
    next: () => nextLogin() ?? nextPage(),
  };
}

/** From now on, no request to the server is started for `ms` milliseconds. */
export type Rest = (ms: number) => void;

/** No answer came: the server may have seen the request until now. A job that rejects says the same. */
export type Unanswered = () => void;

/**
 * Runs `job` in its turn; logins go first, one at a time per `server`, which is the whole origin unless given. Stops waiting once
 * the signal aborts, and throws its reason.
 */
export type Limiter = <T>(
  job: (rest: Rest, unanswered: Unanswered) => Promise<T>,
  signal: AbortSignal,
  priority: Priority,
  server?: string,
) => Promise<T>;

/** Returns the limiter of an origin. With `shared`, the rates hold for all processes, or for each one while Redis is lost. */
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
    server = origin,
  ) => {
    let leave = () => {};
    const done = new Promise<T>((resolve, reject) => {
      leave = turns.add(priority, server, async () => {
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
