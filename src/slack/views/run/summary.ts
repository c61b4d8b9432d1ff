import { isRule } from '../../../sync/rules/rules.ts';
import { plannedChanges, type Run } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { mrkdwn } from '../../text/escape.ts';
import { command, mention, moment, place, previewCommand, targetName } from '../inline.ts';
import { failureWords } from './failure.ts';
import { someDiffer, tenseOf } from './run-state.ts';

type HeaderName = keyof Texts['run']['header'];

function headerName(run: Pick<Run, 'status' | 'counts' | 'takenBackBy'>): HeaderName {
  switch (run.status) {
    case 'reading':
    case 'ready':
      return 'preview';
    case 'completed':
      if (plannedChanges(run.counts) === 0) return 'allSynced';
      return run.takenBackBy === undefined ? 'completed' : 'takenBack';
    case 'executing':
    case 'cancelled':
    case 'expired':
    case 'superseded':
    case 'failed':
      return run.status;
  }
}

/** The title for a run's status. `location` must be escaped for the place of the title. */
export function title(t: Texts, run: Run, location: string): string {
  const name = headerName(run);
  if (name === 'allSynced' && run.undecided !== undefined) return t.run.undecidedHeader(location);
  const { header } = run.reverts === undefined ? t.run : t.rollback;
  return header[name](location);
}

/** The first line of a run's message, in mrkdwn: what will happen, is happening, or has happened. */
export function firstLine(t: Texts, run: Run): string {
  const { reverts } = run;
  const location = place(run);
  switch (run.status) {
    case 'reading':
      return reverts === undefined ? t.run.reading(location) : t.rollback.reading(location, reverts);
    case 'ready':
      return t.run.planned(location, run.counts);
    case 'executing':
      return reverts === undefined ? t.run.executing(location) : t.rollback.executing(location, reverts);
    case 'completed':
      return plannedChanges(run.counts) === 0 ? nothingToDo(t, run) : doneLine(t, run);
    case 'cancelled':
      return endedLine(t, run, t.run.cancelledBy(mention(run.cancelledBy ?? run.requestedBy)));
    case 'expired':
      return endedLine(t, run, t.run.expired);
    case 'superseded':
      return t.run.superseded(location, run.nextRunId);
    case 'failed':
      return failureWords(t, run).what;
  }
}

/** Adds how to go on, unless a later run exists, which the next line names. */
function endedLine(t: Texts, run: Run, ended: string): string {
  return run.nextRunId === undefined ? `${ended} ${t.run.forNewPreview(previewCommand(t, run))}` : ended;
}

function doneLine(t: Texts, run: Run): string {
  const done = t.run.done(place(run), run.counts);
  return run.takenBackBy === undefined ? done : `${t.run.takenBack(run.takenBackBy)} ${done}`;
}

/** Title and first line together, for notifications and screen readers. */
export function summary(t: Texts, run: Run): string {
  return `${title(t, run, place(run))}. ${firstLine(t, run)}`;
}

function nothingToDo(t: Texts, run: Run): string {
  if (run.undecided !== undefined) return t.run.undecided(place(run));
  if (run.reverts === undefined) return t.run.allSynced(place(run), someDiffer(run));
  const words = hasNobody(run) ? t.rollback.gone : t.rollback.nothingLeft;
  return words(place(run), run.reverts);
}

/** Whether a rollback found nobody: users whom it cannot take back are listed, as long as the run's changes are kept. */
function hasNobody({ counts }: Run): boolean {
  return counts.skipped + counts.protected + counts.omitted === 0;
}

/** The lines after the first one: which run is rolled back, who confirmed it, or what a failure means and what to do. */
export function outcomeLines(t: Texts, run: Run): string[] {
  switch (run.status) {
    case 'reading':
      return [];
    case 'ready':
    // Its first line names the newer preview.
    case 'superseded':
      return rollbackLines(t, run);
    case 'executing':
      return confirmation(t, run);
    case 'completed':
      return [...completion(t, run), ...followed(t, run)];
    case 'cancelled':
    case 'expired':
      return [...rollbackLines(t, run), ...followed(t, run)];
    case 'failed': {
      const next = run.nextRunId === undefined ? [failureWords(t, run).next] : followed(t, run);
      return [
        [t.failure.nothingChanged, ...next].join(' '),
        ...rollbackLines(t, run),
        ...pausedRules(t, run),
      ];
    }
  }
}

