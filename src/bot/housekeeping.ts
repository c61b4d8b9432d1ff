import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { lastDueBy } from '../config/cron.ts';
import type { Desk } from '../slack/listeners/desk.ts';
import type { Homes } from '../slack/listeners/publish-home.ts';
import { remind } from '../slack/tell/remind.ts';
import { sweep } from '../sync/recover.ts';
import { createReminder, type Unsynced } from '../sync/remind.ts';
import { createSchedule } from '../sync/schedule.ts';
import type { Stores } from './stores.ts';
import { every, type Timer } from './timer.ts';

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
