import { z } from 'zod';
import { type Answer, parseJsonBody } from './http/http.ts';
import { listOf } from './list/schemas.ts';

/** Compared by identity: a server may send the same text again for a new login. */
export type Token = { readonly value: string };

export type TokenKeeper = {
  current(): Token;
  /** A token newer than the refused one; logs in unless that happened already. Throws what the login throws. */
  renew(refused: Token): Promise<Token>;
  /** Whether it is an older token, with which the server has answered nothing in this session yet. */
  isDoubted(token: Token): boolean;
  /** The server has answered with it. */
  trust(token: Token): void;
};

/**
 * Keeps the token of a session. Any number of requests that find it expired lead to one new login. `isNew` where the
 * session has just logged in.
 */
export function createTokenKeeper(first: string, login: () => Promise<string>, isNew = true): TokenKeeper {
  let token: Token = { value: first };
  let doubted = isNew ? undefined : token;
  let renewal: Promise<Token> | undefined;

  async function logInAgain(): Promise<Token> {
    try {
      token = { value: await login() };
      return token;
    } finally {
      renewal = undefined;
    }
  }

  return {
    current: () => token,
    renew: async (refused) => {
      if (refused !== token) return token;
      renewal ??= logInAgain();
      return renewal;
    },
    isDoubted: (each) => each === doubted,
    trust: (each) => {
      if (each === doubted) doubted = undefined;
    },
  };
}

const UNAUTHORIZED = 401;
/** Somebody who is known and may not do this: another login changes nothing. */
const FORBIDDEN = 403;
const TOO_MANY_REQUESTS = 429;

/** What a message about a token is about, and what may be wrong with it, in either sequence; `token_expired` too. */
const SUBJECT = '(?:token|jwt|session|sesi)';
const WRONG =
  '(?:expired?|invalid|missing|revoked|blacklisted|absent|not (?:be )?(?:found|provided|valid|parsed|decoded|verified)|' +
  'kedaluwarsa|kadaluarsa|kadaluwarsa|tidak (?:sah|valid|ditemukan)|berakhir|habis)';
const ABOUT_TOKEN = new RegExp(
  `\\b${SUBJECT}(?: \\w+){0,3} ${WRONG}\\b|\\b(?:expired|invalid|missing|revoked|no)(?: \\w+)? ${SUBJECT}\\b`,
);
const ABOUT_LOGIN = /\b(unauthenticated|unauthori[sz]ed|not (authenticated|logged in)|login required)\b/;
const LONGEST = 300;

/** In lower case, with a blank where `tokenExpired` grows, and where `_` or punctuation stands. */
const words = z
  .string()
  .transform((text) =>
    text
      .slice(0, LONGEST)
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' '),
  )
  .catch('');
const number = z.coerce.number().catch(0);

const saidSchema = z.object({
  message: words,
  error: words,
  code: words,
  status: words,
  error_description: words,
  detail: words,
});
const nestedSchema = z.object({ error: saidSchema });
const codesSchema = z.object({ code: number, status: number, status_code: number, statusCode: number });

/**
 * Whether a page's answer says that the token is not, or no longer, taken: by 401, as today's servers do, or with another
 * status, 200 included, in a JSON body that stands in place of a list. Of the body, a few fields are looked at, each up to
 * 300 characters. An answer that has a list, or that limits the rate, says no such thing.
 */
export function refusesToken(answer: Answer): boolean {
  if (answer.status === UNAUTHORIZED) return true;
  if (answer.status === TOO_MANY_REQUESTS) return false;
  const body = parseJsonBody(answer);
  if (!body.ok || listOf(body.value) !== undefined) return false;
  const codes = Object.values(codesSchema.safeParse(body.value).data ?? {});
  const told = [saidSchema.safeParse(body.value).data, nestedSchema.safeParse(body.value).data?.error];
  const texts = told.flatMap((each) => Object.values(each ?? {}));
  return (
    codes.includes(UNAUTHORIZED) ||
    texts.some((text) => ABOUT_TOKEN.test(text)) ||
    (answer.status !== FORBIDDEN && texts.some((text) => ABOUT_LOGIN.test(text)))
  );
}
