import { runWorkers } from '../../sync/abort.ts';
import { ListLongerError, ListMovedError } from '../../sync/failures/errors.ts';
import type { ListEnd, SourceList, SourcePage } from '../../sync/ports/source.ts';
import { FetchFailedError, InvalidResponseError, type PageRefusal } from '../errors.ts';
import { askAhead, type EarlyPages, type FetchPage } from './fetch-page.ts';
import type { ListPage } from './pages.ts';

/**
 * Reads every page and hands each over as it comes. Proves what pages alone can prove: one `total` on all of
 * them, and no page short but the last. Throws `ListMovedError` where they contradict each other.
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
    // Page 1 has said how many there are; pages beyond them are not waited for.
    early.forget();
  }
}

function checkFirst(rows: number, total: number | undefined): void {
  if (total === undefined) return;
  if (total > MAX_ROWS) throw new FetchFailedError(`the server tells ${total} users, more than ${MAX_ROWS}`);
  if (rows === 0 && total > 0) throw new InvalidResponseError(`page 1 is empty, yet total is ${total}`);
  if (total > rows * MAX_PAGES)
    throw new FetchFailedError(`${total} users at ${rows} per page are more than ${MAX_PAGES} pages`);
}

export type ListReading = {
  readonly fetchPage: FetchPage;
  readonly onPage: (page: SourcePage, total: number | undefined) => Promise<void>;
  /** Rows that were asked for per page. */
  readonly pageSize: number;
  /** Pages that may be asked for at a time; as many again may be in memory, being handed over. */
  readonly maxConcurrent: number;
  readonly signal: AbortSignal;
  /** Pages that were asked for already; without them page 1 goes first and alone. */
  readonly early?: EarlyPages | undefined;
};

/** A list that was read, with the pages at its ends. An empty `last` page proves that nothing follows. */
export type ReadList = {
  readonly list: SourceList;
  readonly first: ListPage;
  readonly last: ListPage;
  /** How many pages there are, where the server tells the length of the list. */
  readonly pages: number | undefined;
};

/**
 * Twice as many pages as may be asked for at a time: a request always waits in line where a place becomes free, whether the
 * other worker is still handing its page over or the limiter takes its while.
 */
export function pagesInHand(maxConcurrent: number): number {
  return 2 * maxConcurrent;
}

/** Far above any depot, so that a server which never ends is not read for ever. */
const MAX_ROWS = 5_000_000;
const MAX_PAGES = 50_000;

/**
 * Hands `first` over and reads the pages after it of a list whose length the server tells, several at a time. The rows
 * of page 1 are the page size that the server really applies.
 */
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
  // A worker holds its page until it was handed over: memory never holds more pages than workers.
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
  await runWorkers(Math.min(pagesInHand(reading.maxConcurrent), pages), reading.signal, worker);
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
 * Hands `first` over and reads the pages after it of a list whose length the server does not tell, up to the first short
 * page.
 */
async function readOnward(first: ListPage, reading: ListReading): Promise<ReadList> {
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
  return { list: { rows, total: undefined }, first, last, pages: undefined };
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

const NOT_FOUND = 404;

/**
 * Asks for the page after the last one, where the read did not see an empty page already. What a count cannot prove, such
 * as a `total` that is too low, this page can: it must be empty. Throws `ListLongerError` where users stand on it whom
 * neither end of the list has, `ListMovedError` where its `total` is another one, and what `fetchPage` throws where no
 * answer comes.
 */
export async function proveEnd(read: ReadList, fetchPage: FetchPage, signal: AbortSignal): Promise<ListEnd> {
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
