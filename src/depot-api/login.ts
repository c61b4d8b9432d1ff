import { LoginFailedError } from './errors.ts';
import { TimedOutError, withTimeout } from './http/abort.ts';
import { type Attempted, sendWithRetries } from './http/attempts.ts';
import { type Answer, type HttpRequest, parseJsonBody } from './http/http.ts';
import { attemptsOf, type Transport } from './http/transport.ts';
import { messageSchema, tokenSchema } from './list/schemas.ts';

export type Credentials = { readonly email: string; readonly password: string };

const MAX_MESSAGE_LENGTH = 200;

/**
 * Logs in and returns the token (contract, section 1). The queue, the connection, the retries and the answer
 * together end within the transport's `timeoutMs`. Throws `LoginFailedError`, or the signal's reason.
 */
export async function login(
  transport: Transport,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<string> {
  const { outcome } = await post(transport, credentials, signal);
  if (outcome.kind === 'broken') throw new LoginFailedError(outcome.reason, { cause: outcome.cause });
  // The message of a 401 varies from server to server; users know this one word.
  if (outcome.status === 401) throw new LoginFailedError('Unauthorized', { unauthorized: true });
  if (outcome.status < 200 || outcome.status > 299)
    throw new LoginFailedError(refusal(outcome, credentials.password));
  return tokenOf(outcome);
}

async function post(transport: Transport, credentials: Credentials, signal: AbortSignal): Promise<Attempted> {
  const { base, http, limiter, timeoutMs } = transport;
  const { email, password } = credentials;
  const request: HttpRequest = {
    method: 'POST',
    url: `${base.href}/api/auth/login`,
    json: { email, password },
  };
  const deadline = performance.now() + timeoutMs;
  const remainingMs = () => deadline - performance.now();
  try {
    return await withTimeout(timeoutMs, signal, (limited) =>
      sendWithRetries(
        () => limiter(() => http(request, limited), limited, 0),
        attemptsOf(transport, 'login', limited, remainingMs),
      ),
    );
  } catch (error) {
    if (error instanceof TimedOutError) throw new LoginFailedError('Connection timeout', { cause: error });
    throw error;
  }
}

function refusal(answer: Answer, password: string): string {
  if (answer.status < 400) return `HTTP ${answer.status}: redirects are not followed`;
  const message = messageOf(answer, password);
  return message === '' ? `HTTP ${answer.status}` : `HTTP ${answer.status}: ${message}`;
}

/** The server's own words, on one line, without the password that it may repeat. */
function messageOf(answer: Answer, password: string): string {
  const body = parseJsonBody(answer);
  const message = body.ok ? messageSchema.parse(body.value) : '';
  const line = message.replaceAll(password, '[password]').replace(/[\p{C}\p{Z}]+/gu, ' ');
  return [...line.trim()].slice(0, MAX_MESSAGE_LENGTH).join('');
}

function tokenOf(answer: Answer): string {
  const body = parseJsonBody(answer);
  if (!body.ok) throw new LoginFailedError(`the server sent ${body.problem}`);
  const token = tokenSchema.parse(body.value);
  if (token === undefined) throw new LoginFailedError('the server sent no access token');
  return token;
}
