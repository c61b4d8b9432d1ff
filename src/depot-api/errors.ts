import { z } from 'zod';
import type { DepotReason, Trouble } from '../sync/failures/depot-reason.ts';
import { inEnglish } from '../sync/failures/depot-reason-words.ts';
import { ProxyError } from '../sync/failures/errors.ts';
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

/** An empty list beside an error, such as `{"status":"error","object":[]}`: the server does not say how long the list is. */
export class EmptyRefusalError extends InvalidResponseError {}

/** `locations.online_url` is not an address to which credentials may be sent. Nothing was sent. */
export class LocationUrlError extends RunError {
  constructor(why: DepotReason) {
    super({ code: 'location_url', ...worded(why) }, `Invalid location URL: ${inEnglish(why)}`);
  }
}

/** No HTTP answer came. `why` is for admins, `cause` for logs; neither contains parts of the request. */
export type Broken = {
  readonly kind: 'broken';
  readonly why: Trouble;
  /** Whether the same request may succeed a moment later. */
  readonly retryable: boolean;
  readonly cause: Error;
};

const errorSchema = z.object({ code: z.string().catch('UNKNOWN'), message: z.string().catch('') });

const KNOWN: ReadonlyMap<string, Trouble> = new Map<string, Trouble>([
  ['ECONNREFUSED', { code: 'connection_refused' }],
  ['ENOTFOUND', { code: 'name_not_found' }],
  ['EAI_AGAIN', { code: 'dns_silent' }],
  ['ECONNRESET', { code: 'connection_reset' }],
  ['EPIPE', { code: 'connection_reset' }],
  ['ETIMEDOUT', { code: 'connection_timeout' }],
  ['ECONNABORTED', { code: 'connection_timeout' }],
  ['EHOSTUNREACH', { code: 'host_unreachable', error: 'EHOSTUNREACH' }],
  ['ENETUNREACH', { code: 'host_unreachable', error: 'ENETUNREACH' }],
  ['ERR_BAD_RESPONSE', { code: 'answer_cut_off' }],
  ['ERR_STREAM_PREMATURE_CLOSE', { code: 'answer_cut_off' }],
  ['Z_DATA_ERROR', { code: 'answer_not_decompressed' }],
  ['Z_BUF_ERROR', { code: 'answer_not_decompressed' }],
]);

/** Explains an error of axios. Only its code and message are passed on: the error holds the request, with password or token. */
export function describeBroken(error: unknown): Broken {
  const parsed = errorSchema.safeParse(error);
  const { code, message } = parsed.success ? parsed.data : { code: 'UNKNOWN', message: '' };
  const cause = Object.assign(new Error(message || code), { code });
  return { kind: 'broken', cause, ...(refusedByProxy(error) ?? meaningOf(code, message)) };
}

const reusedSchema = z.object({ request: z.object({ reusedSocket: z.literal(true) }) });

/** Whether the request of an error of axios was sent over a connection that had been idle. */
export function wasReused(error: unknown): boolean {
  return reusedSchema.safeParse(error).success;
}

type Meaning = Pick<Broken, 'why' | 'retryable'>;

function refusedByProxy(error: unknown): Meaning | undefined {
  const origin = error instanceof Error ? error.cause : undefined;
  if (!(origin instanceof ProxyError)) return undefined;
  return { why: origin.why, retryable: origin.code === 'ERR_PROXY_UNREACHABLE' };
}

function meaningOf(error: string, message: string): Meaning {
  // Axios has no code of its own for this error.
  if (message.startsWith('maxContentLength')) return { why: { code: 'answer_too_large' }, retryable: false };
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|HOSTNAME_MISMATCH)/.test(error))
    return { why: { code: 'bad_certificate', error }, retryable: false };
  if (/^(EPROTO|ERR_SSL_)/.test(error)) return { why: { code: 'tls_failed', error }, retryable: false };
  // Brotli has a code for each way in which its data can be damaged.
  if (error.startsWith('ERR__ERROR_')) return { why: { code: 'answer_not_decompressed' }, retryable: true };
  return { why: KNOWN.get(error) ?? { code: 'connection_failed', error }, retryable: true };
}
