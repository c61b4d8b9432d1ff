import { z } from 'zod';
import { type Answer, parseJsonBody } from './http/http.ts';

/** An Authorization header takes only visible ASCII; 8,192 is a common header limit. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,8192}$/)
  .optional()
  .catch(undefined);
/** More characters than any time has. */
const time = z.string().max(64).optional().catch(undefined);
const holder = z.object({ access_token: token, token, expired_time: time });
const inner = holder.optional().catch(undefined);

/** The login's answer: the six places of the token (contract, section 1), in that order, and the expiry time beside it. */
export const loginSchema = holder
  .extend({ object: inner, data: inner })
  .transform((body) => {
    const place = [body.object, body, body.data].find(
      (each) => (each?.access_token ?? each?.token) !== undefined,
    );
    return { token: place?.access_token ?? place?.token, expires: place?.expired_time };
  })
  .catch({ token: undefined, expires: undefined });

const said = z.string().optional().catch(undefined);

/** What a server says about its error: its `message`, else its `error`. */
export const messageSchema = z
  .object({ message: said, error: said })
  .transform(({ message, error }) => message ?? error ?? '')
  .catch('');

// A name and its value. The value of a list or an object that holds something is `…`.
const HARMLESS =
  /^(?:status true|(?!errors [1-9])\S* (?:(?:0+|2\d\d|false|none?|null|-|ok|success(?:ful)?|sukses|berhasil|no errors?)[.!]?)?)$/i;
const SUCCESS =
  /^(?:(?:code|status|status_?code) (?:2\d\d|ok|success(?:ful)?|sukses|berhasil)|(?:ok|success) (?:1|true))$/i;
const FAILURE = /^(?:\w{0,7}code |status [45]\d\d$|errors \d|\S{0,20}(?:error|exception|detail|trace)s? …$)/i;

/**
 * Whether a field tells of an error. Many servers always send it: empty, or with a value that tells of success. This excuses words
 * and data beside it, but no other code, and nothing about errors. A code of 0 excuses none: the exceptions of PHP have it.
 */
function tellsError(name: string, field: unknown): boolean {
  const entries = Object.entries(typeof field === 'object' ? (field ?? {}) : { [name]: field ?? '' });
  const told = entries.map(([key, value]) => `${key.replace(/\s/g, '_')} ${textOf(value)}`);
  const unclear = told.filter((each) => !HARMLESS.test(each));
  if (unclear.some((each) => FAILURE.test(each))) return true;
  return unclear.length > 0 && !told.some((each) => SUCCESS.test(each));
}

function textOf(value: unknown): string {
  if (typeof value !== 'object') return `${value}`.trim();
  return Object.keys(value ?? {}).length > 0 ? '…' : '';
}

const no = z.union([z.literal([false, 0, '0']), z.string().regex(/^\s*false\s*$/i)]);

/** An answer that says itself that it is an error, whatever its HTTP status. */
export const refusesSchema = z.union([
  z.object({
    status: z.union([z.string().regex(/^\s*(?:error|exception|fail(?:ed|ure)?)\s*$/i), z.literal(false)]),
  }),
  z.object({ success: no }),
  z.object({ ok: no }),
  z.object({ error: z.unknown().refine((field) => tellsError('error', field)) }),
  z.object({ errors: z.unknown().refine((field) => tellsError('errors', field)) }),
]);

const digits = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);
const count = z.union([z.number(), digits]).pipe(z.int().nonnegative());
const list = z.array(z.unknown()).optional().catch(undefined);

/** The fields of a page beside its rows. A total must be a number if it is present: the proof of a complete list needs it. */
export const pageSchema = z.object({
  total: z.union([count, z.literal('').transform(() => null)]).nullish(),
  limit: count.pipe(z.int().positive()).optional().catch(undefined),
  // Words alone: numbers may differ from page to page, as HTTP's do.
  status: z.string().regex(/\p{L}/u).trim().toLowerCase().optional().catch(undefined),
});

const holderOfList = z.object({ object: list, data: list, users: list });

/** The list of a page, from the first of its places (contract, section 1) that has rows; undefined if no place has a list. */
export function listOf(body: unknown): readonly unknown[] | undefined {
  const { object, data, users } = holderOfList.safeParse(body).data ?? {};
  const lists = [object, data, users].filter((each) => each !== undefined);
  return lists.find(({ length }) => length > 0) ?? lists[0];
}

