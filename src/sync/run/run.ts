import type { Failure } from '../failures/failure.ts';
import type { Repeats } from '../ports/source.ts';
import type { AutoHeld } from '../rules/auto-rule.ts';
import type { GuardVerdict } from '../rules/guard.ts';
import type { Rules } from '../rules/rules.ts';
import type { AbsenceDays, Undecided } from './absence.ts';

/** Where a run stands. `completed`, `cancelled`, `expired`, `superseded` and `failed` are final. */
export type RunStatus =
  | 'reading'
  | 'ready'
  | 'executing'
  | 'completed'
  | 'cancelled'
  | 'expired'
  | 'superseded'
  | 'failed';

/**
 * The only moves a run may make. `executing → executing` is a take-over by another process after a crash,
 * and so is `reading → reading`. A list that brings no change goes from `reading` straight to `completed`.
 */
export const TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  reading: ['reading', 'ready', 'completed', 'failed'],
  ready: ['executing', 'cancelled', 'expired', 'superseded'],
  executing: ['executing', 'completed', 'failed'],
  completed: [],
  cancelled: [],
  expired: [],
  superseded: [],
  failed: [],
};

/** The person who acted: a Slack member, or the bot itself (`SYSTEM`). */
export type Actor = { readonly id: string; readonly name: string };

export const SYSTEM: Actor = { id: 'usersync', name: 'usersync' };

/** What a plan counts. All are numbers of users at the location, but for `source`, `skipped` and `duplicates`. */
export type RunCounts = {
  /** Distinct users (`id_user`) that the depot server listed, inactive ones included. */
  readonly source: number;
  readonly add: number;
  readonly reactivate: number;
  readonly deactivate: number;
  /** Left out of the plan by an admin. */
  readonly omitted: number;
  /** Absent at the server, yet kept active because of `PROTECTED_EMAILS`. */
  readonly protected: number;
  /** Left alone for a reason that their lines in the plan say. */
  readonly kept: number;
  readonly unchanged: number;
  /** Absent at the server and inactive here already. */
  readonly alreadyInactive: number;
  /** Rows of the server that have no usable email. */
  readonly skipped: number;
  /** Rows whose email repeats another row's. */
  readonly duplicates: number;
};

/** One sync of one target, from the command to its end. Times are UTC, taken from the database's clock. */
export type Run = {
  readonly id: number;
  /** The target's name as typed after `/usersync`. */
  readonly target: string;
  readonly locationId: number;
  readonly locationName: string;
  readonly status: RunStatus;
  /** In work by its status, but no process has had capacity for it yet. */
  readonly waits: boolean;
  readonly channelId: string;
  /** The channel message that shows the run; undefined until Slack took it. */
  readonly messageTs: string | undefined;
  /** Slack's word where that message cannot be edited any more; it then shows the run as it stood before. */
  readonly messageRefused: string | undefined;
  /** Slack's word where it does not take the file of the plan. */
  readonly fileRefused: string | undefined;
  readonly requestedBy: Actor;
  readonly confirmedBy: Actor | undefined;
  readonly cancelledBy: Actor | undefined;
  /** The reason that the confirming admin gave when the guard had tripped. */
  readonly reason: string | undefined;
  readonly requestedAt: Date;
  readonly readyAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly confirmedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  readonly counts: RunCounts;
  readonly guard: GuardVerdict;
  /** Undefined where nobody is absent, or where it is proven. */
  readonly undecided: Undecided | undefined;
  /** Of absent users, where they must be absent on several days (`SYNC_ABSENCE_DAYS`). */
  readonly absence?: AbsenceDays | undefined;
  /** Users whom the list names more than once; undefined where it names nobody so. */
  readonly repeats?: Repeats | undefined;
  /** The settings that judged the plan; undefined where there is none, or an older version made it. */
  readonly rules: Rules | undefined;
  /** SHA-256 (hex) over all that Confirm approves: target, location, requester, rules, reverted run, and the changes in order. */
  readonly planHash: string | undefined;
  readonly failure: Failure | undefined;
  /** The run that took this one's place through Try Again or New Preview. */
  readonly nextRunId: number | undefined;
  /** The run whose changes this one takes back: set for a rollback, undefined for a sync. */
  readonly reverts: number | undefined;
  /** The rollback that took this run back; undefined where it stands, or stands again. */
  readonly takenBackBy: number | undefined;
  /** The rollback of a rollback by which this run, once taken back, stands again. */
  readonly redoneBy: number | undefined;
  /** The `/usersync all` that this run belongs to. */
  readonly batchId: number | undefined;
  /** The text of the rule of `SYNC_AUTO` under which a scheduled plan was made. */
  readonly autoRule: string | undefined;
  /** Why that rule did not apply the plan; undefined while it has not decided, and where it applied the plan. */
  readonly autoHeld: AutoHeld | undefined;
  /** Whether the confirmer acted alone where more people were needed, or in a freeze. */
  readonly alone: boolean;
};

/** How many changes Confirm would make. */
export function plannedChanges(counts: RunCounts): number {
  return counts.add + counts.reactivate + counts.deactivate;
}
