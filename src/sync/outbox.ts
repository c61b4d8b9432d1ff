/** Something that Slack must be told, written with the change of state that it tells of. */
export type NoticeKind = 'message' | 'thread' | 'list' | 'summary';

/** A notice that this process may deliver now. */
export type Notice = {
  readonly id: number;
  readonly runId: number;
  readonly kind: NoticeKind;
  /** This try included. */
  readonly attempts: number;
  readonly ageSeconds: number;
};

/** How much Slack has not been told yet, and for how long the oldest of it waits; 0 where nothing does. */
export type Backlog = { readonly notices: number; readonly oldestSeconds: number };

/** What Slack has not been told yet. A notice is claimed, then closed or postponed. */
export type Outbox = {
  /**
   * Due notices, at most one per run, each claimed for this process. What this process has claimed before and is not
   * `underWay` (ids) is due again: that it was claimed or told could not be written, or the answer was lost.
   */
  claimDue(limit: number, underWay: readonly number[]): Promise<readonly Notice[]>;
  close(notice: Notice): Promise<void>;
  postpone(notice: Notice, error: string, delaySeconds: number): Promise<void>;
  backlog(): Promise<Backlog>;
};
