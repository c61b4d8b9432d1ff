import { setTimeout as wait } from 'node:timers/promises';
import type { Differences, Presence } from '../../sync/ports/ports.ts';
import type { NamedLock } from './named-lock.ts';
import { createOwnLock, type Parts } from './own-lock.ts';
import {
  bury,
  depart,
  differencesFrom,
  forgetOld,
  goneOf,
  mark,
  type Silent,
  silentProcesses,
} from './processes.ts';

const LEAVE_WITHIN_MS = 2_000;
const FORGET_EVERY_MS = 600_000;
const COMPARE_EVERY_MS = 60_000;
const ALIKE: Differences = { settings: [], differing: 0, elsewhere: 0, others: 0 };

/** See `Presence`. `owner` is the name under which this process takes leases. */
export function createPresence(parts: Parts): Presence {
  const { db, owner, logger } = parts;
  const own = createOwnLock(parts);
  let suspects: readonly string[] = [];
  let forgetAt = 0;
  let compareAt = 0;
  let said = '';

  async function lookAround(held: NamedLock): Promise<readonly string[]> {
    const silent = await silentProcesses(held, owner);
    if (silent === undefined) {
      await own.drop(held);
      return [];
    }
    for (const each of silent) await markOrBury(each);
    // Each process must learn of a death, even if another process was quicker to end the leases.
    const watched = new Set([...suspects, ...silent.map((each) => each.owner)]);
    const gone = await goneOf(db, [...watched]);
    suspects = silent.map((each) => each.owner).filter((each) => !gone.includes(each));
    return gone;
  }

  /** Marks a free lock at the first look and acts at a later one: a living process that lost its lock takes another one at once. */
  async function markOrBury(silent: Silent): Promise<void> {
    if (!silent.marked) return mark(db, silent);
    if (!silent.due || !(await bury(db, silent))) return;
    logger.warn({ owner: silent.owner }, 'a process has died; what it held is free');
  }

  async function forgetSometimes(): Promise<void> {
    if (performance.now() < forgetAt) return;
    await forgetOld(db);
    forgetAt = performance.now() + FORGET_EVERY_MS;
  }

  const differences = (held: NamedLock): Promise<Differences> =>
    differencesFrom({ ...parts, ...held }, held.ask).catch(() => ALIKE);

  /** Each difference is logged once. During a deployment there may be some for a while, so nothing is refused. */
  async function compareSometimes(held: NamedLock): Promise<void> {
    if (performance.now() < compareAt) return;
    compareAt = performance.now() + COMPARE_EVERY_MS;
    const { settings, elsewhere } = await differences(held);
    const saying = JSON.stringify([settings, elsewhere > 0]);
    if (saying === said) return;
    said = saying;
    if (settings.length > 0) logger.warn({ owner, settings }, 'processes of the bot have other settings');
    if (elsewhere > 0)
      logger.warn({ owner, processes: elsewhere }, 'processes of the bot use another database server');
  }

  return {
    liveness: own.liveness,
    look: async () => {
      const held = await own.hold();
      if (held === undefined) return [];
      try {
        const gone = await lookAround(held);
        await forgetSometimes();
        await compareSometimes(held);
        return gone;
      } catch (error) {
        logger.debug({ owner, err: error }, 'other processes could not be looked at; trying again');
        return [];
      }
    },
    differences: async () => {
      const held = await own.hold();
      return held === undefined ? ALIKE : differences(held);
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
