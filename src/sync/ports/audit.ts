import type { CallReason } from '../automation/calls.ts';
import type { Omission } from '../run/change.ts';
import type { Actor, Run, RunCounts } from '../run/run.ts';
import type { RunNotice } from './outbox.ts';

export type AuditStep =
  | 'requested'
  | 'previewed'
  | 'refused'
  | 'approved'
  | 'withdrawn'
  | 'confirmed'
  | 'adjusted'
  | 'cancelled'
  | 'completed'
  | 'failed'
  | 'expired'
  | 'superseded'
  | 'taken_over'
  /** A rule did not apply its plan. */
  | 'held'
  /** Somebody confirmed alone although more people were needed, or during a freeze. */
  | 'broke_glass'
  | 'paused'
  | 'resumed';

/** The other run that a step refers to. Programs read these facts; `reason` is text for people. */
export type AuditFacts =
  | { readonly kind: 'rollback'; readonly ofRunId: number }
  | { readonly kind: 'adjusted'; readonly ofRunId: number; readonly omission: Omission }
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
