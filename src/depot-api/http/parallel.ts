import { withChild } from './abort.ts';

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
