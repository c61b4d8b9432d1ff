import type { Failure } from '../failures/failure.ts';
import type { Repeats } from '../ports/source.ts';
import type { AutoHeld, GuardVerdict, Rules } from '../rules/rules.ts';
import type { AbsenceDays, Undecided } from './absence.ts';

/** The states of a run. `completed`, `cancelled`, `expired`, `superseded` and `failed` are final. */
export const RUN_STATUSES = [
  'reading',
  'ready',
  'executing',
  'completed',
  'cancelled',
  'expired',
  'superseded',
  'failed',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/**
 * The only moves of a run. `executing → executing` and `reading → reading`: another process takes over, or starts a waiting run.
 * A list without changes moves the run from `reading` straight to `completed`.
 */
export const TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  reading: ['reading', 'ready', 'completed', 'cancelled', 'failed'],
  ready: ['executing', 'cancelled', 'expired', 'superseded'],
  executing: ['executing', 'completed', 'failed'],
  completed: [],
  cancelled: [],
  expired: [],
  superseded: [],
  failed: [],
};

/** Whether a status is final. */
export function isOver(status: RunStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** Whether a process works on the run, or the run waits for one. */
export function isInWork(status: RunStatus): boolean {
  return status === 'reading' || status === 'executing';
}

/** Who acted: a Slack member, an operator, a rule, or the bot itself (`SYSTEM`). */
export type Actor = { readonly id: string; readonly name: string };

/** The bot itself: the schedule, and every step that no person and no rule takes. */
export const SYSTEM: Actor = { id: 'usersync', name: 'usersync' };

/** The counts of a plan. They count users of the location, except `source`, `skipped` and `duplicates`, which count the list. */
export type RunCounts = {
  /** Different users (`id_user`) on the depot server's list, including inactive ones. */
  readonly source: number;
  readonly add: number;
  readonly reactivate: number;
  readonly deactivate: number;
  /** Left out of the plan by an admin. */
  readonly omitted: number;
  /** Absent from the list, but kept active because of `PROTECTED_EMAILS`. */
  readonly protected: number;
  /** Left alone; the reason is in the user's row of the plan. */
  readonly kept: number;
  readonly unchanged: number;
  /** Inactive here, and not changed by the plan. */
  readonly alreadyInactive: number;
  /** Rows of the list that cannot be used (`SkipReason`). In a rollback: users who changed since. */
  readonly skipped: number;
  /** Rows whose email is also in an earlier row. */
  readonly duplicates: number;
};

/** One sync or rollback of one target, from the request to the end. Times are UTC, from the database's clock. */
export type Run = {
  readonly id: number;
  /** The target's name as typed after `/usersync`. */
  readonly target: string;
  readonly locationId: number;
  readonly locationName: string;
  readonly status: RunStatus;
  /** The run's work has not begun: no process has had capacity for it. */
  readonly waits: boolean;
  readonly channelId: string;
  /** The channel message that shows the run; undefined until Slack has accepted it. */
  readonly messageTs: string | undefined;
  /** Slack's error code if the message can no longer be edited. It then shows an earlier state of the run. */
  readonly messageRefused: string | undefined;
  /** Why Slack does not accept the file of the plan, if so. */
  readonly fileRefused: string | undefined;
  readonly requestedBy: Actor;
  readonly confirmedBy: Actor | undefined;
  readonly cancelledBy: Actor | undefined;
  /** The reason given at Confirm: after the guard tripped, by an admin alone (break-glass), or by an operator. */
  readonly reason: string | undefined;
  readonly requestedAt: Date;
  readonly readyAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly confirmedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  readonly counts: RunCounts;
  readonly guard: GuardVerdict;
  /** Undefined if nobody is absent, or if the absences are proven. */
  readonly undecided: Undecided | undefined;
  /** Absent users under `SYNC_ABSENCE_DAYS`. */
  readonly absence?: AbsenceDays | undefined;
  /** Users whom the list names more than once; undefined if there are none. */
  readonly repeats?: Repeats | undefined;
  /** The settings that judged the plan; undefined without a plan, or for a plan of an older version. */
  readonly rules: Rules | undefined;
  /** SHA-256 (hex) over all that Confirm approves: target, location, requester, rules, reverted run, and the changes in order. */
  readonly planHash: string | undefined;
  readonly failure: Failure | undefined;
  /** The run that replaced this run: through Try Again, New Preview or Adjust, or as a newer preview. */
  readonly nextRunId: number | undefined;
  /** The run whose changes this run takes back; undefined for a sync. */
  readonly reverts: number | undefined;
  /** For how many users the reverted run stayed in force after this rollback; undefined for a sync, and of an older version. */
  readonly leftInForce?: number | undefined;
  /** The rollback that took this run back completely; undefined while this run is in force. */
  readonly takenBackBy: number | undefined;
  /** The rollback of a rollback that put this run in force again. */
  readonly redoneBy: number | undefined;
  /** The `/usersync all` that this run belongs to. */
  readonly batchId: number | undefined;
  /** The text of the `SYNC_AUTO` rule under which a scheduled plan was made. */
  readonly autoRule: string | undefined;
  /**
   * Why that rule did not apply the plan; undefined before the rule has decided, and if it applied the plan. `taken_back` on an applied
   * plan: a rollback has taken back a part of it.
   */
  readonly autoHeld: AutoHeld | undefined;
  /** Whether the confirmer acted alone although more people were needed, or during a freeze. */
  readonly alone: boolean;
};

/** The number of changes that Confirm would make. */
export function plannedChanges(counts: RunCounts): number {
  return counts.add + counts.reactivate + counts.deactivate;
}

/** The number of lines of a plan's file: whom the plan changes, and whom it leaves as they are for a reason of their own. */
export function planLines(counts: RunCounts): number {
  return plannedChanges(counts) + counts.omitted + counts.protected + counts.kept + counts.skipped;
}
