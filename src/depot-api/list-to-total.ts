import { ListMovedError } from '../sync/errors.ts';
import type { SourceList } from '../sync/source.ts';
import type { ListReading } from './list-reading.ts';
import type { ListPage } from './pages.ts';
import { runWorkers } from './parallel.ts';

/**
 * Reads the pages after the first of a list whose length the server tells, several at a time. `size`, the rows
 * of page 1, is the page size that the server really applies.
 */
export async function readToTotal(size: number, total: number, reading: ListReading): Promise<SourceList> {
  const pages = size >= total ? 1 : Math.ceil(total / size);
  let rows = size;
  let next = 2;
  // A worker asks for a page while it hands over the one before: memory never holds more than two for each.
  const worker = async (signal: AbortSignal) => {
    let handing: Promise<void> = Promise.resolve();
    try {
      while (next <= pages) {
        signal.throwIfAborted();
        const page = await reading.fetchPage(next++, signal);
        checkPage(page, page.page === pages ? total - size * (pages - 1) : size, total);
        await handing;
        handing = reading.onPage({ page: page.page, rows: page.rows }, total);
        // It may fail while nobody waits for it; whoever waits next hears of it.
        handing.catch(() => {});
        rows += page.rows.length;
      }
    } finally {
      await handing;
    }
  };
  await runWorkers(Math.min(reading.maxConcurrent, pages - 1), reading.signal, worker);
  return { rows, total };
}

function checkPage(page: ListPage, expected: number, total: number): void {
  if (page.total !== total)
    throw new ListMovedError(
      `total was ${total} on page 1 and ${page.total ?? 'missing'} on page ${page.page}`,
    );
  if (page.rows.length !== expected)
    throw new ListMovedError(`page ${page.page} has ${page.rows.length} users, expected ${expected}`);
}
