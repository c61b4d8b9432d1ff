import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { parsePromql, type Query, type Selector } from '../../support/promql.ts';
import { type Scrape, scrape } from '../../support/scrape.ts';
import { useStrictWorld } from '../../support/strict-world.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.strictObject({ summary: z.string().min(1), description: z.string().min(1) }),
});
const alerts = z
  .strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) })
  .parse(parseYaml(read('ops/alerts.yml')))
  .groups.flatMap(({ rules }) => rules);

const panel = z.looseObject({
  id: z.number(),
  title: z.string().min(1),
  targets: z.array(z.looseObject({ expr: z.string(), legendFormat: z.string() })).min(1),
});
const dashboard = z
  .looseObject({ title: z.string(), schemaVersion: z.number(), panels: z.array(panel) })
  .parse(JSON.parse(read('ops/dashboard.json')));

/** Every query of the two files, with what shows its result: `{{ $labels.x }}`, `{{x}}`. */
const queries = [
  ...alerts.map(({ alert, expr, annotations }) => {
    return { where: alert, expr, shown: namesIn(JSON.stringify(annotations), /\$labels\.(\w+)/g) };
  }),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => {
      // Grafana's own variables stand for a duration.
      return {
        where: title,
        expr: expr.replace(/\$__\w+/g, '5m'),
        shown: namesIn(legendFormat, /{{(\w+)}}/g),
      };
    }),
  ),
].map(({ expr, ...rest }) => ({ ...rest, query: parsePromql(expr) }));

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

/** What Prometheus adds to each scrape, and its own metric that says whether one came. */
const ADDED_LABELS = ['job', 'instance'];
const ADDED_METRIC = 'up';

let metrics: Scrape;

const world = useStrictWorld();

beforeAll(async () => {
  metrics = await scrape(world.bot.port);
});

const samplesOf = (metric: string) => metrics.samples.filter(({ name }) => name === metric);

const labelsOf = (metric: string) => [
  ...ADDED_LABELS,
  ...new Set(samplesOf(metric).flatMap(({ labels }) => Object.keys(labels))),
];

/** What a selector names that the bot does not have. */
function unknownIn({ metric, matchers }: Selector): string[] {
  if (metric === ADDED_METRIC) return [];
  const samples = samplesOf(metric);
  if (samples.length === 0) return [metric];
  const own = matchers.filter(({ label }) => !ADDED_LABELS.includes(label));
  return own.flatMap(({ label, operator, value }) => {
    const alternatives = operator.includes('~') ? value.split('|') : [value];
    const there = (alternative: string) =>
      samples.some(({ labels }) =>
        operator.includes('~')
          ? new RegExp(`^(?:${alternative})$`).test(labels[label] ?? '')
          : labels[label] === alternative,
      );
    return alternatives.filter((each) => !there(each)).map((each) => `${metric}{${label}="${each}"}`);
  });
}

/** Labels by which a query groups, or that are shown of it, though one of its metrics has none of that name. */
function foreignLabels({ selectors, groupings }: Query, shown: readonly string[]): string[] {
  const grouped = groupings.length > 0;
  const lost = shown.filter((label) => grouped && !groupings.includes(label));
  const missing = selectors.flatMap(({ metric }) =>
    [...groupings, ...shown]
      .filter((label) => !labelsOf(metric).includes(label))
      .map((label) => `${label} of ${metric}`),
  );
  return [...lost, ...missing];
}

describe('ops/alerts.yml and ops/dashboard.json', () => {
  it('name no metric, label or value that a running bot does not have', () => {
    const unknown = queries.flatMap(({ where, query, shown }) =>
      [...query.selectors.flatMap(unknownIn), ...foreignLabels(query, shown)].map(
        (name) => `${where}: ${name}`,
      ),
    );
    expect(unknown).toEqual([]);
    expect(queries.every(({ query }) => query.selectors.length > 0)).toBe(true);
  });

  it('between them look at every metric', () => {
    const named = new Set(queries.flatMap(({ query }) => query.selectors.map(({ metric }) => metric)));
    const families = [...metrics.families.keys()].filter((name) => name.startsWith('usersync_'));
    expect(families.filter((name) => !named.has(name) && !named.has(`${name}_bucket`))).toEqual([]);
  });

  it('have no name twice', () => {
    const names = [...alerts.map(({ alert }) => alert), ...dashboard.panels.map(({ title }) => title)];
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});

describe('ops/alerts.yml', () => {
  const FAILURES = 'usersync_run_failures_total';

  /** The codes of failed runs that an alert counts. */
  const codesOf = (alert: string) => {
    const selectors = queries
      .filter(({ where }) => where === alert)
      .flatMap(({ query }) => query.selectors.filter(({ metric }) => metric === FAILURES));
    const counted = (code: string) =>
      selectors.some(({ matchers }) =>
        matchers.every(
          ({ operator, value }) => new RegExp(`^(?:${value})$`).test(code) === operator.startsWith('='),
        ),
      );
    return [...new Set(samplesOf(FAILURES).map(({ labels }) => labels['code'] ?? ''))].filter(counted);
  };

  it('tells of a failed run by one alert, whatever its code', () => {
    const codes = [...new Set(samplesOf(FAILURES).map(({ labels }) => labels['code']))];
    const told = [...codesOf('UsersyncRunBroken'), ...codesOf('UsersyncRunsFailing')];
    expect(told.toSorted()).toEqual(codes.toSorted());
  });
});

describe('docs/monitoring.md', () => {
  const table = [
    ...read('docs/monitoring.md').matchAll(/^\| `(usersync_\w+)` \| (\w+) \| (.+?) \| (.+) \|$/gm),
  ].map(([, name = '', type, labels = '', what = '']) => {
    return { name, type, labels: namesIn(labels, /`(\w+)`/g), values: namesIn(what, /`(\w+)`/g) };
  });

  it('has every metric in its table, with its type and labels, and no other', () => {
    const told = [...metrics.families.values()]
      .filter(({ name }) => name.startsWith('usersync_'))
      .map(({ name, type, samples }) => {
        const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
        return [name, type, ...[...labels].filter((label) => label !== 'le')];
      });
    const rows = table.map(({ name, type, labels }) => [name, type, ...labels]);
    expect(rows.toSorted()).toEqual(told.toSorted());
  });

  it('names no value of a label that there is not', () => {
    const unknown = table.flatMap(({ name, values }) => {
      const known = metrics.families.get(name)?.samples.flatMap(({ labels }) => Object.values(labels)) ?? [];
      return values.filter((value) => !known.includes(value)).map((value) => `${name}: ${value}`);
    });
    expect(unknown).toEqual([]);
  });
});
