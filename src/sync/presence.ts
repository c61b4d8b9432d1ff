/**
 * How processes of the bot notice that one of them has died: each holds a named lock of the database, on a connection that
 * it keeps for its life. The server frees the lock when the process dies. What a dead process held is free at once, as if
 * its leases had run out. Where the database gives no such lock, leases alone tell.
 */
export type Presence = {
  /**
   * One look, to be repeated a few times a second: takes the lock where this process does not hold it, and returns the
   * owners that were found dead since the last look, whose runs and notices are free now. Never throws.
   */
  look(): Promise<readonly string[]>;
  /** How this process stands with the others. */
  readonly standing: Standing;
  /** Frees whatever this process still holds, and says goodbye, within seconds. Never throws. */
  leave(): Promise<void>;
};

export type Standing = {
  /**
   * Aborted while other processes may take this one for dead: it has lost its lock, and could not take another one yet.
   * Another one, not aborted, once that is over.
   */
  doubt(): AbortSignal;
  /** True for some seconds after this process has got back the lock, and so the database, that it had lost. */
  returning(): boolean;
};
