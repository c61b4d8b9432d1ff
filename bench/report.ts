import { goalsOf, isMet } from './goals.ts';
import type { Measured } from './measured.ts';
import { CREATE_MANY_LIMIT, ONE_BY_ONE_LIMIT } from './references.ts';
import { type ReplicasResult, SITUATIONS } from './replicas.ts';
import { machine } from './results.ts';
import type { SizeResult } from './size.ts';
import { exponent } from './statistics.ts';
import { milliseconds, number, OURS, type Rows, table } from './tables.ts';

/** Markdown tables, fit for docs/performance.md. */
export function reportLines(measured: Measured): readonly string[] {
  const { cpu, memoryGb, node } = machine();
  return [
    `${cpu}, ${memoryGb} GB, Node ${node}, ${measured.database}. Milliseconds; medians of interleaved rounds.`,
    '',
    ...sizeLines(measured.sizes),
    '',
    ...acknowledgementLines(measured),
    '',
    ...(measured.replicas === undefined ? [] : replicaLines(measured.replicas)),
    '',
    ...goalTable(measured),
  ];
}

const REFERENCES: Rows = {
  oneByOne: `(a) one create per user (beyond ${ONE_BY_ONE_LIMIT}: in proportion)`,
  createMany: `(b) createMany (beyond ${CREATE_MANY_LIMIT}: in proportion)`,
  loadData: '(c) LOAD DATA',
  loadDataWithPlan: '(c) LOAD DATA, plan rows too',
  floor0: '(d) floor of reading, 0 ms a page',
  floor50: '(d) floor of reading, 50 ms',
  floor200: '(d) floor of reading, 200 ms',
  sequential0: '(e) pages one after the other, compared in memory, 0 ms',
  sequential50: '(e) the same, 50 ms',
};

export function sizeLines(sizes: readonly SizeResult[]): readonly string[] {
  return [...sizeTable(sizes, 'ours', OURS), '', ...sizeTable(sizes, 'references', REFERENCES)];
}

function sizeTable(sizes: readonly SizeResult[], title: string, rows: Rows): readonly string[] {
  const header = [title, ...sizes.map(({ users }) => `${users} users`), 'grows as N^'];
  const measuredRows = Object.entries(rows).map(([name, label]) => [
    label,
    ...sizes.map(({ medians }) => milliseconds(medians[name])),
    growth(sizes, name),
  ]);
  const extra =
    rows === OURS
      ? [
          ['peak RSS of the bot, MB', ...sizes.map(({ peakRssMb }) => peakRssMb.toFixed(0)), ''],
          ['rounds', ...sizes.map(({ rounds }) => String(rounds)), ''],
        ]
      : [];
  return table([header, ...measuredRows, ...extra]);
}

/** Fitted from 800 users on: below, the fixed cost of a run is all there is to see. */
function growth(sizes: readonly SizeResult[], name: string): string {
  const points = sizes.flatMap(({ users, medians }) => {
    const ms = medians[name];
    return users < 800 || ms === undefined ? [] : [{ size: users, ms }];
  });
  return exponent(points)?.toFixed(2) ?? '';
}

function acknowledgementLines({ acknowledgements, start, history }: Measured): readonly string[] {
  const rows = [['else', 'p50', 'p99', 'max', 'samples']];
  for (const phase of ['executing', 'reading'] as const) {
    const spread = acknowledgements?.[phase];
    if (acknowledgements === undefined || spread === undefined) continue;
    const label = `acknowledgement while ${phase} ${acknowledgements.users}`;
    rows.push([label, ...[spread.p50, spread.p99, spread.max].map(milliseconds), String(spread.samples)]);
  }
  rows.push(['start to ready', milliseconds(start), '', '', '']);
  for (const [name, ms] of Object.entries(history?.without ?? {})) {
    const label = `${name} of ${history?.users}: no history, then ${history?.runs} finished runs`;
    rows.push([label, `${milliseconds(ms)}, ${milliseconds(history?.withHistory[name])}`, '', '', '']);
  }
  return table(rows);
}

/** What more processes bring: first where the depot servers do not bind, then where one of them does. */
export function replicaLines({ locations, users, rows }: ReplicasResult): readonly string[] {
  const each = `${locations} locations of ${users} users, all at once`;
  const header = [
    each,
    'replicas',
    'previews, ms',
    'confirms, ms',
    'most requests in a second',
    'peak RSS, MB',
  ];
  return table([
    header,
    ...rows.map((row) => [
      SITUATIONS[row.situation],
      String(row.replicas),
      milliseconds(row.previewsMs),
      milliseconds(row.confirmsMs),
      number(row.requestsInASecond),
      row.peakRssMb.toFixed(0),
    ]),
  ]);
}

function goalTable(measured: Measured): readonly string[] {
  const rows = goalsOf(measured).map((goal) => {
    const { name, value, limit, unit, wanted } = goal;
    return [
      name,
      `${number(value)} ${unit}`,
      `${wanted} ${number(limit)} ${unit}`,
      isMet(goal) ? 'PASS' : 'MISSED',
    ];
  });
  return table([['goal', 'measured', 'wanted', ''], ...rows]);
}
