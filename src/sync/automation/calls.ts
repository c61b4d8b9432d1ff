import { isPerson } from '../rules/approval.ts';
import type { GuardVerdict } from '../rules/rules.ts';
import { type Run, SYSTEM } from '../run/run.ts';

/** Why people are called (`SYNC_NOTIFY`), each reason at most once per run. The compiler asks for the texts of a new one. */
export const CALL_REASONS = [
  /** The guard stopped a plan. */
  'guard',
  /** A plan needs more people than have asked or approved. */
  'people_needed',
  /** A scheduled preview would deactivate users. */
  'deactivations',
  /** A scheduled preview failed. */
  'schedule_failed',
  /** A preview will soon expire. */
  'expiring',
  /** A rule did not apply its plan. */
  'held',
  /** An admin confirmed alone although more people were needed, or during a freeze. */
  'broke_glass',
] as const;

export type CallReason = (typeof CALL_REASONS)[number];

/** Why people are called for a new plan; empty if nobody else has to look at it. The first reason that holds is the only one. */
export function callsOfPreview(
  { requestedBy }: Pick<Run, 'requestedBy'>,
  plan: { readonly guard: GuardVerdict; readonly deactivate: number; readonly people: number },
): readonly CallReason[] {
  if (plan.guard.tripped) return ['guard'];
  if (plan.people > 1 && isPerson(requestedBy)) return ['people_needed'];
  return requestedBy.id === SYSTEM.id && plan.deactivate > 0 ? ['deactivations'] : [];
}

/** Why people are called for a failed run. Nobody waits for a scheduled preview, so nobody would notice its failure. */
export function callsOfFailure({ requestedBy }: Run): readonly CallReason[] {
  return requestedBy.id === SYSTEM.id ? ['schedule_failed'] : [];
}

/** Whether the reason of a call still holds for the run. */
export function isStillDue({ status }: Run, reason: CallReason): boolean {
  if (reason === 'broke_glass') return true;
  return status === (reason === 'schedule_failed' ? 'failed' : 'ready');
}

/** Notices that fall due by time. Each is told once, however many processes ask for it. */
export type Calls = {
  /** Calls people for previews that will soon expire. */
  nudge(): Promise<void>;
  /** Writes the notice for the digest of a due time. */
  announceDigest(due: Date): Promise<void>;
};

/** Twice what doctor accepts between a machine and the database: two machines may differ from it in opposite directions. */
const CLOCKS_DIFFER_MS = 120_000;

/** Minutes for which a preview can be confirmed; a scheduled one at least until the next is due, since nobody confirms at night. */
export function lifetimeOf(
  { requestedBy, requestedAt }: Pick<Run, 'requestedBy' | 'requestedAt'>,
  { ttlMinutes, nextDue }: { ttlMinutes: number; nextDue?: ((now: Date) => Date | undefined) | undefined },
): number {
  if (requestedBy.id !== SYSTEM.id) return ttlMinutes;
  // By the database's clock, as the schedule: this process's own may be wrong.
  const next = nextDue?.(requestedAt);
  // The clocks of processes may differ: the time for which this run was opened is not the next one.
  const isOwn = next !== undefined && next.getTime() - requestedAt.getTime() < CLOCKS_DIFFER_MS;
  const due = isOwn ? nextDue?.(next) : next;
  return due === undefined
    ? ttlMinutes
    : Math.max(ttlMinutes, Math.ceil((due.getTime() - requestedAt.getTime()) / 60_000));
}
