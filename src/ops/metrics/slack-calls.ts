import type { Registry } from 'prom-client';
import { CALL_OUTCOMES, OTHER_CALL, type ReportCall } from '../../slack/reporting-fetch.ts';
import { METHOD_SCOPES } from '../../slack/scopes.ts';
import { counter } from './series.ts';

/** The methods as they are called: Slack's client makes two calls of its `files.uploadV2`. */
const METHODS = Object.keys(METHOD_SCOPES).flatMap((method) =>
  method === 'files.uploadV2' ? ['files.getUploadURLExternal', 'files.completeUploadExternal'] : method,
);

/** Counts calls of Slack's Web API. Returns the function to be told of each. */
export function countSlackCalls(registry: Registry): ReportCall {
  const calls = counter({
    registry,
    name: 'usersync_slack_calls_total',
    help: "Calls of Slack's Web API, by what became of them; rate_limited is Slack's HTTP 429.",
    labels: { method: [...METHODS, OTHER_CALL], outcome: CALL_OUTCOMES },
  });
  return (call) => calls.inc(call);
}
