import type { ListEnd } from './source.ts';

/** Why the reads of a list do not prove that somebody is absent, however whole they are. */
export type AbsenceDoubt =
  /** The server does not sort as it was asked to, so that a second read may miss the same user as the first. */
  | 'order_ignored'
  /** The page after the last one has users of the list again. */
  | 'end_repeats'
  /** The server answers the page after the last one with an error. */
  | 'end_unknown';

/** What the reads of a list prove of those who are not on it. `thin`: that they are absent, but no count says so too. */
export type AbsenceProof = 'proven' | 'thin' | AbsenceDoubt;

/** Active users who are not on the list of the server and stay active, because it cannot prove that they are absent. */
export type Undecided = { readonly doubt: AbsenceDoubt; readonly users: number };

/** What one read proves, of which the end and the order are known. */
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

/** Two reads prove what the weaker one does. */
export function weaker(a: AbsenceProof, b: AbsenceProof): AbsenceProof {
  return doubtOf(a) ?? doubtOf(b) ?? (a === 'thin' ? a : b);
}
