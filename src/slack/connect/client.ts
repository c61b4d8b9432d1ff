import { type Logger, webApi } from '@slack/bolt';
import { z } from 'zod';
import type { SlackClock } from './clock.ts';
import { type Answer, DIRECT, type Network } from './network.ts';

export type SlackClient = webApi.WebClient;

/** Longer than Slack ever takes to answer a message. */
const TIMEOUT_MS = 10_000;

export type ClientSettings = {
  /** Base of the Web API, with a slash at the end. */
  readonly apiUrl: string;
  readonly timeoutMs?: number;
  /** The way to Slack; directly where not given. */
  readonly network?: Network;
  /** Told of each call that is over. */
  readonly report?: ReportCall;
  /** Where given, no call goes on while the signal of the moment is aborted. */
  readonly doubt?: () => AbortSignal;
  /** Where given, it learns Slack's time from each answer. */
  readonly clock?: SlackClock;
};

/**
 * Options of the Web API client. No call is repeated here: a message that Slack took although its answer was lost
 * would be posted twice. The outbox repeats important messages, and looks for its own message first.
 */
export function clientOptions({
  apiUrl,
  timeoutMs = TIMEOUT_MS,
  network = DIRECT,
  report,
  doubt,
  clock,
}: ClientSettings): webApi.WebClientOptions {
  const reported = report === undefined ? network.fetch : reportingFetch(apiUrl, report, network);
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

/** Slack's own word for the error (`channel_not_found`); undefined if Slack gave none. */
export function slackErrorCode(error: unknown): string | undefined {
  const parsed = platformError.safeParse(error);
  return parsed.success ? parsed.data.data.error : undefined;
}

/** Seconds that Slack asks to wait (`Retry-After`); undefined if it did not limit the rate. */
export function retryAfterSeconds(error: unknown): number | undefined {
  const parsed = rateLimited.safeParse(error);
  return parsed.success ? parsed.data.retryAfter : undefined;
}

/**
 * A `fetch` that ends its calls, and begins no other, while `doubt()` is aborted: other processes may then take this one for
 * dead and deliver the same notices.
 */
function unlessDoubtful(doubt: () => AbortSignal, fetching: webApi.FetchFunction): webApi.FetchFunction {
  return async (url, init) => {
    const signal = doubt();
    signal.throwIfAborted();
    const given = init?.signal ?? undefined;
    return fetching(url, {
      ...init,
      signal: given === undefined ? signal : AbortSignal.any([given, signal]),
    });
  };
}

/** The outcome of a call, in the order in which a reader of the metrics would ask. */
export const CALL_OUTCOMES = ['ok', 'refused', 'rate_limited', 'failed'] as const;

/**
 * One call of Slack's Web API that is over: `refused` where Slack said no (`"ok": false`), `rate_limited` where it
 * answered 429, `failed` where there was no answer or none that Slack gives.
 */
export type SlackCall = {
  /** Such as `chat.postMessage`; `RESPONSE_URL` for a post to a response_url. */
  readonly method: string;
  readonly outcome: (typeof CALL_OUTCOMES)[number];
};

export type ReportCall = (call: SlackCall) => void;

/** Answers to commands and clicks, whose addresses are new each time. */
export const RESPONSE_URL = 'response_url';

/** A `fetch` for Slack's clients that reports each call. `apiUrl` is the base of the Web API. */
export function reportingFetch(apiUrl: string, report: ReportCall, network = DIRECT): webApi.FetchFunction {
  return async (url, init) => {
    const address = String(url);
    const isMethod = address.startsWith(apiUrl);
    const method = isMethod ? address.slice(apiUrl.length) : RESPONSE_URL;
    const response = await network.fetch(url, init).catch((error: unknown) => {
      report({ method, outcome: 'failed' });
      throw error;
    });
    report({ method, outcome: await outcomeOf(response, isMethod) });
    return response;
  };
}

const answer = z.object({ ok: z.boolean() });

async function outcomeOf(response: Answer, isMethod: boolean): Promise<SlackCall['outcome']> {
  if (response.status === 429) return 'rate_limited';
  if (!response.ok) return 'failed';
  if (!isMethod) return 'ok';
  // Slack's client reads the body as well, so this reads a copy.
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const said = answer.safeParse(body);
  if (!said.success) return 'failed';
  return said.data.ok ? 'ok' : 'refused';
}
