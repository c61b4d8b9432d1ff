import type { UserStatus } from '../run/change.ts';
import type { Run } from '../run/run.ts';
import type { AuditFacts } from './steps.ts';

/** The state of one target. Counts are rows of `users`. */
export type TargetOverview = {
  readonly target: string;
  /** Undefined if `locations` has no single row for the target. */
  readonly locationName: string | undefined;
  readonly active: number;
  readonly inactive: number;
  /** Neither: soft-deleted, of another status, or without an email. */
  readonly leftAlone: number;
  /** The newest completed sync, even if it changed nothing or was taken back; never a rollback. */
  readonly lastSync: Run | undefined;
  /** The newest completed run, if it is a rollback that changed users and `lastSync` does not name it. */
  readonly rolledBackSince: Run | undefined;
  /** The newest run that is read or executed. */
  readonly working: Run | undefined;
  /** The newest run that waits for confirmation, a sync or a rollback. */
  readonly pending: Run | undefined;
  /** The run that failed last, unless a sync completed since then or, if it is a rollback, a rollback changed users. */
  readonly lastFailed: Run | undefined;
  /** Users changed by something else than a run since `lastSync` finished. */
  readonly changedSince: number;
  /** Set if there are too many users to count: there are more than this. The counts then cover only a part. */
  readonly moreThan: number | undefined;
};

/** The lower, the sooner somebody may have to look at a target. */
function rankOf({ pending, working, lastFailed, locationName }: TargetOverview): number {
  if (pending !== undefined) return 0;
  if (working !== undefined) return 1;
  return lastFailed !== undefined || locationName === undefined ? 2 : 3;
}

/** Sorts targets: first those at which somebody may have to look. */
export function byRank(one: TargetOverview, other: TargetOverview): number {
  return rankOf(one) - rankOf(other);
}

export type ListedUser = {
  readonly email: string;
  readonly target: string;
  /** `left_alone`: neither active nor inactive for the bot. */
  readonly status: UserStatus | 'left_alone';
  /** The last change of the row, by anything: the status may be older. */
  readonly updatedAt: Date | undefined;
};

/** A user with the newest change by a run, as far as plans are kept and searched. */
export type FoundUser = ListedUser & {
  readonly lastChange: { readonly run: Run; readonly statusAfter: UserStatus } | undefined;
};

export type FoundUsers = {
  readonly total: number;
  /** True: there are more than `total`, but the count stopped there. */
  readonly isTotalCapped: boolean;
  /** True: there are older runs, which were not searched for the last change of a user. */
  readonly isSearchCut: boolean;
  /** The first of them. */
  readonly users: readonly FoundUser[];
};

export type UserFilter = {
  /** Undefined: all targets. */
  readonly target: string | undefined;
  readonly status: UserStatus | undefined;
  /** Part of the email. The database's collation decides equality. */
  readonly text: string | undefined;
};

/** How many users a pattern of `PROTECTED_EMAILS` protects. `moreThan`: set if only so many users were looked at, of more. */
export type Protection = {
  readonly pattern: string;
  readonly users: number;
  readonly moreThan: number | undefined;
};

/** One audited step of a run. */
export type RunStep = {
  readonly at: Date;
  readonly step: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly outcome: string;
  readonly reason?: string | undefined;
  readonly facts?: AuditFacts | undefined;
};

/** The reports for admins. They change nothing. An unknown target has no rows. */
export type Overview = {
  /**
   * The state of the targets, in the order of `names`. Of more than `most`, those that may need somebody are chosen first. Each
   * target costs time: ask only for as many as are shown.
   */
  targets(names: readonly string[], most?: number): Promise<readonly TargetOverview[]>;
  /** The time of each target's last sync. A target that was never synced has no entry. */
  lastSyncs(names: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** Runs of any status with a number below `beforeId`, newest first. */
  history(target: string | undefined, beforeId: number | undefined, limit: number): Promise<readonly Run[]>;
  /** The audit rows of a run, oldest first: at most as many as a modal could show, and the total number of them. */
  steps(runId: number): Promise<{ readonly total: number; readonly steps: readonly RunStep[] }>;
  /** How many users each pattern protects, of `most` users. */
  protection(patterns: readonly string[], most: number): Promise<readonly Protection[]>;
  /** Users by target and email, and the total number of them. */
  users(
    filter: UserFilter,
    limit: number,
  ): Promise<{ readonly total: number; readonly users: readonly ListedUser[] }>;
  /** Users of all targets with `text` in their email, an exact match first. The database's collation decides equality. */
  find(text: string, limit: number): Promise<FoundUsers>;
};