function followed(t: Texts, { nextRunId }: Run): string[] {
  return nextRunId === undefined ? [] : [t.run.followedBy(nextRunId)];
}

/** Which run a rollback takes back, took back, or was to take back; no line for a sync. */
export function rollbackLines(
  t: Texts,
  { reverts, status, counts, leftInForce = 0, takenBackBy }: Run,
): string[] {
  if (reverts === undefined) return [];
  if (tenseOf(status) === 'notDone') return [t.rollback.wasTo(reverts)];
  if (tenseOf(status) === 'planned') return [t.rollback.about(reverts, counts.omitted)];
  // Once the rollback is taken back, the run is in force for all of its users.
  return [t.rollback.tookBack(reverts, counts.omitted, takenBackBy === undefined ? leftInForce : 0)];
}

/** If a run that a rule applied has failed or was taken back, also in part, the rules of its target are paused: says how to resume them. */
export function pausedRules(t: Texts, run: Run): string[] {
  const { status, failure, confirmedBy, takenBackBy, autoHeld, target } = run;
  const hasFailed = status === 'failed' && failure?.code !== 'held_back';
  const wentWrong = hasFailed || takenBackBy !== undefined || autoHeld === 'taken_back';
  if (!wentWrong || confirmedBy === undefined || !isRule(confirmedBy)) return [];
  return [t.automatic.pausedItself(targetName(target), command(t, `resume ${target}`))];
}

function confirmation(t: Texts, run: Run): string[] {
  const { confirmedBy: by, alone } = run;
  if (by === undefined) return [];
  const byPerson = alone ? t.alone.confirmed : t.run.confirmedBy;
  const words = isRule(by) ? t.automatic.applying : byPerson;
  return [words(mention(by)), ...reasonGiven(t, run)];
}

function completion(t: Texts, run: Run): string[] {
  const { confirmedBy: by, alone } = run;
  if (by === undefined) return [];
  const byPerson = alone ? t.alone.completed : t.run.completedBy;
  const words = isRule(by) ? t.automatic.applied : byPerson;
  return [
    words(mention(by), moment(t, run.finishedAt ?? run.confirmedAt ?? run.requestedAt)),
    ...rollbackLines(t, run),
    ...(run.redoneBy === undefined ? [] : [t.run.redone(run.redoneBy)]),
    ...pausedRules(t, run),
    ...reasonGiven(t, run),
  ];
}

function reasonGiven(t: Texts, { reason }: Run): string[] {
  return reason === undefined ? [] : [t.run.reasonGiven(mrkdwn(reason.replace(/\s+/g, ' '), 400))];
}

const ALWAYS = ['add', 'reactivate', 'deactivate', 'unchanged'] as const;
const WHERE_ANY = ['omitted', 'protected', 'kept', 'alreadyInactive', 'skipped'] as const;

/** The counts of a plan, as fields of a section. Unusual counts of 0 are left out; once the run is over, all counts of 0. */
export function countFields(
  t: Texts,
  { status, counts, reverts }: Pick<Run, 'status' | 'counts' | 'reverts'>,
): string[] {
  const tense = tenseOf(status);
  // A rollback reads no server's list, and adds nobody.
  const source = reverts === undefined ? (['source'] as const) : [];
  const always: readonly string[] = reverts === undefined ? ALWAYS : ALWAYS.filter((name) => name !== 'add');
  const skipped = reverts === undefined ? t.plan.count.skipped : t.rollback.skippedCount;
  const labels = { ...t.plan.count, ...t.plan.effect[tense], skipped };
  return [...ALWAYS, ...source, ...WHERE_ANY]
    .filter((name) => counts[name] > 0 || (tense === 'planned' && always.includes(name)))
    .map((name) => `*${labels[name]}*\n${counts[name]}`);
}
