import type { AuditStep } from '../ports/steps.ts';
import type { Refusal } from '../run/click.ts';
import type { Failure } from './failure.ts';

/** Every step that a run can take. A refusal and a pause of rules are not steps of a run. */
export const RUN_STEPS = codes<Exclude<AuditStep, 'refused' | 'paused' | 'resumed'>>({
  requested: true,
  previewed: true,
  approved: true,
  withdrawn: true,
  confirmed: true,
  adjusted: true,
  cancelled: true,
  completed: true,
  failed: true,
  expired: true,
  superseded: true,
  taken_over: true,
  held: true,
  broke_glass: true,
});

/** Every reason why a run can fail. The compiler keeps the list complete. */
export const FAILURE_CODES = codes<Failure['code']>({
  login_failed: true,
  fetch_failed: true,
  invalid_response: true,
  list_moved: true,
  list_longer: true,
  list_empty: true,
  location_missing: true,
  location_url: true,
  index_in_the_way: true,
  index_missing: true,
  not_transactional: true,
  users_unfit: true,
  not_as_written: true,
  database_refused: true,
  privilege_missing: true,
  audit_unguarded: true,
  stale: true,
  plan_altered: true,
  planned_earlier: true,
  protected_since: true,
  guard_tripped: true,
  second_person_needed: true,
  held_back: true,
  location_changed: true,
  channel_unreachable: true,
  database_lost: true,
  interrupted: true,
  unexpected: true,
});

/** Every reason why a request can be refused. The compiler keeps the list complete. */
export const REFUSAL_CODES = codes<Refusal['code']>({
  deactivates: true,
  not_admin: true,
  wrong_channel: true,
  shared_channel: true,
  channel_unverifiable: true,
  location_missing: true,
  being_read: true,
  run_not_found: true,
  wrong_message: true,
  not_ready: true,
  expired: true,
  location_busy: true,
  frozen: true,
  paused: true,
  person_decides: true,
  paused_already: true,
  not_paused: true,
  break_glass_off: true,
  alone_unseen: true,
  people_unverifiable: true,
  second_person_needed: true,
  guard_tripped: true,
  guard_tripped_since: true,
  plan_altered: true,
  target_mismatch: true,
  reason_missing: true,
  already_followed: true,
  not_failed: true,
  not_completed: true,
  not_in_plan: true,
  nothing_left: true,
  nothing_completed: true,
  several_syncs: true,
  taken_back: true,
});

function codes<Code extends string>(all: Readonly<Record<Code, true>>): readonly Code[] {
  return Object.keys(all).filter((code): code is Code => Object.hasOwn(all, code));
}
