import type { AcknowledgementResult } from './acknowledgements.ts';
import { PER_SECOND } from './bot.ts';
import type { HistoryResult } from './history.ts';
import type { Measured } from './measured.ts';
import type { ReplicasResult } from './replicas.ts';
import type { SizeResult } from './size.ts';

export type Goal = {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: 'x' | 'ms' | 'MB';
  readonly wanted: 'at most' | 'at least';
};

/** The part of a limit by which a value may miss it before `--check` fails. */
const TOLERANCE = 0.2;

const SMALLEST = 25;
const SMALL = 10_000;

/** The goals that the measured sizes can tell of. */
export function goalsOf({ sizes, start, acknowledgements, history, replicas }: Measured): readonly Goal[] {
  return [
    ...sizes.filter(({ users }) => users >= 800).flatMap(executeGoals),
    ...sizes.flatMap(previewGoals),
    ...memoryGoals(sizes),
    ...(acknowledgements === undefined ? [] : [acknowledgementGoal(acknowledgements)]),
    ...(start === undefined ? [] : [atMost('start to ready', start, 1_500, 'ms')]),
    ...(replicas === undefined ? [] : limitGoals(replicas)),
    ...(history === undefined ? [] : historyGoals(history)),
  ];
}

function acknowledgementGoal({ executing }: AcknowledgementResult): Goal {
  return atMost('acknowledgement of commands while executing, p99', executing.p99, 50, 'ms');
}

function historyGoals({ users, runs, without, withHistory }: HistoryResult): readonly Goal[] {
  return Object.entries(without).map(([name, ms]) =>
    atMost(
      `${name} of ${users} with ${runs} finished runs / with none`,
      (withHistory[name] ?? Number.NaN) / ms,
      1.1,
    ),
  );
}

/** With a kept token, and with a login where the bot knows nothing yet; milliseconds at the default settings. */
const PREVIEW_GOALS: Readonly<Record<number, { kept: number; login: number; defaults: number }>> = {
  25: { kept: 0.9, login: 1.3, defaults: 130 },
  800: { kept: 0.9, login: 1.25, defaults: 230 },
  10000: { kept: 1.25, login: 1.25, defaults: 4_600 },
};
const OF_LARGER_LISTS = { kept: 1.25, login: 1.25, defaults: undefined };

function previewGoals(size: SizeResult): readonly Goal[] {
  const { users } = size;
  const wanted = PREVIEW_GOALS[users] ?? OF_LARGER_LISTS;
  const preview = `whole preview of ${users}`;
  return [
    atMost(`${preview} at 50 ms / floor (d)`, ratio(size, 'preview50', 'floor50'), wanted.kept),
    atMost(
      `${preview} with a login at 50 ms / floor (d)`,
      ratio(size, 'previewWithLogin50', 'floor50'),
      wanted.login,
    ),
    ...(wanted.defaults === undefined
      ? []
      : [
          atMost(
            `${preview} at default settings, 50 ms`,
            size.medians['defaults50'] ?? Number.NaN,
            wanted.defaults,
            'ms',
          ),
        ]),
    ...(users === SMALLEST
      ? [atMost(`click to told, ${users} users`, size.medians['confirm'] ?? Number.NaN, 30, 'ms')]
      : []),
    ...(users === SMALL
      ? [
          atMost(`read ${users} at 0 ms / floor (d)`, ratio(size, 'read', 'floor0'), 4),
          atMost(`${preview} at 0 ms / one after the other (e)`, ratio(size, 'preview0', 'sequential0'), 1.3),
          atMost(
            `${preview} at 50 ms / one after the other (e)`,
            ratio(size, 'preview50', 'sequential50'),
            0.4,
          ),
        ]
      : []),
  ];
}

function executeGoals(size: SizeResult): readonly Goal[] {
  return [
    atMost(`execute ${size.users} / LOAD DATA (c)`, ratio(size, 'execute', 'loadData'), 1.5),
    {
      name: `one create per user (a) / execute ${size.users}`,
      value: ratio(size, 'oneByOne', 'execute'),
      limit: 20,
      unit: 'x',
      wanted: 'at least',
    },
  ];
}

function memoryGoals(sizes: readonly SizeResult[]): readonly Goal[] {
  const small = sizes.find(({ users }) => users === SMALL);
  const large = sizes.at(-1);
  if (small === undefined || large === undefined || large.users <= SMALL) return [];
  const name = `peak RSS at ${large.users} above that at ${SMALL}`;
  return [atMost(name, large.peakRssMb - small.peakRssMb, 60, 'MB')];
}

function limitGoals({ rows }: ReplicasResult): readonly Goal[] {
  return rows
    .filter(({ situation, replicas }) => situation === 'oneServer' && replicas > 1)
    .map(({ replicas, requestsInASecond }) =>
      atMost(
        `most requests in a second at one depot server, ${replicas} replicas / its limit`,
        requestsInASecond / PER_SECOND,
        1,
      ),
    );
}

function ratio({ medians }: SizeResult, name: string, reference: string): number {
  return (medians[name] ?? Number.NaN) / (medians[reference] ?? Number.NaN);
}

function atMost(name: string, value: number, limit: number, unit: Goal['unit'] = 'x'): Goal {
  return { name, value, limit, unit, wanted: 'at most' };
}

export function isMet({ value, limit, wanted }: Goal): boolean {
  return wanted === 'at most' ? value <= limit : value >= limit;
}

/** Missed by more than 20 %, or not a number. */
export function isFarOff({ value, limit, wanted }: Goal): boolean {
  const near = wanted === 'at most' ? value <= limit * (1 + TOLERANCE) : value >= limit * (1 - TOLERANCE);
  return !near;
}
