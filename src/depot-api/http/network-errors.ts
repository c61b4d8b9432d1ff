import { z } from 'zod';

/** No HTTP answer came. `reason` is for admins, `cause` for logs; neither contains parts of the request. */
export type Broken = {
  readonly kind: 'broken';
  readonly reason: string;
  /** Whether the same request may succeed a moment later. */
  readonly retryable: boolean;
  readonly cause: Error;
};

const errorSchema = z.object({ code: z.string().catch('UNKNOWN'), message: z.string().catch('') });

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'Connection refused'],
  ['ENOTFOUND', 'Server name not found'],
  ['EAI_AGAIN', 'Server name not found (DNS gave no answer)'],
  ['ECONNRESET', 'Connection reset'],
  ['EPIPE', 'Connection reset'],
  ['ETIMEDOUT', 'Connection timeout'],
  ['ECONNABORTED', 'Connection timeout'],
  ['EHOSTUNREACH', 'Server cannot be reached (EHOSTUNREACH)'],
  ['ENETUNREACH', 'Server cannot be reached (ENETUNREACH)'],
  ['ERR_BAD_RESPONSE', 'Connection closed before the answer was complete'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'Connection closed before the answer was complete'],
  ['Z_DATA_ERROR', 'Answer cannot be decompressed'],
  ['Z_BUF_ERROR', 'Answer cannot be decompressed'],
]);

/**
 * Explains an error of axios. The error contains the request, with the password or the token, and so does its response: only code
 * and message are passed on.
 */
export function describeBroken(error: unknown): Broken {
  const parsed = errorSchema.safeParse(error);
  const { code, message } = parsed.success ? parsed.data : { code: 'UNKNOWN', message: '' };
  const cause = Object.assign(new Error(message || code), { code });
  return { kind: 'broken', cause, ...meaningOf(code, message) };
}

function meaningOf(code: string, message: string): { reason: string; retryable: boolean } {
  if (message.startsWith('maxContentLength')) return { reason: 'Answer larger than 10 MB', retryable: false };
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|HOSTNAME_MISMATCH)/.test(code))
    return { reason: `TLS certificate problem (${code})`, retryable: false };
  if (/^(EPROTO|ERR_SSL_)/.test(code)) return { reason: `TLS handshake failed (${code})`, retryable: false };
  // These messages name the proxy and contain no credentials.
  if (code === 'ERR_PROXY_REFUSED') return { reason: message, retryable: false };
  if (code === 'ERR_PROXY_UNREACHABLE') return { reason: message, retryable: true };
  return { reason: REASONS.get(code) ?? `Connection failed (${code})`, retryable: true };
}
