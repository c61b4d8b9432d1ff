import { ListEmptyError, ListMovedError } from '../failures/errors.ts';
import type { Drafted, Drafting, PlanFacts, Staging } from '../ports/plans.ts';
import type { Lease } from '../ports/runs.ts';
import type { ListEnd, ListOrder, SourcePage, SourceSession } from '../ports/source.ts';
import { type AbsenceProof, doubtOf, proofOf, watchOrder, weaker } from './absence.ts';
import { bufferedRounds } from './concurrency.ts';

/** How often a list is read again if it changed during the read. */
const READ_AGAIN = 2;

export type ReadPorts = {
  readonly session: SourceSession;
  readonly staging: Staging;
  readonly lease: Lease;
  /** Makes the plan; see `Plans.draft`. `proof` says what the reads prove, once that is known. */
  readonly draft: (
    from: Pick<Drafting, 'reads' | 'onUnproven' | 'notesOnly'> & { readonly proof?: AbsenceProof },
  ) => Promise<Drafted>;
  /** Called after each page with the number of users in this read so far. */
  readonly onProgress: (users: number, total: number | undefined) => void;
};

/**
 * Reads the list into staging until a read is proven complete. If an active user is absent, two checks follow: the page after the
 * last one must be empty, and the list is read again in the opposite order. A single read is not enough: if one user is removed
 * and another one added between two pages, a third user can move to a page that was read already, while every count agrees. The
 * later read must have every user of the earlier one (docs/deciding.md). Some servers cannot prove an absence, because they ignore
 * the order or do not show where the list ends. Absent users then stay as they are.
 * Returns the facts of the plan. Throws `ListMovedError`, `ListLongerError`, `ListEmptyError`, and the errors of the session and
 * of `draft`.
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
  return draftAgreed(ports, first);
}

/** The orders of the reads that follow a whole read, until one has every user of the read before it. */
const AGREEING: readonly ListOrder[] = ['desc', 'asc', 'desc'];

type ProvenRead = { readonly readNo: number; readonly proof: AbsenceProof };

/**
 * Reads the list in the opposite order. If the newer read lacks users of the older one, they left meanwhile, or the server shows
 * only a part of its list: the list is then read again, from the other end. Throws `ListMovedError` if no two reads agree.
 */
async function draftAgreed(ports: ReadPorts, first: ProvenRead): Promise<PlanFacts> {
  const { session, staging, lease } = ports;
  let older = first;
  for (const order of AGREEING) {
    const before = older;
    const { hasAll, ...newer } = await untilStill(before.readNo + 1, async (readNo) => {
      const { users, isOrdered, flaw } = await readOnce(ports, order, readNo);
      if (flaw !== undefined) throw flaw;
      const counting = staging.countDistinct(lease.runId, before.readNo, readNo);
      const [end, together] = await Promise.all([session.proveEnd(order), counting]);
      return { readNo, proof: proofOf(end, isOrdered), hasAll: together === users };
    });
    const proof = weaker(before.proof, newer.proof);
    if (hasAll || doubtOf(proof) !== undefined) return drafted(ports, [before.readNo, newer.readNo], proof);
    // Whoever left meanwhile is absent from now on.
    await ports.draft({ reads: [newer.readNo], notesOnly: true });
    older = newer;
  }
  throw new ListMovedError('no two reads in opposite order have the same users');
}

/** Makes the plan after one read. Once an active user is absent, asks for the end of the list and pages of the other order. */
async function draftOrProve({ session, draft }: ReadPorts, readNo: number, isOrdered: boolean) {
  let end: Promise<ListEnd> | undefined;
  const prove = () => {
    if (end !== undefined) return end;
    end = session.proveEnd('asc');
    // If the draft fails, nobody awaits this promise.
    end.catch(() => {});
    if (isOrdered) session.expect?.('desc');
    return end;
  };
  const facts = factsOf(await draft({ reads: [readNo], onUnproven: prove }));
  return facts === undefined ? { facts, end: prove() } : { facts, end: undefined };
}

