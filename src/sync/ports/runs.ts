import type { Failure } from '../failures/failure.ts';
import type { Approval, IfApproved, Lack } from '../rules/approval.ts';
import type { AutoHeld, GuardVerdict, HeldAtClaim, Rules } from '../rules/rules.ts';
import type { Change, Omission } from '../run/change.ts';
import type { Actor, Run, RunStatus } from '../run/run.ts';
import type { Target } from './source.ts';
import type { Step } from './steps.ts';

/** A process's right to work on a run. Every write of the work names the lease, and is refused if the lease is lost. */
export type Lease = { readonly runId: number; readonly owner: string; readonly attempt: number };

export type RunDraft = {
  readonly target: Omit<Target, 'baseUrl'>;
  readonly channelId: string;
  readonly requestedBy: Actor;
  /** Identifies the request: a second draft with the same key makes no run. */
  readonly requestKey: string;
  /** The ended run whose Try Again or New Preview button asked for this one. */
  readonly follows: number | undefined;
  /** The completed run whose changes this run takes back; undefined for a sync. */
  readonly reverts: number | undefined;
  /** The `/usersync all` that the run belongs to. */
  readonly batchId: number | undefined;
  /** The key of the list that the run reads, up to 64 characters. While it reads, no other run reads the same list. */
  readonly reads?: string;
};

export type Requested =
  | { readonly outcome: 'requested'; readonly run: Run; readonly lease: Lease }
  /** The same request was served before, or the followed run already has a successor. */
  | { readonly outcome: 'repeated' }
  /** `by` is already reading the same list. */
  | { readonly outcome: 'being_read'; readonly by: Run };

/** A request to confirm a plan. */
export type ClaimRequest = {
  readonly runId: number;
  readonly by: Actor;
  /** The reason that the confirmer gave, if one was needed. */
  readonly reason: string | undefined;
  /** The rules of the confirming process. They hold from then on, whichever process executes. */
  readonly rules: Rules;
  /** For the confirmer, the requester and each approver known at the lookup: whether the person is an admin now. */
  readonly admins: ReadonlyMap<string, boolean>;
  /** What the run lacks (people, the end of a freeze), if the confirmer acts alone. */
  readonly alone: Lack | undefined;
  /** The step of the confirmation. An approval is written with the same data. */
  readonly step: Step;
  readonly ifApproved?: IfApproved | undefined;
  /** Identifies the request: delivered again, it neither stores nor withdraws an approval. */
  readonly requestKey?: string | undefined;
  /** Aborted before the claim commits, it undoes the claim. */
  readonly stop?: AbortSignal | undefined;
};

export type ClaimOutcome =
  | { readonly outcome: 'claimed'; readonly run: Run; readonly lease: Lease }
  | { readonly outcome: 'not_ready'; readonly run: Run }
  | { readonly outcome: 'expired'; readonly run: Run }
  | { readonly outcome: 'location_busy'; readonly holder: Run }
  /** A rule confirmed, but may not apply the run now. */
  | { readonly outcome: 'held'; readonly run: Run; readonly why: HeldAtClaim }
  /** More people are needed: the confirmer's approval was stored or withdrawn. `people` people stand behind the plan now. */
  | { readonly outcome: 'approved' | 'withdrawn'; readonly run: Run; readonly people: number }
  /** Somebody approved after the admins were looked up. */
  | { readonly outcome: 'unchecked' };

export type Adjustment = {
  readonly actor: Actor;
  /** The typed emails, and whole kinds of changes. */
  readonly omission: Omission;
  /** Changes of the plan that were picked by their position. */
  readonly picked?: readonly Pick<Change, 'seq' | 'email'>[];
  /** Identifies the request: a second request with the same key adjusts nothing. */
  readonly requestKey: string;
  /** The rules of the adjusting process. They hold together with the rules of the plan. */
  readonly rules: Rules;
};

export type AdjustOutcome =
  /** `run` replaces `superseded`. */
  | { readonly outcome: 'adjusted'; readonly run: Run; readonly superseded: Run }
  | { readonly outcome: 'not_ready'; readonly run: Run }
  /** The stored plan differs from the plan that was shown. */
  | { readonly outcome: 'altered'; readonly run: Run }
  | { readonly outcome: 'not_in_plan'; readonly emails: readonly string[] }
  | { readonly outcome: 'nothing_left' };

export type LeasedRun = { readonly run: Run; readonly lease: Lease };

/** What a run gets with its plan. `hash`: its `planHash`. */
export type JudgedPlan = { readonly hash: string } & Pick<Run, 'counts' | 'guard'> &
  Partial<Pick<Run, 'undecided' | 'repeats' | 'absence' | 'autoRule'>>;

/** `superseded`: the older ready runs that `run` replaced. */
export type Presented = { readonly run: Run; readonly superseded: readonly Run[] };

/** The kinds of work on a run. Each has its own capacity, so that an execution never waits for reads. */
export type Work = Extract<RunStatus, 'reading' | 'executing'>;

/** How many more runs may be worked on at once. */
export type Capacity = Readonly<Record<Work, number>>;

