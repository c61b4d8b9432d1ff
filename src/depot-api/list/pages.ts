import type { Trouble } from '../../sync/failures/depot-reason.ts';
import type { ListOrder, SkipReason, SourcePage, SourceRow } from '../../sync/ports/source.ts';
import { listOf, pageSchema, rowSchema } from '../answers.ts';
import { FetchFailedError, InvalidResponseError } from '../errors.ts';
import { type Answer, parseJsonBody } from '../http/http.ts';

/** A page, with the server's numbers about the whole list. */
export type ListPage = SourcePage & {
  readonly total: number | undefined;
  /** The page limit that the server says it applied. */
  readonly limit: number | undefined;
};

/** The address of one page (contract, section 1). Pages start at 1. */
export function pageUrl(baseHref: string, page: number, limit: number, order: ListOrder): string {
  return `${baseHref}/api/conf/users?q=&limit=${limit}&page=${page}&sort=id_user&order=${order}`;
}

/**
 * Parses the answer to a page's request. Throws `FetchFailedError` for a status other than success, and `InvalidResponseError` if
 * the body is no list of users.
 */
export function parsePage(answer: Answer, page: number, attempts: number): ListPage {
  checkStatus(answer, page, attempts);
  const body = parseJsonBody(answer);
  if (!body.ok) throw new InvalidResponseError({ code: 'on_page', page, why: body.why });
  const parsed = pageSchema.safeParse(body.value);
  const list = listOf(body.value);
  if (parsed.success && list !== undefined) {
    const { total, limit } = parsed.data;
    return { page, total: total ?? undefined, limit, rows: list.map((row) => parseRow(row, page)) };
  }
  throw new InvalidResponseError(
    isBadTotal(parsed.error)
      ? { code: 'on_page', page, why: { code: 'total_not_a_number' } }
      : { code: 'no_users_data' },
  );
}

function isBadTotal(error: { issues: readonly { path: readonly PropertyKey[] }[] } | undefined): boolean {
  return error?.issues.some((issue) => issue.path[0] === 'total') ?? false;
}

function checkStatus(answer: Answer, page: number, attempts: number): void {
  const { status } = answer;
  if (status >= 200 && status <= 299) return;
  const refusal = { status, inJson: parseJsonBody(answer).ok };
  throw new FetchFailedError(
    status < 400
      ? { code: 'redirected', status, page }
      : { code: 'on_page', page, attempts, why: { code: 'http_status', status } },
    { refusal },
  );
}

/**
 * Parses one row of page `page`. Throws `InvalidResponseError` if the row has no usable `id_user`: without ids, the list cannot
 * be proven complete. Any other problem makes a skipped row.
 */
export function parseRow(value: unknown, page: number): SourceRow {
  const row = rowSchema.safeParse(value);
  if (!row.success) throw new InvalidResponseError({ code: 'on_page', page, why: troubleOf(value) });
  const { id_user: id, email: raw, status_user: status } = row.data;
  const email = typeof raw === 'string' ? normalizeEmail(raw) : undefined;
  const skip = skipReason(raw, email, status);
  // A user with an unclear status counts as present, so that a broken row deactivates nobody.
  const spellings = spellingsOf(raw, email);
  return { id, email, active: status !== 'inactive', skip, rawEmail: rawEmail(raw, skip), spellings };
}

function troubleOf(value: unknown): Trouble {
  const isRow = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRow) return { code: 'row_not_a_user' };
  const id = 'id_user' in value ? value.id_user : undefined;
  return { code: id === undefined || id === null || id === '' ? 'row_without_id' : 'row_with_odd_id' };
}

function skipReason(
  raw: unknown,
  email: string | undefined,
  status: 'active' | 'inactive' | 'unclear',
): SkipReason | undefined {
  if (isBlank(raw)) return 'no_email';
  if (email === undefined) return 'bad_email';
  return status === 'unclear' ? 'bad_status' : undefined;
}

function rawEmail(raw: unknown, skip: SkipReason | undefined): string | undefined {
  return skip === undefined || skip === 'no_email' ? undefined : quoteRawEmail(raw);
}

function isBlank(raw: unknown): boolean {
  return raw === undefined || raw === null || (typeof raw === 'string' && raw.trim() === '');
}

const MIN_LENGTH = 3;
/** The number of characters that `users.email` holds. */
const MAX_LENGTH = 255;

/** White space, control, invisible and private-use characters, broken UTF-16, and U+FFFD, the sign of broken UTF-8. */
const UNUSABLE = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cs}\uFFFD]/u;

/**
 * Signs of a text that has an email in it, or several, and is none itself. Whoever it names would be deactivated, and the text
 * added as a new user.
 */
