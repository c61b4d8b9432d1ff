import { setMaxListeners } from 'node:events';

/** The bot's own time limit passed. Whether the other side did the work is unknown. */
export class TimedOutError extends Error {
  override readonly name = 'TimedOutError';
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

/**
 * Calls `listener` with the signal's reason when `signal` aborts, or at once if it is aborted already. Returns a function that
 * stops listening. Node warns at the eleventh listener of a signal. Here each request under way has one listener, and removes it
 * at its end, so the warning is switched off.
 */
export function onAbort(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
  const onEvent = () => listener(signal.reason);
  setMaxListeners(0, signal);
  signal.addEventListener('abort', onEvent, { once: true });
  if (signal.aborted) onEvent();
  return () => signal.removeEventListener('abort', onEvent);
}

/** Settles like `work`, or rejects with the signal's reason as soon as the signal aborts. */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, reject);
    work.finally(release).then(resolve, reject);
  });
}

/**
 * Runs `work` with a controller that aborts whenever `parent` aborts. Not `AbortSignal.any`: every request would leave an entry
 * on a signal that lives as long as the run, and Node 20 may garbage-collect the combined signal before it fires.
 */
export async function withChild<T>(
  parent: AbortSignal | undefined,
  work: (child: AbortController) => Promise<T>,
): Promise<T> {
  const child = new AbortController();
  const release = parent && onAbort(parent, (reason) => child.abort(reason));
  try {
    return await work(child);
  } finally {
    release?.();
  }
}

/**
 * Gives `work` at most `ms` milliseconds. Then the signal of `work` aborts and the call rejects, even if `work` goes on. Throws
 * `TimedOutError`, or the reason of `parent` if `parent` aborts first.
 */
export function withTimeout<T>(
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withChild(parent, async (child) => {
    const timer = setTimeout(() => child.abort(new TimedOutError(ms)), ms);
    try {
      return await untilAborted(child.signal, work(child.signal));
    } finally {
      clearTimeout(timer);
    }
  });
}

/**
 * Runs `count` workers side by side and waits for all of them. The first error aborts the signal of the other workers. It is
 * thrown after every worker has stopped, so no worker continues after the call has returned.
 */
export function runWorkers(
  count: number,
  parent: AbortSignal,
  worker: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  return withChild(parent, async (child) => {
    const guarded = async () => {
      try {
        await worker(child.signal);
      } catch (error) {
        child.abort(error);
      }
    };
    await Promise.all(Array.from({ length: count }, guarded));
    child.signal.throwIfAborted();
  });
}

/**
 * Serves requests in rounds, one round at a time. Requests that arrive during a round are served together in the next round. A
 * request settles when its round settles, with the same result. A failed round does not stop the next one.
 */
export function inRounds<Item>(
  round: (items: readonly Item[]) => Promise<void>,
): (item: Item) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: { readonly items: Item[]; readonly done: Promise<void> } | undefined;

  function open() {
    const items: Item[] = [];
    const done = last.then(() => {
      next = undefined;
      return round(items);
    });
    last = done.catch(() => {});
    return { items, done };
  }

  return (item) => {
    next ??= open();
    next.items.push(item);
    return next.done;
  };
}

/** Like `inRounds`, but a caller waits only while more than `most` (the sum of `sizeOf`) is waiting or being served. */
export function bufferedRounds<Item>(
  round: (items: readonly Item[]) => Promise<void>,
  sizeOf: (item: Item) => number,
  most: number,
) {
  const serve = inRounds(round);
  const underWay = new Set<Promise<void>>();
  let size = 0;
  let failed: { readonly error: unknown } | undefined;
  const throwIfFailed = () => {
    if (failed !== undefined) throw failed.error;
  };
  return {
    /** Adds an item. Resolves as soon as the items under way are within the limit. Throws the error of a failed round. */
    add: async (item: Item) => {
      throwIfFailed();
      size += sizeOf(item);
      const served: Promise<void> = serve(item)
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .finally(() => {
          size -= sizeOf(item);
          underWay.delete(served);
        });
      underWay.add(served);
      while (size > most && failed === undefined) await Promise.race(underWay);
      throwIfFailed();
    },
    /** Waits for all rounds under way. Throws the error of a failed round. */
    end: async () => {
      await Promise.all(underWay);
      throwIfFailed();
    },
  };
}
