import { setMaxListeners } from 'node:events';

/** A time limit of ours passed. Says nothing of the answer that might have come. */
export class TimedOutError extends Error {
  override readonly name = 'TimedOutError';
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

/**
 * Calls `listener` once `signal` aborts, at once where it has. Returns the way to stop listening. Node warns of the eleventh
 * listener; here there is one for each request under way, however many that are, and each goes with its request.
 */
function onAbort(signal: AbortSignal, listener: () => void): () => void {
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  if (signal.aborted) listener();
  return () => signal.removeEventListener('abort', listener);
}

/** Settles as `work` does, or rejects with the signal's reason as soon as that aborts. */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, () => reject(signal.reason));
    work.finally(release).then(resolve, reject);
  });
}

/**
 * Runs `work` with a controller that aborts whenever `parent` does. Not `AbortSignal.any`: that leaves a trace
 * of every request on a signal which lives as long as the run, and Node 20 may collect it before it fires.
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
 * Gives `work` at most `ms` milliseconds; afterwards its signal aborts, whatever it does. Throws `TimedOutError`, or the
 * reason of `parent` where that aborts.
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
 * Runs `count` workers side by side and waits for all of them. The first error aborts the signal of the others
 * and is thrown once every worker has stopped, so that nothing goes on behind the caller's back.
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
