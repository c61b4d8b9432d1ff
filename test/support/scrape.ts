import { type Family, parsePrometheusText, type Sample } from './prometheus-text.ts';

export type Scrape = {
  readonly families: ReadonlyMap<string, Family>;
  /** Every sample of every metric. */
  readonly samples: readonly Sample[];
  /** The sample with exactly these labels; undefined where there is none. */
  value(name: string, labels?: Sample['labels']): number | undefined;
  /** The samples of a metric that are not 0, as `{ 'dev completed': 2 }`, labels in the metric's order. */
  counted(name: string): Record<string, number>;
};

/** Asks a bot for its metrics, as Prometheus does. Throws where they are not as Prometheus wants them. */
export async function scrape(port: number | undefined): Promise<Scrape> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const type = response.headers.get('content-type');
  if (response.status !== 200 || type !== 'text/plain; version=0.0.4; charset=utf-8')
    throw new Error(`No scrape: HTTP ${response.status}, ${type}`);
  const families = parsePrometheusText(await response.text());
  const samples = [...families.values()].flatMap((family) => family.samples);
  const same = (a: Sample['labels'], b: Sample['labels']) =>
    JSON.stringify(Object.entries(a).toSorted()) === JSON.stringify(Object.entries(b).toSorted());
  return {
    families,
    samples,
    value: (name, labels = {}) =>
      samples.find((sample) => sample.name === name && same(sample.labels, labels))?.value,
    counted: (name) =>
      Object.fromEntries(
        samples
          .filter((sample) => sample.name === name && sample.value !== 0)
          .map(({ labels, value }) => [Object.values(labels).join(' '), value]),
      ),
  };
}
