import { type Logger, webApi } from '@slack/bolt';
import { z } from 'zod';
import { onAbort, withChild } from '../../sync/run/concurrency.ts';
import { type Answer, bodyOf, DIRECT, type Fetch, type Network, whole } from './network.ts';
import { isSlackCode } from './rejection-reason.ts';

export type SlackClient = webApi.WebClient;

/** Longer than Slack ever takes to answer a message. */
export const TIMEOUT_MS = 10_000;

export type ClientSettings = {
  /** Base URL of the Web API, with a slash at the end. */
  readonly apiUrl: string;
  readonly timeoutMs?: number;
  /** Undefined: no proxy. */
  readonly network?: Network;
  readonly report?: ReportCall;
  /** If given, every call fails while its signal is aborted. */
  readonly doubt?: () => AbortSignal;
  /** If given, it learns Slack's time from each answer. */
  readonly clock?: SlackClock;
};

/** Options for Slack's client. It never retries a call, which could post a message twice: the outbox looks for it and repeats. */
export function clientOptions(settings: ClientSettings) {
  const { apiUrl, timeoutMs = TIMEOUT_MS, network = DIRECT, report, doubt, clock } = settings;
  const read = whole(apiUrl, network.fetch);
  const reported = report === undefined ? read : reportingFetch(apiUrl, report, read);
  const watched = clock === undefined ? reported : clock.watching(reported);
  // Bolt sets no time limit where it answers at a response_url.
  const fetching: Fetch = (url, sent) =>
    watched(url, { ...sent, signal: sent?.signal ?? AbortSignal.timeout(timeoutMs) });
  return {
    slackApiUrl: apiUrl,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: doubt === undefined ? fetching : unlessDoubtful(doubt, fetching),
  };
}

/** A client for Slack's Web API. Without `logger`, Slack's package would write to the console. */
export function createSlackClient(
  options: ClientSettings & { readonly botToken: string; readonly logger: Logger },
): SlackClient {
  const { botToken, logger, ...settings } = options;
  return new webApi.WebClient(botToken, { ...clientOptions(settings), logger });
}

const platformError = z.object({ data: z.object({ error: z.string() }) });
/** The pause after a 429 without a usable `Retry-After`, such as a proxy's. */
const UNTOLD_PAUSE_SECONDS = 10;
const rateLimited = z.union([
  // Slack's client reads `0.5` as 0, and without a pause the call would be repeated again and again.
  z
    .object({ code: z.literal('slack_webapi_rate_limited_error'), retryAfter: z.number() })
    .transform(({ retryAfter }) => Math.max(retryAfter, 1)),
  z
    .object({ message: z.string().startsWith('Retry header did not contain a valid timeout') })
    .transform(() => UNTOLD_PAUSE_SECONDS),
]);

/** Slack's error code (`channel_not_found`); undefined if Slack gave none. */
export function slackErrorCode(error: unknown): string | undefined {
  const said = platformError.safeParse(error).data?.data.error;
  return said !== undefined && isSlackCode(said) ? said : undefined;
}

const notOk = z.object({ code: z.literal('slack_webapi_platform_error') });

/** Whether a proxy or something else answered in Slack's place: the client takes any text that is not JSON for an error code. */
export function isForeignAnswer(error: unknown): boolean {
  return notOk.safeParse(error).success && slackErrorCode(error) === undefined;
}

const unanswered = z.object({ code: z.enum(['slack_webapi_request_error', 'slack_webapi_http_error']) });

/** Whether a call got no answer from Slack itself: no connection, no answer in time, an HTTP error, or the answer of a proxy. */
export function isUnanswered(error: unknown): boolean {
  return (
    unanswered.safeParse(error).success || retryAfterSeconds(error) !== undefined || isForeignAnswer(error)
  );
}

/** How many seconds Slack asks to wait (`Retry-After`), at least 1; undefined if this is no rate limit. */
export function retryAfterSeconds(error: unknown): number | undefined {
  return rateLimited.safeParse(error).data;
}

/** A `fetch` that aborts every call while `doubt()` is aborted: other processes may deliver the same notices then. */
function unlessDoubtful(doubt: () => AbortSignal, fetching: Fetch): Fetch {
  return async (url, init) => {
    const signal = doubt();
    signal.throwIfAborted();
    return withChild(signal, (child) => {
      // Not released: its signal ends with the call.
      if (init?.signal) onAbort(init.signal, (reason) => child.abort(reason));
      return fetching(url, { ...init, signal: child.signal });
    });
  };
}

/** Slack's clock, from the `Date` header of its answers, in whole seconds. */
export type SlackClock = {
  /** Wraps a `fetch` to read the time from each answer. */
  watching(fetching: Fetch): Fetch;
  /** By how many milliseconds this machine's clock is ahead; negative where it is behind; undefined before the first answer. */
  aheadMs(): number | undefined;
};

/** `now` is this machine's clock, in milliseconds since 1970. */
export function createSlackClock(now: () => number): SlackClock {
  let ahead: number | undefined;
  return {
    watching: (fetching) => async (url, init) => {
      const response = await fetching(url, init);
      const told = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(told)) ahead = now() - told;
      return response;
    },
    aheadMs: () => ahead,
  };
}

/** The outcomes of a call, in the order for metrics. */
export const CALL_OUTCOMES = ['ok', 'refused', 'rate_limited', 'failed'] as const;

/** A finished call: `refused` is Slack's `"ok": false`, `rate_limited` its 429, `failed` no answer, or none in Slack's format. */
export type SlackCall = {
  /** Such as `chat.postMessage`, or `RESPONSE_URL`. */
  readonly method: string;
  readonly outcome: (typeof CALL_OUTCOMES)[number];
};

export type ReportCall = (call: SlackCall) => void;

/** Stands for every response_url, which is new for each command and click. */
export const RESPONSE_URL = 'response_url';

/** A `fetch` for Slack's clients that reports each call. `apiUrl` is the base URL of the Web API. */
export function reportingFetch(apiUrl: string, report: ReportCall, fetching = DIRECT.fetch): Fetch {
  return async (url, init) => {
    const address = String(url);
    const isMethod = address.startsWith(apiUrl);
    const method = isMethod ? address.slice(apiUrl.length) : RESPONSE_URL;
    const response = await fetching(url, init).catch((error: unknown) => {
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
  const { data: said } = answer.safeParse(await bodyOf(response));
  if (said === undefined) return 'failed';
  return said.ok ? 'ok' : 'refused';
}

/** For how long an answer of Slack's is remembered. A person removed from the admins is locked out after this time at most. */
const BELIEVED_MS = 30_000;
const MOST_ENTRIES = 1_000;

/** Remembers each key's answer for half a minute, a failure for `failureMs`. Simultaneous calls with one key share one answer. */
export function remembering<T>(ask: (key: string) => Promise<T>, failureMs = 0): (key: string) => Promise<T> {
  const answers = new Map<string, { until: number; readonly answer: Promise<T> }>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined && known.until > performance.now()) return known.answer;
    if (answers.size >= MOST_ENTRIES) answers.clear();
    const entry = { until: performance.now() + BELIEVED_MS, answer: ask(key) };
    answers.set(key, entry);
    entry.answer.catch(() => {
      entry.until = performance.now() + failureMs;
    });
    return entry.answer;
  };
}
