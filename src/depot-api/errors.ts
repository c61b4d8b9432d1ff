import { type Failure, RunError } from '../sync/failures/failure.ts';

/** The depot server refused the login, or did not answer it in time. Not an error of a page of the list. */
export class LoginFailedError extends RunError {
  override readonly name = 'LoginFailedError';
  readonly failure: Failure;
  constructor(reason: string, options: ErrorOptions & { readonly why?: 'unauthorized' | 'unanswered' } = {}) {
    super(`Failed to login to external API: ${reason}`, options);
    const { why } = options;
    this.failure = { code: 'login_failed', reason, ...(why === undefined ? {} : { [why]: true }) };
  }
}

/** A page of the list could not be had. Not an answer that arrived and made no sense. */
export class FetchFailedError extends RunError {
  override readonly name = 'FetchFailedError';
  readonly failure: Failure;
  /** Where the server did answer, with a status that is none of success. */
  readonly refusal: PageRefusal | undefined;
  constructor(reason: string, options: ErrorOptions & { readonly refusal?: PageRefusal } = {}) {
    super(`Failed to fetch users from external API: ${reason}`, options);
    this.failure = { code: 'fetch_failed', reason };
    this.refusal = options.refusal;
  }
}

/** `inJson` where the depot's own application answered so, and not something before it. */
export type PageRefusal = { readonly status: number; readonly inJson: boolean };

/** A page arrived whole and is not a list of users. */
export class InvalidResponseError extends RunError {
  override readonly name = 'InvalidResponseError';
  readonly failure: Failure;
  constructor(reason: string) {
    super(`Invalid response format: ${reason}`);
    this.failure = { code: 'invalid_response', reason };
  }
}

/** `locations.online_url` is not an address that credentials may be sent to. Nothing was sent. */
export class LocationUrlError extends RunError {
  override readonly name = 'LocationUrlError';
  readonly failure: Failure;
  constructor(reason: string) {
    super(`Invalid location URL: ${reason}`);
    this.failure = { code: 'location_url', reason };
  }
}
