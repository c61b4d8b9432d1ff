const MOST_ENTRIES = 1_000;

/**
 * Caches the answer to each key for `milliseconds`, and a failure for `failureMs` (by default not at all). Simultaneous calls with
 * one key share one answer.
 */
export function remembering<T>(
  milliseconds: number,
  ask: (key: string) => Promise<T>,
  failureMs = 0,
): (key: string) => Promise<T> {
  const answers = new Map<string, { until: number; readonly answer: Promise<T> }>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined && known.until > performance.now()) return known.answer;
    if (answers.size >= MOST_ENTRIES) answers.clear();
    const entry = { until: performance.now() + milliseconds, answer: ask(key) };
    answers.set(key, entry);
    entry.answer.catch(() => {
      entry.until = performance.now() + failureMs;
    });
    return entry.answer;
  };
}
