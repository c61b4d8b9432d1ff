import { untilAborted } from '../../sync/run/concurrency.ts';
import type { Answer, Outcome } from './http.ts';

const BASE_MS = 250;
const CAP_MS = 5_000;
const RETRY_AFTER_CAP_MS = 60_000;

/** The largest number of attempts per request. */
export const MAX_ATTEMPTS = 4;

/**
 * Milliseconds to wait after attempt number `attempt` (from 1) failed; undefined after the last attempt. Exponential with full
 * jitter; `random` is at least 0 and below 1. A server's `Retry-After` can make the wait longer.
 */
export function retryDelay(
  attempt: number,
  random: number,
  retryAfterMs: number | undefined,
): number | undefined {
  if (attempt >= MAX_ATTEMPTS) return undefined;
  const backoff = random * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
  return Math.max(backoff, retryAfterMs ?? 0);
}

/**
 * Milliseconds in a `Retry-After` header (RFC 9110, section 10.2.3: seconds or an HTTP date), at most 60 s; undefined if the
 * header is missing or unreadable. `now` is in milliseconds since 1970.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_CAP_MS, Math.max(0, ms));
}

/** `Date.parse` alone would also accept "-5" or "1.5" as a date. */
function httpDate(text: string): number {
  return /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text) : Number.NaN;
}

/** Chance and waiting; tests replace them so that no test really waits. */
export type Pace = {
  /** At least 0 and below 1. */
  readonly random: () => number;
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type Attempted = { readonly outcome: Outcome; readonly attempts: number };

export type Attempts = Pace & {
  readonly signal: AbortSignal;
  /** Milliseconds that are left; a wait that does not fit into them is not begun. */
  readonly remainingMs: () => number;
  readonly onRetry: (outcome: Outcome, attempt: number, waitMs: number) => void;
};

/**
 * Sends until another attempt would change nothing, or until attempts or time are used up. Returns the last outcome. Retries 429,
 * 5xx and broken connections. Throws the signal's reason.
 */
export async function sendWithRetries(send: () => Promise<Outcome>, options: Attempts): Promise<Attempted> {
  for (let attempts = 1; ; attempts++) {
    const outcome = await send();
    const wait = waitAfter(outcome, attempts, options.random());
    if (wait === undefined || wait >= options.remainingMs()) return { outcome, attempts };
    options.onRetry(outcome, attempts, wait);
    await untilAborted(options.signal, options.delay(wait, options.signal));
  }
}

function waitAfter(outcome: Outcome, attempt: number, random: number): number | undefined {
  switch (outcome.kind) {
    case 'broken':
      return outcome.retryable ? retryDelay(attempt, random, undefined) : undefined;
    case 'answer':
      return isTemporary(outcome.status) ? retryDelay(attempt, random, retryAfterOf(outcome)) : undefined;
  }
}

function isTemporary(status: number): boolean {
  return status === 429 || status >= 500;
}

function retryAfterOf(answer: Answer): number | undefined {
  const heeded = answer.status === 429 || answer.status === 503;
  return heeded ? parseRetryAfter(answer.retryAfter, Date.now()) : undefined;
}
