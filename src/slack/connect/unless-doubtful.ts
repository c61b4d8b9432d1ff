import type { webApi } from '@slack/bolt';

/**
 * A `fetch` that ends its calls, and begins no other, while `doubt()` is aborted: other processes may then take this one
 * for dead, and tell what it is telling.
 */
export function unlessDoubtful(
  doubt: () => AbortSignal,
  fetching: webApi.FetchFunction,
): webApi.FetchFunction {
  return async (url, init) => {
    const signal = doubt();
    signal.throwIfAborted();
    const given = init?.signal ?? undefined;
    return fetching(url, {
      ...init,
      signal: given === undefined ? signal : AbortSignal.any([given, signal]),
    });
  };
}