const WITH_EMAIL_IN_IT = new RegExp(
  [
    /^mailto:|^[,;]|[.,:;]$/, // mailto:budi@dkm
    /^<.*>$|^".*"$|^'.*'$|^`.*`$|^\(.*\)$|^\[.*\]$|^\{.*\}$/, // 'budi@dkm'
    /<[^<>@]+@[^<>@]+>/, // Budi<budi@dkm>
    /&(?:#x?[\da-f]+|apos|quot|lt|gt);/, // o&#039;brien@dkm
  ]
    .map(({ source }) => source)
    .join('|'),
  'iu',
);

/** Whether a text has several emails, as in `ani@dkm,budi@dkm`. Not a pattern: that would take long for a text of at signs. */
function hasSeveral(text: string): boolean {
  return /[,;/|]/.test(text.slice(text.indexOf('@'), text.lastIndexOf('@')));
}

/**
 * An email in the form for comparison: trimmed and in lower case (contract, section 1), and with composed letters, because Unicode
 * has two ways to write `é`, which binary collations tell apart. Undefined if it is unusable.
 * `vendor1@dkm` is usable: a dot is not required.
 */
export function normalizeEmail(raw: string): string | undefined {
  const email = raw.trim().toLowerCase().normalize('NFC');
  // A character has at most two code units: this check avoids splitting a string of megabytes.
  if (email.length > 2 * MAX_LENGTH) return undefined;
  if (UNUSABLE.test(email) || WITH_EMAIL_IN_IT.test(email) || hasSeveral(email)) return undefined;
  const length = [...email].length;
  const at = email.lastIndexOf('@');
  const hasBothSides = at > 0 && at < email.length - 1;
  return hasBothSides && length >= MIN_LENGTH && length <= MAX_LENGTH ? email : undefined;
}

/** The text in the place of the email, made fit for a column of 255 characters: no NUL, no lone surrogates. */
export function quoteRawEmail(value: unknown): string {
  const text =
    value !== null && typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
  const kept = text.slice(0, 4 * MAX_LENGTH).replace(/[\0\p{Cs}]/gu, '');
  return [...kept].slice(0, MAX_LENGTH).join('');
}

/** The largest number of spellings per row: a field with more emails belongs to no single person. */
const MOST = 12;
/** The number of characters that are searched: enough for 255 characters and as much around them, and not megabytes. */
const LONGEST_RAW = 4_096;

/** White space and invisible characters. `src/database/plan/spelling.ts` removes the same from `users.email`. */
const UNSEEN = /[\s\p{Z}\p{C}]+/gu;
/** Text around an email: `Budi <budi@dkm>`, `budi@dkm; ani@dkm`, `mailto:budi@dkm`, `budi@dkm.`. */
const AROUND = /[\s\p{Z}<>()[\]{}"'`,;|/\\]+|\bmailto:|\.+$/iu;
/** What PHP and JavaScript write for these characters in HTML. */
const IN_HTML: readonly (readonly [RegExp, string])[] = [
  [/&(?:#0*39|#x0*27|apos);/gi, "'"],
  [/&(?:#0*34|quot);/gi, '"'],
  [/&lt;/gi, '<'],
  [/&gt;/gi, '>'],
  [/&amp;/gi, '&'],
];

/**
 * Other spellings, of at most 255 characters, under which `users.email` may have the person of a row: the server's text, the text
 * without invisible characters, the text that was meant by HTML, and each piece of it. Undefined if there are none besides `email`,
 * the normalised text. A user with such a spelling is not deactivated (docs/deciding.md, "Whose row is whose").
 */
function spellingsOf(raw: unknown, email: string | undefined): readonly string[] | undefined {
  if (raw === undefined || raw === null) return undefined;
  const decomposed = email?.normalize('NFD') ?? '';
  if (raw === email && decomposed === email) return undefined;
  const text = (typeof raw === 'object' ? JSON.stringify(raw) : String(raw)).slice(0, LONGEST_RAW);
  const texts = [text, decomposed, ...(email === undefined ? textsIn(text) : [])].flatMap((each) => [
    each,
    normalizeEmail(each) ?? '',
    each.replace(UNSEEN, '').toLowerCase(),
  ]);
  const kept = [...new Set(texts.map(storable))].filter((each) => each !== email && each !== '');
  return kept.length === 0 ? undefined : kept.slice(0, MOST);
}

/** What a text that is no usable email may mean: the text without HTML or in another form, and each piece of it. */
function textsIn(text: string): readonly string[] {
  const plain = IN_HTML.reduce((read, [written, character]) => read.replace(written, character), text);
  const pieces = plain.normalize('NFKC').split(AROUND);
  return [text.trim(), plain, text.normalize('NFC'), text.normalize('NFKC'), ...pieces];
}

/** A text that MySQL can store; empty if it is too long for `users.email`. */
function storable(text: string): string {
  const kept = text.replace(/[\0\p{Cs}]/gu, '');
  return [...kept].length <= MAX_LENGTH ? kept : '';
}
