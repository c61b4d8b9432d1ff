import type { Socket } from 'node:net';
import type { LostReason } from '../failures/failure.ts';
import type { Run } from '../run/run.ts';

export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/**
 * Opens a connection to a host through the company's proxy, for TLS to go through; undefined where the host is reached
 * without it. Rejects where the proxy does not let it through, with a message that names the proxy.
 */
export type Tunnel = (hostname: string, port: number) => Promise<Socket> | undefined;

/** Shows how far the work on a run is. Best effort: never throws, never delays the work for long. */
export type Progress = {
  reading(run: Run, users: number, total: number | undefined): void;
  /** Waits for every edit of this run that is under way. No late edit may follow the final one. */
  settle(run: Run): Promise<void>;
  /** Takes the buttons away before the work starts. */
  executing(run: Run): Promise<void>;
  /** Says that the run waits for its turn, and how many others came first. */
  waiting(run: Run, ahead: number): Promise<void>;
  /** Says that the database cannot be reached or used, so that the run's own message cannot be written there. */
  databaseLost(run: Run, why: LostReason | undefined): Promise<void>;
  /** The work on the run is over, however it ended. */
  done(run: Run): void;
};

/** Shows nothing, where nobody looks on. */
export const NO_PROGRESS: Progress = {
  reading: () => {},
  settle: async () => {},
  executing: async () => {},
  waiting: async () => {},
  databaseLost: async () => {},
  done: () => {},
};

/**
 * How processes of the bot notice the death of another one: each holds a named lock of the database, on a connection that it
 * keeps for its life. The server frees the lock when the process dies. Its runs and notices are then free at once, as if
 * the leases had run out. If the database gives no such lock, the leases must run out.
 */
export type Presence = {
  /**
   * One look, to be repeated a few times a second: takes the lock where this process does not hold it, and returns the
   * owners that were found dead since the last look, whose runs and notices are free now. Never throws.
   */
  look(): Promise<readonly string[]>;
  /** How this process stands with the others. */
  readonly liveness: Liveness;
  /** Frees whatever this process still holds, and says goodbye, within seconds. Never throws. */
  leave(): Promise<void>;
};

export type Liveness = {
  /**
   * Aborted while other processes may take this one for dead: it has lost its lock, and could not take another one yet.
   * Another one, not aborted, once that is over.
   */
  doubt(): AbortSignal;
  /** True for some seconds after this process has got back the lock, and so the database, that it had lost. */
  returning(): boolean;
};

/** Deletes old plans and staged rows. Runs and the audit log stay. */
export type Retention = {
  /** Empties the staging of runs that read no more. Returns how many rows went. */
  clearStaged(): Promise<number>;
  /**
   * Deletes plans of runs that nobody executed and changes of completed runs after these days, and staged rows. Returns how many
   * rows went. Without `completedDays`, changes of completed runs are kept for ever.
   */
  purge(kept: { unconfirmedDays: number; completedDays: number | undefined }): Promise<number>;
};

/** Who looks at the app's Home tab. */
export type HomeViewers = {
  /** Remembers that someone opened it. */
  saw(userId: string): Promise<void>;
  /** Those who opened it within the last day, the latest first. */
  recent(limit: number): Promise<readonly string[]>;
};

/**
 * Who reads what is posted in a channel: `ours`, people of this company alone; `shared`, people of another company too;
 * `unknown` where nobody could be asked.
 */
export type Readers = 'ours' | 'shared' | 'unknown';

/** Who reads a channel. Never throws. */
export type ReadersOf = (channelId: string) => Promise<Readers>;

/** For the command line, which posts nothing by itself: the bot asks before it tells of such a run. */
export const NOT_ASKED: ReadersOf = async () => 'ours';
