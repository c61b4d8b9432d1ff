import type { Failure } from '../failures/failure.ts';
import type { Approval, Lack } from '../rules/approval.ts';
import type { AutoHeld } from '../rules/auto-rule.ts';
import type { GuardVerdict } from '../rules/guard.ts';
import type { Rules } from '../rules/rules.ts';
import type { AbsenceDays, Undecided } from '../run/absence.ts';
import type { Omission } from '../run/change.ts';
import type { Actor, Run, RunCounts, RunStatus } from '../run/run.ts';
import type { Step } from './audit.ts';
import type { Repeats, Target } from './source.ts';

/** A process's right to work on a run. Every write that belongs to the work carries it and is refused without it. */
export type Lease = { readonly runId: number; readonly owner: string; readonly attempt: number };

export type RunDraft = {
  readonly target: Target;
  readonly channelId: string;
  readonly requestedBy: Actor;
  /** Identifies the request: a second draft with the same key makes no second run. */
  readonly requestKey: string;
  /** The failed or stale run whose Try Again or New Preview asked for this one. */
  readonly follows: number | undefined;
  /** The completed run whose changes this one takes back; undefined for a sync. */
  readonly reverts: number | undefined;
  /** The `/usersync all` that the run belongs to. */
  readonly batchId: number | undefined;
  /** The key of the list that the run reads, up to 64 characters. Meanwhile no other run reads the same list. */
  readonly reads?: string;
};

export type Requested =
  | { readonly outcome: 'requested'; readonly run: Run; readonly lease: Lease }
  /** The same request was served before, or the run it follows already has a successor. */
  | { readonly outcome: 'repeated' }
  /** This run is already reading the same list. */
  | { readonly outcome: 'being_read'; readonly by: Run };

/** Somebody confirms a plan. */
export type ClaimRequest = {
  readonly runId: number;
  readonly by: Actor;
  /** The reason that they gave when the guard had tripped. */
  readonly reason: string | undefined;
  /** The confirmer's rules hold from then on, whichever process executes. */
  readonly rules: Rules;
  /** The requester and those who had approved when it was looked at who is an admin, and whether each still is. */
  readonly admins: ReadonlyMap<string, boolean>;
  /** Of a confirmer who acts alone: what the run lacks. */
  readonly alone: Lack | undefined;
  /** Of the confirmation. An approval is written with the same. */
  readonly step: Step;
  /** An approval of the caller's that stands is kept, instead of being taken back. */
  readonly keepsApproval?: boolean;
};

export type ClaimOutcome =
  | { readonly outcome: 'claimed'; readonly run: Run; readonly lease: Lease }
  | { readonly outcome: 'not_ready'; readonly run: Run }
  | { readonly outcome: 'expired'; readonly run: Run }
  | { readonly outcome: 'location_busy'; readonly holder: Run }
  /** A rule confirmed, and somebody has paused it. */
  | { readonly outcome: 'paused'; readonly run: Run }
  /** More people are needed: whoever confirmed counts as one now, or not any more. `people` stand behind the plan. */
  | { readonly outcome: 'approved' | 'withdrawn'; readonly run: Run; readonly people: number }
  /** Somebody approved since it was looked at who is an admin. */
  | { readonly outcome: 'unchecked' };

export type Adjustment = {
  readonly actor: Actor;
  readonly omission: Omission;
  /** Identifies the request: delivered twice, it adjusts once. */
  readonly requestKey: string;
  /** The rules of the process that adjusts. The rules of the plan hold as well. */
  readonly rules: Rules;
};

export type AdjustOutcome =
  /** `superseded` is the run whose place `run` takes. */
  | { readonly outcome: 'adjusted'; readonly run: Run; readonly superseded: Run }
  | { readonly outcome: 'not_ready'; readonly run: Run }
  /** The stored plan is not the plan that was shown. */
  | { readonly outcome: 'altered'; readonly run: Run }
  | { readonly outcome: 'not_in_plan'; readonly emails: readonly string[] }
  | { readonly outcome: 'nothing_left' };

export type HeldRun = { readonly run: Run; readonly lease: Lease };

export type Plan = {
  readonly counts: RunCounts;
  readonly hash: string;
  readonly guard: GuardVerdict;
  readonly undecided?: Undecided | undefined;
  readonly repeats?: Repeats | undefined;
  readonly absence?: AbsenceDays | undefined;
  /** The text of the rule of `SYNC_AUTO` under which the plan was made. */
  readonly autoRule?: string | undefined;
};

/** `superseded` are the runs that gave way to `run`. */
export type Presented = { readonly run: Run; readonly superseded: readonly Run[] };

/** The kinds of work on a run. Each has its own capacity, so that an execution never waits for a server to be read. */
export type Work = Extract<RunStatus, 'reading' | 'executing'>;

