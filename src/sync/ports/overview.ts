import type { UserStatus } from '../run/change.ts';
import type { Run } from '../run/run.ts';
import type { AuditFacts } from './audit.ts';

/** How one target stands. Counts are of `users`; runs are syncs and rollbacks alike. */
export type TargetOverview = {
  readonly target: string;
  /** Undefined where `locations` has no row for the target. */
  readonly locationName: string | undefined;
  readonly active: number;
  readonly inactive: number;
  /** Neither: deleted softly, of another status, or without an email. */
  readonly leftAlone: number;
  /** The newest sync that completed, one that found nothing to change or was taken back included; never a rollback. */
  readonly lastSync: Run | undefined;
  /** A rollback that completed after it and took something back, where the sync does not say so itself. */
  readonly rolledBackSince: Run | undefined;
  /** Waits to be confirmed. */
  readonly pending: Run | undefined;
  /** The newest failed run, where no run has completed since. */
  readonly lastFailed: Run | undefined;
  /** Users that something else than the last completed run changed since it finished. */
  readonly changedSince: number;
  /** Where there are too many users to count them for an overview: that many at least. The counts are then of a part. */
  readonly moreThan: number | undefined;
};

export type ListedUser = {
  readonly email: string;
  readonly target: string;
  /** `left_alone` where the bot takes the user for neither. */
  readonly status: UserStatus | 'left_alone';
  /** When the row changed last: for an inactive user, since when. */
  readonly updatedAt: Date | undefined;
};

/** A user with the newest change that a run made to them, as far as plans are kept and looked through. */
export type FoundUser = ListedUser & {
  readonly lastChange: { readonly run: Run; readonly statusAfter: UserStatus } | undefined;
};

export type FoundUsers = {
  readonly total: number;
  /** There are more than `total`: nobody counted further. */
  readonly isTotalCapped: boolean;
  /** The first of them. */
  readonly users: readonly FoundUser[];
};

export type UserFilter = {
  /** All targets where undefined. */
  readonly target: string | undefined;
  readonly status: UserStatus | undefined;
  /** Part of the email; equality is the database's. */
  readonly text: string | undefined;
};

/** How many users a pattern of `PROTECTED_EMAILS` protects. */
export type Protection = { readonly pattern: string; readonly users: number };

/** One audited step of a run. */
export type RunStep = {
  readonly at: Date;
  readonly step: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly outcome: string;
  readonly reason: string | undefined;
  readonly facts: AuditFacts | undefined;
};

/** The reports for admins. They change nothing. Unknown targets have no rows. */
export type Overview = {
  /** Each name costs time: ask only for the targets that are shown. */
  targets(names: readonly string[]): Promise<readonly TargetOverview[]>;
  /** When each was synced last; one that never was has no entry. */
  lastSyncs(names: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** Finished and pending runs, newest first, older than `beforeId`. */
  history(target: string | undefined, beforeId: number | undefined, limit: number): Promise<readonly Run[]>;
  /** The audit rows of a run, oldest first. */
  steps(runId: number): Promise<readonly RunStep[]>;
  /** How many users each pattern protects, counted up to `most`. */
  protection(patterns: readonly string[], most: number): Promise<readonly Protection[]>;
  /** Users by target and email, and how many there are in all. */
  users(
    filter: UserFilter,
    limit: number,
  ): Promise<{ readonly total: number; readonly users: readonly ListedUser[] }>;
  /** Users of all targets with `text` in their email, an exact match first. The database decides what is equal. */
  find(text: string, limit: number): Promise<FoundUsers>;
};
