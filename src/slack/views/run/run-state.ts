import { isRule } from '../../../sync/rules/rules.ts';
import { type Actor, isOver, plannedChanges, type Run, type RunStatus } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { mention } from '../inline.ts';
import { failedWords } from './failure.ts';

/** Short, because a list has many runs. The run's message has the whole reason. */
const REASON_LIMIT = 150;

/** The state of a run in a few words of mrkdwn, to follow a colon or a comma. */
export function runState(t: Texts, run: Run): string {
  const words = t.state;
  if (run.waits) return words.waits;
  const by = run.confirmedBy ?? run.requestedBy;
  switch (run.status) {
    case 'reading':
      return run.reverts === undefined ? words.reading : words.lookingUp;
    case 'ready':
      return words.ready(words.planned(run.counts));
    case 'executing':
      return words[isRule(by) ? 'applying' : 'executing'](mention(by), words.planned(run.counts));
    case 'completed':
      return completed(t, run, by);
    case 'cancelled':
      return words.cancelled(mention(run.cancelledBy ?? run.requestedBy));
    case 'expired':
    case 'superseded':
      return words[run.status];
    case 'failed':
      return failedWords(t, run, words.failed, REASON_LIMIT);
  }
}

function completed(t: Texts, run: Run, by: Actor): string {
  const words = t.state;
  if (plannedChanges(run.counts) > 0) {
    const done = words[isRule(by) ? 'applied' : 'completed'](mention(by), words.counts(run.counts));
    return [done, ...sequel(t, run)].join(', ');
  }
  if (run.undecided !== undefined) return words.undecided;
  if (run.reverts !== undefined) return words.nothingLeft;
  return someDiffer(run) ? t.state.someDiffer : t.state.allSynced;
}

/** The emoji before the first line of a run's message. The words behind it say the same. */
export function signOf({ status, counts, undecided, reverts, takenBackBy }: Run): string {
  switch (status) {
    case 'reading':
    case 'executing':
      return '⏳';
    case 'ready':
      return counts.deactivate > 0 || undecided !== undefined ? '⚠️' : '📋';
    case 'completed':
      if (undecided !== undefined) return '⚠️';
      if (reverts !== undefined && plannedChanges(counts) === 0) return '⚪';
      return takenBackBy === undefined ? '✅' : '↩️';
    case 'cancelled':
    case 'expired':
    case 'superseded':
      return '⚪';
    case 'failed':
      return '❌';
  }
}

/** Whether a plan's changes are still to come, were made, or will never be made. */
export function tenseOf(status: RunStatus): 'planned' | 'done' | 'notDone' {
  if (status === 'completed') return 'done';
  return isOver(status) ? 'notDone' : 'planned';
}

/** Whether some users stay different from the server's list; a user whose row was skipped may be one. */
export function someDiffer({ counts }: Pick<Run, 'counts'>): boolean {
  return counts.protected + counts.kept + counts.skipped > 0;
}

/** Says if a rollback has taken the run back, or taken that rollback back. */
export function sequel(t: Texts, { takenBackBy, redoneBy }: Run): string[] {
  if (takenBackBy !== undefined) return [t.state.takenBack(takenBackBy)];
  return redoneBy === undefined ? [] : [t.state.redone(redoneBy)];
}

/**
 * How long the bot read and executed, in milliseconds; undefined where it did not, or where the end is unknown. The plan of an
 * adjusted run was read by the run from which it came.
 */
export function runTimes({ requestedAt, readyAt, confirmedAt, finishedAt, counts }: Run) {
  const planned = readyAt ?? (confirmedAt === undefined ? finishedAt : undefined);
  const reading = counts.omitted > 0 ? undefined : between(requestedAt, planned);
  return { reading, executing: between(confirmedAt, finishedAt) };
}

/** The sum of `runTimes`; undefined where the bot did neither. */
export function workTime(run: Run): number | undefined {
  const { reading, executing } = runTimes(run);
  return reading === undefined && executing === undefined ? undefined : (reading ?? 0) + (executing ?? 0);
}

/** Such as `7 s`, `2 min 5 s`, `1 h 3 min`. */
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
