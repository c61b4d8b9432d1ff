import { Counter, Histogram, type Registry } from 'prom-client';
import type { ReportRequest } from '../../depot-api/http/transport.ts';
import { CALL_OUTCOMES, RESPONSE_URL, type ReportCall } from '../../slack/connect/client.ts';
import { METHOD_SCOPES } from '../../slack/connect/manifest.ts';
import type { RefusedNotice } from '../../slack/tell/delivery.ts';
import { FAILURE_CODES, REFUSAL_CODES } from '../../sync/failures/codes.ts';
import { NOTICE_KINDS, type RecordedStep, RUN_STEPS } from '../../sync/ports/steps.ts';
import { finishedWork } from '../step-log.ts';

/** The usual statuses of depot servers and of proxies in front of them. */
const STATUSES = ['200', '401', '429', '500', '502', '503', '504', 'error'];

/** In seconds. The last is longer than the usual `EXTERNAL_API_TIMEOUT_MS`. */
const REQUEST_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts and times requests to depot servers. Returns the function to call after each request. */
export function countDepotRequests(registry: Registry, targets: readonly string[]): ReportRequest {
  const requests = counter(registry, {
    name: 'usersync_depot_requests_total',
    help: 'Requests to depot servers, retries included, by HTTP status; error where no answer came.',
    labels: { target: targets, status: STATUSES },
  });
  const durations = histogram(registry, {
    name: 'usersync_depot_request_duration_seconds',
    help: 'Time that each request to a depot server took.',
    labels: { target: targets },
    buckets: REQUEST_BUCKETS,
  });
  return ({ target, status, seconds }) => {
    requests.inc({ target, status: String(status) });
    durations.observe({ target }, seconds);
  };
}

/** Counts calls of Slack's Web API. Returns the function to call after each call. */
export function countSlackCalls(registry: Registry): ReportCall {
  const calls = counter(registry, {
    name: 'usersync_slack_calls_total',
    help: "Calls of Slack's Web API, by what became of them; rate_limited is Slack's HTTP 429.",
    labels: { method: [...Object.keys(METHOD_SCOPES), RESPONSE_URL], outcome: CALL_OUTCOMES },
  });
  return (call) => calls.inc(call);
}

/** Counts notices that Slack refused for good. Returns the function to call for each. */
export function countRefusedNotices(registry: Registry): (refused: RefusedNotice) => void {
  const refused = counter(registry, {
    name: 'usersync_notices_refused_total',
    help: 'Notices that Slack never takes, by kind; untold are those of which nobody could be told.',
    labels: { kind: NOTICE_KINDS, outcome: ['refused', 'untold'] },
  });
  return ({ kind, outcome }) => refused.inc({ kind, outcome });
}

const OUTCOMES = ['completed', 'no_changes', 'failed', 'cancelled', 'expired', 'superseded'];

/** Counts steps and outcomes of runs. Returns the function to call with each step. */
export function countRuns(registry: Registry, targets: readonly string[]): (step: RecordedStep) => void {
  const steps = counter(registry, {
    name: 'usersync_steps_total',
    help: 'Steps of runs, each of which is a row of the audit log.',
    labels: { target: targets, step: RUN_STEPS },
  });
  const runs = counter(registry, {
    name: 'usersync_runs_total',
    help: 'Runs that came to their end, by how they ended.',
    labels: { target: targets, outcome: OUTCOMES },
  });
  const failures = counter(registry, {
    name: 'usersync_run_failures_total',
    help: 'Runs that failed, by the reason.',
    labels: { target: targets, code: FAILURE_CODES },
  });
  const changes = counter(registry, {
    name: 'usersync_changes_total',
    help: 'Users that completed runs added, reactivated or deactivated.',
    labels: { target: targets, kind: ['added', 'reactivated', 'deactivated'] },
  });
  const guardTrips = counter(registry, {
    name: 'usersync_guard_trips_total',
    help: 'Previews that tripped the deactivation guard.',
    labels: { target: targets },
  });
  const takeOvers = counter(registry, {
    name: 'usersync_leases_taken_over_total',
    help: 'Runs taken over from a process that died, hung or was stopped.',
    labels: { target: targets },
  });

  return ({ audit: { step }, run }) => {
    if (run === undefined) return;
    const { target, counts } = run;
    steps.inc({ target, step });
    if (OUTCOMES.includes(step)) runs.inc({ target, outcome: step });
    switch (step) {
      case 'previewed':
        if (run.status === 'completed') runs.inc({ target, outcome: 'no_changes' });
        if (run.guard.tripped) guardTrips.inc({ target });
        return;
      case 'completed':
        changes.inc({ target, kind: 'added' }, counts.add);
        changes.inc({ target, kind: 'reactivated' }, counts.reactivate);
        changes.inc({ target, kind: 'deactivated' }, counts.deactivate);
        return;
      case 'failed':
        failures.inc({ target, code: run.failure?.code ?? 'unexpected' });
        return;
      case 'taken_over':
        takeOvers.inc({ target });
    }
  };
}

