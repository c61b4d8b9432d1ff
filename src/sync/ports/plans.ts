import type { GuardFacts } from '../rules/guard.ts';
import type { Rules } from '../rules/rules.ts';
import type { AbsenceDays, AbsenceDoubt, Undecided } from '../run/absence.ts';
import type { Change, ChangeAction } from '../run/change.ts';
import type { Run, RunCounts } from '../run/run.ts';
import type { Step } from './audit.ts';
import type { Lease } from './runs.ts';
import type { Repeats, SourcePage } from './source.ts';

/** The staging table: the pages of a list while it is read. */
export type Staging = {
  /** `readNo` numbers the reads of a run. Throws `LeaseLostError`. */
  add(lease: Lease, readNo: number, pages: readonly SourcePage[]): Promise<void>;
  /** How many different `id_user` a read brought. */
  countDistinct(runId: number, readNo: number): Promise<number>;
  /** Whether two reads brought the same rows, each as often. */
  sameRows(runId: number, one: number, other: number): Promise<boolean>;
  /** Users whom a read has more than once. */
  repeats(runId: number, readNo: number): Promise<Repeats>;
  /** Empties the staging of a run. Throws `LeaseLostError`: the rows of a successor must stay. */
  clear(lease: Lease): Promise<void>;
};

export type PlanFacts = {
  readonly counts: RunCounts;
  readonly hash: string;
  /** Active users of the location before the plan. */
  readonly active: number;
  readonly recentlyDeactivated: number;
  readonly undecided?: Undecided | undefined;
  readonly repeats?: Repeats | undefined;
  readonly absence?: AbsenceDays | undefined;
};

export type Drafted =
  | { readonly outcome: 'drafted'; readonly facts: PlanFacts }
  /** An active user is absent from the only read. Nothing was written. */
  | { readonly outcome: 'unproven' }
  /** The last read has no usable user, although so many users are active here. Nothing was written. */
  | { readonly outcome: 'empty'; readonly active: number };

export type Plans = {
  /**
   * Writes the changes and the rules: additions and reactivations by the last read, deactivations of users whom no read has.
   * One read alone deactivates nobody. With a `doubt`, no reads do: absent users stay active and are counted. If an active
   * user is absent from the only read, nothing is written, and `onUnproven` is called as soon as that is clear.
   * Throws `LeaseLostError`, `IndexInTheWayError`.
   */
  draft(
    lease: Lease,
    reads: readonly number[],
    rules: Rules,
    doubt?: AbsenceDoubt,
    onUnproven?: () => void,
  ): Promise<Drafted>;
  /**
   * Writes the inverse of another run's changes, and the rules. Users who changed since that run are `skipped`; protected users
   * stay active. Throws `LeaseLostError`, `IndexInTheWayError`.
   */
  invert(lease: Lease, revertedRunId: number, rules: Rules): Promise<PlanFacts>;
  /** The guard's numbers for a plan that waits, by the users of the location as they are now. */
  guardFacts(run: Run): Promise<GuardFacts>;
  /**
   * Applies the plan in one transaction: before-state checked, users written, run completed, audit and notices
   * appended; all of it or nothing. Judges it once more, by its own rules, the confirmer's and `rules`. Throws
   * `StalePlanError`, `PlanAlteredError`, `PlannedEarlierError`, `ProtectedSinceError`, `GuardTrippedError`,
   * `SecondPersonError`, `LeaseLostError`.
   */
  apply(lease: Lease, step: Step, rules: Rules): Promise<Run>;
  /** Changes in plan order after position `afterSeq`: the changes of one action, or all. */
  list(
    runId: number,
    action: ChangeAction | undefined,
    afterSeq: number,
    limit: number,
  ): Promise<readonly Change[]>;
  /** The changes of a plan that do something and have `text` in their email, in plan order. The database decides equality. */
  search(runId: number, text: string, limit: number): Promise<readonly Change[]>;
  /** Those at these positions, as far as they do something. */
  at(runId: number, seqs: readonly number[]): Promise<readonly Change[]>;
  /** Emails that a run leaves as they are, as `users` stands now, in order, after `afterEmail`. */
  listUnchanged(run: Run, afterEmail: string, limit: number): Promise<readonly string[]>;
};
