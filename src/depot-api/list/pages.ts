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
