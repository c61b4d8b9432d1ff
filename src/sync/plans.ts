import type { AbsenceDoubt, Undecided } from './absence.ts';
import type { Step } from './audit.ts';
import type { Change, ChangeAction } from './change.ts';
import type { Rules } from './rules.ts';
import type { Run, RunCounts } from './run.ts';
import type { Lease } from './runs.ts';
import type { GuardFacts } from './safety.ts';
import type { SourcePage } from './source.ts';

/** Where a list is kept while it is read. */
export type Staging = {
  /** `readNo` numbers the reads of a run. Throws `LeaseLostError`. */
  add(lease: Lease, readNo: number, pages: readonly SourcePage[]): Promise<void>;
  /** How many different `id_user` a read brought. */
  countDistinct(runId: number, readNo: number): Promise<number>;
  /** Empties the staging of a run. Throws `LeaseLostError`: what a successor has staged is not ours to remove. */
  clear(lease: Lease): Promise<void>;
};

export type PlanFacts = {
  readonly counts: RunCounts;
  readonly hash: string;
  /** Active users of the location before the plan. */
  readonly active: number;
  readonly recentlyDeactivated: number;
  readonly undecided?: Undecided | undefined;
};

export type Drafted =
  | { readonly outcome: 'drafted'; readonly facts: PlanFacts }
  /** The one read there is leaves an active user out. Nothing was written. */
  | { readonly outcome: 'unproven' }
  /** The last read names nobody usable, while so many users are active here. Nothing was written. */
  | { readonly outcome: 'empty'; readonly active: number };

export type Plans = {
  /**
   * Writes the changes: additions and reactivations after the last read, deactivations where no read has the
   * user. One read alone deactivates nobody, nor do reads of which there is a `doubt`: then whoever is absent stays
   * active, and is counted. Stores the rules with it. `onUnproven` is called as soon as it is clear that nothing will be
   * written because the one read there is leaves somebody out. Throws `LeaseLostError`, `IndexInTheWayError`.
   */
  draft(
    lease: Lease,
    reads: readonly number[],
    rules: Rules,
    doubt?: AbsenceDoubt,
    onUnproven?: () => void,
  ): Promise<Drafted>;
  /**
   * Writes the changes that take those of another run back, where users still stand as it left them; the others are
   * `skipped`. Protected users stay active. Stores the rules with it. Throws `LeaseLostError`, `IndexInTheWayError`.
   */
  invert(lease: Lease, revertedRunId: number, rules: Rules): Promise<PlanFacts>;
  /** What the guard must know of a plan that waits, as its location stands now. */
  guardFacts(run: Run): Promise<GuardFacts>;
  /**
   * Applies the plan in one transaction: before-state checked, users written, run completed, audit and notices
   * appended; all of it or nothing. Judges it once more, by its own rules, the confirmer's and `rules`. Throws
   * `StalePlanError`, `PlanAlteredError`, `PlannedEarlierError`, `ProtectedSinceError`, `GuardTrippedError`,
   * `SecondPersonError`, `LeaseLostError`.
   */
  apply(lease: Lease, step: Step, rules: Rules): Promise<Run>;
  /** Changes in plan order: those of one action, or all, after position `afterSeq`. */
  list(
    runId: number,
    action: ChangeAction | undefined,
    afterSeq: number,
    limit: number,
  ): Promise<readonly Change[]>;
  /** Emails that a run leaves as they are, as `users` stands now, in order, after `afterEmail`. */
  listUnchanged(run: Run, afterEmail: string, limit: number): Promise<readonly string[]>;
};
