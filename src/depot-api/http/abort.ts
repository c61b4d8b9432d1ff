import { setMaxListeners } from 'node:events';

/** A deadline of ours passed. Says nothing of what the server did. */
export class TimedOutError extends Error {
  override readonly name = 'TimedOutError';
  constructor(ms: number) {
    super(`No result within ${ms} ms`);
  }
}

/** Settles as `work` does, or rejects with the signal's reason as soon as that aborts. */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    const release = () => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    work.finally(release).then(resolve, reject);
    if (signal.aborted) onAbort();
  });
}

/**
 * Runs `work` with a controller that aborts whenever `parent` does. Not `AbortSignal.any`: that leaves a trace
 * of every request on a signal which lives as long as the run, and Node 20 may collect it before it fires.
 */
export async function withChild<T>(
  parent: AbortSignal,
  work: (child: AbortController) => Promise<T>,
): Promise<T> {
  const child = new AbortController();
  // One listener per request under way is no leak, however many may be under way.
  setMaxListeners(0, child.signal);
  const onAbort = () => child.abort(parent.reason);
  parent.addEventListener('abort', onAbort, { once: true });
  if (parent.aborted) onAbort();
  try {
    return await work(child);
  } finally {
    parent.removeEventListener('abort', onAbort);
  }
}

/** Gives `work` at most `ms` milliseconds. Throws `TimedOutError`, or the parent's reason where that aborts. */
export function withTimeout<T>(
  ms: number,
  parent: AbortSignal,
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
