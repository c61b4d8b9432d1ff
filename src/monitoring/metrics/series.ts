import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The labels of a metric, each with its values known in advance. */
type Known<L extends string> = Readonly<Record<L, readonly string[]>>;

type Series<L extends string> = {
  readonly name: string;
  readonly help: string;
  readonly labels: Known<L>;
};

/** A counter that starts at 0 for every combination of labels: else Prometheus misses the first ("Avoid missing metrics"). */
export function counter<L extends string>(registry: Registry, series: Series<L>): Counter<L> {
  const { name, help, labels } = series;
  const made = new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
  for (const each of combinations(labels)) made.inc(each, 0);
  return made;
}

/** A histogram that starts empty for every such combination. `buckets` are upper bounds, in the unit of the metric. */
export function histogram<L extends string>(
  registry: Registry,
  { name, help, labels, buckets }: Series<L> & { readonly buckets: number[] },
): Histogram<L> {
  const made = new Histogram({ name, help, labelNames: Object.keys(labels), buckets, registers: [registry] });
  for (const each of combinations(labels)) made.zero(each);
  return made;
}

function combinations(labels: Known<string>): readonly Readonly<Record<string, string>>[] {
  return Object.entries(labels).reduce<readonly Readonly<Record<string, string>>[]>(
    (all, [name, values]) => all.flatMap((each) => values.map((value) => ({ ...each, [name]: value }))),
    [{}],
  );
}

let registry: Registry | undefined;

/**
 * prom-client's metrics of the process itself. Kept in one registry per process, however many bots it starts, because the observers
 * of garbage collector and event loop can never be stopped (github.com/prometheus/client_js/issues/500).
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
