import { RunError } from '../sync/failures/failure.ts';

/** The depot server refused the login, or did not answer the login in time. Not an error of a page. */
export class LoginFailedError extends RunError {
  constructor(
    reason: string,
    { why, ...options }: ErrorOptions & { readonly why?: 'unauthorized' | 'unanswered' } = {},
  ) {
    super(
      { code: 'login_failed', reason, ...(why === undefined ? {} : { [why]: true }) },
      `Failed to login to external API: ${reason}`,
      options,
    );
  }
}

/** A page of the list could not be fetched. Not for an answer that arrived but is no list. */
export class FetchFailedError extends RunError {
  /** Set if the server answered with a status other than success. */
  readonly refusal: PageRefusal | undefined;
  constructor(reason: string, options: ErrorOptions & { readonly refusal?: PageRefusal } = {}) {
    super({ code: 'fetch_failed', reason }, `Failed to fetch users from external API: ${reason}`, options);
    this.refusal = options.refusal;
  }
}

/** `inJson`: the answer was JSON, so it came from the depot's application and not from a server in front of it. */
export type PageRefusal = { readonly status: number; readonly inJson: boolean };

/** A page arrived complete but is not a list of users. */
export class InvalidResponseError extends RunError {
  constructor(reason: string) {
    super({ code: 'invalid_response', reason }, `Invalid response format: ${reason}`);
  }
}

/** `locations.online_url` is not an address to which credentials may be sent. Nothing was sent. */
export class LocationUrlError extends RunError {
  constructor(reason: string) {
    super({ code: 'location_url', reason }, `Invalid location URL: ${reason}`);
  }
}
