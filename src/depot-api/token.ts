import { z } from 'zod';
import { type Answer, parseJsonBody } from './http/http.ts';
import { listOf } from './list/schemas.ts';

/** Compared by identity: a server may send the same text again for a new login. */
export type Token = { readonly value: string };

export type TokenKeeper = {
  current(): Token;
  /** Returns a newer token than the refused one, from a new login if there is none yet. Throws the login's error. */
  renew(refused: Token): Promise<Token>;
  /** Whether the token is from an earlier session and the server has not accepted it in this session yet. */
  isDoubted(token: Token): boolean;
  /** Call this when the server has accepted the token. */
  trust(token: Token): void;
};

/**
 * Keeps the token of a session. Requests that find it expired at the same time share one new login. `isNew`: the session has just
 * logged in.
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
/** The account is known but may not do this: a new login would not help. */
const FORBIDDEN = 403;
const TOO_MANY_REQUESTS = 429;

/** What a message about a token mentions, and what may be wrong with the token, in either order; also `token_expired`. */
const SUBJECT = '(?:token|jwt|session|sesi)';
const WRONG =
  '(?:expired?|invalid|missing|revoked|blacklisted|absent|not (?:be )?(?:found|provided|valid|parsed|decoded|verified)|' +
  'kedaluwarsa|kadaluarsa|kadaluwarsa|tidak (?:sah|valid|ditemukan)|berakhir|habis)';
const ABOUT_TOKEN = new RegExp(
  `\\b${SUBJECT}(?: \\w+){0,3} ${WRONG}\\b|\\b(?:expired|invalid|missing|revoked|no)(?: \\w+)? ${SUBJECT}\\b`,
);
const ABOUT_LOGIN = /\b(unauthenticated|unauthori[sz]ed|not (authenticated|logged in)|login required)\b/;
const LONGEST = 300;

/** In lower case, with a blank inside `tokenExpired`, and in place of `_` and punctuation. */
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
 * Whether the answer to a page's request says that the token is not accepted: by 401, as today's servers do, or by a JSON body in
 * place of a list, with any other status, 200 included. Looks at a few fields of the body, up to 300 characters each. False for
 * an answer that has a list, and for a rate limit (429).
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
