import type { DepotUser } from '../../sandbox/depot/users.ts';
import { type Change, planRollback } from '../model/change.ts';
import { sameAs } from '../model/emails.ts';
import { needsReason } from '../model/guard.ts';
import { couldBe, isListed } from '../model/list.ts';
import { type Plan, planSync, withoutProof } from '../model/plan.ts';
import { standing, type User, type Users, usersAt } from '../model/user.ts';
import type { RunRow } from '../play/snapshot.ts';
import { allowedByDays, countedDays, deactivatedEarly, isAlone } from './absences.ts';
import { history } from './users.ts';
import { type Check, newRuns, runsThatBecame, type Witness } from './witness.ts';

/** Plans say what the model says, and never change once they were made. */
export const checkPlans: Check = (witness) => {
  const made = newRuns(witness).filter(({ planHash }) => planHash !== null);
  return [...made.flatMap((run) => planProblems(witness, run)), ...alteredPlans(witness)];
};

function alteredPlans({ before, after }: Witness): string[] {
  const planned = [...before.runs.values()].filter(({ planHash }) => planHash !== null);
  return planned.flatMap(({ id }) => {
    const same = JSON.stringify(before.changes.get(id)) === JSON.stringify(after.changes.get(id));
    return same ? [] : [`The plan of run ${id} was altered`];
  });
}

function planProblems(witness: Witness, run: RunRow): string[] {
  const changes = witness.after.changes.get(run.id) ?? [];
  const lists = witness.lists.get(run.placeId) ?? [];
  const harm = [
    ...wronglyDeactivated(witness, run, changes),
    ...deactivatedEarly(witness, run),
    ...addedTwice(witness, run, changes),
  ];
  if (harm.length > 0) return harm;
  if (run.reverts === null && lists.length > 1) return inventions(lists, run, changes);
  const plans = possiblePlans(witness, run);
  const reasons = plans.map((plan) => deviation(plan, run, changes));
  const fits = reasons.includes(undefined);
  return [
    ...(fits ? [] : [`The plan of run ${run.id} is wrong: ${reasons[0]}`]),
    ...guardProblems(witness, run),
    ...dayProblems(witness, run),
  ];
}

/** Only where nothing else of the move can have counted, and where the end of the list was proven. */
function dayProblems(witness: Witness, run: RunRow): string[] {
  const { protectedEmails, absenceDays } = witness.schedule.settings;
  const [list] = witness.lists.get(run.placeId) ?? [];
  if (absenceDays === 0 || run.reverts !== null || list === undefined) return [];
  if (endMayBeUnknown(witness) || !isAlone(witness, run)) return [];
  const planned = planSync(witness.before.users, run.placeId, list, protectedEmails);
  const wrong = planned.outcome === 'plan' ? countedDays(witness, run, planned.plan) : undefined;
  return wrong === undefined ? [] : [`Run ${run.id} has ${wrong}`];
}

/** A user whom the server may have listed all the time must not be deactivated, whatever else went wrong. */
function wronglyDeactivated({ lists, before }: Witness, run: RunRow, changes: readonly Change[]): string[] {
  if (run.reverts !== null) return [];
  const versions = lists.get(run.placeId) ?? [];
  return changes
    .filter(({ action, email }) => action === 'deactivate' && versions.every((list) => couldBe(list, email)))
    .map(({ email, userId }) => {
      const user = before.users.get(userId ?? 0);
      return `Run ${run.id} plans to deactivate ${JSON.stringify(email)} (${user?.status}), who was at the server all the time`;
    });
}

/** Nor must anybody be added who is there in another spelling. */
function addedTwice(witness: Witness, run: RunRow, changes: readonly Change[]): string[] {
  const { states } = history(witness);
  const twin =
    ({ email }: Change) =>
    (users: Users) =>
      usersAt(users, run.placeId).some((user) => sameAs(user.email) === sameAs(email));
  return changes
    .filter((change) => change.action === 'add' && states.every(twin(change)))
    .map(({ email }) => `Run ${run.id} plans to add ${email}, who is in users already`);
}

/** Of a list that moved while it was read, no more can be said than that nobody was made up. */
function inventions(
  lists: readonly (readonly DepotUser[])[],
  run: RunRow,
  changes: readonly Change[],
): string[] {
  const ever = (email: string) => lists.some((list) => isListed(list, email));
  return changes
    .filter(({ action, email }) => ['add', 'reactivate'].includes(action) && !ever(email))
    .map(({ email }) => `Run ${run.id} plans to activate ${email}, who was never at the server`);
}

