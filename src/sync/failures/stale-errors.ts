import type { GuardFacts } from '../rules/rules.ts';
import { type HeldBackBy, RunError } from './failure.ts';

// Why a confirmed plan is not executed: the plan, the settings or the users changed after the preview. Nothing was written.

/** Users of the plan changed after the preview. Nothing was written. */
export class StalePlanError extends RunError {
  constructor(total: number, emails: readonly string[]) {
    super({ code: 'stale', total, emails }, `${total} users of the plan changed since the preview`);
  }
}

/** The stored plan no longer has the hash that was shown. Nothing was written. */
export class PlanAlteredError extends RunError {
  constructor() {
    super({ code: 'plan_altered' }, 'The stored plan differs from the plan that was shown');
  }
}

/**
 * An older version made the plan, and its hash does not cover everything that would be executed; or a newer one, whose rules this
 * version cannot read. Nothing was written.
 */
export class PlannedEarlierError extends RunError {
  constructor() {
    super({ code: 'planned_earlier' }, 'The plan was made by another version');
  }
}

/** The plan deactivates users whom `PROTECTED_EMAILS` now protects. Nothing was written. */
export class ProtectedSinceError extends RunError {
  constructor(total: number, emails: readonly string[]) {
    super(
      { code: 'protected_since', total, emails },
      `${total} users whom the plan deactivates are protected`,
    );
  }
}

/** The guard stops a confirmed plan, because counts or limits have changed. Nothing was written. */
export class GuardTrippedError extends RunError {
  constructor({ deactivate, recentlyDeactivated, active }: GuardFacts) {
    super(
      { code: 'guard_tripped', deactivate, recentlyDeactivated, active },
      `The guard stops ${deactivate} deactivations of ${active}, after ${recentlyDeactivated} others`,
    );
  }
}

/** Fewer people asked, approved and confirmed than the location needs. Nothing was written. */
export class SecondPersonError extends RunError {
  constructor(people: number, needed: number) {
    super(
      { code: 'second_person_needed', people, needed },
      `${people} of ${needed} people asked, approved and confirmed`,
    );
  }
}

/** A freeze or a pause of the rules began after Confirm, or a rule's plan is too old, or its rule gone, by now. Nothing was written. */
export class HeldBackError extends RunError {
  constructor(by: HeldBackBy) {
    const said: Readonly<Record<HeldBackBy, string>> = {
      freeze: 'A freeze began after the plan was confirmed',
      pause: 'A pause began after the plan was confirmed',
      late: 'The plan that a rule confirmed is over an hour old',
      rule: 'The settings no longer have the rule that confirmed the plan',
    };
    super({ code: 'held_back', by }, said[by]);
  }
}

/**
 * The target's name now points to another location than when the run was requested, or to none; or, with `otherServer`, the
 * location has another address than the one whose list was read. Nothing was written.
 */
export class LocationChangedError extends RunError {
  constructor(target: string, otherServer = false) {
    super(
      { code: 'location_changed', ...(otherServer && { otherServer }) },
      otherServer
        ? `The list of the target ${target} was read from another address than its location has now`
        : `The target ${target} stands for another location than when the run was asked for, or for none`,
    );
  }
}
