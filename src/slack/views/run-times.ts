import type { Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';

/** How long the bot worked on a run, in milliseconds; undefined where it did not or its end is not known. */
export type RunTimes = { readonly reading: number | undefined; readonly executing: number | undefined };

/** The time during which a preview waits for a person is no work. */
export function runTimes(run: Run): RunTimes {
  const { requestedAt, readyAt, confirmedAt, finishedAt } = run;
  const planned = readyAt ?? (confirmedAt === undefined ? finishedAt : undefined);
  return { reading: between(requestedAt, planned), executing: between(confirmedAt, finishedAt) };
}

/** How long the bot worked on a run in all. */
export function workTime(run: Run): number | undefined {
  const { reading, executing } = runTimes(run);
  return reading === undefined && executing === undefined ? undefined : (reading ?? 0) + (executing ?? 0);
}

/** `7 s`, `2 min 5 s`, `1 h 3 min`. */
export function durationText(t: Texts, milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (milliseconds < 1000) return t.time.underASecond;
  if (seconds < 60) return t.time.seconds(seconds);
  if (seconds < 3600) return t.time.minutes(Math.floor(seconds / 60), seconds % 60);
  return t.time.hours(Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}

function between(from: Date | undefined, to: Date | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.max(0, to.getTime() - from.getTime());
}
