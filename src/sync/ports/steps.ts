import type { CallReason } from '../automation/calls.ts';
import type { Omission } from '../run/change.ts';
import type { Actor, Run, RunCounts } from '../run/run.ts';

/** Every step that a run can take. `held`: a rule did not apply its plan. `broke_glass`: see `Run.alone`. */
export const RUN_STEPS = [
  'requested',
  'previewed',
  'approved',
  'withdrawn',
  'confirmed',
  'adjusted',
  'cancelled',
  'completed',
  'failed',
  'expired',
  'superseded',
  'taken_over',
  'held',
  'broke_glass',
] as const;

/** What gets a row of the audit log. A refusal and a pause of rules are no steps of a run. */
export type AuditStep = (typeof RUN_STEPS)[number] | 'refused' | 'paused' | 'resumed';

/**
 * The other run that a step refers to, or the plan that was approved, confirmed or executed. Programs read these facts; `reason` is
 * text for people. Older versions wrote no `planHash`.
 */
export type AuditFacts =
  | { readonly kind: 'plan'; readonly planHash: string }
  /** A refused request: `what` is a command, button or modal, and `ofRunId` the one run that it names. */
  | { readonly kind: 'asked'; readonly what: string; readonly ofRunId?: number | undefined }
  | { readonly kind: 'rollback'; readonly ofRunId: number }
  | {
      readonly kind: 'adjusted';
      readonly ofRunId: number;
      readonly omission: Omission;
      readonly planHash?: string;
    }
  | { readonly kind: 'superseded'; readonly byRunId: number };

export type AuditEntry = {
  readonly step: AuditStep;
  readonly actor: Actor;
  readonly outcome: string;
  readonly runId?: number | undefined;
  readonly target?: string | undefined;
  readonly counts?: RunCounts | undefined;
  readonly reason?: string | undefined;
  readonly facts?: AuditFacts | undefined;
};

/** The audit entry and the Slack notices of a change, written in the same transaction as the change. */
export type Step = {
  readonly audit: Omit<AuditEntry, 'runId' | 'target'>;
  readonly notices: readonly RunNotice[];
  /** Why people are called. A reason that was told for the run before is not told again. */
  readonly calls?: readonly CallReason[];
  /** The full error. Only the log gets it. */
  readonly error?: unknown;
};

/** A step as written to the audit log. */
export type RecordedStep = {
  readonly audit: AuditEntry;
  /** The run after the step; undefined if the step changed no run, such as a refusal. */
  readonly run: Run | undefined;
  readonly error?: unknown;
};

/** Called once for each step, after its commit. Never throws: the step has happened, even if it cannot be counted. */
export type ObserveStep = (step: RecordedStep) => void;

/** A row of the audit chain: its number and its hash (64 hex digits), which covers this row and all rows before it. */
export type ChainPlace = { readonly seq: bigint; readonly hash: string };

export type Audit = {
  append(entry: AuditEntry): Promise<void>;
  /** The newest audit row of a run; undefined if there is none. */
  newestOf(runId: number): Promise<ChainPlace | undefined>;
};

/**
 * Something to tell Slack, written in the same transaction as the change that it reports. `thread` is the outcome of a run. The
 * others are extras: `message` (the run's own message), `list` (the file of a plan), `summary` (of a batch), `call` (of people
 * who must act), `digest` (weekly).
 */
export const NOTICE_KINDS = ['thread', 'message', 'list', 'summary', 'call', 'digest'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** The notices that a step of a run can write. */
export type RunNotice = Exclude<NoticeKind, 'call' | 'digest'>;

/** What a notice is about. `reason`: a `CallReason`, or one of another version. `due`: the digest's due time (ISO 8601). */
export type NoticeContent =
  | { readonly kind: RunNotice }
  | { readonly kind: 'call'; readonly reason: string }
  | { readonly kind: 'digest'; readonly due: string };

/** A notice that this process may deliver now. A digest has no run. */
export type Notice = NoticeContent & {
  readonly id: number;
  readonly runId: number;
  /** The number of delivery attempts, this one included. */
  readonly attempts: number;
  readonly ageSeconds: number;
  /** Ids of the channel and people whom earlier attempts told, the last one last: of many people, only the last ones. */
  readonly toldTo: readonly string[];
  /** How many of its posts may stand in Slack although its answer was lost. */
  readonly lostAnswers: number;
  /** Of an edit of the run's message: the outcome of the run, which waits for it. Not claimed yet. */
  readonly next?: Notice | undefined;
  /** The run, if it is over and this process has just written the notice. Its message may not be attached yet. */
  readonly run?: Run | undefined;
};

/** How many more notices of each kind may be delivered at once. */
export type Places = Readonly<Record<NoticeKind, number>>;

/** Notices that Slack has not got yet: how many, and the age of the oldest in seconds (0 if there are none). */
export type Backlog = { readonly notices: number; readonly oldestSeconds: number };

/** A run whose outcome nobody could be told. `reason`: the `untold` of `Outbox.close`. */
export type Untold = { readonly run: Run; readonly reason: string };

/** The newest of these runs, and how many more there are. */
export type UntoldRuns = { readonly named: readonly Untold[]; readonly more: number };

/** An update of a run's message: `untried` if no attempt has ended, `reason` why the last attempt failed. */
export type Owed = 'nothing' | 'untried' | { readonly reason: string };

/** The notices that Slack has not got yet. A notice is claimed, then closed or postponed. */
export type Outbox = {
  /** From now on, or no longer: this process claims the message of a run that it works on as its notice is written. */
  hold(isHolding: boolean): void;
  /**
   * The notices that were claimed so since the last call, if no `claimDue` has ended meanwhile, which may have found them. This process
   * must deliver them now, or `claimDue` finds them.
   */
  takeHeld(): readonly Notice[];
  /**
   * Claims due notices for this process: of each run and kind one at a time. The outcome of a run waits at most two seconds for
   * an earlier edit of the run's message; the file of a plan and calls wait until that edit is done. A notice that this process
   * claimed before and that is not `underWay` (ids) is due again: its claim or its end could not be written, or the answer was
   * lost.
   */
  claimDue(places: Places, underWay: readonly number[]): Promise<readonly Notice[]>;
  /** Remembers that a person was told directly, or a channel before them. */
  toldTo(notice: Notice, id: string): Promise<void>;
  /** Remembers that a post may stand in Slack although its answer was lost. */
  answerLost(notice: Notice): Promise<void>;
  /** Ends a notice. `untold`: why, if nobody could be told. */
  close(notice: Notice, untold?: string): Promise<void>;
  /** Ends a notice and claims its `next` one. Returns whether this process may deliver that one now. */
  closeAndClaim(notice: Notice, next: Notice): Promise<boolean>;
  postpone(notice: Notice, error: string, delaySeconds: number): Promise<void>;
  /** Whether Slack still has to get the run's message as it is now. */
  owed(runId: number): Promise<Owed>;
  backlog(): Promise<Backlog>;
  /** Runs of the last week whose outcome nobody could be told; newest first. */
  untold(): Promise<UntoldRuns>;
};
