import type { Run } from '../run/run.ts';

/**
 * Something that Slack must be told, written with the change of state that it tells of. `thread` is how a run ended, and
 * waits for nothing else. The others are extras: the run's own message, the file of a plan, the summary of a batch, a call
 * of the people who are waited for, the weekly digest.
 */
export const NOTICE_KINDS = ['thread', 'message', 'list', 'summary', 'call', 'digest'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What a step of a run has told. */
export type RunNotice = Exclude<NoticeKind, 'call' | 'digest'>;

/** A notice that this process may deliver now. */
export type Notice = {
  readonly id: number;
  readonly runId: number;
  readonly kind: NoticeKind;
  /** Of a call its `CallReason`, of a digest its due time (ISO 8601); undefined otherwise. */
  readonly reason?: string | undefined;
  /** This try included. */
  readonly attempts: number;
  readonly ageSeconds: number;
  /** Ids of the people who were told directly by an earlier try. */
  readonly toldTo: readonly string[];
};

/** How many more notices of each kind may be delivered at once. */
export type Places = Readonly<Record<NoticeKind, number>>;

/** How much Slack has not been told yet, and for how long the oldest of it waits; 0 where nothing does. */
export type Backlog = { readonly notices: number; readonly oldestSeconds: number };

/** A run of which nobody could be told; `reason` is Slack's own word. */
export type Untold = { readonly run: Run; readonly reason: string };

/** The notices that Slack has not got yet. A notice is claimed, then closed or postponed. */
export type Outbox = {
  /**
   * Claims due notices for this process, one at a time of each run and kind. The outcome of a run waits for an earlier edit of
   * its message, two seconds at most. A notice that this process claimed before and that is not `underWay` (ids) is due again:
   * its claim or its end could not be written, or the answer was lost.
   */
  claimDue(places: Places, underWay: readonly number[]): Promise<readonly Notice[]>;
  /** Remembers that a person was told directly. */
  toldTo(notice: Notice, userId: string): Promise<void>;
  /** Ends a notice; `untold` is Slack's word where nobody could be told. */
  close(notice: Notice, untold?: string): Promise<void>;
  postpone(notice: Notice, error: string, delaySeconds: number): Promise<void>;
  /** Slack's word with which it did not take the run's message, where the message is not up to date for that reason. */
  owed(runId: number): Promise<string | undefined>;
  backlog(): Promise<Backlog>;
  /** Runs of the last week of which nobody could be told, the newest first, a few at most. */
  untold(): Promise<readonly Untold[]>;
};
