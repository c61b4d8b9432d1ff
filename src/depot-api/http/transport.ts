import { setTimeout as pause } from 'node:timers/promises';
import type { Trouble } from '../../sync/failures/depot-reason.ts';
import { inEnglish } from '../../sync/failures/depot-reason-words.ts';
import type { Logger } from '../../sync/ports/ports.ts';
import { TimedOutError, untilAborted } from '../../sync/run/concurrency.ts';
import type { BaseUrl } from './base-url.ts';
import { type Answer, type Http, type Outcome, parseJsonBody } from './http.ts';
import type { Limiter, Priority, Rest, Unanswered } from './limiter.ts';

/** Everything that a request to one depot server needs. */
export type Transport = {
  readonly base: BaseUrl;
  readonly targetName: string;
  readonly http: Http;
  readonly limiter: Limiter;
  readonly pace: Pace;
  readonly logger: Logger;
  /** Milliseconds for a whole login, and for a single request of a page. */
  readonly timeoutMs: number;
};

/** Chance and waiting; tests replace them so that no test really waits. */
export type Pace = {
  /** At least 0 and below 1. */
  readonly random: () => number;
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds for which a server is left alone if it gets too many requests or is away, unless it says how long. */
  readonly restMs: number;
};

/** The bot's own. The server's rate limit counts seconds, at the least. */
export const PACE: Pace = {
  random: Math.random,
  delay: (ms, signal) => pause(ms, undefined, { signal }),
  restMs: 1_000,
};

export type Attempts = Pace & {
  /** Whether a successful answer is damaged, so that it must be asked for again. */
  readonly isDamaged?: (answer: Answer) => boolean;
  readonly signal: AbortSignal;
  /** Milliseconds that are left; a wait that does not fit into them is not begun. */
  readonly remainingMs: () => number;
  readonly onRetry: (outcome: Outcome, attempt: number, waitMs: number) => void;
};

/** The retry settings of a request. Each retry is logged; `what` is "login" or names the page. */
export function attemptsOf(
  transport: Transport,
  what: string,
  signal: AbortSignal,
  remainingMs: () => number,
): Attempts {
  const onRetry = (outcome: Outcome, attempt: number, waitMs: number) => {
    const fields = { target: transport.targetName, origin: transport.base.origin, what, attempt, waitMs };
    transport.logger.warn({ ...fields, reason: briefly(outcome) }, 'depot request failed, trying again');
  };
  return { ...transport.pace, signal, remainingMs, onRetry };
}

function briefly(outcome: Outcome): string {
  if (outcome.kind === 'broken') return inEnglish(outcome.why);
  return inEnglish(damageOf(outcome) ?? { code: 'http_status', status: outcome.status });
}

/** How a successful answer's body is damaged, such as cut off although its connection ended well; undefined for sound JSON. */
export function damageOf(answer: Answer): Trouble | undefined {
  if (answer.status < 200 || answer.status > 299) return undefined;
  const body = parseJsonBody(answer);
  // Another charset is no damage: the server means it.
  return body.ok || body.why.code === 'other_charset' ? undefined : body.why;
}

export type Attempted = { readonly outcome: Outcome; readonly attempts: number };

/**
 * Sends until another attempt would change nothing, or until attempts or time are used up. Returns the last outcome. Retries 429,
 * 5xx, broken connections and damaged answers. Throws the signal's reason.
 */
export async function sendWithRetries(send: () => Promise<Outcome>, options: Attempts): Promise<Attempted> {
  for (let attempts = 1; ; attempts++) {
    const outcome = await send();
    const wait = waitAfter(outcome, attempts, options);
    if (wait === undefined || wait >= options.remainingMs()) return { outcome, attempts };
    options.onRetry(outcome, attempts, wait);
    await untilAborted(options.signal, options.delay(wait, options.signal));
  }
}

function waitAfter(outcome: Outcome, attempt: number, options: Attempts): number | undefined {
  const random = options.random();
  const rest = restAfter(outcome, options.restMs);
  if (rest !== undefined) return attempt < MAX_RESTS ? rest + options.restMs * random : undefined;
  const backoff = retryDelay(attempt, random);
  if (outcome.kind === 'broken') return outcome.retryable ? backoff : undefined;
  return isTemporary(outcome.status) || options.isDamaged?.(outcome) ? backoff : undefined;
}

