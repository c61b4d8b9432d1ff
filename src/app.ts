import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { composeDesk } from './compose.ts';
import type { Config } from './config.ts';
import { lastDueBy } from './cron.ts';
import { createSharedRates } from './depot-api/shared-rates.ts';
import { createJobs } from './jobs.ts';
import { boltLogger } from './logger.ts';
import { healthRoutes } from './ops/health.ts';
import { requireFreePort } from './port.ts';
import { createSlackApp, identify } from './slack/app.ts';
import { createSlackClient } from './slack/client.ts';
import { remind } from './slack/remind.ts';
import { openStores } from './stores.ts';
import { sweep } from './sync/recover.ts';
import { createReminder, type Unsynced } from './sync/remind.ts';
import { createSchedule } from './sync/schedule.ts';
import { every } from './timer.ts';

/** How often the bot looks for work, and how long it lets work end, in milliseconds. */
export type Timing = {
  readonly sweepEveryMs: number;
  readonly deliverEveryMs: number;
  /** Of the 10 s in which a stop should be over, what is left to finish work; the rest is for handing it back. */
  readonly finishWithinMs: number;
};

/** Plans that nobody confirmed are of no use to anyone after that. */
const UNCONFIRMED_DAYS = 30;
const PURGE_EVERY_MS = 3_600_000;

const TIMING: Timing = { sweepEveryMs: 5_000, deliverEveryMs: 1_000, finishWithinMs: 8_000 };

export type RunningApp = {
  /** The port of `/slack/events` in http mode. */
  readonly port: number | undefined;
  /** Finishes or hands back what runs, within about 10 s. */
  stop(): Promise<void>;
};

/**
 * Builds the bot by hand, part by part, and starts it. Throws `PortError` where it cannot listen, and
 * `SlackLoginError` where Slack does not accept the bot token. The database is expected to be migrated.
 */
export async function startApp(config: Config, logger: Logger, timing = TIMING): Promise<RunningApp> {
  const { slack } = config;
  await requireFreePort(config.port);
  const owner = randomUUID();
  const slackLogger = boltLogger(logger);
  const client = createSlackClient({ ...slack, logger: slackLogger });
  const identity = await identify(client);

  const stores = openStores(config, owner);
  const jobs = createJobs(logger);
  const shared = config.redisUrl === undefined ? undefined : createSharedRates(config.redisUrl, logger);
  const desk = composeDesk({ config, logger, stores, jobs, client, identity, shared });
  const { runs, preview, execution, delivery, start } = desk;
  const notReady = (error: unknown) =>
    logger.warn({ err: error }, 'not ready: the database cannot be reached');
  const routes = healthRoutes(stores.ping, notReady);
  const slackApp = createSlackApp(
    { ...slack, identity, port: config.port, routes, logger: slackLogger },
    desk,
  );
  const port = await slackApp.start();
  const deliveries = every(timing.deliverEveryMs, () => delivery.kick(), logger);
  const takingWork = [every(timing.sweepEveryMs, () => sweep({ runs, preview, execution, start }), logger)];
  const kept = { unconfirmedDays: UNCONFIRMED_DAYS, completedDays: config.retentionDays };
  takingWork.push(every(PURGE_EVERY_MS, () => stores.retention.purge(kept), logger));
  const { schedule } = config;
  if (schedule !== undefined) {
    const lastDue = lastDueBy(schedule.cron, schedule.timezone);
    const scheduled = createSchedule({ preview, logger, start, lastDue, ...schedule });
    takingWork.push(every(timing.sweepEveryMs, () => scheduled.tick(new Date()), logger));
  }
  const { reminder } = config;
  if (reminder !== undefined) {
    const tell = (unsynced: readonly Unsynced[]) => remind(desk, reminder.channelId, unsynced);
    const reminding = createReminder({ ...stores, ...reminder, targets: desk.targets, tell });
    takingWork.push(every(timing.sweepEveryMs, () => reminding.tick(new Date()), logger));
  }
  logger.info({ owner, mode: slack.transport.mode, targets: desk.targets }, 'usersync is ready');

  return {
    port,
    stop: async () => {
      await slackApp.stop();
      // First, or a sweep would take back here what the drain hands to others.
      await Promise.all(takingWork.map((timer) => timer.stop()));
      await jobs.drain(timing.finishWithinMs);
      await deliveries.stop();
      await shared?.stop();
      await stores.close();
      logger.info({ owner }, 'usersync has stopped');
    },
  };
}
