/** The answer did not come in time. Says nothing of what it would have been. */
export class LateError extends Error {
  override readonly name = 'LateError';
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

/** Gives `work` `ms` milliseconds; afterwards its signal aborts, and `LateError` is thrown whatever it does. */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = new LateError(ms);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late);
      limit.abort(late);
    }, ms);
  });
  try {
    return await Promise.race([work(limit.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}
