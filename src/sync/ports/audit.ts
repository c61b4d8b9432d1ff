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
  /** Somebody confirmed alone where more people were needed, or in a freeze. */
  | 'broke_glass'
  | 'paused'
  | 'resumed';

/** Which other run a step is about. Programs read these facts; `reason` is text for people. */
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

/** The audit entry and the notices for Slack that are written in the transaction of a change. */
export type Step = {
  readonly audit: Omit<AuditEntry, 'runId' | 'target'>;
  readonly notices: readonly RunNotice[];
  /** Why people are called; what the run was called for before is not told again. */
  readonly calls?: readonly CallReason[];
  /** The error in full. Only the log gets it. */
  readonly error?: unknown;
};

/** A step as it stands in the audit log. */
export type RecordedStep = {
  readonly audit: AuditEntry;
  /** The run as the step left it; undefined for a refusal, which changes none. */
  readonly run: Run | undefined;
  readonly error?: unknown;
};

/** Called once for each step, after its commit. Never throws: a step that cannot be counted has happened all the same. */
export type ObserveStep = (step: RecordedStep) => void;

/** A row of the audit chain: its number, and its hash (64 hex digits), which stands for all rows up to it. */
export type ChainPlace = { readonly seq: bigint; readonly hash: string };

export type Audit = {
  append(entry: AuditEntry): Promise<void>;
  /** The newest row of a run; undefined where it has none. */
  newestOf(runId: number): Promise<ChainPlace | undefined>;
};
