import type { Delay } from './play/delays.ts';

/** After a kill, so many of a hundred have to be told so soon, and all of them in three times that. */
const SOON_MS = 5_000;
const SOON_PERCENT = 95;
const LATEST_MS = 15_000;

const HEAD = ['p50', 'p95', 'max', 'count'];

/** How long it took until people saw how runs stand: after the commit, and after kills, by their places. */
export function delayLines(delays: readonly Delay[]): string[] {
  const sinceCommit = delays.filter(({ since }) => since === 'commit');
  const kills = sinceKills(delays);
  const places = [...new Set(kills.map(({ kill }) => kill))].sort();
  return [
    `${'Told, in milliseconds'.padEnd(46)}${HEAD.map((name) => name.padStart(6)).join(' ')}`,
    line('since the commit', sinceCommit),
    line('since a kill', kills),
    ...places.map((place) =>
      line(
        `  ${place}`,
        kills.filter(({ kill }) => kill === place),
      ),
    ),
  ];
}

/** What is wrong where too little was told in time after kills, or where nobody was killed. */
export function tooLate(delays: readonly Delay[]): string | undefined {
  const kills = sinceKills(delays);
  if (kills.length === 0) return 'No kill was seen to be told of: nothing was tried';
  const inTime = percentile(kills, SOON_PERCENT) <= SOON_MS && percentile(kills, 100) <= LATEST_MS;
  return inTime
    ? undefined
    : `Too late: the limits are ${SOON_MS} ms for ${SOON_PERCENT} of 100, and ${LATEST_MS} ms for all`;
}

function sinceKills(delays: readonly Delay[]): { readonly kill: string; readonly ms: number }[] {
  return delays.flatMap(({ since, ms }) => (since === 'commit' ? [] : [{ kill: since.kill, ms }]));
}

function line(name: string, told: readonly { readonly ms: number }[]): string {
  const numbers = [percentile(told, 50), percentile(told, 95), percentile(told, 100), told.length];
  return `  ${name.padEnd(44)}${numbers.map((n) => String(Math.round(n)).padStart(6)).join(' ')}`;
}

/** The smallest of the numbers that so many percent do not exceed; 0 where there are none. */
function percentile(told: readonly { readonly ms: number }[], percent: number): number {
  const sorted = told.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
}