/** How many more runs may be worked on at once. */
export type Capacity = Readonly<Record<Work, number>>;

/** A scheduled plan on which its rule has not decided yet. */
export type AwaitingRule = {
  readonly run: Run;
  readonly isPaused: boolean;
  /** Whether the run took the place of a preview that a person had asked for. */
  readonly personWaited: boolean;
};

/** A run that this process took; `waited` where that was its turn, and not another process's end. */
export type Taken = HeldRun & { readonly waited: boolean };

/** The runs. Each method that changes one is a single transaction with its audit row and notices. */
export type Runs = {
  /**
   * Opens a run that reads. Nothing is written while another run reads the same list.
   */
  request(draft: RunDraft, step: Step): Promise<Requested>;
  find(runId: number): Promise<Run | undefined>;
  /**
   * For each location, the newest sync that changed users and is in force: not a rollback, and not rolled back itself. Newest
   * first; a location may have none.
   */
  standingSyncs(locationIds: readonly number[]): Promise<readonly Run[]>;
  /**
   * Remembers the channel message of the run, in the place of `replaced` or as its first. False where another one
   * is remembered by now.
   */
  attachMessage(runId: number, messageTs: string, replaced?: string): Promise<boolean>;
  /** Remembers Slack's word with which the run's message cannot be edited any more. */
  refuseMessage(runId: number, reason: string): Promise<void>;
  /** Remembers that Slack does not take the file of the run's plan, and has the run's message promise none. */
  refuseFile(runId: number, reason: string): Promise<void>;
  /** Prolongs the lease; false where it was lost. */
  renew(lease: Lease): Promise<boolean>;
  /** Ends the lease now. Another process can take the run at once. */
  release(lease: Lease): Promise<void>;
  /** How many other runs are in the same kind of work as this one, or wait for it. */
  ahead(run: Run): Promise<number>;
  /** Whether other runs wait for the same kind of work. */
  othersWait(run: Run): Promise<boolean>;
  /** Puts an unstarted run back in the queue without using up an attempt. */
  wait(lease: Lease): Promise<void>;
  /**
   * `reading → ready`, or `→ completed` where the plan has no change. Older ready runs of the same location
   * become `superseded`. Throws `LeaseLostError`.
   */
  present(lease: Lease, plan: Plan, expiresInMinutes: number, step: Step): Promise<Presented>;
  /**
   * `ready → executing` for one caller only, and only while no other run executes at the location. Where the rules need more
   * people than stand behind the plan, the caller's approval is written instead, or taken back where it was there already.
   */
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  /** Scheduled plans on which their rules have not decided yet, a few at a time, the oldest first. */
  awaitingRule(): Promise<readonly AwaitingRule[]>;
  /** Leaves a plan on which its rule has not decided to people. False where that was decided, or the run is not ready any more. */
  hold(runId: number, why: AutoHeld, step: Step): Promise<boolean>;
  /** What the database's clock shows: that of a process may be wrong. */
  clock(): Promise<Date>;
  /** Who approved the plan that the run shows, in order. */
  approvals(run: Run): Promise<readonly Approval[]>;
  /** Stores a graver verdict of the guard on a ready run. Undefined if the run is not ready any more. */
  tighten(runId: number, guard: GuardVerdict, step: Step): Promise<Run | undefined>;
  /** `reading | executing → failed`. Throws `LeaseLostError`. */
  fail(lease: Lease, failure: Failure, step: Step): Promise<Run>;
  /** `ready → cancelled`; undefined where it was not ready any more. */
  cancel(runId: number, cancelledBy: Actor, step: Step): Promise<Run | undefined>;
  /**
   * Opens a ready run with the plan of `runId` without the omitted changes. `runId` becomes superseded, and the new run takes
   * over its message. Nothing is written unless the outcome is `adjusted`.
   */
  adjust(runId: number, adjustment: Adjustment): Promise<AdjustOutcome>;
  /** `ready → expired` for runs whose time is over; returns them, a few at a time. */
  expireDue(step: Step): Promise<readonly Run[]>;
  /** Has the run's message show again how the run stands. */
  showAgain(runId: number): Promise<void>;
  /**
   * Takes runs that no process holds: waiting runs, and runs whose lease ended, for which `step` is written. People take
   * turns: the person with the fewest runs in work comes first, then the one who has waited longest. At most `free` runs of
   * each kind are taken, a few if it is not given. A run that this process claimed before and that is not `underWay` (ids) is
   * taken some seconds later: its work ended with the loss of the database, or the answer to the claim was lost.
   */
  takeOver(step: Step, free?: Capacity, underWay?: readonly number[]): Promise<readonly Taken[]>;
};
