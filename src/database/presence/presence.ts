import { setTimeout as wait } from 'node:timers/promises';
import type { Presence } from '../../sync/ports/ports.ts';
import type { NamedLock } from './named-lock.ts';
import { createOwnLock, type Parts } from './own-lock.ts';
import { bury, depart, forgetOld, goneOf, mark, type Silent, silentProcesses } from './processes.ts';

const LEAVE_WITHIN_MS = 2_000;
const FORGET_EVERY_MS = 600_000;

/** See `Presence`. `owner` is the name under which this process takes leases. */
export function createPresence(parts: Parts): Presence {
  const { db, owner, logger } = parts;
  const own = createOwnLock(parts);
  let suspects: readonly string[] = [];
  let forgetAt = 0;

  async function lookAround(held: NamedLock): Promise<readonly string[]> {
    const silent = await silentProcesses(held, owner);
    if (silent === undefined) {
      await own.drop(held);
      return [];
    }
    for (const each of silent) await judge(each);
    // Each process must learn of a death, even if another process was quicker to end the leases.
    const watched = new Set([...suspects, ...silent.map((each) => each.owner)]);
    const gone = await goneOf(db, [...watched]);
    suspects = silent.map((each) => each.owner).filter((each) => !gone.includes(each));
    return gone;
  }

  /** Marks a free lock at the first look and acts at a later one: a living process that lost its lock takes another one at once. */
  async function judge(silent: Silent): Promise<void> {
    if (!silent.marked) return mark(db, silent);
    if (!silent.due || !(await bury(db, silent))) return;
    logger.warn({ owner: silent.owner }, 'a process has died; what it held is free');
  }

  async function forgetSometimes(): Promise<void> {
    if (performance.now() < forgetAt) return;
    await forgetOld(db);
    forgetAt = performance.now() + FORGET_EVERY_MS;
  }

  return {
    liveness: own.liveness,
    look: async () => {
      const held = await own.hold();
      if (held === undefined) return [];
      try {
        const gone = await lookAround(held);
        await forgetSometimes();
        return gone;
      } catch (error) {
        logger.debug({ owner, err: error }, 'other processes could not be looked at; trying again');
        return [];
      }
    },
    leave: async () => {
      own.resign();
      const leaving = depart(db, owner).catch((error: unknown) => {
        logger.warn(
          { owner, err: error },
          'what this process held could not be freed; its leases will run out',
        );
      });
      await Promise.race([leaving, wait(LEAVE_WITHIN_MS, undefined, { ref: false })]);
      await own.release(LEAVE_WITHIN_MS);
    },
  };
}
