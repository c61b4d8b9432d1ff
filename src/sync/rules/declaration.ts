import type { Refusal } from '../run/click.ts';
import type { Actor, Run } from '../run/run.ts';
import { isOperator, isPerson } from './approval.ts';

/** The target and the reason that an admin types after the guard has tripped, or to act alone (break-glass). */
export type Declaration = {
  readonly target: string;
  readonly reason: string;
  /** Whether the admin acts alone although more people are needed, or during a freeze. */
  readonly alone?: boolean | undefined;
};

/** Why a declaration is not enough for a run; undefined if it is. */
export function objection(run: Run, declaration: Declaration | undefined): Refusal | undefined {
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