/** Runs that completed during the move may have done so before the plan was made, or after. */
function possiblePlans(witness: Witness, run: RunRow): Plan[] {
  const { protectedEmails } = witness.schedule.settings;
  const [list = []] = witness.lists.get(run.placeId) ?? [];
  return history(witness).states.flatMap((users): Plan[] => {
    if (run.reverts !== null) {
      return [
        planRollback(users, run.placeId, witness.before.changes.get(run.reverts) ?? [], protectedEmails),
      ];
    }
    const planned = planSync(users, run.placeId, list, protectedEmails);
    if (planned.outcome !== 'plan') return [];
    const proven = allowedByDays(witness, run, planned.plan);
    return endMayBeUnknown(witness) ? [proven, withoutProof(planned.plan)] : [proven];
  });
}

/** A server that answers the page after the last one with errors alone proves nobody absent. */
function endMayBeUnknown({ fired }: Witness): boolean {
  return fired.some(({ point, effect }) => effect.kind === 'depot' && point === 'depot page');
}

function deviation(plan: Plan, run: RunRow, changes: readonly Change[]): string | undefined {
  const of = (action: Change['action']) => changes.filter((change) => change.action === action);
  const added = of('add').map(({ email }) => sameAs(email));
  const spelled = of('add').every(({ email }) => plan.add.get(sameAs(email))?.includes(email));
  if (list(added) !== list([...plan.add.keys()]) || !spelled) {
    return `adds ${list(added)} instead of ${list([...plan.add.keys()])}`;
  }
  for (const action of ['reactivate', 'deactivate', 'protected', 'kept'] as const) {
    const [is, should] = [list(of(action).map(nameOfChange)), list(plan[action].map(nameOfUser))];
    if (is !== should) return `${action}: ${is} instead of ${should}`;
  }
  const counts = {
    source: plan.source,
    add: plan.add.size,
    reactivate: plan.reactivate.length,
    deactivate: plan.deactivate.length,
    protected: plan.protected.length,
    kept: plan.kept.length,
    skipped: plan.skipped,
    unchanged: plan.unchanged,
  };
  const [is, should] = [JSON.stringify(run.counts), JSON.stringify(counts)];
  return is === should ? undefined : `counts ${is} instead of ${should}`;
}

const nameOfChange = ({ userId, email }: Change) => `${userId} ${JSON.stringify(email)}`;
const nameOfUser = ({ id, email }: User) => `${id} ${JSON.stringify(email)}`;

function list(names: readonly string[]): string {
  return [...names].sort().join(', ') || 'nobody';
}

function guardProblems(witness: Witness, run: RunRow): string[] {
  const should = guardStops(witness, run);
  if (should === undefined || should === run.guarded) return [];
  return [`The guard of run ${run.id} should ${should ? '' : 'not '}have tripped`];
}

/** Whether the guard stops a run in this move; undefined where that hangs on when another one ended. */
export function guardStops(witness: Witness, run: RunRow): boolean | undefined {
  const here = ({ placeId, status }: RunRow) => placeId === run.placeId && status === 'completed';
  if (runsThatBecame(witness, 'completed').some((other) => here(other) && other.id !== run.id))
    return undefined;
  const done = [...witness.before.runs.values()].filter(here);
  const facts = {
    deactivate: run.counts.deactivate,
    recently: stillInactive(witness, done),
    active: activeAt(witness.before.users, run.placeId),
  };
  return needsReason(facts, witness.schedule.settings.guard);
}

/** Whoever is active again, by whatever hand, is not counted. */
function stillInactive({ before }: Witness, done: readonly RunRow[]): number {
  const ids = done
    .flatMap(({ id }) => before.changes.get(id) ?? [])
    .filter(({ action }) => action === 'deactivate')
    .map(({ userId }) => userId ?? 0);
  return [...new Set(ids)].filter((id) => {
    const user = before.users.get(id);
    return user === undefined || standing(user) !== 'active';
  }).length;
}

function activeAt(users: Users, placeId: number): number {
  return usersAt(users, placeId).filter((user) => standing(user) === 'active').length;
}
