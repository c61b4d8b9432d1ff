import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { createReadiness, healthRoutes } from '../monitoring/health.ts';
import { createMetrics, metricsRoute } from '../monitoring/metrics/metrics.ts';
import { logStep, observedBy } from '../monitoring/step-log.ts';
import { asRequest, boltLogger } from '../process/logger.ts';
import { readVersion, requireFreePort } from '../process/runtime.ts';
import { createSlackClient, createSlackClock } from '../slack/connect/client.ts';
import { signIn } from '../slack/connect/connection.ts';
import { networkBy } from '../slack/connect/network.ts';
import { createSlackInspection } from '../slack/connect/token-facts.ts';
import { createSlackApp } from '../slack/register.ts';
import type { ObserveStep } from '../sync/ports/steps.ts';
import { openStores } from './core.ts';
import { every, startHousekeeping, startWatch } from './housekeeping.ts';
import { tunnelOf } from './proxy-tunnel.ts';
import { wire } from './wiring.ts';

/** How often the bot looks for work, and how long work may take when the bot stops; in milliseconds. */
export type Timing = {
  readonly lookEveryMs: number;
  readonly deliverEveryMs: number;
  /** The time for finishing work. A stop should end within 10 s; the rest of it is for handing work back. */
  readonly finishWithinMs: number;
};

/** How much later than the phase before it each later phase of a stop must end, in milliseconds. */
const HAND_BACK_MS = 1_000;

const TIMING: Timing = { lookEveryMs: 5_000, deliverEveryMs: 1_000, finishWithinMs: 8_000 };

export type RunningApp = {
  /** The port of `/slack/events` in http mode. */
  readonly port: number | undefined;
  /** Finishes work or hands it back, within about 10 s, or 13 s if something hangs. Never throws. */
  stop(): Promise<void>;
};

/** The rates that all processes keep together; undefined without `REDIS_URL`. The client of Redis would take each start 40 ms. */
async function sharedRates({ redisUrl }: Config, logger: Logger, owner: string) {
  if (redisUrl === undefined) return undefined;
  const { createSharedRates } = await import('../depot-api/http/shared-rates.ts');
  return createSharedRates(redisUrl, logger, owner);
}

/**
 * Builds the bot from its parts and starts it. The database must be migrated. Throws `PortError` where it cannot listen, and
 * `SlackLoginError`, `OrgWideInstallError` or `MissingScopesError` where Slack does not let it work.
 */
export async function startApp(config: Config, logger: Logger, timing = TIMING): Promise<RunningApp> {
  const { slack, port } = config;
  await requireFreePort(port);
  const owner = randomUUID();
  const metrics = createMetrics({ version: readVersion(), targets: [...config.targets.keys()] });
  const tunnel = tunnelOf(config.proxy);
  const network = networkBy(tunnel, logger);
  const slackOptions = {
    ...slack,
    network,
    logger: boltLogger(logger),
    report: metrics.slackCall,
    clock: createSlackClock(Date.now),
  };
  const client = createSlackClient(slackOptions);
  const observers: ObserveStep[] = [(step) => logStep(logger, step), metrics.step];
  const observe = observedBy(observers, logger);
  const identity = await signIn(createSlackInspection(slackOptions), slack.transport);
  const stores = openStores(config, { owner, observe, logger });
  // Before this process takes any work, so that the other processes know of it.
  await stores.presence.look();
  const shared = await sharedRates(config, logger, owner);
  const wired = wire({ config, logger, stores, metrics, client, identity, shared, tunnel, network });
  const { services, jobs, homes } = wired;
  observers.push(homes.observe);
  const { delivery } = services.telling;

  const checks = { database: stores.ping, slack: () => slackApp.checkConnection() };
  const readiness = createReadiness(checks, logger);
  const sources = { readiness, ...stores.outbox, redisLost: () => shared?.isLost() ?? false };
  const routes = [...healthRoutes(readiness), metricsRoute(metrics, sources, logger)];
  const slackApp = createSlackApp({ ...slackOptions, identity, port, routes, asRequest }, services);
  const listening = await slackApp.start().catch(async (error: unknown) => {
    await stores.presence.leave();
    await stores.close();
    throw error;
  });
  stores.outbox.hold(true);
  const counting = metrics.troublesOf(logger, 'housekeeping');
  const deliveries = every(timing.deliverEveryMs, () => delivery.kick(), counting);
  const watch = startWatch({ ...stores, services, shared, logger: counting });
  const takingWork = [watch, ...startHousekeeping({ config, logger: counting, stores, ...wired, ...timing })];
  logger.info({ owner, mode: slack.transport.mode, targets: services.settings.targets }, 'usersync is ready');

  return {
    port: listening,
    stop: async () => {
      // No new round begins. A running round takes no more work once the drain has begun.
      const rounds = Promise.all(takingWork.map((timer) => timer.stop()));
      const tell = async () => {
        await Promise.all([deliveries.stop(), rounds]);
        await delivery.settle();
      };
      const phases: StopPhase[] = [
        { what: 'requests', work: slackApp.stop },
        { what: 'runs', work: (leftMs) => jobs.drain(leftMs - HAND_BACK_MS) },
        { what: 'messages', work: tell },
        { what: 'Redis', work: async () => shared?.stop() },
        { what: 'leases', work: () => delivery.close().then(stores.presence.leave) },
        { what: 'database', work: stores.close },
      ];
      await stopInPhases(phases, timing.finishWithinMs, logger);
      logger.info({ owner }, 'usersync has stopped');
    },
  };
}

/** One phase of a stop, and its name in the log. `leftMs` is the time until its deadline. */
type StopPhase = { readonly what: string; readonly work: (leftMs: number) => Promise<unknown> };

/** Runs the phases in turn. One that fails or is late does not hold up the next, so the process ends in time. Never throws. */
async function stopInPhases(
  phases: readonly StopPhase[],
  firstWithinMs: number,
  logger: Logger,
): Promise<void> {
  const began = performance.now();
  for (const [index, { what, work }] of phases.entries()) {
    const deadline = began + firstWithinMs + index * HAND_BACK_MS;
    const leftMs = Math.max(0, deadline - performance.now());
    const late = wait(leftMs, 'late' as const, { ref: false });
    try {
      const outcome = await Promise.race([work(leftMs).then(() => 'done' as const), late]);
      if (outcome === 'late') logger.warn({ what }, 'the stop goes on without waiting any longer');
    } catch (error) {
      logger.warn({ what, err: error }, 'a part of the stop went wrong; it goes on');
    }
  }
}
