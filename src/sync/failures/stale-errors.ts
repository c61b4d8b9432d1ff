import type { GuardFacts } from '../rules/guard.ts';
import { type Failure, RunError } from './failure.ts';

// Why a confirmed plan is not executed: it differs from the plan that was shown, or it is judged otherwise by now. Nothing was
// written.

/** Users of the plan changed after the preview. Nothing was written. */
export class StalePlanError extends RunError {
  override readonly name = 'StalePlanError';
  readonly failure: Failure;
  constructor(total: number, emails: readonly string[]) {
    super(`${total} users of the plan changed since the preview`);
    this.failure = { code: 'stale', total, emails };
  }
}

/** The stored plan no longer has the hash that was shown. Nothing was written. */
export class PlanAlteredError extends RunError {
  override readonly name = 'PlanAlteredError';
  readonly failure: Failure = { code: 'plan_altered' };
  constructor() {
    super('The stored plan differs from the plan that was shown');
  }
}

/** An older version made the plan: its hash does not bind all that would be executed. Nothing was written. */
export class PlannedEarlierError extends RunError {
  override readonly name = 'PlannedEarlierError';
  readonly failure: Failure = { code: 'planned_earlier' };
  constructor() {
    super('The plan was made by an older version');
  }
}

/** The plan deactivates users whom `PROTECTED_EMAILS` names by now. Nothing was written. */
export class ProtectedSinceError extends RunError {
  override readonly name = 'ProtectedSinceError';
  readonly failure: Failure;
  constructor(total: number, emails: readonly string[]) {
    super(`${total} users whom the plan deactivates are protected`);
    this.failure = { code: 'protected_since', total, emails };
  }
}

/** The guard stops a confirmed plan, because counts or limits have changed. Nothing was written. */
export class GuardTrippedError extends RunError {
  override readonly name = 'GuardTrippedError';
  readonly failure: Failure;
  constructor({ deactivate, recentlyDeactivated, active }: GuardFacts) {
    super(`The guard stops ${deactivate} deactivations of ${active}, after ${recentlyDeactivated} others`);
    this.failure = { code: 'guard_tripped', deactivate, recentlyDeactivated, active };
  }
}

/** The location needs more people than asked, approved and confirmed. Nothing was written. */
export class SecondPersonError extends RunError {
  override readonly name = 'SecondPersonError';
  readonly failure: Failure;
  constructor(people: number, needed: number) {
    super(`${people} of ${needed} people asked, approved and confirmed`);
    this.failure = { code: 'second_person_needed', people, needed };
  }
}

/** The target's name stands for another location than when the run was asked for. */
export class LocationChangedError extends RunError {
  override readonly name = 'LocationChangedError';
  readonly failure: Failure = { code: 'location_changed' };
  constructor(target: string) {
    super(`The target ${target} stands for another location than when the run was asked for`);
  }
}
