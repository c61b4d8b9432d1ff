import { FetchFailedError, InvalidResponseError } from '../errors.ts';
import { readOnward } from './list-onward.ts';
import { type ListReading, MAX_PAGES, MAX_ROWS, type ReadList } from './list-reading.ts';
import { readToTotal } from './list-to-total.ts';

/**
 * Reads every page and hands each over as it comes. Proves what pages alone can prove: one `total` on all of
 * them, and no page short but the last. Throws `ListMovedError` where they contradict each other.
 */
export async function readList(reading: ListReading): Promise<ReadList> {
  const first = await reading.fetchPage(1, reading.signal);
  checkFirst(first.rows.length, first.total);
  return first.total === undefined ? readOnward(first, reading) : readToTotal(first, first.total, reading);
}

function checkFirst(rows: number, total: number | undefined): void {
  if (total === undefined) return;
  if (total > MAX_ROWS) throw new FetchFailedError(`the server tells ${total} users, more than ${MAX_ROWS}`);
  if (rows === 0 && total > 0) throw new InvalidResponseError(`page 1 is empty, yet total is ${total}`);
  if (total > rows * MAX_PAGES)
    throw new FetchFailedError(`${total} users at ${rows} per page are more than ${MAX_PAGES} pages`);
}
