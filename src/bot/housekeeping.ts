import { dueTimes } from '../config/schedules.ts';
import type { SharedRates } from '../depot-api/http/shared-rates.ts';
import { asRequest } from '../process/logger.ts';
import { resumeBatch } from '../slack/listeners/begin.ts';
import type { Services } from '../slack/listeners/door/services.ts';
import type { Homes } from '../slack/listeners/home.ts';
import { remind, tellUnmade } from '../slack/tell/show-run.ts';
import type { Automation } from '../sync/automation/automatic.ts';
import { createDigest } from '../sync/automation/digest.ts';
import { createReminder, createSchedule } from '../sync/automation/schedule.ts';
import type { Logger, Presence } from '../sync/ports/ports.ts';
import { maintainRuns } from '../sync/run/queue.ts';
import type { Basics } from './core.ts';

export type Timer = {
  /** No round begins after this call. Resolves once the current round has ended. */
  stop(): Promise<void>;
};

/** Does `work` now and then every `milliseconds`, never two rounds at once. Logs errors. */
export function every(milliseconds: number, work: () => Promise<unknown>, logger: Logger): Timer {
  let round: Promise<void> | undefined;
  const tick = () => {
    round ??= asRequest(() =>
      work().then(
        () => {},
        (error: unknown) =>
          logger.warn({ err: error }, 'a round of housekeeping failed; the next one tries again'),
      ),
    ).finally(() => {
      round = undefined;
    });
  };
  const interval = setInterval(tick, milliseconds);
  tick();
  return {
    stop: async () => {
      clearInterval(interval);
      await round;
    },
  };
}

/** In milliseconds. A dead process's lock must stay free for a second, so a death is noticed within about two seconds. */
const LOOK_EVERY_MS = 500;
/** A plan that nobody confirmed is kept for this long. */
const UNCONFIRMED_DAYS = 30;
const PURGE_EVERY_MS = 3_600_000;

type Parts = Omit<Basics, 'logger'> & {
  readonly logger: Logger;
  readonly services: Services;
  readonly homes: Homes;
  readonly automation: Automation;
  readonly lookEveryMs: number;
};

/** Starts the work that no person asks for: maintenance of runs, purges, scheduled previews, reminders, calls, the digest. */
export function startHousekeeping(parts: Parts): readonly Timer[] {
  const { config, logger, stores, services, homes, automation, lookEveryMs } = parts;
  const { records, useCases, queue, settings } = services;
  const { runs } = records;
  const { preview } = useCases;
  const { schedule, reminder, digest } = config;
  const kept = { unconfirmedDays: UNCONFIRMED_DAYS, completedDays: config.retentionDays };
  const posting = { ...services, ...services.telling, reminders: stores.reminders };
  const timers = [
    every(lookEveryMs, () => maintainRuns({ runs, queue }), logger),
    every(lookEveryMs, () => resumeBatch(services), logger),
    every(lookEveryMs, homes.catchUp, logger),
    // Needed without a schedule too: a plan from an earlier schedule may still wait for its rule.
    every(lookEveryMs, automation.tick, logger),
    every(PURGE_EVERY_MS, () => stores.retention.purge(kept), logger),
  ];
  /** By the database's clock: a process whose own is ahead would serve for all what is not due yet. */
  const byTheClock = (tick: (now: Date) => Promise<void>) =>
    timers.push(every(lookEveryMs, async () => tick(await runs.clock()), logger));
  if (schedule !== undefined) {
    const scheduled = createSchedule({
      ...stores,
      ...{ preview, queue },
      ...schedule,
      ...dueTimes(schedule),
      tell: (unmade) => tellUnmade(posting, schedule.channelId, unmade),
    });
    byTheClock(scheduled.tick);
  }
  if (config.notify.length > 0) timers.push(every(lookEveryMs, stores.calls.nudge, logger));
  if (digest !== undefined) byTheClock(createDigest({ ...stores, ...dueTimes(digest) }).tick);
  if (reminder !== undefined) {
    const reminding = createReminder({
      ...stores,
      ...reminder,
      targets: settings.distinctTargets,
      tell: (unsynced, post) => remind(posting, reminder.channelId, unsynced, post),
    });
    byTheClock(reminding.tick);
  }
  return timers;
}

/** Goes on with the runs, notices and batches of processes that died; after a loss of the database, with its own. */
export function startWatch(parts: {
  readonly presence: Presence;
  readonly services: Services;
  readonly shared: SharedRates | undefined;
  readonly logger: Logger;
}): Timer {
  const { presence, services, shared, logger } = parts;
  const { queue, telling } = services;
  const look = async () => {
    const gone = await presence.look();
    await shared?.forget(gone);
    if (gone.length === 0 && !presence.liveness.returning()) return;
    await Promise.all([queue.startWaiting(), telling.delivery.kick(), resumeBatch(services)]);
  };
  return every(LOOK_EVERY_MS, look, logger);
}
