import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { composeDesk } from './compose.ts';
import type { Config } from './config.ts';
import { createSharedRates } from './depot-api/shared-rates.ts';
import { startHousekeeping } from './housekeeping.ts';
import { capacityOf, createJobs } from './jobs.ts';
import { boltLogger } from './logger.ts';
import { healthRoutes } from './ops/health.ts';
import { createMetrics } from './ops/metrics/metrics.ts';
import { metricsRoute } from './ops/metrics/metrics-route.ts';
import { logStep } from './ops/step-log.ts';
import { observedBy } from './ops/steps.ts';
import { requireFreePort } from './port.ts';
import { asRequest } from './request.ts';
import { createSlackApp } from './slack/app.ts';
import { createSlackClient } from './slack/client.ts';
import { createSlackInspection } from './slack/inspect.ts';
import { signIn } from './slack/sign-in.ts';
import { openStores } from './stores.ts';
import { every } from './timer.ts';
import { readVersion } from './version.ts';
import { startWatch } from './watch.ts';

/** How often the bot looks for work, and how long it lets work end, in milliseconds. */
export type Timing = {
  readonly sweepEveryMs: number;
  readonly deliverEveryMs: number;
  /** Of the 10 s in which a stop should be over, what is left to finish work; the rest is for handing it back. */
  readonly finishWithinMs: number;
};

const TIMING: Timing = { sweepEveryMs: 5_000, deliverEveryMs: 1_000, finishWithinMs: 8_000 };

export type RunningApp = {
  /** The port of `/slack/events` in http mode. */
  readonly port: number | undefined;
  /** Finishes or hands back what runs, within about 10 s. */
  stop(): Promise<void>;
};

/**
 * Builds the bot by hand, part by part, and starts it. Throws `PortError` where it cannot listen,
 * and `SlackLoginError` and `MissingScopesError` where Slack does not let it work. The database is expected to be migrated.
 */
export async function startApp(config: Config, logger: Logger, timing = TIMING): Promise<RunningApp> {
  const { slack, port } = config;
  await requireFreePort(port);
  const owner = randomUUID();
  const metrics = createMetrics({ version: readVersion(), targets: [...config.targets.keys()] });
  const slackOptions = { ...slack, logger: boltLogger(logger), report: metrics.slackCall };
  const client = createSlackClient(slackOptions);
  const observe = observedBy([(step) => logStep(logger, step), metrics.step], logger);
  const identity = await signIn(createSlackInspection(slackOptions), slack.transport);
  const stores = openStores(config, { owner, observe, logger });
  // Before anything is taken in work, so that the others know of this process.
  await stores.presence.look();
  const jobs = createJobs(logger, capacityOf(stores.connections));
  const shared =
    config.redisUrl === undefined ? undefined : createSharedRates(config.redisUrl, logger, owner);
  const { desk, homes } = composeDesk({ config, logger, stores, jobs, metrics, client, identity, shared });

  const checks = { database: stores.ping, slack: () => slackApp.checkConnection() };
  const { backlog } = stores.outbox;
  const routes = [...healthRoutes(checks, logger), metricsRoute(metrics, { checks, backlog }, logger)];
  const slackApp = createSlackApp({ ...slackOptions, identity, port, routes, asRequest }, desk);
  const listening = await slackApp.start().catch(async (error: unknown) => {
    await stores.presence.leave();
    await stores.close();
    throw error;
  });
  const deliveries = every(timing.deliverEveryMs, () => desk.delivery.kick(), logger);
  const watch = startWatch({ ...stores, ...desk, shared, logger });
  const takingWork = [watch, ...startHousekeeping({ config, logger, stores, desk, homes, ...timing })];
  logger.info({ owner, mode: slack.transport.mode, targets: desk.targets }, 'usersync is ready');

  return {
    port: listening,
    stop: async () => {
      await slackApp.stop();
      // First, or a sweep would take back here what the drain hands to others.
      await Promise.all(takingWork.map((timer) => timer.stop()));
      await jobs.drain(timing.finishWithinMs);
      await deliveries.stop();
      await desk.delivery.settle();
      await shared?.stop();
      await stores.presence.leave();
      await stores.close();
      logger.info({ owner }, 'usersync has stopped');
    },
  };
}
