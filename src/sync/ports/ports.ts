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
 * Opens a TCP connection to a host through the company's proxy, for TLS inside it. Undefined if the host is reached without the
 * proxy. Rejects, with a message that names the proxy, if the proxy does not let the connection through.
 */
export type Tunnel = (hostname: string, port: number) => Promise<Socket> | undefined;

/** Shows the progress of a run in Slack. Best effort: never throws, never delays the work for long. */
export type Progress = {
  /** `users` and `total`: of the newest page; undefined where the read begins. */
  reading(run: Run, users?: number, total?: number): void;
  /** Waits for every edit of this run that is under way, so that no late edit follows the final one. */
  settle(run: Run): Promise<void>;
  /** Takes the buttons away before the work starts. */
  executing(run: Run): Promise<void>;
  /** Shows that the run waits, and how many other runs come first. */
  waiting(run: Run, ahead: number): Promise<void>;
  /** Shows that the database cannot be reached or used. The database then cannot take a notice about the run. */
  databaseLost(run: Run, why: LostReason | undefined): Promise<void>;
  /** The work on the run has ended, in whatever way. */
  done(run: Run): void;
};

/** Shows nothing. For work that nobody watches. */
export const NO_PROGRESS: Progress = {
  reading: () => {},
  settle: async () => {},
  executing: async () => {},
  waiting: async () => {},
  databaseLost: async () => {},
  done: () => {},
};

/**
 * How the processes of the bot notice the death of another one. Each process holds a named lock of the database, on a connection
 * that it keeps for its whole life. When the process dies, the server frees the lock, and another process ends the dead process's
 * leases. If the database gives no such lock, the leases must run out.
 */
export type Presence = {
  /**
   * Call this a few times a second. Takes the lock if this process does not hold it. Returns the owners that were found dead
   * since the last call; their runs and notices are free now. Never throws.
   */
  look(): Promise<readonly string[]>;
  /** Whether other processes see this one as alive. */
  readonly liveness: Liveness;
  /** How the others that live differ from this process; no difference where nothing is known of them. Never throws. */
  differences(): Promise<Differences>;
  /** Frees the runs, notices and the lock of this process, within seconds. Never throws. */
  leave(): Promise<void>;
};

export type Liveness = {
  /** Aborted while other processes may take this one for dead: it has lost its lock and not got another. Then a new signal. */
  doubt(): AbortSignal;
  /** True for some seconds after this process has lost its lock and got one again. */
  returning(): boolean;
};

/** How other living processes of the bot differ from this one. All need the same settings, at the same database server. */
export type Differences = {
  /** The names of the settings that differ at any of them, and how many processes that are. */
  readonly settings: readonly string[];
  readonly differing: number;
  /** How many are at another database server. */
  readonly elsewhere: number;
  /** How many other processes live. */
  readonly others: number;
};

/** Deletes old plans and staged rows. Runs and the audit log stay. */
export type Retention = {
  /** Deletes the staged rows of runs that read no more, or are gone. Returns the number of rows. */
  clearStaged(): Promise<number>;
  /**
   * Deletes the plans of unconfirmed runs after `unconfirmedDays`, the plans of completed runs after `completedDays` (undefined:
   * never), staged rows, and changes and approvals of runs that no longer exist (of 500 runs each; the next call goes on). Also
   * closes digests that no process tells. Returns the number of deleted rows.
   */
  purge(kept: { unconfirmedDays: number; completedDays: number | undefined }): Promise<number>;
};

/** The people who look at the app's Home tab. */
export type HomeViewers = {
  /** Remembers that someone opened it. */
  saw(userId: string): Promise<void>;
  /** The people who opened it within the last day, the latest first. */
  recent(limit: number): Promise<readonly string[]>;
};

/** Who reads a channel: only people of this company (`ours`), people of another one too (`shared`), or Slack does not say. */
export type Readers = 'ours' | 'shared' | 'unknown';

/** Finds out who reads a channel. Never throws. */
export type ReadersOf = (channelId: string) => Promise<Readers>;

/** For the command line, which posts nothing itself: the bot asks Slack before it posts about the run. */
export const NOT_ASKED: ReadersOf = async () => 'ours';
