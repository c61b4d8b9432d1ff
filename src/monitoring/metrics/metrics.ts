import { Gauge, Registry } from 'prom-client';
import type { ReportRequest } from '../../depot-api/http/reporting.ts';
import type { ReportCall } from '../../slack/connect/reporting-fetch.ts';
import type { Refused } from '../../slack/tell/delivery.ts';
import type { RecordedStep } from '../../sync/audit.ts';
import { countDepotRequests } from './depot-requests.ts';
import { createMeasurements, type Sources } from './measurements.ts';
import { processMetrics } from './process-metrics.ts';
import { countRefusals } from './refusal-counts.ts';
import { countRefusedNotices } from './refused-notices.ts';
import { countRuns } from './run-counts.ts';
import { timeRuns } from './run-durations.ts';
import { countSlackCalls } from './slack-calls.ts';

/** The numbers of one bot since it started: what happened is told to it, how things stand is asked at each scrape. */
export type Metrics = {
  readonly step: (step: RecordedStep) => void;
  readonly depotRequest: ReportRequest;
  readonly slackCall: ReportCall;
  readonly noticeRefused: (refused: Refused) => void;
  /** Everything in Prometheus' text format, and its content type. */
  scrape(sources: Sources): Promise<{ readonly text: string; readonly contentType: string }>;
};

/** `targets` are those of the settings: their counters begin at 0. Labels never carry people or runs. */
export function createMetrics({
  version,
  targets,
}: {
  readonly version: string;
  readonly targets: readonly string[];
}): Metrics {
  const registry = new Registry();
  const build = new Gauge({
    name: 'usersync_build_info',
    help: 'Always 1; the label says which version runs.',
    labelNames: ['version'],
    registers: [registry],
  });
  build.set({ version }, 1);
  const observers = [countRuns(registry, targets), timeRuns(registry, targets), countRefusals(registry)];
  const depotRequest = countDepotRequests(registry, targets);
  const slackCall = countSlackCalls(registry);
  const noticeRefused = countRefusedNotices(registry);
  const measure = createMeasurements(registry);
  const all = Registry.merge([registry, processMetrics()]);
  return {
    step: (step) => {
      for (const observe of observers) observe(step);
    },
    depotRequest,
    slackCall,
    noticeRefused,
    scrape: async (sources) => {
      await measure(sources);
      return { text: await all.metrics(), contentType: all.contentType };
    },
  };
}
