import { RunError } from '../sync/failures/failure.ts';

/** The depot server refused the login, or did not answer it in time. Not an error of a page of the list. */
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

/** A page of the list could not be had. Not an answer that arrived and made no sense. */
export class FetchFailedError extends RunError {
  /** Where the server did answer, with a status that is none of success. */
  readonly refusal: PageRefusal | undefined;
  constructor(reason: string, options: ErrorOptions & { readonly refusal?: PageRefusal } = {}) {
    super({ code: 'fetch_failed', reason }, `Failed to fetch users from external API: ${reason}`, options);
    this.refusal = options.refusal;
  }
}

/** `inJson` where the depot's own application answered so, and not something before it. */
export type PageRefusal = { readonly status: number; readonly inJson: boolean };

/** A page arrived whole and is not a list of users. */
export class InvalidResponseError extends RunError {
  constructor(reason: string) {
    super({ code: 'invalid_response', reason }, `Invalid response format: ${reason}`);
  }
}

/** `locations.online_url` is not an address that credentials may be sent to. Nothing was sent. */
export class LocationUrlError extends RunError {
  constructor(reason: string) {
    super({ code: 'location_url', reason }, `Invalid location URL: ${reason}`);
  }
}
