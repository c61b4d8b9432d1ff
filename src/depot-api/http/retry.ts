const BASE_MS = 250;
const CAP_MS = 5_000;
const RETRY_AFTER_CAP_MS = 60_000;

/** How often one request is sent at most. */
export const MAX_ATTEMPTS = 4;

/**
 * How many milliseconds to wait after attempt number `attempt` (from 1) failed; undefined where that was the
 * last. Exponential with full jitter: `random` is at least 0 and below 1. A server's wish makes it longer.
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
 * Milliseconds that a `Retry-After` header (RFC 9110, section 10.2.3: seconds or an HTTP date) asks for, 60 s at
 * most; undefined where it is missing or says nothing. `now` is in milliseconds since 1970.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_CAP_MS, Math.max(0, ms));
}

/** `Date.parse` alone also takes "-5" or "1.5" for a date. */
function httpDate(text: string): number {
  return /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text) : Number.NaN;
}
