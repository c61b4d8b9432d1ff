import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseLostError } from '../../sync/failures/errors.ts';
import type { Liveness, Logger } from '../../sync/ports/ports.ts';
import type { Database } from '../client.ts';
import { DatabaseRefusalError } from '../schema/single-connection.ts';
import { type NamedLock, takeNamedLock } from './named-lock.ts';
import { register, type SettingMarks, unregister } from './processes.ts';

/** Shorter than the time after which other processes take this one for dead (`FREE_SECONDS`). */
const DOUBT_AFTER_MS = 700;
/** If the database gives no lock, the next try comes after this time. If it cannot be reached, at each look. */
const ASK_AGAIN_MS = 60_000;
/** How often a process confirms that it lives, so that its row is not deleted as forgotten. */
const REGISTER_EVERY_MS = 600_000;
/** For so long after its return, a process looks repeatedly for runs and notices that it held before. */
const RETURNING_MS = 10_000;

export type Parts = {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly owner: string;
  readonly settings: SettingMarks;
  readonly logger: Logger;
};

/** The lock that shows the others that this process lives. Taken at the first `hold`, and again whenever it was lost. */
export function createOwnLock({ db, databaseUrl, owner, settings, logger }: Parts) {
  let lock: NamedLock | undefined;
  /** The name of the lock that the other processes know. */
  let known: string | undefined;
  let holding: Promise<void> | undefined;
  let withdrawing = false;
  let doubt = new AbortController();
  let doubting: NodeJS.Timeout | undefined;
  let lockless = false;
  let released = false;
  let askAgainAt = 0;
  let registerAgainAt = 0;
  let returnedAt = Number.NEGATIVE_INFINITY;

  /** Only one attempt at a time; further callers wait for it. */
  function hold(): Promise<void> {
    holding ??= holdNow().finally(() => {
      holding = undefined;
    });
    return holding;
  }

  async function holdNow(): Promise<void> {
    const now = performance.now();
    if (released || now < askAgainAt || (lock !== undefined && now < registerAgainAt)) return;
    let taken = lock;
    let over = false;
    try {
      taken ??= await takeNamedLock(databaseUrl, () => {
        over = true;
        if (lock === taken) lost();
      });
      await makeKnown(taken);
      lock = taken;
      if (over) lost();
      else certain();
    } catch (error) {
      if (lock !== undefined) return;
      await taken?.end();
      without(error);
    }
  }

  async function makeKnown(taken: NamedLock): Promise<void> {
    const before = known;
    const believed = await register(db, owner, { ...taken, settings }, before !== undefined);
    known = taken.name;
    registerAgainAt = performance.now() + REGISTER_EVERY_MS;
    if (before !== undefined && before !== taken.name) returnedAt = performance.now();
    if (!believed)
      logger.warn({ owner }, 'another process took this one for dead; its work goes on elsewhere');
    if (lockless) logger.info({ owner }, 'other processes notice at once again when this one dies');
    lockless = false;
  }

  function lost(): void {
    lock = undefined;
    if (released) return;
    doubting ??= setTimeout(() => doubt.abort(new Error('The database was lost')), DOUBT_AFTER_MS);
    void hold();
  }

  /** Ends the doubt: this process holds its lock, or the other processes expect no lock of it. */
  function certain(): void {
    if (released) return;
    clearTimeout(doubting);
    doubting = undefined;
    if (doubt.signal.aborted) doubt = new AbortController();
  }

  function without(error: unknown): void {
    if (!lockless) {
      const message = 'no named lock can be had: should this process die, its leases must run out first';
      logger.warn({ owner, err: error }, message);
    }
    lockless = true;
    const unreachable = error instanceof DatabaseRefusalError || error instanceof DatabaseLostError;
    if (!unreachable) askAgainAt = performance.now() + ASK_AGAIN_MS;
    void withdraw();
  }

  /** Without a lock, tells the other processes to expect none. The database may be reachable and yet give no lock. */
  async function withdraw(): Promise<void> {
    const name = known;
    if (name === undefined || withdrawing) return;
    withdrawing = true;
    try {
      await unregister(db, owner, name);
      if (known !== name) return;
      known = undefined;
      certain();
    } catch (error) {
      logger.debug({ owner, err: error }, 'the database cannot be reached; this process stays in doubt');
    } finally {
      withdrawing = false;
    }
  }

  const liveness: Liveness = {
    doubt: () => doubt.signal,
    returning: () => performance.now() < returnedAt + RETURNING_MS,
  };
  return {
    liveness,
    /** Returns the lock, and takes it first if it is not held. Undefined if the database gives none. Never throws. */
    hold: async () => {
      await hold();
      return lock;
    },
    /** Ends a lock that no longer holds, although its connection exists. */
    drop: async (held: NamedLock) => {
      await held.end();
      if (lock === held) lost();
    },
    /** From now on this process counts as dead: `doubt` is aborted, and no lock is taken any more. */
    resign: () => {
      released = true;
      clearTimeout(doubting);
      doubt.abort(new Error('This process is stopping'));
    },
    /** Ends the lock. Waits at most `withinMs` for a lock that is just being taken. */
    release: async (withinMs: number) => {
      await Promise.race([holding, wait(withinMs, undefined, { ref: false })]);
      await lock?.end();
    },
  };
}
