import { ListLongerError, ListMovedError } from '../../sync/errors.ts';
import type { ListEnd } from '../../sync/source.ts';
import { FetchFailedError, InvalidResponseError, type PageRefusal } from '../errors.ts';
import type { ReadList } from './list-reading.ts';
import type { PageReader } from './page-reader.ts';
import type { ListPage } from './pages.ts';

const NOT_FOUND = 404;

/**
 * Asks for the page after the last one, where the read did not see an empty page already. What a count cannot prove, such
 * as a `total` that is too low, this page can: it must be empty. Throws `ListLongerError` where users stand on it whom
 * neither end of the list has, `ListMovedError` where its `total` is another one, and what `fetchPage` throws where no
 * answer comes.
 */
export async function proveEnd(read: ReadList, fetchPage: PageReader, signal: AbortSignal): Promise<ListEnd> {
  const { total } = read.list;
  if (read.last.rows.length === 0) return total === undefined ? 'thin' : 'proven';
  try {
    return endOf(read, await fetchPage(read.last.page + 1, signal));
  } catch (error) {
    if (error instanceof InvalidResponseError) return 'unknown';
    if (!(error instanceof FetchFailedError) || error.refusal === undefined) throw error;
    return meaningOf(error.refusal, total);
  }
}

function endOf({ list: { total }, first, last }: ReadList, beyond: ListPage): ListEnd {
  if (beyond.rows.length > 0) {
    const known = new Set([...first.rows, ...last.rows].map(({ id }) => id));
    if (beyond.rows.every(({ id }) => known.has(id))) return 'repeats';
    throw new ListLongerError(beyond.page, beyond.rows.length);
  }
  // Some servers count the rows of a page and call that the total: it is 0 here.
  if (total === undefined || beyond.total === undefined || beyond.total === 0) return 'thin';
  if (beyond.total === total) return 'proven';
  throw new ListMovedError(`total was ${total} on page 1 and ${beyond.total} on page ${beyond.page}`);
}

/**
 * The contract does not say what a server answers to a page that does not exist. 404 in JSON, from the address that has
 * just answered 200, says so in the word of HTTP, as Django's paginator does; it is believed where `total` says the same.
 * Any other refusal (a page number that is not allowed, a mistake of the server's) says nothing of the list.
 */
function meaningOf({ status, inJson }: PageRefusal, total: number | undefined): ListEnd {
  return status === NOT_FOUND && inJson && total !== undefined ? 'thin' : 'unknown';
}
