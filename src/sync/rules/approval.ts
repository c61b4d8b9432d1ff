import { type Actor, type Run, SYSTEM } from '../run/run.ts';
import { isRule } from './auto-rule.ts';

/** Somebody's approval of a plan that needs several people. */
export type Approval = { readonly actor: Actor; readonly at: Date };

/** The prefix of operators' ids. Operators work at the command line. */
export const OPERATOR = 'cli:';

/** Somebody at the command line. */
export function isOperator({ id }: Actor): boolean {
  return id.startsWith(OPERATOR);
}

/**
 * Whether an actor counts as one of the people that a plan needs. The bot, which asks on a schedule, and rules do not, nor do operators:
 * at the command line anybody may call themselves anything.
 */
export function isPerson(actor: Actor): boolean {
  return actor.id !== SYSTEM.id && !isRule(actor) && !isOperator(actor);
}

/**
 * The ids of the different people behind a plan: the requester, the approvers, the confirmer. Nobody counts twice, and people
 * who are no admins any more do not count (`isAdmin`).
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

/** What a plan may lack for one admin to confirm it. */
export type Lack = 'people' | 'frozen' | 'frozen_and_people';

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