/** `status_user` (contract, section 1). Missing means active. Any other value than 1 and 0 is `unclear`, not guessed. */
const status = z
  .union([
    z.literal([1, '1', true]).transform(() => 'active' as const),
    z.literal([0, '0', false]).transform(() => 'inactive' as const),
  ])
  .nullish()
  .transform((value): 'active' | 'inactive' | 'unclear' => value ?? 'active')
  .catch('unclear');

/** One row of a list. Without a usable `id_user`, the row does not parse. */
export const rowSchema = z.object({ id_user: count, email: z.unknown().optional(), status_user: status });

const UNAUTHORIZED = 401;
/** The account is known but may not do this: a new login would not help. */
const FORBIDDEN = 403;
export const TOO_MANY_REQUESTS = 429;

/** Whether a status leads to another address. 304 does not: a cache sends it, unasked. */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** What a message about a token mentions, and what may be wrong with the token, in either order; also `token_expired`. */
const SUBJECT = '(?:token|jwt|session|sesi)';
const WRONG =
  '(?:expired?|invalid|missing|revoked|blacklisted|absent|not (?:be )?(?:found|provided|valid|parsed|decoded|verified)|' +
  'kedaluwarsa|kadaluarsa|kadaluwarsa|tidak (?:lagi )?(?:sah|valid|ditemukan|berlaku)|berakhir|habis)';
const ABOUT_TOKEN = new RegExp(
  `\\b${SUBJECT}(?: \\w+){0,3} ${WRONG}\\b|\\b(?:expired|invalid|missing|revoked|no)(?: \\w+)? ${SUBJECT}\\b`,
);
const ABOUT_LOGIN =
  /\b(unauthenticated|unauthori[sz]ed|not (authenticated|logged in)|login required|belum login|(silah?kan|harus|harap|mohon) (log ?in|masuk)|login (kembali|ulang))\b/;
const LONGEST = 300;

/** A text in lower case, with blanks between its words: `tokenExpired` and `token_expired` become `token expired`. */
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
 * Whether an answer calls itself an error, by its words or its code. A list beside an error is not believed: users may be missing
 * from it. Beside users, a code above HTTP's 599 may mean anything, and counts as no error.
 */
export function isRefusal(body: unknown): boolean {
  const most = (listOf(body)?.length ?? 0) > 0 ? 599 : Number.POSITIVE_INFINITY;
  return refusesSchema.safeParse(body).success || codesOf(body).some((code) => code >= 400 && code <= most);
}

/** Statuses with which Laravel and IIS say that a session has ended. */
const SESSION_ENDED = [419, 440];
const LOGIN = /log-?in|sign-?in|masuk|\bauth\b/i;
const LONGEST_WEB_PAGE = 100_000;

/**
 * Whether a server answers as it would to a browser that is no longer logged in: by a redirect to its login, by the login page, or
 * by a status for an ended session. Each of these may mean something else too.
 */
export function asksForLogin({ status, location = '', text }: Answer): boolean {
  if (SESSION_ENDED.includes(status)) return true;
  if (status >= 300 && status <= 399) return LOGIN.test(location.replace(/^\w+:\/\/[^/]*/, ''));
  return status === 200 && text.trimStart().startsWith('<') && LOGIN.test(text.slice(0, LONGEST_WEB_PAGE));
}

function codesOf(body: unknown): readonly number[] {
  return Object.values(codesSchema.safeParse(body).data ?? {});
}

/**
 * Whether the answer to a page's request says that the token is not accepted: by 401, as today's servers do, or by a JSON body in
 * place of a list, with any other status, 200 included. Looks at a few fields of the body, up to 300 characters each. False for
 * a rate limit (429), and for an answer with users, unless it calls itself an error. An empty list may be all that a refusal has.
 */
export function refusesToken(answer: Answer): boolean {
  if (answer.status === UNAUTHORIZED) return true;
  if (answer.status === TOO_MANY_REQUESTS) return false;
  const body = parseJsonBody(answer);
  if (!body.ok || ((listOf(body.value)?.length ?? 0) > 0 && !isRefusal(body.value))) return false;
  const codes = codesOf(body.value);
  const told = [saidSchema.safeParse(body.value).data, nestedSchema.safeParse(body.value).data?.error];
  const texts = told.flatMap((each) => Object.values(each ?? {}));
  return (
    codes.includes(UNAUTHORIZED) ||
    texts.some((text) => ABOUT_TOKEN.test(text)) ||
    (answer.status !== FORBIDDEN && texts.some((text) => ABOUT_LOGIN.test(text)))
  );
}
