import { untilAborted } from '../../sync/abort.ts';
import type { CommonWindow } from './common-window.ts';
import type { SharedRates } from './shared-rates.ts';
import { createWindow, type Rates } from './window.ts';

/** 0 is a login. It has a deadline that its wait counts against; a page (5) has none. */
export type Priority = 0 | 5;

/** Never rejects. */
type Run = () => Promise<void>;

/** Requests to one depot server that wait for their turn. */
export type Turns = {
  /** Returns what takes it out of the line again. */
  add(priority: Priority, run: Run): () => void;
  /** How many could start now. */
  waiting(): number;
  /** The next one, which is then out of the line; undefined where none could start. */
  next(): { readonly run: Run } | undefined;
};

/** Logins go before pages, and one at a time; otherwise whoever came first. */
function createTurns(): Turns {
  const logins = new Set<Run>();
  const pages = new Set<Run>();
  let loggingIn = false;

  const logIn = (run: Run): Run => {
    loggingIn = true;
    return () =>
      run().finally(() => {
        loggingIn = false;
      });
  };

  return {
    add: (priority, run) => {
      const line = priority === 0 ? logins : pages;
      line.add(run);
      return () => line.delete(run);
    },
    waiting: () => pages.size + (loggingIn ? 0 : Math.min(1, logins.size)),
    next: () => {
      const login = loggingIn ? undefined : first(logins);
      if (login !== undefined) return { run: logIn(login) };
      const page = first(pages);
      return page && { run: page };
    },
  };
}

/** Takes the oldest out. */
function first(line: Set<Run>): Run | undefined {
  for (const run of line) {
    line.delete(run);
    return run;
  }
  return undefined;
}

/** Beyond the longest request, milliseconds after which Redis takes a request for lost together with its process. */
const LOST_AFTER_MS = 1_000;

/**
 * Runs `job` when its turn comes; stops waiting for it as soon as the signal aborts, with its reason. Logins go first,
 * one at a time.
 */
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
  rates: Rates & { readonly timeoutMs: number },
  origin: string,
  shared: SharedRates | undefined,
): Limiter {
  const turns = createTurns();
  // Filled whether Redis is there or not, so that the rates hold on the way from one to the other as well.
  const window = createWindow(rates);
  const expiresMs = rates.timeoutMs + LOST_AFTER_MS;
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  let changed = false;

  /** Starts whoever may start. While Redis is asked nobody does, so that what was free still is then. */
  function pump(): void {
    changed = true;
    if (asking) return;
    changed = false;
    const wanted = Math.min(turns.waiting(), window.free());
    const common = shared?.windowFor(origin, rates);
    if (common !== undefined && wanted > 0) {
      asking = true;
      void startInCommon(common, wanted);
    } else {
      for (let n = 0; n < wanted; n += 1) start();
      // A place may have come free since it was looked for. Nothing else might call again.
      wakeIn(window.waitMs() ?? (window.free() > 0 ? 0 : undefined));
    }
  }

  async function startInCommon(common: CommonWindow, wanted: number): Promise<void> {
    const askedAt = performance.now();
    const entered = await common.enter(wanted, expiresMs);
    const askedMs = performance.now() - askedAt;
    asking = false;
    for (const ticket of entered?.tickets ?? []) start((lateMs) => common.leave(ticket, askedMs + lateMs));
    // Where Redis gives no answer, the process goes on by itself.
    if (entered === undefined) for (let n = 0; n < wanted; n += 1) start();
    if (changed || entered?.waitMs === undefined) pump();
    else wakeIn(entered.waitMs);
  }

  function start(ended: (lateMs: number) => void = () => {}): void {
    const turn = turns.next();
    if (turn === undefined) {
      // Whoever waited has gone while Redis was asked.
      ended(0);
      return;
    }
    const slot = window.start();
    void turn.run().finally(() => {
      ended(window.end(slot));
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
  return <T>(job: () => Promise<T>, signal: AbortSignal, priority: Priority) => {
    let leave = () => {};
    const done = new Promise<T>((resolve, reject) => {
      leave = turns.add(priority, async () => {
        if (!signal.aborted) await job().then(resolve, reject);
      });
    });
    pump();
    return untilAborted(signal, done).finally(() => leave());
  };
}
