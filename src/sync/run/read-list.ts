import { ListEmptyError, ListMovedError } from '../failures/errors.ts';
import type { Drafted, PlanFacts, Staging } from '../ports/plans.ts';
import type { Lease } from '../ports/runs.ts';
import type { ListEnd, ListOrder, SourcePage, SourceSession } from '../ports/source.ts';
import { type AbsenceProof, doubtOf, proofOf, watchOrder, weaker } from './absence.ts';
import { bufferedRounds } from './rounds.ts';

/** How often a list that moved while it was read is read again, in each order. */
const READ_AGAIN = 2;

export type ReadPorts = {
  readonly session: SourceSession;
  readonly staging: Staging;
  readonly lease: Lease;
  /**
   * Plans after the reads of these numbers, oldest first. `proof` is given once it is known what the reads prove. Without it,
   * `onUnproven` is called as soon as an active user is absent.
   */
  readonly draft: (
    reads: readonly number[],
    proof?: AbsenceProof,
    onUnproven?: () => void,
  ) => Promise<Drafted>;
  /** Called after each page with the users read so far in this read. */
  readonly onProgress: (users: number, total: number | undefined) => void;
};

/**
 * Reads the list into staging until it is provably whole. If an active user is absent, the page after the last one must be
 * empty, and the list is read a second time in the opposite order: one user removed and another added between two pages would
 * shift a third one out of sight while every count agrees. Some servers cannot prove an absence, because they ignore the
 * order or do not say where the list ends. Absent users then stay as they are.
 * Returns the facts of the plan. Throws `ListMovedError`, `ListLongerError`, `ListEmptyError`, and the errors of the session
 * and of `draft`.
 */
export async function readAndDraft(ports: ReadPorts): Promise<PlanFacts> {
  let repeating: number | undefined;
  const first = await untilStill(1, async (readNo) => {
    const { isOrdered, flaw } = await readOnce(ports, 'asc', readNo);
    if (flaw !== undefined) {
      const [before, { staging, lease }] = [repeating, ports];
      repeating = readNo;
      const again = before !== undefined && (await staging.sameRows(lease.runId, before, readNo));
      if (!again) throw flaw;
      return { readNo, facts: await draftRepeating(ports, { readNo, isOrdered, flaw }) };
    }
    const { facts, end } = await draftOrProve(ports, readNo, isOrdered);
    return facts === undefined ? { readNo, proof: proofOf(await end, isOrdered) } : { readNo, facts };
  });
  if (first.facts !== undefined) return first.facts;
  if (doubtOf(first.proof) !== undefined) return drafted(ports, [first.readNo], first.proof);
  const second = await untilStill(first.readNo + 1, async (readNo) => {
    const { isOrdered, flaw } = await readOnce(ports, 'desc', readNo);
    if (flaw !== undefined) throw flaw;
    return { readNo, proof: proofOf(await ports.session.proveEnd('desc'), isOrdered) };
  });
  return drafted(ports, [first.readNo, second.readNo], weaker(first.proof, second.proof));
}

/**
 * Drafts after one read. As soon as an active user is absent, the proof is asked for: the end of the list, and the pages of the
 * other order if they can prove anything.
 */
async function draftOrProve({ session, draft }: ReadPorts, readNo: number, isOrdered: boolean) {
  let end: Promise<ListEnd> | undefined;
  const prove = () => {
    if (end !== undefined) return end;
    end = session.proveEnd('asc');
    // Where the draft fails, nobody waits for it.
    end.catch(() => {});
    if (isOrdered) session.expect?.('desc');
    return end;
  };
  const facts = factsOf(await draft([readNo], undefined, prove));
  return facts === undefined ? { facts, end: prove() } : { facts, end: undefined };
}

async function drafted(ports: ReadPorts, reads: readonly number[], proof: AbsenceProof): Promise<PlanFacts> {
  const facts = factsOf(await ports.draft(reads, proof));
  if (facts === undefined) throw new Error('It is known what the reads prove');
  return facts;
}

/** Number of the read that settles whether a server repeats rows for good, away from those that are read again. */
const SETTLING = 10;

/**
 * Plans by a list that has the same users more than once in every read: two in ascending order have shown the same rows, and
 * one in descending order must do so as well, each with its end proven (docs/deciding.md). Throws `flaw` where it does not.
 */
async function draftRepeating(
  ports: ReadPorts,
  {
    readNo,
    isOrdered,
    flaw,
  }: { readonly readNo: number; readonly isOrdered: boolean; readonly flaw: ListMovedError },
): Promise<PlanFacts> {
  const { session, staging, lease } = ports;
  const settling = readNo + SETTLING;
  const proof = proofOf(await session.proveEnd('asc'), isOrdered);
  const other = await readOnce(ports, 'desc', settling);
  const both = weaker(proof, proofOf(await session.proveEnd('desc'), other.isOrdered));
  const isSame = other.flaw !== undefined && (await staging.sameRows(lease.runId, readNo, settling));
  if (doubtOf(both) !== undefined || !isSame) throw flaw;
  const facts = await drafted(ports, [readNo, settling], both);
  return { ...facts, repeats: await staging.repeats(lease.runId, readNo) };
}

/** Undefined if an active user is absent and the proof is still missing. */
function factsOf(drafted: Drafted): PlanFacts | undefined {
  switch (drafted.outcome) {
    case 'drafted':
      return drafted.facts;
    case 'empty':
      throw new ListEmptyError(drafted.active);
    case 'unproven':
      return undefined;
  }
}

/** Reads again, under the next number, where the list moved meanwhile. */
async function untilStill<T>(firstReadNo: number, read: (readNo: number) => Promise<T>): Promise<T> {
  for (let readNo = firstReadNo; ; readNo += 1) {
    try {
      return await read(readNo);
    } catch (error) {
      const again = error instanceof ListMovedError && readNo < firstReadNo + READ_AGAIN;
      if (!again) throw error;
    }
  }
}

/** `isOrdered` where rows came in the order that was asked for; `flaw` where there are as many rows as told, but fewer users. */
type Read = { readonly isOrdered: boolean; readonly flaw: ListMovedError | undefined };

/** The most rows that wait to be staged while further pages are read. */
const ROWS_IN_HAND = 4_000;

/** Whole means: every page came, and as many different users as the server says there are. */
async function readOnce(ports: ReadPorts, order: ListOrder, readNo: number): Promise<Read> {
  const { session, staging, lease, onProgress } = ports;
  const watch = watchOrder(order);
  let users = 0;
  // One connection for each list, however many pages come at a time; several together take the database half as long.
  const staged = bufferedRounds<SourcePage>(
    (pages) => staging.add(lease, readNo, pages),
    ({ rows }) => rows.length,
    ROWS_IN_HAND,
  );
  const reading = session.read(order, async (page, total) => {
    watch.see(page);
    await staged.add(page);
    users += page.rows.length;
    onProgress(users, total);
  });
  // Nothing of a read that failed is staged behind the next one.
  const list = await reading.finally(staged.end);
  const distinct = await staging.countDistinct(lease.runId, readNo);
  const expected = list.total ?? list.rows;
  const isOrdered = watch.isKept();
  if (distinct === expected) return { isOrdered, flaw: undefined };
  const flaw = new ListMovedError(`${distinct} different users instead of ${expected}`);
  // Only where the server counts rows as well can it be one that repeats them for good.
  if (list.total === undefined || list.rows !== list.total) throw flaw;
  return { isOrdered, flaw };
}
