import type { GuardFacts, Rules } from '../rules/rules.ts';
import type { AbsenceDoubt } from '../run/absence.ts';
import type { Change, ChangeAction } from '../run/change.ts';
import type { Run } from '../run/run.ts';
import type { JudgedPlan, Lease } from './runs.ts';
import type { Repeats, SourcePage } from './source.ts';
import type { Step } from './steps.ts';

/** The staging table: it holds the pages of a list while the list is read. */
export type Staging = {
  /** Stores pages. `readNo` numbers the reads of a run. Throws `LeaseLostError`. */
  add(lease: Lease, readNo: number, pages: readonly SourcePage[]): Promise<void>;
  /** The number of different `id_user` in these reads together. */
  countDistinct(runId: number, ...readNos: readonly number[]): Promise<number>;
  /** Whether two reads contain the same rows, each the same number of times. */
  sameRows(runId: number, one: number, other: number): Promise<boolean>;
  /** The users that a read contains more than once. */
  repeats(runId: number, readNo: number): Promise<Repeats>;
  /** Deletes the staged rows of a run. Throws `LeaseLostError`: the rows of another process must stay. */
  clear(lease: Lease): Promise<void>;
};

/** A plan that is not judged yet. `active`: the active users of the location before the plan. */
export type PlanFacts = Omit<JudgedPlan, 'guard' | 'autoRule'> & Omit<GuardFacts, 'deactivate'>;

export type Drafted =
  | { readonly outcome: 'drafted'; readonly facts: PlanFacts }
  /** An active user is absent from the only read. No plan was written. */
  | { readonly outcome: 'unproven' }
  /** The last read lists `listed` users, none of them usable, although `active` users are active here. No plan was written. */
  | { readonly outcome: 'empty'; readonly active: number; readonly listed: number };

/** What a plan is made from. */
export type Drafting = {
  /** The numbers of the reads, oldest first. */
  readonly reads: readonly number[];
  readonly rules: Rules;
  /** Why the reads prove no absence: nobody is deactivated then, absent users stay active and are counted. */
  readonly doubt?: AbsenceDoubt | undefined;
  /** Called as soon as it is known that an active user is absent from the only read. */
  readonly onUnproven?: (() => void) | undefined;
  /** The read only shows who is absent by now: they are noted, and no plan is written. */
  readonly notesOnly?: true;
};

export type Plans = {
  /**
   * Writes the changes and the rules. Additions and reactivations follow the last read. Users who are in none of the reads are
   * deactivated, but not after one read alone: if an active user is absent from it, the absent users are noted, and only these are
   * deactivated after the next read. Throws `LeaseLostError`, `IndexInTheWayError` and the other errors of unusable tables.
   */
  draft(lease: Lease, drafting: Drafting): Promise<Drafted>;
  /**
   * Writes the inverse of another run's changes, and the rules. Users who changed since that run are `skipped`; protected users
   * stay active. Throws the same errors as `draft`.
   */
  invert(lease: Lease, revertedRunId: number, rules: Rules): Promise<PlanFacts>;
  /** The guard's numbers for a plan that waits, from the present users of the location. */
  guardFacts(run: Run): Promise<GuardFacts>;
  /**
   * Applies the plan in one transaction: checks the users' state before, writes the users, completes the run, appends audit and
   * notices. All of it happens, or nothing. The plan is judged once more, by its own rules, the confirmer's rules and `rules`.
   * Throws `StalePlanError`, `PlanAlteredError`, `PlannedEarlierError`, `ProtectedSinceError`, `GuardTrippedError`,
   * `SecondPersonError`, `HeldBackError`, `NotAsWrittenError`, `UsersUnfitError`, `AuditUnguardedError`, `LeaseLostError`.
   */
  apply(lease: Lease, step: Step, rules: Rules): Promise<Run>;
  /** Changes in plan order, after position `afterSeq`: of one action, or of all actions. */
  list(
    runId: number,
    action: ChangeAction | undefined,
    afterSeq: number,
    limit: number,
  ): Promise<readonly Change[]>;
  /** Effective changes with `text` in their email, in plan order. The database's collation decides equality. */
  search(runId: number, text: string, limit: number): Promise<readonly Change[]>;
  /** The effective changes at these positions. */
  at(runId: number, seqs: readonly number[]): Promise<readonly Change[]>;
  /** Active users that the plan does not contain, as `users` is now: emails in order, after `afterEmail`. */
  listUnchanged(run: Run, afterEmail: string, limit: number): Promise<readonly string[]>;
};
