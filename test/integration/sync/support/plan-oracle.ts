import type { ListEnd } from '../../../../src/sync/ports/source.ts';
import type { GuardLimits } from '../../../../src/sync/rules/rules.ts';

/** A row of `users`, and the person whom its email means. */
export type OracleUser = {
  readonly email: string;
  readonly person: string;
  readonly status: string;
  readonly deleted: boolean;
  /** Whether the database calls the email equal to the person's. */
  readonly isExact: boolean;
};

/** A row of the depot server's list, and the person whom it means; none where it has no email. */
export type OracleRow = {
  readonly person: string | undefined;
  readonly isUsable: boolean;
  readonly status: 'active' | 'inactive' | 'unclear';
};

export type OracleSettings = {
  /** Persons whom `PROTECTED_EMAILS` names. */
  readonly protectedPersons: readonly string[];
  readonly limits: GuardLimits;
  /** `SYNC_ABSENCE_DAYS`, on the first day of anybody's absence. */
  readonly absenceDays: number;
  readonly end: ListEnd;
};

/** What becomes of a user. A plan lists neither whom it leaves unchanged nor who was inactive before. */
export type Fate = 'add' | 'reactivate' | 'deactivate' | 'protected' | 'kept' | 'unchanged' | 'inactive';

export type Verdict = {
  readonly fates: ReadonlyMap<OracleUser, Fate>;
  readonly added: readonly string[];
  /** What the guard says. */
  readonly guard: 'passes' | 'limits' | 'everyone';
};

/** Written from docs/deciding.md, user by user. Undefined: the list is refused. */
export function decide(
  rows: readonly OracleRow[],
  users: readonly OracleUser[],
  settings: OracleSettings,
): Verdict | undefined {
  const usable = rows.filter((row) => row.isUsable && row.status === 'active');
  const here = new Set(usable.map(({ person }) => person));
  const unclear = rows.filter((row) => !row.isUsable || row.status === 'unclear');
  const maybeHere = new Set(unclear.map(({ person }) => person));
  if (usable.length === 0 && users.some((user) => isUser(user) && user.status === 'active')) return undefined;

  const fateOf = (user: OracleUser): Fate => {
    if (!isUser(user)) return 'kept';
    if (here.has(user.person)) return fateOfPresent(user, users);
    if (user.status === 'inactive') return 'inactive';
    if (maybeHere.has(user.person)) return 'unchanged';
    if (settings.protectedPersons.includes(user.person)) return 'protected';
    const isProven = settings.end === 'proven' || settings.end === 'thin';
    return isProven && settings.absenceDays <= 1 ? 'deactivate' : 'kept';
  };
  const fates = new Map(users.map((user) => [user, fateOf(user)]));
  const known = new Set(users.map(({ person }) => person));
  const added = [...here].flatMap((person) => (person === undefined || known.has(person) ? [] : [person]));
  return { fates, added, guard: judge(fates, settings) };
}

/** Exactly active or inactive, with an email, and not deleted. */
function isUser({ email, status, deleted }: OracleUser): boolean {
  return email.trim() !== '' && ['active', 'inactive'].includes(status) && !deleted;
}

/** The list has the user's person. Several users may be that person: whoever is spelled as the row says is meant first. */
function fateOfPresent(user: OracleUser, users: readonly OracleUser[]): Fate {
  const sames = users.filter((each) => isUser(each) && each.person === user.person);
  const isActive = user.status === 'active';
  const asIs = isActive ? 'unchanged' : 'inactive';
  if (sames.length === 1) return isActive ? 'unchanged' : 'reactivate';
  const meant = sames.find(({ isExact }) => isExact);
  if (meant === undefined) return 'kept';
  if (user !== meant) return isActive ? 'kept' : 'inactive';
  const isOnly = !sames.some((each) => each !== user && each.status === 'active');
  return !isActive && isOnly ? 'reactivate' : asIs;
}

function judge(fates: ReadonlyMap<OracleUser, Fate>, { limits, end }: OracleSettings): Verdict['guard'] {
  const leaving = [...fates.values()].filter((fate) => fate === 'deactivate').length;
  const active = [...fates.keys()].filter((user) => isUser(user) && user.status === 'active').length;
  if (leaving === 0) return 'passes';
  if (leaving === active) return 'everyone';
  const over = (n: number, limit: number) => (end === 'thin' ? n >= limit : n > limit);
  return over(leaving, limits.count) && over((100 * leaving) / active, limits.percent) ? 'limits' : 'passes';
}
