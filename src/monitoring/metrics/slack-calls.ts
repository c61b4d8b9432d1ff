import type { Registry } from 'prom-client';
import { CALL_OUTCOMES, RESPONSE_URL, type ReportCall } from '../../slack/connect/reporting-fetch.ts';
import { METHOD_SCOPES } from '../../slack/connect/scopes.ts';
import { counter } from './series.ts';

/** Counts calls of Slack's Web API. Returns the function to be told of each. */
export function countSlackCalls(registry: Registry): ReportCall {
  const calls = counter({
    registry,
    name: 'usersync_slack_calls_total',
    help: "Calls of Slack's Web API, by what became of them; rate_limited is Slack's HTTP 429.",
    labels: { method: [...Object.keys(METHOD_SCOPES), RESPONSE_URL], outcome: CALL_OUTCOMES },
  });
  return (call) => calls.inc(call);
}
