import type { DepotReason } from '../sync/failures/depot-reason.ts';
import { TimedOutError, withTimeout } from '../sync/run/concurrency.ts';
import { isRedirect, loginSchema, messageSchema, refusesSchema } from './answers.ts';
import { LoginFailedError } from './errors.ts';
import { type Answer, type HttpRequest, parseJsonBody } from './http/http.ts';
import { type Attempted, attemptsOf, sendInTurn, sendWithRetries, type Transport } from './http/transport.ts';
import { unescaped } from './list/emails.ts';

export type Credentials = { readonly email: string; readonly password: string };

/** The result of a login. `expiresAt`: milliseconds since 1970; undefined if the server names no future time. */
export type Login = { readonly token: string; readonly expiresAt: number | undefined };

const MAX_MESSAGE_LENGTH = 200;

/**
 * Logs in (contract, section 1). Waiting, connection, retries and answer together take at most the transport's `timeoutMs`.
 * Throws `LoginFailedError`, or the signal's reason.
 */
export async function login(
  transport: Transport,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Login> {
  const { outcome } = await post(transport, credentials, signal);
  if (outcome.kind === 'broken')
    throw new LoginFailedError(outcome.why, { means: 'unanswered', cause: outcome.cause });
  // The message of a 401 varies from server to server; users know this word.
  if (outcome.status === 401) throw new LoginFailedError({ code: 'unauthorized' }, { means: 'unauthorized' });
  if (outcome.status < 200 || outcome.status > 299)
    throw new LoginFailedError(refusal(outcome, credentials.password));
  return loginOf(outcome, credentials.password);
}

async function post(transport: Transport, credentials: Credentials, signal: AbortSignal): Promise<Attempted> {
  const { base, http, timeoutMs } = transport;
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
        () => sendInTurn(transport, () => http(request, limited), limited, 0),
        attemptsOf(transport, 'login', limited, remainingMs),
      ),
    );
  } catch (error) {
    if (error instanceof TimedOutError)
      throw new LoginFailedError({ code: 'connection_timeout' }, { means: 'unanswered', cause: error });
    throw error;
  }
}

function refusal(answer: Answer, password: string): DepotReason {
  const { status } = answer;
  if (isRedirect(status)) return { code: 'redirected', status };
  const words = messageOf(answer, password);
  return { code: 'login_refused', status, ...(words === '' ? {} : { words }) };
}

/** More characters than are shown: a piece of the password may begin in the shown part and end behind it. */
const MOST_CHECKED = 10_000;

/**
 * The server's message, on one line, without the password, which the server may repeat. Empty if the message repeats a body, or
 * gives the password away in any other form than as it is.
 */
function messageOf(answer: Answer, password: string): string {
  const body = parseJsonBody(answer);
  const message = body.ok ? messageSchema.parse(body.value).slice(0, MOST_CHECKED) : '';
  if (/[{}]/.test(message) || reveals(message.replaceAll(password, ' '), password)) return '';
  const hidden = message.replaceAll(password, '[password]');
  return [...hidden.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()].slice(0, MAX_MESSAGE_LENGTH).join('');
}

/** This many letters and digits of a password in a row give it away. A shorter password is given away only as a whole word. */
const TELLING = 6;
/** Shorter words also occur by chance. */
const SHORTEST_WORD = 3;

/**
 * Whether a text gives away the password, or a piece of it. The ways to escape a text cannot be listed, so everything that escapes
 * add or change is left out on both sides: case, signs, blanks.
 */
function reveals(text: string, password: string): boolean {
  const secrets = [password, unescaped(password)];
  return readingsOf(text).some((reading) => secrets.some((secret) => isIn(reading, secret)));
}

function isIn(reading: string, secret: string): boolean {
  const words = lettersOf(secret, ' ').trim();
  const letters = words.replaceAll(' ', '');
  // Only signs are left to compare, or too few letters for a piece.
  if ((letters === '' || secret.length >= TELLING) && reading.includes(secret)) return true;
  if (words.length >= SHORTEST_WORD && ` ${lettersOf(reading, ' ')} `.includes(` ${words} `)) return true;
  // Any message about a login has this word, and a password may have it too.
  const searched = lettersOf(reading.replace(/\bpassword\b/gi, ' / '), '');
  const starts = Array.from({ length: Math.max(0, letters.length - TELLING + 1) }, (_, start) => start);
  return starts.some((start) => searched.includes(letters.slice(start, start + TELLING)));
}

/** Letters and digits, whatever their case; `between` stands for the signs between them. */
function lettersOf(text: string, between: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, between);
}

/** What a text may mean: as it stands, without escapes, and what base64 or hexadecimal digits in it stand for. */
function readingsOf(text: string): readonly string[] {
  const plain = unescaped(text.replace(/(?:\\x|=)(?=[\da-f]{2})/gi, '%'));
  const coded = [text, plain].flatMap((each) => each.match(/[\w+/-]{6,}/g) ?? []);
  const decoded = coded.flatMap((run) => [
    Buffer.from(run, 'hex'),
    // The text may begin at any of four places of a run.
    ...[0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64')),
  ]);
  return [text, plain, unescaped(plain), ...decoded.map((bytes) => bytes.toString())];
}

/** A message without whatever might be a token after all: it has a digit, or is longer than words are. Empty without words. */
function wordsOf(message: string): string {
  const words = message.split(' ').map((word) => (/\d|.{25}/u.test(word) ? '…' : word));
  return words.every((word) => word === '…') ? '' : words.join(' ');
}

function loginOf(answer: Answer, password: string): Login {
  const body = parseJsonBody(answer);
  if (!body.ok) throw new LoginFailedError({ code: 'login_unreadable', why: body.why });
  const { token, expires } = loginSchema.parse(body.value);
  if (token === undefined) {
    // Some servers refuse with HTTP 200 and say why.
    const words = refusesSchema.safeParse(body.value).success ? wordsOf(messageOf(answer, password)) : '';
    throw new LoginFailedError({ code: 'no_token', ...(words === '' ? {} : { words }) });
  }
  return { token, expiresAt: expiryOf(expires, Date.now()) };
}

const TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?/;
const WITH_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/;

/**
 * `expired_time` in milliseconds since 1970; undefined if it is not after `now`. Servers may send it without a zone: it is then
 * UTC or this machine's zone, and the earlier future time counts. A token that ends earlier than assumed is refused by the server
 * and renewed.
 */
export function expiryOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined || !TIME.test(text)) return undefined;
  const time = text.replace(' ', 'T');
  const candidates = WITH_ZONE.test(time) ? [time] : [`${time}Z`, time];
  const toCome = candidates.map((each) => Date.parse(each)).filter((at) => at > now);
  return toCome.length === 0 ? undefined : Math.min(...toCome);
}
