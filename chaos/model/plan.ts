import type { DepotUser } from '../../sandbox/depot/users.ts';
import { inIndex, isProtected, sameAs } from './emails.ts';
import { couldBe, readList } from './list.ts';
import { standing, type User, type Users, usersAt } from './user.ts';

/** What a run would do. Additions by email as it is compared, with the spellings that may stand for it. */
export type Plan = {
  readonly add: ReadonlyMap<string, readonly string[]>;
  readonly reactivate: readonly User[];
  readonly deactivate: readonly User[];
  readonly protected: readonly User[];
  /** Left alone: nobody can say which of them is meant, or the application has its own plans with them. */
  readonly kept: readonly User[];
  readonly skipped: number;
  readonly unchanged: number;
  /** Zero for a rollback. */
  readonly source: number;
};

export type Planned = { readonly outcome: 'plan'; readonly plan: Plan } | { readonly outcome: 'list_empty' };

/** The tables of docs/deciding.md: present or absent there, active, inactive or something else here. */
export function planSync(
  users: Users,
  placeId: number,
  list: readonly DepotUser[],
  protectedEmails: readonly string[],
): Planned {
  const here = usersAt(users, placeId);
  const active = here.filter((user) => standing(user) === 'active');
  const { present, skipped } = readList(list);
  if (present.size === 0 && active.length > 0) return { outcome: 'list_empty' };
  const meant = (person: string) => here.filter(({ email }) => sameAs(email) === person);
  const people = [...present.keys()].map((person) => judge(person, meant(person)));
  const kept = new Set([...people.flatMap((each) => each.kept), ...here.filter(isOdd)]);
  const absent = active.filter((user) => !kept.has(user) && !couldBe(list, user.email));
  const guarded = absent.filter(({ email }) => isProtected(email, protectedEmails));
  return {
    outcome: 'plan',
    plan: {
      add: new Map([...present].filter(([person]) => meant(person).length === 0)),
      reactivate: people.flatMap((each) => each.reactivate),
      deactivate: absent.filter((user) => !guarded.includes(user)),
      protected: guarded,
      kept: [...kept],
      skipped,
      unchanged: active.filter((user) => !kept.has(user)).length - absent.length,
      source: new Set(list.map(({ id_user: id }) => id)).size,
    },
  };
}

/** The same where the list proves nobody absent: whoever would be deactivated stays. */
export function withoutProof(plan: Plan): Plan {
  return { ...plan, deactivate: [], kept: [...plan.kept, ...plan.deactivate] };
}

/** The same where users must be absent for longer: whoever is not yet stays. */
export function withDays(plan: Plan, isLong: (user: User) => boolean): Plan {
  const [long, short] = [plan.deactivate.filter(isLong), plan.deactivate.filter((user) => !isLong(user))];
  return { ...plan, deactivate: long, kept: [...plan.kept, ...short] };
}

type Judged = { readonly kept: readonly User[]; readonly reactivate: readonly User[] };

/**
 * What becomes of the users who could be one person of the list. Where one of them is spelled as the person, it is that one,
 * unless another one works; where none is, nobody can say which of several it is.
 */
function judge(person: string, meant: readonly User[]): Judged {
  const spelled = meant.filter(({ email }) => inIndex(email) === person);
  const others = meant.filter((user) => !spelled.includes(user) && !isOdd(user));
  if (spelled.length === 0 && others.length > 1) return { kept: others, reactivate: [] };
  const working = others.filter((user) => standing(user) === 'active');
  if (spelled.length > 0 && working.length > 0) return { kept: working, reactivate: [] };
  const inactive = (spelled.length > 0 ? spelled : others).filter((user) => standing(user) === 'inactive');
  return { kept: [], reactivate: inactive };
}

function isOdd(user: User): boolean {
  return standing(user) === 'odd';
}