/** A scheduled plan on which its rule has not decided yet. */
export type AwaitingRule = {
  readonly run: Run;
  readonly isPaused: boolean;
  /** Whether no process looked at the plan for more than an hour. */
  readonly isLate: boolean;
  /** Whether a scheduled preview replaced one that a person had asked for, and no person has decided on a plan since. */
  readonly personWaited: boolean;
  /** Whether the newest run that changed users of the location is a rollback: nobody has confirmed a sync since. */
  readonly takenBack: boolean;
  /** Whether a person left one of these users out since a person last completed a sync of the location. */
  readonly leftOut: boolean;
};

export type Taking = {
  /** Written for each run whose lease ended, and not for a waiting one. */
  readonly step: Step;
  /** The largest number of runs of each kind. */
  readonly free: Capacity;
  /**
   * The ids of the runs that this process works on. Any other run that it has claimed is taken after some seconds: its work ended
   * when the database was lost, or the answer to the claim was lost.
   */
  readonly underWay: readonly number[];
};

/** A run that this process took. `waited`: the run came from the queue, and not from a process that died or stopped. */
export type Taken = LeasedRun & { readonly waited: boolean };

/** The runs. Each method that changes the status of a run is one transaction with the audit row and the notices. */
export type Runs = {
  /** Opens a run that reads. Writes nothing if another run reads the same list. */
  request(draft: RunDraft, step: Step): Promise<Requested>;
  find(runId: number): Promise<Run | undefined>;
  /** The newest sync of each location that changed users and is in force, never a rollback; newest first. There may be none. */
  standingSyncs(locationIds: readonly number[]): Promise<readonly Run[]>;
  /** The locations at which runs of these targets were completed: a name may have meant another one than now. */
  syncedLocations(targets: readonly string[]): Promise<readonly number[]>;
  /** Stores the run's channel message, as the first or in place of `replaced` (the file follows). False if another one is stored. */
  attachMessage(run: Pick<Run, 'id' | 'batchId'>, messageTs: string, replaced?: string): Promise<boolean>;
  /** Stores Slack's error code if the run's message can no longer be edited. */
  refuseMessage(runId: number, reason: string): Promise<void>;
  /** Stores why Slack does not accept the file of the plan, and redraws the run's message without a promise of it. */
  refuseFile(runId: number, reason: string): Promise<void>;
  /** Renews the lease; false if the lease was lost. */
  renew(lease: Lease): Promise<boolean>;
  /** Ends the lease now, so that another process can take the run at once. Of all attempts that end so, only the first one counts. */
  release(lease: Lease): Promise<void>;
  /** How many other runs have the same status: at work or waiting. */
  ahead(run: Run): Promise<number>;
  /** Whether other runs wait for the same kind of work. */
  othersWait(run: Run): Promise<boolean>;
  /** Puts an unstarted run back in the queue without using up an attempt. */
  wait(lease: Lease): Promise<void>;
  /** `reading → ready`, or `→ completed` without changes. Supersedes older ready runs of the location. Throws `LeaseLostError`. */
  present(lease: Lease, plan: JudgedPlan, expiresInMinutes: number, step: Step): Promise<Presented>;
  /**
   * `ready → executing` for one caller only, and only while no other run executes at the location. If the rules need more people
   * than stand behind the plan, the caller's approval is stored instead, or withdrawn if it was stored before.
   */
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  /** Scheduled plans on which their rules have not decided yet, oldest first, a few at a time. */
  awaitingRule(): Promise<readonly AwaitingRule[]>;
  /** Leaves a plan to people, if its rule has not decided on it yet. False if the rule has decided, or the run is not ready. */
  hold(runId: number, why: AutoHeld, step: Step): Promise<boolean>;
  /** The time of the database's clock: a process's own clock may be wrong. */
  clock(): Promise<Date>;
  /** The approvals of the shown plan, oldest first. */
  approvals(run: Run): Promise<readonly Approval[]>;
  /** Stores a graver verdict of the guard on a ready run, and withdraws all approvals. Undefined if it is no longer ready. */
  tighten(runId: number, guard: GuardVerdict, step: Step): Promise<Run | undefined>;
  /** `reading | executing → failed`. Throws `LeaseLostError`. */
  fail(lease: Lease, failure: Failure, step: Step): Promise<Run>;
  /** `reading | ready → cancelled`; undefined if the run was neither. The audit row has the plan's counts, if there is a plan. */
  cancel(runId: number, cancelledBy: Actor, step: Step): Promise<Run | undefined>;
  /**
   * Opens a ready run with the plan of `runId` without the omitted changes. `runId` becomes superseded, and the new run takes
   * over its message. Nothing is written unless the outcome is `adjusted`.
   */
  adjust(runId: number, adjustment: Adjustment): Promise<AdjustOutcome>;
  /** `ready → expired` for runs whose time is over. Returns them, a few at a time. */
  expireDue(step: Step): Promise<readonly Run[]>;
  /** Queues an edit that shows the present state of the run in its message. */
  showAgain(runId: number): Promise<void>;
  /**
   * Takes runs that no process holds: waiting runs, and runs whose lease ended. Takes turns between people: the person with the
   * fewest runs in work comes first, then the person who has waited longest.
   */
  takeOver(taking: Taking): Promise<readonly Taken[]>;
};
