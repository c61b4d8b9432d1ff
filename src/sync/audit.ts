import type { Omission } from './change.ts';
import type { NoticeKind } from './outbox.ts';
import type { Actor, Run, RunCounts } from './run.ts';

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
  | 'taken_over';

/** Which other run a step speaks of: what a program reads, while `reason` is for people alone. */
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

/** What is written together with a change of state: who did what, and what Slack must be told. */
export type Step = {
  readonly audit: Omit<AuditEntry, 'runId' | 'target'>;
  readonly notices: readonly NoticeKind[];
  /** What went wrong, in full: for the log alone. */
  readonly error?: unknown;
};

/** A step as it stands in the audit log. */
export type RecordedStep = {
  readonly audit: AuditEntry;
  /** The run as the step left it; undefined for a refusal, which changes none. */
  readonly run: Run | undefined;
  readonly error?: unknown;
};

/** Is told of each step once, after it was committed. Never throws: the step happened, whoever could not count it. */
export type ObserveStep = (step: RecordedStep) => void;

export type Audit = { append(entry: AuditEntry): Promise<void> };
