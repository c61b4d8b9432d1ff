/**
 * Reads Prometheus' text format, strictly (prometheus.io, "Exposition formats"). Our own because no package does it:
 * those that npm has are without types, and pass over what they do not understand, which is what tests are to see.
 */

export type Sample = {
  /** That of its family, or with `_bucket`, `_sum` or `_count` behind it. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export type Family = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
};

type Draft = { name: string; help: string; type?: string; samples: Sample[] };

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP_LINE = new RegExp(`^# HELP (${NAME}) (.+)$`);
const TYPE_LINE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE_LINE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;
const VALUE = /^([+-]?(\d+(\.\d+)?(e[+-]?\d+)?|Inf)|NaN)$/i;
const PARTS: Readonly<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'] };

/** The metrics of a scrape, by name. Throws where a line breaks the format. */
export function parsePrometheusText(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line must end with a line feed');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let family: Draft | undefined;
  const close = () => {
    if (family !== undefined) families.set(family.name, finish(family));
  };
  for (const line of text.split('\n')) {
    const [, name, help = ''] = HELP_LINE.exec(line) ?? [];
    if (name !== undefined) {
      close();
      if (families.has(name)) throw new Error(`The metric ${name} comes twice`);
      family = { name, help, samples: [] };
    } else if (line !== '') {
      readLine(line, family, seen);
    }
  }
  close();
  return families;
}

function readLine(line: string, family: Draft | undefined, seen: Set<string>): void {
  const [, typed, type] = TYPE_LINE.exec(line) ?? [];
  if (typed !== undefined && type !== undefined) {
    if (family?.name !== typed || family.type !== undefined) throw new Error(`Not expected here: ${line}`);
    family.type = type;
    return;
  }
  const sample = readSample(line);
  if (family?.type === undefined || !namesOf(family).includes(sample.name))
    throw new Error(`A sample outside of its metric: ${line}`);
  const identity = JSON.stringify([sample.name, Object.entries(sample.labels).toSorted()]);
  if (seen.has(identity)) throw new Error(`A sample that comes twice: ${line}`);
  seen.add(identity);
  family.samples.push(sample);
}

function namesOf({ name, type = '' }: Draft): readonly string[] {
  return PARTS[type]?.map((part) => name + part) ?? [name];
}

function readSample(line: string): Sample {
  const [, name, labels = '', value = ''] = SAMPLE_LINE.exec(line) ?? [];
  if (name === undefined || !VALUE.test(value)) throw new Error(`Not a line of the format: ${line}`);
  return { name, labels: readLabels(labels, line), value: Number(value.replace('Inf', 'Infinity')) };
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    LABEL.lastIndex = at;
    const [whole, name, value] = LABEL.exec(text) ?? [];
    if (whole === undefined || name === undefined || name in labels) throw new Error(`Wrong labels: ${line}`);
    labels[name] = (value ?? '').replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
    at += whole.length;
  }
  return labels;
}

function finish({ name, help, type, samples }: Draft): Family {
  if (type === undefined) throw new Error(`The metric ${name} has no type`);
  if (type === 'histogram') checkBuckets(name, samples);
  return { name, help, type, samples };
}

/** Buckets count all that is below their bound; the last one, without bound, counts everything. */
function checkBuckets(name: string, samples: readonly Sample[]): void {
  const counts = samples.filter((sample) => sample.name === `${name}_count`);
  for (const { labels, value } of counts) {
    const buckets = samples
      .filter((sample) => sample.name === `${name}_bucket` && isOf(sample.labels, labels))
      .map((sample) => ({ bound: Number(sample.labels['le']?.replace('Inf', 'Infinity')), ...sample }))
      .toSorted((a, b) => a.bound - b.bound);
    const cumulative = buckets.every((bucket, index) => bucket.value >= (buckets[index - 1]?.value ?? 0));
    const last = buckets.at(-1);
    if (!cumulative || last?.bound !== Number.POSITIVE_INFINITY || last.value !== value)
      throw new Error(`The buckets of ${name} contradict each other`);
  }
}

function isOf(bucket: Sample['labels'], labels: Sample['labels']): boolean {
  const { le: _, ...own } = bucket;
  return JSON.stringify(Object.entries(own).toSorted()) === JSON.stringify(Object.entries(labels).toSorted());
}
