import type { Status } from '../schedule/edits.ts';
import { isProtected, sameAs } from './emails.ts';
import type { Plan } from './plan.ts';
import { type User, type Users, usersAt } from './user.ts';

/** A line of a plan as the database keeps it. */
export type Change = {
  readonly action: 'add' | 'reactivate' | 'deactivate' | 'omitted' | 'protected' | 'skipped';
  readonly email: string;
  readonly userId: number | undefined;
};

const CHANGING = ['add', 'reactivate', 'deactivate'];

/** The lines that Confirm carries out. */
export function effective(changes: readonly Change[]): Change[] {
  return changes.filter(({ action }) => CHANGING.includes(action));
}

/** The users whom the change would not find as it was planned: it is stale. */
export function gone(users: Users, placeId: number, changes: readonly Change[]): Change[] {
  const taken = new Set(usersAt(users, placeId).map(({ email }) => sameAs(email)));
  return effective(changes).filter((change) => {
    if (change.action === 'add') return taken.has(sameAs(change.email));
    const user = users.get(change.userId ?? 0);
    const before: Status = change.action === 'reactivate' ? 'inactive' : 'active';
    return user?.placeId !== placeId || user.email !== change.email || user.status !== before;
  });
}

/** What takes a completed run's changes back, for those who stand as it left them. */
export function planRollback(
  users: Users,
  placeId: number,
  changes: readonly Change[],
  protectedEmails: readonly string[],
): Plan {
  const here = usersAt(users, placeId);
  const standing = (change: Change): User | undefined => {
    if (change.action === 'add') {
      return here.find(({ email, status }) => status === 'active' && sameAs(email) === sameAs(change.email));
    }
    const after: Status = change.action === 'reactivate' ? 'active' : 'inactive';
    const user = users.get(change.userId ?? 0);
    return user?.status === after && user.email === change.email ? user : undefined;
  };
  const all = effective(changes);
  const found = all.flatMap((change) => standing(change) ?? []);
  const toDeactivate = found.filter(({ status }) => status === 'active');
  const kept = toDeactivate.filter(({ email }) => isProtected(email, protectedEmails));
  const active = here.filter(({ status }) => status === 'active').length;
  return {
    add: new Map(),
    reactivate: found.filter(({ status }) => status === 'inactive'),
    deactivate: toDeactivate.filter((user) => !kept.includes(user)),
    protected: kept,
    skipped: all.length - found.length,
    unchanged: active - toDeactivate.length,
    source: 0,
  };
}
