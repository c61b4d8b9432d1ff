import { type Actor, type Run, SYSTEM } from '../run/run.ts';
import { type GuardGrade, isRule } from './rules.ts';

/** One person's approval of a plan that needs several people. */
export type Approval = { readonly actor: Actor; readonly at: Date };

/**
 * What becomes of an earlier approval where the same person confirms again: it is withdrawn, or it stays. `only_withdraws`: the
 * person asks for nothing else, so nothing is approved or executed.
 */
export type IfApproved = 'withdraws' | 'stays' | 'only_withdraws';

/** The id prefix of operators, who work at the command line. */
export const OPERATOR = 'cli:';

/** Whether the actor works at the command line. */
export function isOperator({ id }: Actor): boolean {
  return id.startsWith(OPERATOR);
}

/**
 * Whether an actor counts as one of the people that a plan needs. The bot itself (on a schedule), rules and operators do not
 * count: at the command line, anybody can use any name.
 */
export function isPerson(actor: Actor): boolean {
  return actor.id !== SYSTEM.id && !isRule(actor) && !isOperator(actor);
}

/**
 * The ids of the different people behind a plan: requester, approvers, confirmer. Each person counts once. A requester or
 * approver who is no longer an admin (`isAdmin`) does not count.
 */
export function peopleBehind(
  { requestedBy, confirmedBy }: Pick<Run, 'requestedBy' | 'confirmedBy'>,
  approvers: readonly Actor[],
  isAdmin: (id: string) => boolean = () => true,
): ReadonlySet<string> {
  const actors = [requestedBy, ...approvers].filter(({ id }) => isAdmin(id));
  const all = confirmedBy === undefined ? actors : [...actors, confirmedBy];
  return new Set(all.filter(isPerson).map(({ id }) => id));
}

/** What a plan lacks so that one admin alone may confirm it: more people, the end of a freeze, or both. */
export type Lack = 'people' | 'frozen' | 'frozen_and_people';

/** What a plan lacks; undefined if one admin alone may confirm it. `needed`: the number of people in its rules. */
export function lackOf({
  isFrozen,
  needed,
}: {
  readonly isFrozen: boolean;
  readonly needed: number;
}): Lack | undefined {
  if (needed > 1) return isFrozen ? 'frozen_and_people' : 'people';
  return isFrozen ? 'frozen' : undefined;
}

/** The target and the reason that an admin types after the guard has tripped, or to act alone (break-glass). */
export type Declaration = {
  readonly target: string;
  readonly reason: string;
  /** Whether the admin acts alone although more people are needed, or during a freeze. */
  readonly alone?: boolean | undefined;
  /** The guard's verdict that the admin was shown. Undefined: the verdict that stands on the run. */
  readonly shown?: GuardGrade | undefined;
};

/** Why a declaration is not enough. */
export type Objection =
  /** The guard tripped: the person must type the target and a reason. */
  | { readonly code: 'guard_tripped' }
  | { readonly code: 'target_mismatch'; readonly expected: string }
  | { readonly code: 'reason_missing' };

/** The objection to a declaration for a run; undefined if it is enough. */
export function objection(run: Run, declaration: Declaration | undefined): Objection | undefined {
  if (declaration === undefined) return { code: 'guard_tripped' };
  if (declaration.target.trim().toLowerCase() !== run.target) {
    return { code: 'target_mismatch', expected: run.target };
  }
  return declaration.reason.trim() === '' ? { code: 'reason_missing' } : undefined;
}

/** Whether the actor confirms alone under `BREAK_GLASS`. An operator always does; a person must declare it. */
export function goesAlone(
  { breakGlass }: { readonly breakGlass: boolean },
  actor: Actor,
  declaration: Declaration | undefined,
): boolean {
  return breakGlass && (isOperator(actor) || (isPerson(actor) && declaration?.alone === true));
}

/**
 * Whether a plan has the `needed` people only if some of those count about whom Slack did not say whether they are still admins
 * (`undefined` in `admins`).
 */
export function isUnsure(
  run: Run,
  approvers: readonly Actor[],
  admins: ReadonlyMap<string, boolean | undefined>,
  needed: number,
): boolean {
  const enough = (isAdmin: (id: string) => boolean) => peopleBehind(run, approvers, isAdmin).size >= needed;
  return enough((id) => admins.get(id) !== false) && !enough((id) => admins.get(id) === true);
}
