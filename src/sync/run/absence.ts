import type { ListEnd, ListOrder, SourcePage } from '../ports/source.ts';

/** Why the reads of a list do not prove that somebody is absent, however whole they are. */
export type AbsenceDoubt =
  /** The server ignores the order that it was asked for. A second read may then miss the same user as the first. */
  | 'order_ignored'
  /** The page after the last one has users of the list again. */
  | 'end_repeats'
  /** The server answers the page after the last one with an error. */
  | 'end_unknown';

/** What the reads prove about users who are not on the list. `thin`: they are absent, but no count of the server confirms it. */
export type AbsenceProof = 'proven' | 'thin' | AbsenceDoubt;

/** Active users who are not on the list of the server and stay active, because it cannot prove that they are absent. */
export type Undecided = { readonly doubt: AbsenceDoubt; readonly users: number };

/**
 * Of the absent users of a plan where `days` days are needed: those whom it proposes to deactivate, and those who were not absent
 * on enough days yet.
 */
export type AbsenceDays = { readonly days: number; readonly proposed: number; readonly waiting: number };

/** What one read proves, by its end and its order. */
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

/** Undefined where the proof will do. */
export function doubtOf(proof: AbsenceProof): AbsenceDoubt | undefined {
  return proof === 'proven' || proof === 'thin' ? undefined : proof;
}

/** Two reads together prove as much as the weaker one. */
export function weaker(a: AbsenceProof, b: AbsenceProof): AbsenceProof {
  return doubtOf(a) ?? doubtOf(b) ?? (a === 'thin' ? a : b);
}

export type OrderWatch = {
  see(page: SourcePage): void;
  /** Whether all that was seen stands in the order that was asked for. */
  isKept(): boolean;
};

/**
 * Watches whether a list comes in the requested order of `id_user`: within each page, and from page to page, even if the pages
 * arrive in another sequence. Keeps two numbers of each page.
 */
export function watchOrder(order: ListOrder): OrderWatch {
  const ends = new Map<number, readonly [first: number, last: number]>();
  const inOrder = (a: number, b: number) => (order === 'asc' ? a <= b : a >= b);
  let kept = true;
  return {
    see: ({ page, rows }) => {
      const ids = rows.map(({ id }) => id);
      const [first, last] = [ids[0], ids.at(-1)];
      if (first === undefined || last === undefined) return;
      ends.set(page, [first, last]);
      kept &&= ids.every((id, index) => inOrder(ids[index - 1] ?? id, id));
    },
    isKept: () => {
      const pages = [...ends].sort(([a], [b]) => a - b).map(([, edges]) => edges);
      return kept && pages.every(([first], index) => inOrder(pages[index - 1]?.[1] ?? first, first));
    },
  };
}
