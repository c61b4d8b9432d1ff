import { ListEmptyError, ListMovedError } from './errors.ts';
import type { Drafted, Lease, PlanFacts, Staging } from './ports.ts';
import { inRounds } from './rounds.ts';
import type { ListOrder, SourcePage, SourceSession } from './source.ts';

/** How often a list that moved while it was read is read again, in each order. */
const READ_AGAIN = 2;

export type ListReader = {
  readonly session: SourceSession;
  readonly staging: Staging;
  readonly lease: Lease;
  /** Plans after the reads of these numbers, oldest first. */
  readonly draft: (reads: readonly number[]) => Promise<Drafted>;
  /** Called after each page with the users read so far in this read. */
  readonly onProgress: (users: number, total: number | undefined) => void;
};

/**
 * Reads the list into staging until it is provably whole, and a second time in the opposite order where the first
 * read leaves an active user out: one user removed and another added between two pages would shift a third one out
 * of sight while every count agrees. Returns what the plan after it comes to.
 * Throws `ListMovedError`, `ListEmptyError`, and what the session and `draft` throw.
 */
export async function readAndDraft(reader: ListReader): Promise<PlanFacts> {
  const reads: number[] = [];
  for (const order of ['asc', 'desc'] as const) {
    reads.push(await readWhole(reader, order, (reads.at(-1) ?? 0) + 1));
    const drafted = await reader.draft(reads);
    switch (drafted.outcome) {
      case 'drafted':
        return drafted.facts;
      case 'empty':
        throw new ListEmptyError(drafted.active);
      case 'unproven':
    }
  }
  throw new Error('Two reads of opposite order prove every absence');
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
  // One connection for each list, however many pages come at a time; several together take the database half as long.
  const stage = inRounds((pages: readonly SourcePage[]) => staging.add(lease, readNo, pages));
  const list = await session.read(order, async (page, total) => {
    await stage(page);
    users += page.rows.length;
    onProgress(users, total);
  });
  const distinct = await staging.countDistinct(lease.runId, readNo);
  const expected = list.total ?? list.rows;
  if (distinct !== expected) throw new ListMovedError(`${distinct} different users instead of ${expected}`);
}
