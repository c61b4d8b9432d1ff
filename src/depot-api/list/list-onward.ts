import { ListLongerError, ListMovedError } from '../../sync/errors.ts';
import { FetchFailedError } from '../errors.ts';
import { type ListReading, MAX_PAGES, type ReadList } from './list-reading.ts';
import type { ListPage } from './pages.ts';

/**
 * Hands `first` over and reads the pages after it of a list whose length the server does not tell, up to the first short
 * page.
 */
export async function readOnward(first: ListPage, reading: ListReading): Promise<ReadList> {
  let page = first;
  let rows = first.rows.length;
  await reading.onPage({ page: first.page, rows: first.rows }, undefined);
  while (!isShort(page, reading.pageSize)) {
    page = await fetchNext(page, reading);
    rows += page.rows.length;
    await reading.onPage({ page: page.page, rows: page.rows }, undefined);
  }
  // A server that caps its pages and says nothing of it would make every page look like the last.
  const last = page.rows.length > 0 && page.limit === undefined ? await emptyPageAfter(page, reading) : page;
  return { list: { rows, total: undefined }, first, last };
}

/** A server may apply less than the limit that was asked for; one that echoes more is not believed. */
function isShort(page: ListPage, asked: number): boolean {
  return page.rows.length < Math.min(page.limit ?? asked, asked);
}

async function emptyPageAfter(last: ListPage, reading: ListReading): Promise<ListPage> {
  const beyond = await fetchNext(last, reading);
  if (beyond.rows.length > 0) throw new ListLongerError(beyond.page, beyond.rows.length);
  return beyond;
}

async function fetchNext(page: ListPage, reading: ListReading): Promise<ListPage> {
  const number = page.page + 1;
  if (number > MAX_PAGES) throw new FetchFailedError(`the list does not end within ${MAX_PAGES} pages`);
  const next = await reading.fetchPage(number, reading.signal);
  if (next.total !== undefined)
    throw new ListMovedError(`total was missing on page 1 and ${next.total} on page ${number}`);
  if (isRepeated(page, next))
    throw new FetchFailedError(
      `page ${number} is the same as page ${page.page}: the server does not turn pages`,
    );
  return next;
}

function isRepeated(a: ListPage, b: ListPage): boolean {
  const sameEnds = a.rows[0]?.id === b.rows[0]?.id && a.rows.at(-1)?.id === b.rows.at(-1)?.id;
  return a.rows.length > 0 && a.rows.length === b.rows.length && sameEnds;
}
