import type { Change } from '../model/change.ts';
import { type Plan, withDays } from '../model/plan.ts';
import type { RunRow } from '../play/snapshot.ts';
import { newRuns, runsThatBecame, type Witness } from './witness.ts';

/** On how many days a user is absent once a read of this move finds them absent. */
function daysOf({ before }: Witness, userId: number): number {
  const counted = before.absences.get(userId);
  if (counted === undefined) return 1;
  return counted.days + (counted.isToday ? 0 : 1);
}

/** The part of the plan that the days allow. Where other runs of the move may have begun to count anew, what the run says. */
export function allowedByDays(witness: Witness, run: RunRow, plan: Plan): Plan {
  const least = witness.schedule.settings.absenceDays;
  if (least === 0) return plan;
  if (!isAlone(witness, run)) {
    const said = deactivated(witness, run).map(({ userId }) => userId);
    return withDays(plan, ({ id }) => said.includes(id));
  }
  return withDays(plan, ({ id }) => daysOf(witness, id) >= least);
}

/** Nobody is deactivated before their days are full, whatever else happens. */
export function deactivatedEarly(witness: Witness, run: RunRow): string[] {
  const least = witness.schedule.settings.absenceDays;
  if (run.reverts !== null) return [];
  return deactivated(witness, run)
    .filter(({ userId }) => daysOf(witness, userId ?? 0) < least)
    .map(({ email }) => `Run ${run.id} plans to deactivate ${email} before ${least} days of absence`);
}

/** A proven plan counts the day of everybody absent, once, and forgets whoever was seen. */
export function countedDays(witness: Witness, run: RunRow, proven: Plan): string | undefined {
  const should = proven.deactivate.map(({ id }) => `${id}: ${daysOf(witness, id)}`);
  const is = [...witness.after.absences]
    .filter(([, { placeId }]) => placeId === run.placeId)
    .map(([id, { days }]) => `${id}: ${days}`);
  const [expected, stands] = [should.sort().join(', '), is.sort().join(', ')];
  return expected === stands
    ? undefined
    : `days of absence ${stands || 'none'} instead of ${expected || 'none'}`;
}

/** Whether no other run of the place planned or ended during the move: then the days before it are what the plan saw. */
export function isAlone(witness: Witness, { id, placeId }: RunRow): boolean {
  const others = [...newRuns(witness), ...runsThatBecame(witness, 'completed')];
  return others.every((other) => other.id === id || other.placeId !== placeId);
}

function deactivated({ after }: Witness, { id }: RunRow): Change[] {
  return (after.changes.get(id) ?? []).filter(({ action }) => action === 'deactivate');
}
