import type { DepotUser } from '../../test/support/depot-users.ts';
import { isProtected, sameAs, usable } from './emails.ts';
import { type User, type Users, usersAt } from './user.ts';

/** What a run would do. Additions by email as it is compared, with the spellings that may stand for it. */
export type Plan = {
  readonly add: ReadonlyMap<string, readonly string[]>;
  readonly reactivate: readonly User[];
  readonly deactivate: readonly User[];
  readonly protected: readonly User[];
  readonly skipped: number;
  readonly unchanged: number;
  /** Zero for a rollback. */
  readonly source: number;
};

export type Planned = { readonly outcome: 'plan'; readonly plan: Plan } | { readonly outcome: 'list_empty' };

/** `yes`: there. `maybe`: there is a row that says neither. An inactive row says nothing. */
type Row = { readonly email: string | undefined; readonly there: 'yes' | 'maybe' | 'no' };

function readRow({ email: raw, status_user: status }: DepotUser): Row {
  const email = usable(raw);
  if (email === undefined) return { email, there: 'no' };
  if (status === undefined || [1, '1', true].some((active) => active === status))
    return { email, there: 'yes' };
  return { email, there: [0, '0', false].some((inactive) => inactive === status) ? 'no' : 'maybe' };
}

/** The table of design and README: present or absent there, active, inactive or unknown here. */
export function planSync(
  users: Users,
  placeId: number,
  list: readonly DepotUser[],
  protectedEmails: readonly string[],
): Planned {
  const here = usersAt(users, placeId);
  const rows = list.map(readRow);
  const spellings = new Map<string, string[]>();
  for (const { email, there } of rows) {
    if (email === undefined || there !== 'yes') continue;
    const key = sameAs(email);
    spellings.set(key, [...(spellings.get(key) ?? []), email]);
  }
  const known = new Set(here.map(({ email }) => sameAs(email)));
  const unclear = new Set(
    rows.filter(({ there }) => there === 'maybe').map(({ email = '' }) => sameAs(email)),
  );
  const isThere = ({ email }: User) => spellings.has(sameAs(email)) || unclear.has(sameAs(email));
  const active = here.filter(({ status }) => status === 'active');
  if (spellings.size === 0 && active.length > 0) return { outcome: 'list_empty' };
  const absent = active.filter((user) => !isThere(user));
  const kept = absent.filter(({ email }) => isProtected(email, protectedEmails));
  return {
    outcome: 'plan',
    plan: {
      add: new Map([...spellings].filter(([key]) => !known.has(key))),
      reactivate: here.filter(({ email, status }) => status === 'inactive' && spellings.has(sameAs(email))),
      deactivate: absent.filter((user) => !kept.includes(user)),
      protected: kept,
      skipped: rows.filter(({ email, there }) => email === undefined || there === 'maybe').length,
      unchanged: active.length - absent.length,
      source: new Set(list.map(({ id_user: id }) => id)).size,
    },
  };
}

/** Emails that the list has, whatever it says of them; who is among them is not deactivated. */
export function listedEmails(list: readonly DepotUser[]): Set<string> {
  const rows = list.map(readRow).filter(({ there }) => there !== 'no');
  return new Set(rows.map(({ email = '' }) => sameAs(email)));
}
