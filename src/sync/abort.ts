import { setMaxListeners } from 'node:events';

/** The bot's own time limit passed. Whether the other side did the work is unknown. */
export class TimedOutError extends Error {
  override readonly name = 'TimedOutError';
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

/**
 * Calls `listener` when `signal` aborts, or at once if it is aborted already. Returns a function that stops listening. Node warns
 * at the eleventh listener of a signal. Here each request under way has one listener, and removes it at its end, so the warning
 * is switched off.
 */
function onAbort(signal: AbortSignal, listener: () => void): () => void {
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  if (signal.aborted) listener();
  return () => signal.removeEventListener('abort', listener);
}

/** Settles like `work`, or rejects with the signal's reason as soon as the signal aborts. */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, () => reject(signal.reason));
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
  const release = parent && onAbort(parent, () => child.abort(parent.reason));
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
