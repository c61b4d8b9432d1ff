import { delayLines } from './delays-report.ts';
import type { Played } from './play/play.ts';
import { describeSchedule } from './schedule/describe.ts';
import { effectName, placeOf } from './schedule/fault.ts';
import { ALL_POINTS } from './schedule/points.ts';

const LOG_LINES = 40;
/** So many runs come to every point that there is. */
const ENOUGH_RUNS = 200;

/** One line about a run. */
export function progressLine(
  { schedule, problems, fired, runs, seconds }: Played,
  index: number,
  of: number,
): string {
  const outcome = problems.length === 0 ? 'ok' : 'FAILED';
  const faults = fired.map(({ effect }) => effectName(effect)).join(', ') || 'no fault';
  const ends = runs.map(({ status }) => status).join(', ') || 'no run';
  return `${String(index).padStart(4)}/${of}  seed ${schedule.seed}  ${outcome}  ${seconds.toFixed(1)} s  [${ends}]  ${faults}`;
}

/** All that is needed to look into a failed run. */
export function failureReport({ schedule, problems, logs }: Played): string {
  return [
    `Seed ${schedule.seed} failed:`,
    ...problems.map((problem) => `  - ${problem}`),
    'Its schedule:',
    ...describeSchedule(schedule).map((line) => `  ${line}`),
    'The last that the bots said:',
    ...inOrder(logs).map((line) => `  ${line.slice(0, 400)}`),
    `To see it again: npm run chaos -- ${again(schedule)}`,
  ].join('\n');
}

function again({ seed, replicas, pace }: Played['schedule']): string {
  return pace === 'production'
    ? `--kills 1 --seed ${seed}`
    : `--runs 1 --seed ${seed} --replicas ${replicas}`;
}

/** The last lines of all bots, by their times. */
function inOrder(logs: readonly string[]): string[] {
  const timed = logs.map((line) => ({ line, time: line.match(/"time":"([^"]+)"/)?.[1] ?? '' }));
  return timed
    .sort((a, b) => a.time.localeCompare(b.time))
    .slice(-LOG_LINES)
    .map(({ line }) => line);
}

/** What all runs came to. */
export function summary(results: readonly Played[], seconds: number): string {
  const fired = results.flatMap((each) => each.fired);
  const kills = fired.filter(({ effect }) => effect.kind === 'kill');
  const failed = results.filter(({ problems }) => problems.length > 0);
  const sum = (of: (played: Played) => number) => results.reduce((total, each) => total + of(each), 0);
  return [
    '',
    `${results.length} schedules, ${failed.length} failed, ${seconds.toFixed(0)} s`,
    `Runs of the bot: ${tally(results.flatMap(({ runs }) => runs.map(({ status }) => status)))}`,
    `Faults: ${fired.length} (${tally(fired.map(({ effect }) => effectName(effect)))})`,
    `Kills: ${kills.length}`,
    ...lines(tallied(kills.map(placeOf))),
    `Takeovers: ${sum(({ takeovers }) => takeovers)}; leases that ran out although their holders lived: ${sum(({ jumps }) => jumps)}`,
    ...delayLines(results.flatMap(({ delays }) => delays)),
    ...neverReached(results),
    ...(failed.length === 0
      ? []
      : [`Failed seeds: ${failed.map(({ schedule }) => schedule.seed).join(', ')}`]),
  ].join('\n');
}

/** Points that no run came to: the bot's statements have other words by now. */
function neverReached(results: readonly Played[]): string[] {
  if (results.length < ENOUGH_RUNS) return [];
  const seen = new Set(results.flatMap(({ pointsSeen }) => [...pointsSeen]));
  const missing = [...new Set(ALL_POINTS)].filter((point) => !seen.has(point));
  return missing.length === 0 ? [] : [`Points that were never reached: ${missing.join(', ')}`];
}

function tallied(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
}

function tally(names: readonly string[]): string {
  return (
    tallied(names)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ') || 'none'
  );
}

function lines(counts: readonly (readonly [string, number])[]): string[] {
  return counts.map(([name, n]) => `${String(n).padStart(6)}  ${name}`);
}
