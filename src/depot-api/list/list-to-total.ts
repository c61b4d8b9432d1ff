import { ListMovedError } from '../../sync/errors.ts';
import { runWorkers } from '../http/parallel.ts';
import type { ListReading, ReadList } from './list-reading.ts';
import type { ListPage } from './pages.ts';

/**
 * Hands `first` over and reads the pages after it of a list whose length the server tells, several at a time. The rows
 * of page 1 are the page size that the server really applies.
 */
export async function readToTotal(first: ListPage, total: number, reading: ListReading): Promise<ReadList> {
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
  // Twice as many as may ask at a time: a request always waits in line where a place becomes free, whether the other
  // worker is still handing its page over or the limiter takes its while.
  await runWorkers(Math.min(2 * reading.maxConcurrent, pages), reading.signal, worker);
  return { list: { rows, total }, first, last };
}

function checkPage(page: ListPage, expected: number, total: number): void {
  if (page.total !== total)
    throw new ListMovedError(
      `total was ${total} on page 1 and ${page.total ?? 'missing'} on page ${page.page}`,
    );
  if (page.rows.length !== expected)
    throw new ListMovedError(`page ${page.page} has ${page.rows.length} users, expected ${expected}`);
}
