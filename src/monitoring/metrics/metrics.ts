import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Logger } from '../../sync/ports/ports.ts';
import type { Backlog, RecordedStep } from '../../sync/ports/steps.ts';
import { withTimeout } from '../../sync/run/concurrency.ts';
import { ANSWER_WITHIN_MS, answer, LOOKS, PARTS, type Readiness, type Route } from '../health.ts';
import {
  countDepotRequests,
  countRefusals,
  countRefusedNotices,
  countRuns,
  countSlackCalls,
  timeRuns,
} from './events.ts';

/**
 * The metrics of this process since its start. Events are counted as they happen; states are measured at each scrape. `targets` are
 * the targets of the settings; their counters start at 0. No label names a person or a run.
 */
export function createMetrics(about: { version: string; targets: readonly string[] }) {
  const { version, targets } = about;
  const registry = new Registry();
  const build = new Gauge({
    name: 'usersync_build_info',
    help: 'Always 1; the label says which version runs.',
    labelNames: ['version'],
    registers: [registry],
  });
  build.set({ version }, 1);
  const observers = [countRuns(registry, targets), timeRuns(registry, targets), countRefusals(registry)];
  const counters = {
    depotRequest: countDepotRequests(registry, targets),
    slackCall: countSlackCalls(registry),
    noticeRefused: countRefusedNotices(registry),
    troublesOf: countTroubles(registry),
  };
  const measure = createMeasurements(registry);
  // Copies the metrics, so all must be registered by now.
  const all = Registry.merge([registry, processMetrics()]);
  return {
    ...counters,
    step: (step: RecordedStep) => {
      for (const observe of observers) observe(step);
    },
    /** Returns all metrics in Prometheus' text format. */
    scrape: async (sources: Sources) => {
      await measure(sources);
      return { text: await all.metrics(), contentType: all.contentType };
    },
  };
}

/** The level at which the end of each work by an error is logged. The next round of housekeeping tries again. */
const WORK = { request: 'error', housekeeping: 'warn' } as const;

/** Counts work that an error ended. Returns how to make a logger that counts its lines of the level that says so. */
function countTroubles(registry: Registry): (logger: Logger, work: keyof typeof WORK) => Logger {
  const troubles = new Counter({
    name: 'usersync_troubles_total',
    help: 'Requests and rounds of housekeeping that an error ended, as where the database refuses them.',
    labelNames: ['work'],
    registers: [registry],
  });
  for (const work of Object.keys(WORK)) troubles.inc({ work }, 0);
  return (logger, work) => {
    const line = (level: keyof Logger) => (fields: object, message: string) => {
      if (level === WORK[work]) troubles.inc({ work });
      logger[level](fields, message);
    };
    return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

export function metricsRoute(metrics: Metrics, sources: Sources, logger: Logger): Route {
  return {
    path: '/metrics',
    method: LOOKS,
    handler: (_, response) => {
      metrics.scrape(sources).then(
        ({ text, contentType }) => answer(response, 200, text, contentType),
        (error: unknown) => {
          logger.error({ err: error }, 'the metrics could not be collected');
          answer(response, 500, 'The metrics could not be collected.\n');
        },
      );
    },
  };
}

export type Sources = {
  readonly readiness: Readiness;
  /** Throws where the database cannot be reached. */
  readonly backlog: () => Promise<Backlog>;
  /** Whether the processes should share the rate limits and cannot. */
  readonly redisLost: () => boolean;
};

/** Registers gauges. Measuring them never rejects and ends within seconds. An unknown state has no value: 0 would be wrong. */
function createMeasurements(registry: Registry): (sources: Sources) => Promise<void> {
  const registers = [registry];
  const ready = new Gauge({
    name: 'usersync_ready',
    help: '1 where the part can be used, as /readyz sees it, else 0.',
    labelNames: ['part'],
    registers,
  });
  const notices = new Gauge({
    name: 'usersync_outbox_notices',
    help: 'Notices that Slack has not been told yet, of all processes together.',
    registers,
  });
  const oldest = new Gauge({
    name: 'usersync_outbox_oldest_age_seconds',
    help: 'Age of the oldest notice that Slack has not been told yet; 0 where there is none.',
    registers,
  });
  const redis = new Gauge({
    name: 'usersync_redis_lost',
    help: '1 where REDIS_URL is set and this process keeps the rate limits by itself, else 0.',
    registers,
  });
  return async ({ readiness, backlog, redisLost }) => {
    redis.set(redisLost() ? 1 : 0);
    const [missing, measured] = await Promise.all([
      readiness(),
      withTimeout(ANSWER_WITHIN_MS, undefined, backlog).catch(() => undefined),
    ]);
    for (const part of PARTS) ready.set({ part }, missing.some((each) => each.part === part) ? 0 : 1);
    if (measured === undefined) {
      notices.remove();
      oldest.remove();
    } else {
      notices.set(measured.notices);
      oldest.set(measured.oldestSeconds);
    }
  };
}

let ofProcess: Registry | undefined;

/**
 * prom-client's metrics of the process itself. Kept in one registry per process, however many bots it starts, because the observers
 * of garbage collector and event loop can never be stopped (github.com/prometheus/client_js/issues/500).
 */
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
