import type { Registry } from 'prom-client';
import type { ReportRequest } from '../../depot-api/http/reporting.ts';
import { counter, histogram } from './series.ts';

/** Those that depot servers, and what stands before them, usually answer with. */
const STATUSES = ['200', '401', '429', '500', '502', '503', '504', 'error'];

/** Seconds, up to more than the usual `EXTERNAL_API_TIMEOUT_MS`. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts and times requests to depot servers. Returns the function to be told of each. */
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
