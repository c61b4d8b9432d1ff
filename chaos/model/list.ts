import type { DepotUser } from '../../sandbox/depot/users.ts';
import { meanings, sameAs, unseenRemoved, usable } from './emails.ts';

/** `yes`: there. `maybe`: there is a row that says neither. An inactive row says that somebody is not there. */
type Row = { readonly email: string | undefined; readonly there: 'yes' | 'maybe' | 'no' };

function readRow({ email: raw, status_user: status }: DepotUser): Row {
  const email = usable(raw);
  if (email === undefined) return { email, there: 'maybe' };
  if (status === undefined || [1, '1', true].some((active) => active === status))
    return { email, there: 'yes' };
  return { email, there: [0, '0', false].some((inactive) => inactive === status) ? 'no' : 'maybe' };
}

/** Who is there, by email as it is compared, with the spellings of it; and how many rows say neither. */
export function readList(list: readonly DepotUser[]): {
  readonly present: ReadonlyMap<string, readonly string[]>;
  readonly skipped: number;
} {
  const rows = list.map(readRow);
  const present = new Map<string, string[]>();
  for (const { email, there } of rows) {
    if (email === undefined || there !== 'yes') continue;
    const person = sameAs(email);
    present.set(person, [...(present.get(person) ?? []), email]);
  }
  return { present, skipped: rows.filter(({ there }) => there === 'maybe').length };
}

/** Whether a row of the list could mean whoever has this text in `users`: nobody whom one could is deactivated. */
export function couldBe(list: readonly DepotUser[], text: string): boolean {
  return list.some((row) => {
    const { email, there } = readRow(row);
    if (email === undefined) return meanings(row.email).includes(unseenRemoved(text));
    return there !== 'no' && sameAs(email) === sameAs(text);
  });
}

/** Whether a row of the list says that whoever has this email is there. */
export function isListed(list: readonly DepotUser[], email: string): boolean {
  return readList(list).present.has(sameAs(email));
}
