import { untilAborted } from './abort.ts';
import type { Answer, Outcome } from './http.ts';
import { parseRetryAfter, retryDelay } from './retry.ts';

/** What tests replace to go through waits without waiting. */
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
 * Sends until an outcome that another attempt would not change, or until attempts or time are used up, and
 * returns the last one. Retried are 429, 5xx and broken connections. Throws the signal's reason.
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
