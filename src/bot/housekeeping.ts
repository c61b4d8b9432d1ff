import type { Config } from '../config/config.ts';
import { lastDueBy } from '../config/cron.ts';
import type { SharedRates } from '../depot-api/http/shared-rates.ts';
import type { Desk } from '../slack/listeners/desk.ts';
import type { Homes } from '../slack/listeners/home.ts';
import { remind } from '../slack/tell/show-run.ts';
import type { Logger, Presence } from '../sync/ports.ts';
import { createReminder, type Unsynced } from '../sync/remind.ts';
import { createSchedule } from '../sync/schedule.ts';
import { sweep, type Turns } from '../sync/turns.ts';
import { every, type Timer } from './timer.ts';
import type { Stores } from './wiring.ts';

/** A death is noticed by the third look at the latest, so within some two seconds. */
const LOOK_EVERY_MS = 500;
/** Plans that nobody confirmed are of no use to anyone after that. */
const UNCONFIRMED_DAYS = 30;
const PURGE_EVERY_MS = 3_600_000;

type Parts = {
  readonly config: Config;
  readonly logger: Logger;
  readonly stores: Stores;
  readonly desk: Desk;
  readonly homes: Homes;
  /** Milliseconds between two looks for work. */
  readonly sweepEveryMs: number;
};

/** Starts what the bot does without being asked: sweeps, purges, previews on a schedule, reminders. */
export function startHousekeeping(parts: Parts): readonly Timer[] {
  const { config, logger, stores, desk, homes, sweepEveryMs } = parts;
  const { runs, preview, turns } = desk;
  const { schedule, reminder } = config;
  const kept = { unconfirmedDays: UNCONFIRMED_DAYS, completedDays: config.retentionDays };
  const timers = [
    every(sweepEveryMs, () => sweep({ runs, turns }), logger),
    every(sweepEveryMs, homes.catchUp, logger),
    every(PURGE_EVERY_MS, () => stores.retention.purge(kept), logger),
  ];
  if (schedule !== undefined) {
    const lastDue = lastDueBy(schedule.cron, schedule.timezone);
    const scheduled = createSchedule({ preview, turns, lastDue, ...schedule });
    timers.push(every(sweepEveryMs, () => scheduled.tick(new Date()), logger));
  }
  if (reminder !== undefined) {
    const tell = (unsynced: readonly Unsynced[]) => remind(desk, reminder.channelId, unsynced);
    const reminding = createReminder({ ...stores, ...reminder, targets: desk.targets, tell });
    timers.push(every(sweepEveryMs, () => reminding.tick(new Date()), logger));
  }
  return timers;
}

/**
 * Watches over the other processes, and goes on with what a dead one has left behind. This process's own return, after it
 * had lost the database, is much the same: what it held before is taken up again.
 */
export function startWatch({
  presence,
  turns,
  delivery,
  shared,
  logger,
}: {
  readonly presence: Presence;
  readonly turns: Turns;
  readonly delivery: { kick(): Promise<void> };
  readonly shared: SharedRates | undefined;
  readonly logger: Logger;
}): Timer {
  const look = async () => {
    const gone = await presence.look();
    await shared?.forget(gone);
    if (gone.length === 0 && !presence.standing.returning()) return;
    await Promise.all([turns.takeUp(), delivery.kick()]);
  };
  return every(LOOK_EVERY_MS, look, logger);
}
