import type { Refusal } from '../run/click.ts';
import type { Actor, Run } from '../run/run.ts';
import { isOperator, isPerson } from './approval.ts';

/** The words that an admin types when the guard has tripped, or to act alone (break-glass). */
export type Declaration = {
  readonly target: string;
  readonly reason: string;
  /** Whether the admin acts alone where more people are needed, or in a freeze. */
  readonly alone?: boolean | undefined;
};

/** What is wrong with the words for a run; undefined if they will do. */
export function objection(run: Run, declaration: Declaration | undefined): Refusal | undefined {
  if (declaration === undefined) return { code: 'guard_tripped' };
  if (declaration.target.trim().toLowerCase() !== run.target) {
    return { code: 'target_mismatch', expected: run.target };
  }
  return declaration.reason.trim() === '' ? { code: 'reason_missing' } : undefined;
}

/** Break-glass (`BREAK_GLASS`). An operator is alone by nature; anybody else says so. */
export function goesAlone(
  { breakGlass }: { readonly breakGlass: boolean },
  actor: Actor,
  declaration: Declaration | undefined,
): boolean {
  return breakGlass && (isOperator(actor) || (isPerson(actor) && declaration?.alone === true));
}
