import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Trouble } from '../../sync/failures/depot-reason.ts';
import type { ListOrder, SkipReason, SourcePage, SourceRow } from '../../sync/ports/source.ts';
import { isRedirect, isRefusal, listOf, pageSchema, rowSchema } from '../answers.ts';
import { EmptyRefusalError, FetchFailedError, InvalidResponseError } from '../errors.ts';
import { type Answer, MAX_BODY_BYTES, parseJsonBody } from '../http/http.ts';
import { normalizeEmail, quoteRawEmail, spellingsOf } from './emails.ts';

/** A page, with the server's numbers about the whole list. */
export type ListPage = SourcePage & {
  readonly total: number | undefined;
  /** The page limit that the server says it applied. */
  readonly limit: number | undefined;
  /** How the server calls its answer, such as `success`; undefined if it says nothing in words. */
  readonly status?: string | undefined;
};

/** The address of one page (contract, section 1). Pages start at 1. */
export function pageUrl(baseHref: string, page: number, limit: number, order: ListOrder): string {
  return `${baseHref}/api/conf/users?q=&limit=${limit}&page=${page}&sort=id_user&order=${order}`;
}

/** Which page was asked for, how often, and for whom it is parsed: no longer once the signal aborts. */
type Asked = { readonly page: number; readonly attempts: number; readonly signal: AbortSignal };

/**
 * Parses the answer to a page's request. Throws `FetchFailedError` for a status other than success, and `InvalidResponseError` if
 * the body is no list of users or calls itself an error, `EmptyRefusalError` if an empty list is beside that error, and the signal's
 * reason.
 */
export async function parsePage(answer: Answer, { page, attempts, signal }: Asked): Promise<ListPage> {
  checkStatus(answer, page, attempts);
  checkAge(answer, page);
  const body = parseJsonBody(answer);
  if (!body.ok) throw new InvalidResponseError({ code: 'on_page', page, why: body.why });
  const parsed = pageSchema.safeParse(body.value);
  const list = listOf(body.value);
  if (parsed.success && list !== undefined) {
    if (isRefusal(body.value))
      throw list.length === 0
        ? new EmptyRefusalError({ code: 'no_users_data' })
        : new InvalidResponseError({ code: 'on_page', page, why: { code: 'error_with_users' } });
    const { total, limit, status } = parsed.data;
    const rows = await parseRows(list, page, signal);
    return { page, total: total ?? undefined, limit, status, rows };
  }
  throw new InvalidResponseError(
    isBadTotal(parsed.error)
      ? { code: 'on_page', page, why: { code: 'total_not_a_number' } }
      : { code: 'no_users_data' },
  );
}

/** For how long rows are parsed before other work has its turn: a page of 10 MB may take a minute. Milliseconds. */
const TURN_MS = 20;

async function parseRows(
  list: readonly unknown[],
  page: number,
  signal: AbortSignal,
): Promise<readonly SourceRow[]> {
  const rows: SourceRow[] = [];
  let turn = performance.now();
  let bytes = 0;
  for (const value of list) {
    const row = parseRow(value, page);
    rows.push(row);
    bytes += bytesOf(row);
    if (bytes > MAX_BODY_BYTES)
      throw new FetchFailedError({ code: 'on_page', page, why: { code: 'answer_too_large' } });
    if (performance.now() - turn < TURN_MS) continue;
    await othersTurn();
    signal.throwIfAborted();
    turn = performance.now();
  }
  return rows;
}

/** Roughly what a row takes in memory: a text that is no email may have hundreds of spellings. */
function bytesOf({ spellings = [] }: SourceRow): number {
  return spellings.reduce((sum, { length }) => sum + 32 + length, 100);
}

function isBadTotal(error: { issues: readonly { path: readonly PropertyKey[] }[] } | undefined): boolean {
  return error?.issues.some((issue) => issue.path[0] === 'total') ?? false;
}

/** No list, and a part of one: the server says itself that users may be missing. */
const PARTLY = [204, 206];

function checkStatus(answer: Answer, page: number, attempts: number): void {
  const { status } = answer;
  if (status >= 200 && status <= 299 && !PARTLY.includes(status)) return;
  const refusal = { status, inJson: parseJsonBody(answer).ok };
  throw new FetchFailedError(
    isRedirect(status)
      ? { code: 'redirected', status, page }
      : { code: 'on_page', page, attempts, why: { code: 'http_status', status } },
    { refusal },
  );
}

/** A cache may be the server's own and hold answers briefly: such a page is no older than one that was read slowly. Seconds. */
const OLDEST = 60;

/** Throws where a cache answers with a list of long ago (RFC 9111): whoever came to the server since would be taken for absent. */
function checkAge({ age = '' }: Answer, page: number): void {
  const seconds = Math.min(Number(/^\d+/.exec(age.trim())?.[0] ?? 0), Number.MAX_SAFE_INTEGER);
  if (seconds > OLDEST)
    throw new FetchFailedError({ code: 'on_page', page, why: { code: 'from_cache', seconds } });
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
