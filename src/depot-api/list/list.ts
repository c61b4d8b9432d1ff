import { ListLongerError, ListMovedError } from '../../sync/failures/errors.ts';
import type { ListEnd, SourceList, SourcePage } from '../../sync/ports/source.ts';
import { runWorkers } from '../../sync/run/concurrency.ts';
import { EmptyRefusalError, FetchFailedError, InvalidResponseError, type PageRefusal } from '../errors.ts';
import { askAhead, type EarlyPages, type FetchPage } from './fetch-page.ts';
import type { ListPage } from './pages.ts';

/**
 * Reads every page and hands each one over as it comes. Proves what pages alone can prove: all pages have the same `total`, and
 * no page but the last is short. Throws `ListMovedError` if the pages contradict each other.
 */
export async function readList(reading: ListReading): Promise<ReadList> {
  const { fetchPage, signal } = reading;
  const early = reading.early ?? askAhead(fetchPage, 1, signal);
  try {
    const first = await early.take(1, signal);
    checkFirst(first.rows.length, first.total);
    if (first.total === undefined) return await readOnward(first, reading);
    return await readToTotal(first, first.total, { ...reading, fetchPage: early.take });
  } finally {
    // Page 1 has told the number of pages; later early pages are not needed.
    early.forget();
  }
}

function checkFirst(rows: number, total: number | undefined): void {
  if (total === undefined) return;
  if (total > MAX_ROWS) throw new FetchFailedError({ code: 'too_many_users', total, most: MAX_ROWS });
  if (rows === 0 && total > 0) throw new InvalidResponseError({ code: 'first_page_empty', total });
  if (total > rows * MAX_PAGES)
    throw new FetchFailedError({ code: 'too_many_pages', total, perPage: rows, most: MAX_PAGES });
}

export type ListReading = {
  readonly fetchPage: FetchPage;
  readonly onPage: (page: SourcePage, total: number | undefined) => Promise<void>;
  /** Requested rows per page. */
  readonly pageSize: number;
  /** The number of pages that may be requested at a time. As many again may be in memory, being handed over. */
  readonly maxConcurrent: number;
  readonly signal: AbortSignal;
  /** Pages that were requested in advance. Without them, page 1 is requested first and alone. */
  readonly early?: EarlyPages | undefined;
};

/** A list that was read, with its first and last page. An empty `last` page proves that no page follows. */
export type ReadList = {
  readonly list: SourceList;
  readonly first: ListPage;
  readonly last: ListPage;
  /** The number of pages; undefined if the server does not tell the length of the list. */
  readonly pages: number | undefined;
};

/** Twice the number of requests at a time, so that one always waits while a worker hands its page over or the limiter delays one. */
export function pagesInHand(maxConcurrent: number): number {
  return 2 * maxConcurrent;
}

/** Far above any depot: a server whose list never ends is not read for ever. */
const MAX_ROWS = 5_000_000;
const MAX_PAGES = 50_000;
/** A server may send far larger pages than were asked for: memory then holds fewer of them. */
const MAX_ROWS_IN_HAND = 50_000;

/** Hands `first` over and reads the other pages, several at a time, up to `total`. Page 1 shows the server's real page size. */
async function readToTotal(first: ListPage, total: number, reading: ListReading): Promise<ReadList> {
  const size = first.rows.length;
  const pages = size >= total ? 1 : Math.ceil(total / size);
  let rows = 0;
  let next = 1;
  let last = first;
  const fetchChecked = async (number: number, signal: AbortSignal) => {
    const page = await reading.fetchPage(number, signal);
    checkPage(page, number === pages ? total - size * (pages - 1) : size, total);
    return page;
  };
  // A worker keeps its page until the page was handed over, so memory never holds more pages than workers.
  const worker = async (signal: AbortSignal) => {
    while (next <= pages) {
      signal.throwIfAborted();
      const number = next++;
      const page = number === 1 ? first : await fetchChecked(number, signal);
      await reading.onPage({ page: page.page, rows: page.rows }, total);
      rows += page.rows.length;
      if (number === pages) last = page;
    }
  };
  const inHand = Math.min(pagesInHand(reading.maxConcurrent), Math.floor(MAX_ROWS_IN_HAND / size), pages);
  await runWorkers(Math.max(1, inHand), reading.signal, worker);
  return { list: { rows, total }, first, last, pages };
}

function checkPage(page: ListPage, expected: number, total: number): void {
  if (page.total !== total)
    throw new ListMovedError(
      `total was ${total} on page 1 and ${page.total ?? 'missing'} on page ${page.page}`,
    );
  if (page.rows.length !== expected)
    throw new ListMovedError(`page ${page.page} has ${page.rows.length} users, expected ${expected}`);
}

