import type { Registry } from 'prom-client';
import type { ReportRequest } from '../../depot-api/http/transport.ts';
import { CALL_OUTCOMES, RESPONSE_URL, type ReportCall } from '../../slack/connect/client.ts';
import { METHOD_SCOPES } from '../../slack/connect/manifest.ts';
import type { Refused } from '../../slack/tell/delivery.ts';
import { NOTICE_KINDS } from '../../sync/ports/steps.ts';
import { counter, histogram } from './series.ts';

/** The usual statuses of depot servers and of proxies in front of them. */
const STATUSES = ['200', '401', '429', '500', '502', '503', '504', 'error'];

/** In seconds. The last is longer than the usual `EXTERNAL_API_TIMEOUT_MS`. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts and times requests to depot servers. Returns the function to call after each request. */
export function countDepotRequests(registry: Registry, targets: readonly string[]): ReportRequest {
  const requests = counter({
    registry,
    name: 'usersync_depot_requests_total',
    help: 'Requests to depot servers, retries included, by HTTP status; error where no answer came.',
    labels: { target: targets, status: STATUSES },
  });
  const durations = histogram(
    {
      registry,
      name: 'usersync_depot_request_duration_seconds',
      help: 'Time that each request to a depot server took.',
      labels: { target: targets },
    },
    BUCKETS,
  );
  return ({ target, status, seconds }) => {
    requests.inc({ target, status: String(status) });
    durations.observe({ target }, seconds);
  };
}

/** Counts calls of Slack's Web API. Returns the function to call after each call. */
export function countSlackCalls(registry: Registry): ReportCall {
  const calls = counter({
    registry,
    name: 'usersync_slack_calls_total',
    help: "Calls of Slack's Web API, by what became of them; rate_limited is Slack's HTTP 429.",
    labels: { method: [...Object.keys(METHOD_SCOPES), RESPONSE_URL], outcome: CALL_OUTCOMES },
  });
  return (call) => calls.inc(call);
}

/** Counts notices that Slack refused for good. Returns the function to call for each. */
export function countRefusedNotices(registry: Registry): (refused: Refused) => void {
  const refused = counter({
    registry,
    name: 'usersync_notices_refused_total',
    help: 'Notices that Slack never takes, by kind; untold are those of which nobody could be told.',
    labels: { kind: NOTICE_KINDS, outcome: ['refused', 'untold'] },
  });
  return ({ kind, outcome }) => refused.inc({ kind, outcome });
}
