import type { DepotReason } from '../sync/failures/depot-reason.ts';
import { inEnglish } from '../sync/failures/depot-reason-words.ts';
import { RunError, type WordedReason } from '../sync/failures/failure.ts';

const worded = (why: DepotReason): WordedReason => ({ reason: inEnglish(why), why });

/** The depot server refused the login, or did not answer the login in time. Not an error of a page. */
export class LoginFailedError extends RunError {
  constructor(
    why: DepotReason,
    { means, ...options }: ErrorOptions & { readonly means?: 'unauthorized' | 'unanswered' } = {},
  ) {
    super(
      { code: 'login_failed', ...worded(why), ...(means === undefined ? {} : { [means]: true }) },
      `Failed to login to external API: ${inEnglish(why)}`,
      options,
    );
  }
}

/** A page of the list could not be fetched. Not for an answer that arrived but is no list. */
export class FetchFailedError extends RunError {
  /** Set if the server answered with a status other than success. */
  readonly refusal: PageRefusal | undefined;
  constructor(why: DepotReason, options: ErrorOptions & { readonly refusal?: PageRefusal } = {}) {
    super(
      { code: 'fetch_failed', ...worded(why) },
      `Failed to fetch users from external API: ${inEnglish(why)}`,
      options,
    );
    this.refusal = options.refusal;
  }
}

/** `inJson`: the answer was JSON, so it came from the depot's application and not from a server in front of it. */
export type PageRefusal = { readonly status: number; readonly inJson: boolean };

/** A page arrived complete but is not a list of users. */
export class InvalidResponseError extends RunError {
  constructor(why: DepotReason) {
    super({ code: 'invalid_response', ...worded(why) }, `Invalid response format: ${inEnglish(why)}`);
  }
}

/** `locations.online_url` is not an address to which credentials may be sent. Nothing was sent. */
export class LocationUrlError extends RunError {
  constructor(why: DepotReason) {
    super({ code: 'location_url', ...worded(why) }, `Invalid location URL: ${inEnglish(why)}`);
  }
}