/**
 * Hands `first` over and reads on to a short page, or to the last one, of a list whose length the server does not tell.
 */
async function readOnward(first: ListPage, reading: ListReading): Promise<ReadList> {
  let page = first;
  let rows = first.rows.length;
  await reading.onPage({ page: first.page, rows: first.rows }, undefined);
  while (!isShort(page, reading.pageSize)) {
    const next = await fetchNext(page, reading, first);
    if (next === page) break;
    page = next;
    rows += page.rows.length;
    await reading.onPage({ page: page.page, rows: page.rows }, undefined);
  }
  // If a server limits its pages without saying so, every page looks like the last one. Only an empty page proves the end.
  const isEnd = page.rows.length === 0 || page.limit !== undefined;
  const last = isEnd ? page : await fetchNext(page, reading, first);
  if (!isEnd && last.rows.length > 0) throw new ListLongerError(last.page, last.rows.length);
  return { list: { rows, total: undefined }, first, last, pages: undefined };
}

/** A server may apply a smaller limit than requested. A larger limit in its answer is not believed. */
function isShort(page: ListPage, asked: number): boolean {
  return page.rows.length < Math.min(page.limit ?? asked, asked);
}

/** How servers answer that they have no such page. */
const NO_SUCH_PAGE = [204, 400, 404, 410, 416, 422];

/**
 * Returns the page after `page`; `page` itself if the server tells its page size and has no page after this one: it refuses that
 * page, or turned pages before and now sends the same, or the first.
 */
async function fetchNext(page: ListPage, reading: ListReading, first: ListPage): Promise<ListPage> {
  const number = page.page + 1;
  if (number > MAX_PAGES) throw new FetchFailedError({ code: 'endless_list', most: MAX_PAGES });
  const next = await reading.fetchPage(number, reading.signal).catch((error: unknown) => {
    const status = error instanceof FetchFailedError ? error.refusal?.status : undefined;
    if (page.limit !== undefined && NO_SUCH_PAGE.includes(status ?? 0)) return page;
    throw error;
  });
  if (next.total !== undefined)
    throw new ListMovedError(`total was missing on page 1 and ${next.total} on page ${number}`);
  // Without a total, only the words tell an error that nobody foresaw from the end.
  const isOddEnd = next.rows.length === 0 && next.status !== undefined && next.status !== page.status;
  if (isOddEnd && page.status !== undefined) throw new EmptyRefusalError({ code: 'no_users_data' });
  const known = page.limit === undefined ? [page] : [page, first];
  if (!known.some((each) => isRepeated(each, next))) return next;
  if (next === page || (page.limit !== undefined && page !== first)) return page;
  throw new FetchFailedError({ code: 'page_repeated', page: number, before: page.page });
}

function isRepeated(a: ListPage, b: ListPage): boolean {
  const sameEnds = a.rows[0]?.id === b.rows[0]?.id && a.rows.at(-1)?.id === b.rows.at(-1)?.id;
  return a.rows.length === b.rows.length && sameEnds;
}

const NOT_FOUND = 404;

/**
 * Requests the page after the last one, unless the read has seen an empty page already. This page can show what a count cannot,
 * such as a `total` that is too low: it must be empty. Throws `ListLongerError` if it has users who are on neither end of the
 * list, `ListMovedError` if its `total` differs, and the errors of `fetchPage` if no answer comes.
 */
export async function proveEnd(read: ReadList, fetchPage: FetchPage, signal: AbortSignal): Promise<ListEnd> {
  const { total } = read.list;
  // The read has ended in an empty page: the list has no total, or nobody.
  if (read.last.rows.length === 0) return 'thin';
  try {
    return endOf(read, await fetchPage(read.last.page + 1, signal));
  } catch (error) {
    if (error instanceof EmptyRefusalError && total !== undefined) return 'thin';
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
  // Some servers send the number of rows of the page as the total: here that is 0.
  if (total === undefined || beyond.total === undefined || beyond.total === 0) return 'thin';
  if (beyond.total === total) return 'proven';
  throw new ListMovedError(`total was ${total} on page 1 and ${beyond.total} on page ${beyond.page}`);
}

/**
 * The end that a refused page after the last one proves. The contract does not define the answer to a page that does not exist. 404
 * in JSON, from an address that has just answered 200, means "not found" (Django's paginator answers so): `thin` if the list has a
 * `total`. Any other refusal (a page number that is not allowed, a server error) proves nothing, even with an empty list.
 */
function meaningOf({ status, inJson }: PageRefusal, total: number | undefined): ListEnd {
  return status === NOT_FOUND && inJson && total !== undefined ? 'thin' : 'unknown';
}