async function drafted(ports: ReadPorts, reads: readonly number[], proof: AbsenceProof): Promise<PlanFacts> {
  const facts = factsOf(await ports.draft({ reads, proof }));
  if (facts === undefined) throw new Error('It is known what the reads prove');
  return facts;
}

/** The read that decides whether a server always repeats rows is numbered so far behind the others that no number occurs twice. */
const SETTLING = 10;

/**
 * Makes the plan from a list that repeats users, after two reads in ascending order with the same rows. A read in descending order
 * must show these rows again, and both ends must be proven (docs/deciding.md). Throws `flaw` otherwise.
 */
async function draftRepeating(
  ports: ReadPorts,
  { readNo, isOrdered, flaw }: Pick<Read, 'isOrdered'> & { readNo: number; flaw: ListMovedError },
): Promise<PlanFacts> {
  const { session, staging, lease } = ports;
  const settling = readNo + SETTLING;
  // Users who become active here during the reads to come are not absent.
  await ports.draft({ reads: [readNo], notesOnly: true });
  const proof = proofOf(await session.proveEnd('asc'), isOrdered);
  const other = await readOnce(ports, 'desc', settling);
  const both = weaker(proof, proofOf(await session.proveEnd('desc'), other.isOrdered));
  const isSame = other.flaw !== undefined && (await staging.sameRows(lease.runId, readNo, settling));
  if (doubtOf(both) !== undefined || !isSame) throw flaw;
  const facts = await drafted(ports, [readNo, settling], both);
  return { ...facts, repeats: await staging.repeats(lease.runId, readNo) };
}

/** The facts of a plan; undefined if an active user is absent and the absence is not proven yet. Throws `ListEmptyError`. */
function factsOf(drafted: Drafted): PlanFacts | undefined {
  switch (drafted.outcome) {
    case 'drafted':
      return drafted.facts;
    case 'empty':
      throw new ListEmptyError(drafted.active, drafted.listed);
    case 'unproven':
      return undefined;
  }
}

/** Repeats a read, under the next number, if the list moved. Throws the error of the last repetition. */
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

/** `users`: different ones. `isOrdered`: the rows kept the order. `flaw`: the number of rows is right, but users repeat. */
type Read = {
  readonly users: number;
  readonly isOrdered: boolean;
  readonly flaw: ListMovedError | undefined;
};

/** The largest number of rows that wait for staging while further pages are read. */
const ROWS_IN_HAND = 4_000;

/** Reads the list once: every page, with as many different users as the server says. Throws `ListMovedError`. */
async function readOnce(ports: ReadPorts, order: ListOrder, readNo: number): Promise<Read> {
  const { session, staging, lease, onProgress } = ports;
  const watch = watchOrder(order);
  let rows = 0;
  // One connection per list, however many pages come at once. Several pages in one statement take the database half as long.
  const staged = bufferedRounds<SourcePage>(
    (pages) => staging.add(lease, readNo, pages),
    ({ rows }) => rows.length,
    ROWS_IN_HAND,
  );
  const reading = session.read(order, async (page, total) => {
    watch.see(page);
    await staged.add(page);
    rows += page.rows.length;
    onProgress(rows, total);
  });
  // A failed read finishes its staging before the next read begins.
  const list = await reading.finally(staged.end);
  const users = await staging.countDistinct(lease.runId, readNo);
  const expected = list.total ?? list.rows;
  const isOrdered = watch.isKept();
  if (users === expected) return { users, isOrdered, flaw: undefined };
  const flaw = new ListMovedError(`${users} different users instead of ${expected}`);
  // A server that always repeats rows counts the repetitions too. If its total differs from the rows, the list has moved.
  if (list.total === undefined || list.rows !== list.total) throw flaw;
  return { users, isOrdered, flaw };
}
