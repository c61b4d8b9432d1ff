/** The middle one; the mean of the middle two of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2;
}

/** The smallest value that at least `share` (0 to 1) of all do not exceed. NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** What `work` took, in milliseconds, and what it returned. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
}

/** Times by name, one per round. */
export type Times = ReadonlyMap<string, readonly number[]>;

export type Series = {
  add(name: string, ms: number): void;
  readonly times: Times;
};

export function createSeries(): Series {
  const times = new Map<string, number[]>();
  return {
    times,
    add: (name, ms) => times.set(name, [...(times.get(name) ?? []), ms]),
  };
}

/** The medians of every series by its name. */
export function medians(times: Times): Readonly<Record<string, number>> {
  return Object.fromEntries([...times].map(([name, values]) => [name, median(values)]));
}

/**
 * The exponent k of time ~ size^k: the slope of the least-squares line through the logarithms. Undefined for fewer than
 * two points.
 */
export function exponent(
  points: readonly { readonly size: number; readonly ms: number }[],
): number | undefined {
  if (points.length < 2) return undefined;
  const logs = points.map(({ size, ms }) => ({ x: Math.log(size), y: Math.log(ms) }));
  const mean = (pick: (log: { x: number; y: number }) => number) =>
    logs.reduce((sum, log) => sum + pick(log), 0) / logs.length;
  const [x, y] = [mean((log) => log.x), mean((log) => log.y)];
  const covariance = logs.reduce((sum, log) => sum + (log.x - x) * (log.y - y), 0);
  return covariance / logs.reduce((sum, log) => sum + (log.x - x) ** 2, 0);
}
