import { z } from 'zod';
import type { Trouble } from '../../sync/failures/depot-reason.ts';
import { ProxyError } from '../../sync/failures/errors.ts';

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

/**
 * Explains an error of axios. The error contains the request, with the password or the token, and so does its response: only code
 * and message are passed on.
 */
export function describeBroken(error: unknown): Broken {
  const parsed = errorSchema.safeParse(error);
  const { code, message } = parsed.success ? parsed.data : { code: 'UNKNOWN', message: '' };
  const cause = Object.assign(new Error(message || code), { code });
  return { kind: 'broken', cause, ...(refusedByProxy(error) ?? meaningOf(code, message)) };
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
  return { why: KNOWN.get(error) ?? { code: 'connection_failed', error }, retryable: true };
}
