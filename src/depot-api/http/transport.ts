import { inEnglish } from '../../sync/failures/depot-reason-words.ts';
import type { Logger } from '../../sync/ports/ports.ts';
import { TimedOutError } from '../../sync/run/concurrency.ts';
import type { Attempts, Pace } from './attempts.ts';
import type { BaseUrl } from './base-url.ts';
import type { Http, Outcome } from './http.ts';
import type { Limiter } from './limiter.ts';

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
  return inEnglish(outcome.kind === 'broken' ? outcome.why : { code: 'http_status', status: outcome.status });
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
      done(statusOf(outcome));
      return outcome;
    } catch (error) {
      if (error instanceof TimedOutError) done('error');
      throw error;
    }
  };
}

function statusOf(outcome: Outcome): DepotRequest['status'] {
  return outcome.kind === 'answer' ? outcome.status : 'error';
}
