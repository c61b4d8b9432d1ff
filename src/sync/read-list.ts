import { ListEmptyError, ListMovedError } from './errors.ts';
import type { Lease, Plans, Staging } from './ports.ts';
import type { ListOrder, SourceSession } from './source.ts';

/** How often a list that moved while it was read is read again, in each order. */
const READ_AGAIN = 2;

export type ListReader = {
  readonly session: SourceSession;
  readonly staging: Staging;
  readonly plans: Plans;
  readonly lease: Lease;
  /** Called after each page with the users read so far in this read. */
  readonly onProgress: (users: number, total: number | undefined) => void;
};

/**
 * Reads the list into staging until it is provably whole, and a second time in the opposite order where the first
 * read leaves an active user out: one user removed and another added between two pages would shift a third one out
 * of sight while every count agrees. Returns the numbers of the reads that prove the list, oldest first.
 * Throws `ListMovedError`, `ListEmptyError`, and what the session throws.
 */
export async function readList(reader: ListReader): Promise<readonly [number, ...number[]]> {
  const { plans, lease } = reader;
  const first = await readWhole(reader, 'asc', 1);
  const { present, absent, active } = await plans.compare(lease, first);
  if (present === 0 && active > 0) throw new ListEmptyError(active);
  if (absent === 0) return [first];
  return readOpposite(reader, first);
}

/** Reads the whole list once more, in the opposite order of read number `first`. Throws as `readList` does. */
export async function readOpposite(reader: ListReader, first: number): Promise<readonly [number, number]> {
  return [first, await readWhole(reader, 'desc', first + 1)];
}

async function readWhole(reader: ListReader, order: ListOrder, firstReadNo: number): Promise<number> {
  for (let readNo = firstReadNo; ; readNo += 1) {
    try {
      await readOnce(reader, order, readNo);
      return readNo;
    } catch (error) {
      const again = error instanceof ListMovedError && readNo < firstReadNo + READ_AGAIN;
      if (!again) throw error;
    }
  }
}

/** Whole means: every page came, and as many different users as the server says there are. */
async function readOnce(reader: ListReader, order: ListOrder, readNo: number): Promise<void> {
  const { session, staging, lease, onProgress } = reader;
  let users = 0;
  const list = await session.read(order, async (page, total) => {
    await staging.add(lease, readNo, page);
    users += page.rows.length;
    onProgress(users, total);
  });
  const distinct = await staging.countDistinct(lease.runId, readNo);
  const expected = list.total ?? list.rows;
  if (distinct !== expected) throw new ListMovedError(`${distinct} different users instead of ${expected}`);
}
