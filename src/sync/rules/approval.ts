import { type Actor, type Run, SYSTEM } from '../run/run.ts';
import { type GuardGrade, isRule } from './rules.ts';

/** One person's approval of a plan that needs several people. */
export type Approval = { readonly actor: Actor; readonly at: Date };

export function hasApproved(approvals: readonly Approval[], { id }: Actor): boolean {
  return approvals.some(({ actor }) => actor.id === id);
}

/** What becomes of an earlier approval if the same person confirms again. `only_withdraws`: nothing is approved or executed. */
export type IfApproved = 'withdraws' | 'stays' | 'only_withdraws';

/** The id prefix of operators, who work at the command line. */
export const OPERATOR = 'cli:';

export function isOperator({ id }: Actor): boolean {
  return id.startsWith(OPERATOR);
}

/** Whether an actor is a person, of whom a plan needs several. An operator is none: at the command line, anybody can use any name. */
export function isPerson(actor: Actor): boolean {
  return actor.id !== SYSTEM.id && !isRule(actor) && !isOperator(actor);
}

/** The ids of the people behind a plan, each once: requester and approvers who are still admins (`isAdmin`), and the confirmer. */
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
export function lackOf({ isFrozen, needed }: { isFrozen: boolean; needed: number }): Lack | undefined {
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

/** What a declaration lacks. */
export type Undeclared =
  /** The guard tripped: the person must type the target and a reason. */
  | { readonly code: 'guard_tripped' }
  | { readonly code: 'target_mismatch'; readonly expected: string }
  | { readonly code: 'reason_missing' };

/** Why a declaration is not enough for a run; undefined if it is. */
export function judgeDeclaration(run: Run, declaration: Declaration | undefined): Undeclared | undefined {
  if (declaration === undefined) return { code: 'guard_tripped' };
  if (declaration.target.trim().toLowerCase() !== run.target) {
    return { code: 'target_mismatch', expected: run.target };
  }
  return declaration.reason.trim() === '' ? { code: 'reason_missing' } : undefined;
}

/** Why a person who does not act alone may not confirm: a freeze that ends at `until`, or too few people (`needed` as in `lackOf`). */
export function lackRefusal(run: Run, actor: Actor, { until, needed }: Lacking) {
  if (until !== undefined) return { code: 'frozen', until } as const;
  const countsNothing = run.requestedBy.id === actor.id || !isPerson(actor);
  return needed > 1 && countsNothing ? ({ code: 'second_person_needed', run, needed } as const) : undefined;
}

type Lacking = { readonly until: Date | undefined; readonly needed: number };

/** `breakGlass`: the setting. `isDirect`: the run's channel is a direct conversation with the bot, which no other admin sees. */
type AloneRules = { readonly breakGlass: boolean; readonly isDirect: boolean };

/** Why nobody may act alone on a run; undefined if an admin may. */
export function aloneRefusal({ breakGlass, isDirect }: AloneRules) {
  if (!breakGlass) return { code: 'break_glass_off' } as const;
  return isDirect ? ({ code: 'alone_unseen' } as const) : undefined;
}

type Confirmer = Lacking & { readonly actor: Actor; readonly declaration: Declaration | undefined };

/** Why a confirmer is refused; or, where the confirmer acts alone (`BREAK_GLASS`), what the run lacks. An operator always does. */
export function judgeLack(rules: AloneRules, run: Run, { actor, declaration, until, needed }: Confirmer) {
  // A person's form may have been open since before a change of the settings, or be forged.
  const refusal = declaration?.alone === true ? aloneRefusal(rules) : undefined;
  if (refusal !== undefined) return { refusal, alone: undefined };
  const declared = isOperator(actor) || (isPerson(actor) && declaration?.alone === true);
  return rules.breakGlass && declared
    ? { refusal: undefined, alone: lackOf({ isFrozen: until !== undefined, needed }) }
    : { refusal: lackRefusal(run, actor, { until, needed }), alone: undefined };
}

type Asking = {
  readonly approvalsOf: (run: Run) => Promise<readonly Approval[]>;
  /** Undefined if Slack does not say. */
  readonly isAdmin: (userId: string) => Promise<boolean | undefined>;
};

/**
 * Whether the plan has the `needed` people once `by` confirms, and who is an admin of those asked about. `unsure`: only if some count
 * of whom Slack did not say whether they are admins.
 */
export async function judgePeople(
  run: Run,
  by: Actor,
  { approvalsOf, isAdmin }: Asking,
  needed: number,
): Promise<{
  readonly people: 'enough' | 'unsure' | 'too_few';
  readonly admins: ReadonlyMap<string, boolean | undefined>;
}> {
  const admins = new Map<string, boolean | undefined>([[by.id, true]]);
  if (needed < 2) return { people: 'enough', admins };
  const approvers = (await approvalsOf(run)).map(({ actor }) => actor);
  const others = [run.requestedBy, ...approvers].filter((each) => isPerson(each) && each.id !== by.id);
  for (const { id } of others) admins.set(id, await isAdmin(id));
  const enough = (counts: (id: string) => boolean) =>
    peopleBehind(run, [...approvers, by], counts).size >= needed;
  if (enough((id) => admins.get(id) === true)) return { people: 'enough', admins };
  return { people: enough((id) => admins.get(id) !== false) ? 'unsure' : 'too_few', admins };
}
