import { TimedOutError } from './abort.ts';
import type { Http, Outcome } from './http.ts';

/** One request to a depot server that is over. */
export type DepotRequest = {
  readonly target: string;
  /** The HTTP status; `error` where no answer came. */
  readonly status: number | 'error';
  readonly seconds: number;
};

export type ReportRequest = (request: DepotRequest) => void;

/** Sends as `http` does, and reports each request, but for those that this process itself gave up. */
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
