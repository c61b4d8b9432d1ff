const MOST_ENTRIES = 1_000;

/**
 * Remembers answers per key for `milliseconds`. Simultaneous questions share one answer; a failed one is asked again.
 */
export function remembering<T>(
  milliseconds: number,
  ask: (key: string) => Promise<T>,
): (key: string) => Promise<T> {
  const answers = new Map<string, { readonly until: number; readonly answer: Promise<T> }>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined && known.until > performance.now()) return known.answer;
    if (answers.size >= MOST_ENTRIES) answers.clear();
    const answer = ask(key);
    answers.set(key, { until: performance.now() + milliseconds, answer });
    answer.catch(() => answers.delete(key));
    return answer;
  };
}
