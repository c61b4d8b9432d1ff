import type { Status } from '../schedule/edits.ts';
import { inIndex, isProtected } from './emails.ts';
import type { Plan } from './plan.ts';
import { standing, type User, type Users, usersAt } from './user.ts';

/** A line of a plan as the database keeps it. */
export type Change = {
  readonly action: 'add' | 'reactivate' | 'deactivate' | 'omitted' | 'protected' | 'kept' | 'skipped';
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
  const taken = new Set(usersAt(users, placeId).map(({ email }) => inIndex(email)));
  return effective(changes).filter((change) => {
    if (change.action === 'add') return taken.has(inIndex(change.email));
    const user = users.get(change.userId ?? 0);
    const before: Status = change.action === 'reactivate' ? 'inactive' : 'active';
    return user?.placeId !== placeId || user.email !== change.email || standing(user) !== before;
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
  const leftSo = (change: Change): User | undefined => {
    if (change.action === 'add') {
      return here.find(
        (user) => standing(user) === 'active' && inIndex(user.email) === inIndex(change.email),
      );
    }
    const after: Status = change.action === 'reactivate' ? 'active' : 'inactive';
    const user = users.get(change.userId ?? 0);
    return user !== undefined && standing(user) === after && user.email === change.email ? user : undefined;
  };
  const all = effective(changes);
  const found = all.flatMap((change) => leftSo(change) ?? []);
  const toDeactivate = found.filter(({ status }) => status === 'active');
  const kept = toDeactivate.filter(({ email }) => isProtected(email, protectedEmails));
  const active = here.filter((user) => standing(user) === 'active').length;
  return {
    add: new Map(),
    reactivate: found.filter(({ status }) => status === 'inactive'),
    deactivate: toDeactivate.filter((user) => !kept.includes(user)),
    protected: kept,
    kept: [],
    skipped: all.length - found.length,
    unchanged: active - toDeactivate.length,
    source: 0,
  };
}
