import type { Logger } from '../../sync/ports.ts';
import type { Attempts, Pace } from './attempts.ts';
import type { BaseUrl } from './base-url.ts';
import type { Http, Outcome } from './http.ts';
import type { Limiter } from './limiter.ts';

/** What a request to one depot server needs. */
export type Transport = {
  readonly base: BaseUrl;
  readonly targetName: string;
  readonly http: Http;
  readonly limiter: Limiter;
  readonly pace: Pace;
  readonly logger: Logger;
  /** Of a whole login, and of a single request of a page. */
  readonly timeoutMs: number;
};

/** Retries that are logged: `what` is "login" or names the page. */
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
  return outcome.kind === 'broken' ? outcome.reason : `HTTP ${outcome.status}`;
}
