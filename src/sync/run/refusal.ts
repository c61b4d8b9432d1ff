import type { Readers } from '../ports/ports.ts';
import type { ClaimOutcome } from '../ports/runs.ts';
import type { Audit, AuditEntry } from '../ports/steps.ts';
import type { Undeclared } from '../rules/approval.ts';
import type { GuardFacts, HeldAtClaim } from '../rules/rules.ts';
import { type Actor, isInWork, type Run } from './run.ts';

/** Why a person may not act at all. Only that person is told. */
export type AccessRefusal =
  | {
      readonly code: 'not_admin';
      readonly why: 'not_listed' | 'guest' | 'bot' | 'deleted' | 'stranger' | 'unverifiable';
      /** The people to ask: ids of members and of user groups. */
      readonly admins?: readonly string[];
    }
  | { readonly code: 'wrong_channel'; readonly channelIds: readonly string[] }
  /** People of another company read the channel. */
  | { readonly code: 'shared_channel'; readonly channelId: string }
  /** It is unknown whether people of another company read the channel. */
  | { readonly code: 'channel_unverifiable'; readonly channelId: string };

/** Why a request was not served. No user was changed. Only the person who asked is told. */
export type Refusal =
  | AccessRefusal
  | Undeclared
  | { readonly code: 'location_missing'; readonly target: string }
  /** `run` is already reading the same list. */
  | { readonly code: 'being_read'; readonly run: Run }
  | { readonly code: 'run_not_found' }
  | { readonly code: 'wrong_message' }
  /** The run does not wait for confirmation; its status says why. */
  | { readonly code: 'not_ready'; readonly run: Run }
  | { readonly code: 'expired'; readonly run: Run }
  | { readonly code: 'location_busy'; readonly holder: Run }
  /** Nothing is executed before `until` (`SYNC_FREEZE`). */
  | { readonly code: 'frozen'; readonly until: Date }
  /** Rules are paused at the run's target. Only rules are refused so. */
  | { readonly code: 'paused'; readonly run: Run }
  /** Before a rule claimed the plan, a person's decision or another run's changes came at the location, which a person must see. */
  | { readonly code: 'person_decides'; readonly run: Run; readonly why: Exclude<HeldAtClaim, 'paused'> }
  /** The target is paused already. Undefined: every target. */
  | { readonly code: 'paused_already'; readonly target: string | undefined }
  | { readonly code: 'not_paused'; readonly target: string | undefined }
  /** Nobody may confirm alone (`BREAK_GLASS` is off). */
  | { readonly code: 'break_glass_off' }
  /** Nobody but the person reads the conversation, and all admins should know who acts alone. */
  | { readonly code: 'alone_unseen' }
  /** Slack did not say whether people who would count are still admins. */
  | { readonly code: 'people_unverifiable' }
  | { readonly code: 'second_person_needed'; readonly run: Run; readonly needed: number }
  /**
   * The guard passed the plan at the preview, or stopped it for a lesser reason, and stops it now. The message shows the change.
   */
  | { readonly code: 'guard_tripped_since'; readonly run: Run; readonly facts: GuardFacts }
  /** The stored plan differs from the plan that was shown. */
  | { readonly code: 'plan_altered'; readonly run: Run }
  /** Try Again or New Preview was pressed before. */
  | { readonly code: 'already_followed'; readonly run: Run }
  | { readonly code: 'not_failed'; readonly run: Run }
  /** Only a completed run that changed something can be rolled back. */
  | { readonly code: 'not_completed'; readonly run: Run }
  /** Emails to leave out that the plan does not contain. */
  | { readonly code: 'not_in_plan'; readonly emails: readonly string[] }
  /** The run deactivates users, so it cannot be confirmed together with others. */
  | { readonly code: 'deactivates'; readonly run: Run }
  /** The plan would become empty. */
  | { readonly code: 'nothing_left' }
  /** The rollback `by` took the run back already. */
  | { readonly code: 'taken_back'; readonly run: Run; readonly by: number }
  /** No sync that changed users is in force (at `target`, if given). */
  | { readonly code: 'nothing_completed'; readonly target?: string | undefined }
  /** The request names no run, and several targets were synced lately. `runs`: the newest sync of each, newest first. */
  | { readonly code: 'several_syncs'; readonly runs: readonly Run[] };

/** Why the bot posts no list of users in a channel; undefined if it may. If the readers are unknown, it may not. */
export function readersRefusal(readers: Readers, channelId: string): AccessRefusal | undefined {
  if (readers === 'ours') return undefined;
  return { code: readers === 'shared' ? 'shared_channel' : 'channel_unverifiable', channelId };
}

export type Refused = { readonly outcome: 'refused'; readonly refusal: Refusal };

/** Whether a run in work holds the list or the location, or is itself the run that was asked for. */
export function isInTheWay(refusal: Refusal): boolean {
  if (refusal.code === 'not_ready') return isInWork(refusal.run.status);
  return refusal.code === 'being_read' || refusal.code === 'location_busy';
}

/** Writes the audit row of a refusal and returns the refusal. */
export async function refuse(
  audit: Audit,
  actor: Actor,
  refusal: Refusal,
  about: Pick<AuditEntry, 'runId' | 'target'> = {},
): Promise<Refused> {
  await audit.append({ step: 'refused', actor, outcome: refusal.code, reason: reasonOf(refusal), ...about });
  return { outcome: 'refused', refusal };
}

/** The details of a refusal that its code does not contain. */
function reasonOf(refusal: Refusal): string | undefined {
  if (refusal.code === 'not_admin' || refusal.code === 'person_decides') return refusal.why;
  return 'channelId' in refusal ? refusal.channelId : undefined;
}

/** Why a click did not get its run. */
export function lostClaim(
  claim: Extract<ClaimOutcome, { outcome: 'location_busy' | 'expired' | 'not_ready' | 'held' }>,
): Refusal {
  switch (claim.outcome) {
    case 'location_busy':
      return { code: 'location_busy', holder: claim.holder };
    case 'held':
      if (claim.why === 'paused') return { code: 'paused', run: claim.run };
      return { code: 'person_decides', run: claim.run, why: claim.why };
    default:
      return { code: claim.outcome, run: claim.run };
  }
}
