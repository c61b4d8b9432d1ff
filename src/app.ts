import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { lastDueBy } from './cron.ts';
import { createAudit } from './database/audit.ts';
import { openDatabase } from './database/client.ts';
import { createLocations } from './database/locations.ts';
import { createOutbox } from './database/outbox.ts';
import { createPlans } from './database/plans.ts';
import { createRuns } from './database/runs.ts';
import { createStaging } from './database/staging.ts';
import { createDepotSource } from './depot-api/client.ts';
import { createSharedRates } from './depot-api/shared-rates.ts';
import { createJobs } from './jobs.ts';
import { boltLogger } from './logger.ts';
import { healthRoutes } from './ops/health.ts';
import { createAnnouncer, EDIT_TIMEOUT_MS } from './slack/announcer.ts';
import { createSlackApp, identify } from './slack/app.ts';
import { createAuthorize } from './slack/authorize.ts';
import { createSlackClient } from './slack/client.ts';
import { createDelivery } from './slack/delivery.ts';
import { en } from './slack/text/en.ts';
import { createCancel } from './sync/cancel.ts';
import { createExecution } from './sync/execute.ts';
import { createPreview } from './sync/preview.ts';
import { sweep } from './sync/recover.ts';
import { createRetry } from './sync/retry.ts';
import { createRollback } from './sync/rollback.ts';
import { createSchedule } from './sync/schedule.ts';
import { every } from './timer.ts';

const SWEEP_EVERY_MS = 5_000;
const DELIVER_EVERY_MS = 1_000;
/** Of the 10 s in which a stop should be over, what is left to finish work; the rest is for handing it back. */
const FINISH_WITHIN_MS = 8_000;

export type RunningApp = {
  /** The port of `/slack/events` in http mode. */
  readonly port: number | undefined;
  /** Finishes or hands back what runs, within about 10 s. */
  stop(): Promise<void>;
};

/**
 * Builds the bot by hand, part by part, and starts it. Throws `SlackLoginError` where Slack does not accept
 * the bot token. The database is expected to be migrated.
 */
export async function startApp(config: Config, logger: Logger): Promise<RunningApp> {
  const { slack, sync } = config;
  const owner = randomUUID();
  const slackLogger = boltLogger(logger);
  const client = createSlackClient({ ...slack, logger: slackLogger });
  const editClient = createSlackClient({ ...slack, logger: slackLogger, timeoutMs: EDIT_TIMEOUT_MS });
  const identity = await identify(client);

  const db = openDatabase(config.databaseUrl);
  const runs = createRuns(db, owner);
  const plans = createPlans(db);
  const audit = createAudit(db);
  const outbox = createOutbox(db, owner);
  const locations = createLocations(db, config.targets);
  const shared = config.redisUrl === undefined ? undefined : createSharedRates(config.redisUrl, logger);
  const source = createDepotSource({ ...config.depot, logger, shared });

  const jobs = createJobs(logger);
  const showing = { t: en, plans, guardLimits: sync.guard, twoPersonTargets: sync.twoPersonTargets };
  const announcer = createAnnouncer({ client, editClient, runs, logger, showing });
  const delivery = createDelivery({ client, runs, progress: announcer, showing, outbox, logger });
  const core = { runs, plans, audit, progress: announcer, logger };
  const preview = createPreview({ ...core, source, locations, staging: createStaging(db), settings: sync });
  const execution = createExecution({ ...core, twoPersonTargets: sync.twoPersonTargets });
  const start = (work: (stop: AbortSignal) => Promise<void>) =>
    jobs.start(async (stop) => {
      await work(stop);
      await delivery.kick();
    });

  const slackApp = createSlackApp(
    {
      ...slack,
      identity,
      port: config.port,
      routes: healthRoutes(
        async () => {
          await db.$queryRaw`SELECT 1`;
        },
        (error) => logger.warn({ err: error }, 'not ready: the database cannot be reached'),
      ),
      logger: slackLogger,
    },
    {
      ...core,
      client,
      authorize: createAuthorize({ client, audit, teamId: identity.teamId, ...slack }),
      announcer,
      delivery,
      showing,
      preview,
      execution,
      cancel: createCancel(core),
      retry: createRetry({ ...core, preview }),
      rollback: createRollback({ ...core, preview }),
      targets: [...config.targets.keys()],
      start,
    },
  );
  const port = await slackApp.start();
  const timers = [
    every(SWEEP_EVERY_MS, () => sweep({ runs, preview, execution, start }), logger),
    every(DELIVER_EVERY_MS, () => delivery.kick(), logger),
  ];
  const { schedule } = config;
  if (schedule !== undefined) {
    const lastDue = lastDueBy(schedule.cron, schedule.timezone);
    const scheduled = createSchedule({ preview, logger, start, lastDue, ...schedule });
    timers.push(every(SWEEP_EVERY_MS, () => scheduled.tick(new Date()), logger));
  }
  logger.info(
    { owner, mode: slack.transport.mode, targets: [...config.targets.keys()] },
    'usersync is ready',
  );

  return {
    port,
    stop: async () => {
      await slackApp.stop();
      await jobs.drain(FINISH_WITHIN_MS);
      await Promise.all(timers.map((timer) => timer.stop()));
      await shared?.stop();
      await db.$disconnect();
      logger.info({ owner }, 'usersync has stopped');
    },
  };
}
