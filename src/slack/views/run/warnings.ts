import type { Repeats } from '../../../sync/ports/source.ts';
import { type Approval, isPerson, peopleBehind } from '../../../sync/rules/approval.ts';
import type { GuardLimits, GuardVerdict } from '../../../sync/rules/rules.ts';
import { plannedChanges, type Run } from '../../../sync/run/run.ts';
import { isDirect } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { inARow, mention, moment, place } from '../inline.ts';

const EMAIL_LIMIT = 80;
const RULE_LIMIT = 120;

/** Why the guard tripped, with the numbers that an admin needs to judge it. */
export function guardText(
  t: Texts,
  location: string,
  verdict: GuardVerdict & { readonly tripped: true },
  limits: GuardLimits,
): string {
  const rule = verdict.why === 'everyone' ? t.guard.everyone : t.guard.limits(limits);
  return `${t.guard.facts(location, verdict)} ${rule}`;
}

/** Warnings about the depot server's list or the settings, for an admin to read before confirming. */
function warnings(
  t: Texts,
  run: Pick<Run, 'counts' | 'reverts' | 'undecided' | 'repeats' | 'absence'>,
): string[] {
  const { counts, reverts, undecided, repeats, absence } = run;
  if (reverts !== undefined) {
    return [
      ...(counts.protected > 0 ? [t.rollback.protected(counts.protected)] : []),
      ...(counts.skipped > 0 ? [t.rollback.skipped(counts.skipped, reverts)] : []),
    ];
  }
  // Users whose absence is not proven, or not on enough days yet, have their own warning.
  const toldOf = (undecided?.users ?? 0) + (absence?.waiting ?? 0);
  const leftAlone = counts.kept - toldOf;
  return [
    ...undecidedWarning(t, { undecided }),
    ...(absence === undefined ? [] : [t.absence.evidence(absence.days, absence.proposed, absence.waiting)]),
    ...(repeats === undefined ? [] : [repeatsText(t, repeats)]),
    ...(counts.protected > 0 ? [t.plan.protected(counts.protected)] : []),
    ...(leftAlone > 0 ? [t.plan.kept(leftAlone, toldOf > 0)] : []),
    ...(counts.skipped > 0 ? [t.plan.skipped(counts.skipped)] : []),
    ...(counts.skipped > 0 && counts.deactivate > 0 ? [t.plan.nameless] : []),
    ...(counts.duplicates > 0 ? [t.plan.duplicates(counts.duplicates)] : []),
  ];
}

/** Warnings that stay once a run has ended: all where it found nothing to change, else only why the server cannot prove an absence. */
export function lastingWarnings(t: Texts, run: Run): string[] {
  if (run.status !== 'completed') return [];
  return plannedChanges(run.counts) === 0 ? warnings(t, run) : undecidedWarning(t, run);
}

function undecidedWarning(t: Texts, { undecided }: Pick<Run, 'undecided'>): string[] {
  return undecided === undefined ? [] : [t.plan.undecided(undecided.users, t.plan.doubt[undecided.doubt])];
}

/** Whether a freeze lasts longer than a plan, so that nobody can confirm the plan as usual. */
export function outlives({ expiresAt }: Pick<Run, 'expiresAt'>, frozenUntil: Date | undefined): boolean {
  return frozenUntil !== undefined && expiresAt !== undefined && expiresAt <= frozenUntil;
}

/** Until when nothing is executed, and whether the plan expires before that. */
function frozenWarning(t: Texts, { expiresAt }: Pick<Run, 'expiresAt'>, until: Date | undefined): string[] {
  if (until === undefined) return [];
  return [(outlives({ expiresAt }, until) ? t.plan.frozenBeyond : t.plan.frozen)(moment(t, until))];
}

function repeatsText(t: Texts, { total, users }: Repeats): string {
  const named = ({ id, email }: Repeats['users'][number]) =>
    email === null ? `id ${id}` : code(email, EMAIL_LIMIT);
  return t.plan.repeats(total, inARow(t, users, users.length, named, total));
}

/** How many people a plan needs, who has approved it, and the ids of people who are no admins any more. */
export type Counted = {
  readonly needed: number;
  readonly approvals: readonly Approval[];
  readonly gone?: ReadonlySet<string>;
};

/** How many people the plan needs, and who counts so far. */
function peopleWarnings(
  t: Texts,
  run: Pick<Run, 'requestedBy' | 'confirmedBy' | 'channelId'>,
  { needed, approvals, gone = new Set() }: Counted,
): string[] {
  if (needed < 2) return [];
  const { requestedBy } = run;
  const counts = isPerson(requestedBy) && !gone.has(requestedBy.id);
  const asked = counts ? mention(requestedBy) : undefined;
  const people =
    asked !== undefined && needed === 2 ? t.plan.secondPerson(asked) : t.plan.people(needed, asked);
  const words = isDirect(run.channelId) ? `${people} ${t.plan.unseen}` : people;
  if (approvals.length === 0) return [words];
  const actors = approvals.map(({ actor }) => actor);
  const counted = peopleBehind(run, actors, (id) => !gone.has(id)).size;
  return [words, t.plan.approved(counted, needed, approvers(t, approvals))];
}

function approvers(t: Texts, approvals: readonly Approval[]): string {
  return approvals.map(({ actor, at }) => t.plan.approvedAt(mention(actor), moment(t, at))).join('; ');
}

/** Who approved a plan that no longer waits, besides the confirmer where another line names that person. */
export function approvedLines(
  t: Texts,
  { status, confirmedBy }: Pick<Run, 'status' | 'confirmedBy'>,
  { approvals }: Counted,
): string[] {
  const others = approvals.filter(({ actor }) => status === 'failed' || actor.id !== confirmedBy?.id);
  return status === 'ready' || others.length === 0 ? [] : [t.run.approvedBy(approvers(t, others))];
}

/** Whether a rule will decide on the plan, or why a rule did not apply it. */
function ruleWarnings(t: Texts, { autoRule, autoHeld }: Run): string[] {
  if (autoRule === undefined) return [];
  const rule = code(autoRule, RULE_LIMIT);
  return [
    autoHeld === undefined ? t.automatic.decides(rule) : t.automatic.held(rule, t.automatic.why[autoHeld]),
  ];
}

/** Warnings to read before confirming a plan, except the guard's. */
export function previewWarnings(
  t: Texts,
  run: Run,
  { frozenUntil, people }: { readonly frozenUntil?: Date | undefined; readonly people: Counted },
): string[] {
  return [
    ...frozenWarning(t, run, frozenUntil),
    ...ruleWarnings(t, run),
    ...peopleWarnings(t, run, people),
    ...warnings(t, run),
  ];
}

/** The guard's warning in the preview. It ends in what to press, where no freeze refuses that. */
export function guardWarnings(t: Texts, run: Run, limits: GuardLimits, isFrozen: boolean): string[] {
  if (!run.guard.tripped) return [];
  const text = guardText(t, place(run), run.guard, limits);
  return [isFrozen ? text : `${text} ${t.guard.next}`];
}