/** In seconds: from a short list on a fast server to a long list on a slow server. */
const RUN_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** Times previews and executions. Returns the function to call with each step. */
export function timeRuns(registry: Registry, targets: readonly string[]): (step: RecordedStep) => void {
  const previews = histogram(registry, {
    name: 'usersync_preview_duration_seconds',
    help: 'Time from the request for a preview until its plan was ready.',
    labels: { target: targets },
    buckets: RUN_BUCKETS,
  });
  const executions = histogram(registry, {
    name: 'usersync_execution_duration_seconds',
    help: 'Time from Confirm until the run was completed or failed.',
    labels: { target: targets, outcome: ['completed', 'failed'] },
    buckets: RUN_BUCKETS,
  });
  return ({ audit: { step }, run }) => {
    const finished = finishedWork(step, run);
    if (run === undefined || finished === undefined) return;
    const { target } = run;
    const seconds = finished.milliseconds / 1000;
    if (finished.work === 'execution') executions.observe({ target, outcome: run.status }, seconds);
    else if (step === 'previewed') previews.observe({ target }, seconds);
  };
}

/** Counts refusals. Returns the function to call with each step. */
export function countRefusals(registry: Registry): (step: RecordedStep) => void {
  const refusals = counter(registry, {
    name: 'usersync_refused_requests_total',
    help: 'Commands, clicks and submissions that were refused, by the reason.',
    labels: { reason: REFUSAL_CODES },
  });
  return ({ audit: { step, outcome } }) => {
    if (step === 'refused') refusals.inc({ reason: outcome });
  };
}

/** The labels of a metric, each with its values known in advance. */
type Known<L extends string> = Readonly<Record<L, readonly string[]>>;

type Series<L extends string> = {
  readonly name: string;
  readonly help: string;
  readonly labels: Known<L>;
};

/** A counter that starts at 0 for every combination of labels: else Prometheus misses the first ("Avoid missing metrics"). */
function counter<L extends string>(registry: Registry, series: Series<L>): Counter<L> {
  const { name, help, labels } = series;
  const made = new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
  for (const each of combinations(labels)) made.inc(each, 0);
  return made;
}

/** A histogram that starts empty for every such combination. `buckets` are upper bounds, in the unit of the metric. */
function histogram<L extends string>(
  registry: Registry,
  { name, help, labels, buckets }: Series<L> & { readonly buckets: number[] },
): Histogram<L> {
  const made = new Histogram({ name, help, labelNames: Object.keys(labels), buckets, registers: [registry] });
  for (const each of combinations(labels)) made.zero(each);
  return made;
}

function combinations(labels: Known<string>): readonly Readonly<Record<string, string>>[] {
  return Object.entries(labels).reduce<readonly Readonly<Record<string, string>>[]>(
    (all, [name, values]) => all.flatMap((each) => values.map((value) => ({ ...each, [name]: value }))),
    [{}],
  );
}
