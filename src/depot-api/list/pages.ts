import type { ListOrder, SourcePage } from '../../sync/ports/source.ts';
import { FetchFailedError, InvalidResponseError } from '../errors.ts';
import { type Answer, parseJsonBody } from '../http/http.ts';
import { parseRow } from './rows.ts';
import { listOf, pageSchema } from './schemas.ts';

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
  if (!body.ok) throw new InvalidResponseError(`${body.problem} on page ${page}`);
  const parsed = pageSchema.safeParse(body.value);
  const list = listOf(body.value);
  if (parsed.success && list !== undefined) {
    const { total, limit } = parsed.data;
    return { page, total: total ?? undefined, limit, rows: list.map((row) => parseRow(row, page)) };
  }
  throw new InvalidResponseError(
    isBadTotal(parsed.error) ? `total is not a number on page ${page}` : 'users data not found',
  );
}

function isBadTotal(error: { issues: readonly { path: readonly PropertyKey[] }[] } | undefined): boolean {
  return error?.issues.some((issue) => issue.path[0] === 'total') ?? false;
}

function checkStatus(answer: Answer, page: number, attempts: number): void {
  const { status } = answer;
  if (status >= 200 && status <= 299) return;
  const detail = status < 400 ? ': redirects are not followed' : afterAttempts(attempts);
  const refusal = { status, inJson: parseJsonBody(answer).ok };
  throw new FetchFailedError(`HTTP ${status} on page ${page}${detail}`, { refusal });
}

/** Text for the end of a reason; empty after a single attempt. */
export function afterAttempts(attempts: number): string {
  return attempts === 1 ? '' : ` (${attempts} attempts)`;
}
