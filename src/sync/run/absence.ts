import type { ListEnd, ListOrder, SourcePage } from '../ports/source.ts';

/** Why even complete reads do not prove that a user is absent. */
export type AbsenceDoubt =
  /** The server ignores the requested order. A second read may then miss the same user as the first read. */
  | 'order_ignored'
  /** The page after the last one repeats users of the list. */
  | 'end_repeats'
  /** The server answers the request for the page after the last one with an error. */
  | 'end_unknown';

/** What the reads prove about users who are not on the list. `thin`: they are absent, but no count of the server confirms it. */
export type AbsenceProof = 'proven' | 'thin' | AbsenceDoubt;

/** Active users who are not on the server's list but stay active, because their absence is not proven. */
export type Undecided = { readonly doubt: AbsenceDoubt; readonly users: number };

/** Absent users under `SYNC_ABSENCE_DAYS` (`days`): whom the plan deactivates, and who are not yet absent on enough days. */
export type AbsenceDays = { readonly days: number; readonly proposed: number; readonly waiting: number };

/** What one read proves, by the end of the list and by whether the order was kept. */
export function proofOf(end: ListEnd, orderKept: boolean): AbsenceProof {
  if (!orderKept) return 'order_ignored';
  switch (end) {
    case 'proven':
    case 'thin':
      return end;
    case 'repeats':
      return 'end_repeats';
    case 'unknown':
      return 'end_unknown';
  }
}

/** The doubt of a proof; undefined if the proof is enough. */
export function doubtOf(proof: AbsenceProof): AbsenceDoubt | undefined {
  return proof === 'proven' || proof === 'thin' ? undefined : proof;
}

/** The weaker of two proofs: two reads together prove only as much. */
export function weaker(a: AbsenceProof, b: AbsenceProof): AbsenceProof {
  return doubtOf(a) ?? doubtOf(b) ?? (a === 'thin' ? a : b);
}

/** Checks the order of `id_user` within and between pages, even if they arrive out of sequence. Stores two numbers per page. */
export function watchOrder(order: ListOrder) {
  const ends = new Map<number, readonly [first: number, last: number]>();
  const inOrder = (a: number, b: number) => (order === 'asc' ? a <= b : a >= b);
  let kept = true;
  return {
    see: ({ page, rows }: SourcePage) => {
      const ids = rows.map(({ id }) => id);
      const [first, last] = [ids[0], ids.at(-1)];
      if (first === undefined || last === undefined) return;
      ends.set(page, [first, last]);
      kept &&= ids.every((id, index) => inOrder(ids[index - 1] ?? id, id));
    },
    /** Whether all rows so far came in the requested order. */
    isKept: () => {
      const pages = [...ends].sort(([a], [b]) => a - b).map(([, edges]) => edges);
      return kept && pages.every(([first], index) => inOrder(pages[index - 1]?.[1] ?? first, first));
    },
  };
}
