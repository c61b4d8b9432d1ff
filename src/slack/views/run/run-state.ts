import { isRule } from '../../../sync/rules/auto-rule.ts';
import { plannedChanges, type Run, type RunStatus } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { mention } from '../inline.ts';
import { failedWords } from './failure.ts';

/** In a list, a reason stands among many: its message has it to the end. */
const REASON_LIMIT = 150;

/** How a run stands, in a few words of mrkdwn that follow a colon or a comma. */
export function runState(t: Texts, run: Run): string {
  const words = t.state;
  if (run.waits) return words.waits;
  switch (run.status) {
    case 'reading':
      return run.reverts === undefined ? words.reading : words.lookingUp;
    case 'ready':
      return words.ready(words.planned(run.counts));
    case 'executing':
      return executing(t, run);
    case 'completed':
      if (plannedChanges(run.counts) > 0) return [completed(t, run), ...sequel(t, run)].join(', ');
      if (run.undecided !== undefined) return words.undecided;
      return run.reverts === undefined ? words.allSynced : words.nothingLeft;
    case 'cancelled':
      return words.cancelled(mention(run.cancelledBy ?? run.requestedBy));
    case 'expired':
    case 'superseded':
      return words[run.status];
    case 'failed':
      return failedWords(t, run, words.failed, REASON_LIMIT);
  }
}

/** Who has a run executed: a person, or a rule, which nobody confirmed. */
function executing({ state }: Texts, { confirmedBy, requestedBy, counts }: Run): string {
  const by = confirmedBy ?? requestedBy;
  return state[isRule(by) ? 'applying' : 'executing'](mention(by), state.planned(counts));
}

function completed({ state }: Texts, { confirmedBy, requestedBy, counts }: Run): string {
  const by = confirmedBy ?? requestedBy;
  return state[isRule(by) ? 'applied' : 'completed'](mention(by), state.counts(counts));
}

/** The sign that leads a run's card, for the eye. What it means is said in words behind it. */
export function signOf({ status, counts, guard, undecided, reverts, takenBackBy }: Run): string {
  switch (status) {
    case 'reading':
    case 'executing':
      return '⏳';
    case 'ready':
      return guard.tripped || counts.deactivate > 0 || undecided !== undefined ? '⚠️' : '📋';
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

/** Whether what a plan says is still to be done, was done, or never will be. */
export function tenseOf(status: RunStatus): 'planned' | 'done' | 'notDone' {
  switch (status) {
    case 'reading':
    case 'ready':
    case 'executing':
      return 'planned';
    case 'completed':
      return 'done';
    case 'cancelled':
    case 'expired':
    case 'superseded':
    case 'failed':
      return 'notDone';
  }
}

/** What later rollbacks made of a completed run. */
function sequel(t: Texts, { takenBackBy, redoneBy }: Run): string[] {
  if (takenBackBy !== undefined) return [t.state.takenBack(takenBackBy)];
  return redoneBy === undefined ? [] : [t.state.redone(redoneBy)];
}

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
