import type { SharedRates } from '../depot-api/http/shared-rates.ts';
import type { Logger } from '../sync/ports.ts';
import type { Presence } from '../sync/presence.ts';
import type { Turns } from '../sync/turns.ts';
import { every, type Timer } from './timer.ts';

/** A death is noticed by the third look at the latest, so within some two seconds. */
const LOOK_EVERY_MS = 500;

type Parts = {
  readonly presence: Presence;
  readonly turns: Turns;
  readonly delivery: { kick(): Promise<void> };
  readonly shared: SharedRates | undefined;
  readonly logger: Logger;
};

/**
 * Watches over the other processes, and goes on with what a dead one has left behind. This process's own return, after it
 * had lost the database, is much the same: what it held before is taken up again.
 */
export function startWatch({ presence, turns, delivery, shared, logger }: Parts): Timer {
  const look = async () => {
    const gone = await presence.look();
    await shared?.forget(gone);
    if (gone.length === 0 && !presence.standing.returning()) return;
    await Promise.all([turns.takeUp(), delivery.kick()]);
  };
  return every(LOOK_EVERY_MS, look, logger);
}
