import { isPerson } from '../rules/approval.ts';
import type { GuardVerdict } from '../rules/guard.ts';
import { type Run, SYSTEM } from '../run/run.ts';

/**
 * Why people are called (`SYNC_NOTIFY`), in the order in which one reason counts where several hold. Each is told at most once
 * of a run. A further reason needs its words in the catalogues; the compiler asks for them.
 */
export const CALL_REASONS = [
  /** The guard stopped a plan. */
  'guard',
  /** A plan needs several people, and whoever asked or approved is not enough. */
  'people_needed',
  /** A preview on the schedule would deactivate users. */
  'deactivations',
  /** A preview on the schedule failed. */
  'schedule_failed',
  /** A preview can be confirmed for a short time only. */
  'expiring',
  /** A rule did not apply its plan. */
  'held',
  /** An admin confirmed alone where more people were needed, or in a freeze. */
  'broke_glass',
] as const;

export type CallReason = (typeof CALL_REASONS)[number];

/** What a plan is waited for; none where nobody else has to look at it, or a rule may apply it. */
export function callsOfPreview(
  { requestedBy }: Pick<Run, 'requestedBy'>,
  plan: { readonly guard: GuardVerdict; readonly deactivate: number; readonly people: number },
): readonly CallReason[] {
  if (plan.guard.tripped) return ['guard'];
  if (plan.people > 1 && isPerson(requestedBy)) return ['people_needed'];
  return requestedBy.id === SYSTEM.id && plan.deactivate > 0 ? ['deactivations'] : [];
}

/** Whom a failure concerns: nobody has asked for a preview on the schedule, so nobody looks whether it comes. */
export function callsOfFailure({ requestedBy }: Run): readonly CallReason[] {
  return requestedBy.id === SYSTEM.id ? ['schedule_failed'] : [];
}

/** Whether a call still says what is so. */
export function isStillDue({ status }: Run, reason: CallReason): boolean {
  if (reason === 'broke_glass') return true;
  return status === (reason === 'schedule_failed' ? 'failed' : 'ready');
}

/** Notices that the time asks for. Each is told once, whatever the number of processes that look. */
export type Calls = {
  /** Has people called because of previews that can be confirmed for a short time only. */
  nudge(): Promise<void>;
  /** Has the digest of a due time told. */
  announceDigest(due: Date): Promise<void>;
};
