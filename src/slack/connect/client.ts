import { type Logger, webApi } from '@slack/bolt';
import { z } from 'zod';
import type { SlackClock } from './clock.ts';
import { type ReportCall, reportingFetch } from './reporting-fetch.ts';
import { unlessDoubtful } from './unless-doubtful.ts';

export type SlackClient = webApi.WebClient;

/** Longer than Slack ever takes to answer a message. */
const TIMEOUT_MS = 10_000;

export type ClientSettings = {
  /** Base of the Web API, with a slash at the end. */
  readonly apiUrl: string;
  readonly timeoutMs?: number;
  /** Told of each call that is over. */
  readonly report?: ReportCall;
  /** Where given, no call goes on while the signal of the moment is aborted. */
  readonly doubt?: () => AbortSignal;
  /** Where given, it learns Slack's time from each answer. */
  readonly clock?: SlackClock;
};

/**
 * Options of the Web API client. No call is repeated here: a message that Slack took although its answer was lost
 * would be posted twice. What must arrive is repeated by the outbox, which looks for its own message first.
 */
export function clientOptions({
  apiUrl,
  timeoutMs = TIMEOUT_MS,
  report,
  doubt,
  clock,
}: ClientSettings): webApi.WebClientOptions {
  const reported = report === undefined ? fetch : reportingFetch(apiUrl, report);
  const fetching = clock === undefined ? reported : clock.watching(reported);
  return {
    slackApiUrl: apiUrl,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: doubt === undefined ? fetching : unlessDoubtful(doubt, fetching),
  };
}

/** Without `logger`, Slack's client would write to the console by itself. */
export function createSlackClient(
  options: ClientSettings & { readonly botToken: string; readonly logger: Logger },
): SlackClient {
  const { botToken, logger, ...settings } = options;
  return new webApi.WebClient(botToken, { ...clientOptions(settings), logger });
}

const platformError = z.object({ data: z.object({ error: z.string() }) });
const rateLimited = z.object({ code: z.literal('slack_webapi_rate_limited_error'), retryAfter: z.number() });

/** Slack's own word for what was wrong (`channel_not_found`), or undefined where Slack did not answer so. */
export function slackErrorCode(error: unknown): string | undefined {
  const parsed = platformError.safeParse(error);
  return parsed.success ? parsed.data.data.error : undefined;
}

/** Seconds that Slack asks to wait (`Retry-After`), or undefined where it did not limit the rate. */
export function retryAfterSeconds(error: unknown): number | undefined {
  const parsed = rateLimited.safeParse(error);
  return parsed.success ? parsed.data.retryAfter : undefined;
}
