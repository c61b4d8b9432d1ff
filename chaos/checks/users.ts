import { type Change, effective, gone } from '../model/change.ts';
import type { User, Users } from '../model/user.ts';
import type { RunRow } from '../play/snapshot.ts';
import { type Check, runsThatBecame, type Witness } from './witness.ts';

/** Times of a row are whole seconds, and the database rounds. */
const TOLERANCE_MS = 1_500;

/**
 * The table `users` as it stood after each run that completed during the move, the one before the move first. Where a
 * run could not have done what it planned, that is a problem.
 */
export function history(witness: Witness): {
  readonly states: readonly Users[];
  readonly problems: string[];
} {
  const problems: string[] = [];
  const states = [witness.before.users];
  for (const run of runsThatBecame(witness, 'completed')) {
    const changes = witness.after.changes.get(run.id) ?? [];
    const state = states.at(-1) ?? witness.before.users;
    const stale = gone(state, run.placeId, changes);
    if (stale.length > 0) {
      problems.push(`Run ${run.id} was executed although ${stale.length} users stood otherwise than planned`);
    }
    states.push(applied(state, run, changes, witness.after.users));
  }
  return { states, problems };
}

/** Additions take their ids from where they are found afterwards; without one, they are missed by the comparison. */
function applied(state: Users, run: RunRow, changes: readonly Change[], after: Users): Users {
  const next = new Map(state);
  for (const { action, email, userId } of effective(changes)) {
    const now = [...after.values()].find((row) =>
      action === 'add' ? row.placeId === run.placeId && row.email === email : row.id === userId,
    );
    const id = now?.id ?? -next.size;
    const status = action === 'deactivate' ? 'inactive' : 'active';
    const before = state.get(id) ?? {
      id,
      email,
      placeId: run.placeId,
      createdAt: written(now?.createdAt, run),
      deletedAt: null,
    };
    next.set(id, { ...before, status, updatedAt: written(now?.updatedAt, run) });
  }
  return next;
}

/** The time itself where it can be that of the run, else what it should have been. */
function written(time: string | undefined, { confirmedAt, finishedAt }: RunRow): string {
  const at = Date.parse(`${time}Z`);
  const inTime =
    at >= Number(confirmedAt) - TOLERANCE_MS && at <= Number(finishedAt ?? confirmedAt) + TOLERANCE_MS;
  return time !== undefined && inTime ? time : `while the run was executed`;
}

/** Users end as the executed plans say, and everybody else exactly as they were. */
export const checkUsers: Check = (witness) => {
  const { states, problems } = history(witness);
  const expected = states.at(-1) ?? witness.before.users;
  const { users } = witness.after;
  const ids = [...new Set([...expected.keys(), ...users.keys()])];
  const wrong = ids.flatMap((id) => difference(expected.get(id), users.get(id)));
  return [...problems, ...wrong];
};

function difference(expected: User | undefined, is: User | undefined): string[] {
  const [should, stands] = [line(expected), line(is)];
  return should === stands ? [] : [`A user should be ${should} and is ${stands}`];
}

function line(user: User | undefined): string {
  if (user === undefined) return 'nobody';
  const { id, email, placeId, status, createdAt, updatedAt, deletedAt } = user;
  const since = `created ${createdAt}, updated ${updatedAt}, deleted ${deletedAt}`;
  return `#${id} ${JSON.stringify(email)} at ${placeId} ${status}, ${since}`;
}