/** 503: nginx limits the rate with it. 502, 504 and Cloudflare's 52x: a gateway does not reach the server, which may restart. */
const RESTING = [429, 502, 503, 504, 520, 521, 522, 523, 524];

/**
 * Milliseconds for which a server that gets too many requests or is away wants a rest: quicker retries would not help. Usually
 * `usualMs`; a wait of nothing, as by a date that has passed, says no other. Undefined without a rest.
 */
function restAfter(outcome: Outcome, usualMs: number): number | undefined {
  if (outcome.kind !== 'answer' || !RESTING.includes(outcome.status)) return undefined;
  return retryAfterOf(outcome) || usualMs;
}

/** Sends a request in its turn. After an answer that asks for a rest, this process sends that server nothing for a moment. */
export function sendInTurn(
  { limiter, pace, timeoutMs }: Pick<Transport, 'limiter' | 'pace' | 'timeoutMs'>,
  send: () => Promise<Outcome>,
  signal: AbortSignal,
  priority: Priority,
): Promise<Outcome> {
  const sendAndLook = async (rest: Rest, unanswered: Unanswered) => {
    const outcome = await send();
    if (outcome.kind === 'broken') unanswered();
    const wanted = restAfter(outcome, pace.restMs);
    // As long as Redis keeps one, whatever the server asks for: a login must have its turn within its time.
    if (wanted !== undefined) rest(Math.min(wanted, 10 * pace.restMs, Math.max(pace.restMs, timeoutMs / 3)));
    return outcome;
  };
  return limiter(sendAndLook, signal, priority);
}

/** 408: the server had not read the request in time, and asks for it again (RFC 9110). */
function isTemporary(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** A date in `Retry-After` is by the server's clock, as its `Date` is. */
function retryAfterOf({ status, retryAfter, date = '' }: Answer): number | undefined {
  const now = httpDate(date) || Date.now();
  return status === 429 || status === 503 ? parseRetryAfter(retryAfter, now) : undefined;
}

const BASE_MS = 250;
const CAP_MS = 5_000;
const RETRY_AFTER_CAP_MS = 60_000;

/** The largest number of attempts per request, except at a server that wants a rest. */
export const MAX_ATTEMPTS = 4;

/** The largest number of attempts at a server that wants a rest. */
const MAX_RESTS = 8;

/**
 * Milliseconds to wait after attempt number `attempt` (from 1) failed; undefined after the last attempt. Exponential with full
 * jitter; `random` is at least 0 and below 1.
 */
export function retryDelay(attempt: number, random: number): number | undefined {
  return attempt < MAX_ATTEMPTS ? random * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1)) : undefined;
}

/**
 * Milliseconds in a `Retry-After` header (RFC 9110, section 10.2.3: seconds or an HTTP date), at most 60 s; undefined if the
 * header is missing or unreadable. `now` is the time of the answer, in milliseconds since 1970.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_CAP_MS, Math.max(0, ms));
}

/** `Date.parse` alone would also take "-5" or "1.5" for a date, and read asctime's form, which has no zone, in local time. */
function httpDate(text: string): number {
  if (!/^[A-Z][a-z]+,? /.test(text)) return Number.NaN;
  return Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
}

/** A finished request to a depot server. */
export type DepotRequest = {
  readonly target: string;
  /** The HTTP status; `error` if no answer came. */
  readonly status: number | 'error';
  readonly seconds: number;
};

export type ReportRequest = (request: DepotRequest) => void;

/** Sends like `http` and reports each request, except requests that this process cancelled before their timeout. */
export function reporting(http: Http, target: string, report: ReportRequest): Http {
  return async (request, signal) => {
    const sent = performance.now();
    const done = (status: DepotRequest['status']) =>
      report({ target, status, seconds: (performance.now() - sent) / 1000 });
    try {
      const outcome = await http(request, signal);
      done(outcome.kind === 'answer' ? outcome.status : 'error');
      return outcome;
    } catch (error) {
      if (error instanceof TimedOutError) done('error');
      throw error;
    }
  };
}
