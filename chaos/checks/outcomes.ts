import { gone } from '../model/change.ts';
import { planSync } from '../model/plan.ts';
import { USERS } from '../play/perform.ts';
import type { RunRow, RunStatus } from '../play/snapshot.ts';
import { isByRule, isScheduled } from './by-rule.ts';
import { guardStops } from './plans.ts';
import { history } from './users.ts';
import { type Check, deedsAt, newRuns, type Witness } from './witness.ts';

const FINAL: readonly RunStatus[] = ['completed', 'cancelled', 'expired', 'superseded', 'failed'];
/** A run is worked on three times at most. */
const ATTEMPTS = 3;

/** Each run stands where something that happened has brought it. */
export const checkOutcomes: Check = (witness) => [
  ...[...witness.after.runs.values()].flatMap((run) => statusProblems(witness, run)),
  ...unasked(witness),
  ...overtaken(witness),
];

function statusProblems(witness: Witness, run: RunRow): string[] {
  const was = witness.before.runs.get(run.id)?.status;
  if (was !== undefined && FINAL.includes(was)) {
    return was === run.status ? [] : [`Run ${run.id} had ended as ${was} and is ${run.status} now`];
  }
  if (run.status === was) return [];
  const why = unexplained(witness, run);
  return why === undefined ? [] : [`Run ${run.id} (${was ?? 'new'}) is ${run.status}: ${why}`];
}

/** What is wrong about the status; undefined where something explains it. */
function unexplained(witness: Witness, run: RunRow): string | undefined {
  const deeds = deedsAt(witness, run.placeId);
  const pressed = (...buttons: string[]) =>
    deeds.filter(({ input }) => input.act.kind === 'press' && buttons.includes(input.act.button));
  switch (run.status) {
    case 'ready':
      return undefined;
    case 'reading':
    case 'executing':
      return 'it never ended';
    case 'completed':
      return completedWithout(
        witness,
        run,
        pressed('confirm', 'confirm alone').map(({ input }) => USERS[input.person]),
      );
    case 'cancelled':
      return pressed('cancel').length > 0 ? undefined : 'nobody cancelled it';
    case 'expired':
      return expired(witness, run) ? undefined : 'its time was not over';
    case 'superseded': {
      const newer = newRuns(witness).some(
        ({ placeId, planHash }) => placeId === run.placeId && planHash !== null,
      );
      return newer ? undefined : 'there is no newer preview';
    }
    case 'failed':
      return failedWithout(witness, run);
  }
}

/** Its time was over in this move; or before, where no bot had come to see it. */
function expired({ move, schedule, before }: Witness, run: RunRow): boolean {
  if (before.runs.get(run.id)?.isOver === true) return true;
  return move.before.some(
    ({ kind, place }) => kind === 'expire' && schedule.places[place]?.id === run.placeId,
  );
}

function completedWithout(witness: Witness, run: RunRow, confirmers: readonly string[]): string | undefined {
  const { add, reactivate, deactivate } = run.counts;
  if (add + reactivate + deactivate === 0) {
    return run.confirmedBy === null ? undefined : 'there was nothing to confirm';
  }
  // See by-rule.ts.
  if (isByRule(run)) return undefined;
  if (!confirmers.includes(run.confirmedBy ?? '')) return `${run.confirmedBy} did not confirm it`;
  const lacking = lack(witness, run);
  if (run.alone) {
    const may = lacking !== undefined && witness.schedule.settings.breakGlass;
    return may ? undefined : 'nobody may confirm it alone';
  }
  if (lacking !== undefined) return lacking;
  if (!run.guarded && guardStops(witness, run)) return 'it needed a reason';
  return expired(witness, run) && witness.before.runs.has(run.id) ? 'its time was over' : undefined;
}

/** What a run lacks to be executed; whoever acts alone does without. */
function lack({ schedule }: Witness, run: RunRow): string | undefined {
  const { twoPersonTargets, frozen } = schedule.settings;
  if (frozen) return 'a freeze held';
  // Whoever acted alone is one person.
  const people = run.alone ? 1 : peopleBehind(run);
  return twoPersonTargets.includes(run.target) && people < 2 ? 'it needed two people' : undefined;
}

function peopleBehind({ requestedBy, approvers, confirmedBy }: RunRow): number {
  const people = [requestedBy, ...approvers, confirmedBy ?? ''].filter((id) => id.startsWith('U'));
  return new Set(people).size;
}

function failedWithout(witness: Witness, run: RunRow): string | undefined {
  const { fired, lists, after, schedule } = witness;
  const code = run.failure?.code ?? 'nothing';
  const depotFaults = fired.filter(({ point }) => point.startsWith('depot')).map(({ effect }) => effect);
  const states = history(witness).states;
  // Whoever stands still for seconds does not see the answer in time.
  const unanswered = () => depotFaults.length > 0 || fired.some(({ effect }) => effect.kind === 'pause');
  const explained: Readonly<Record<string, () => boolean>> = {
    login_failed: unanswered,
    fetch_failed: unanswered,
    invalid_response: () =>
      depotFaults.some(
        (effect) => effect.kind === 'depot' && ['truncated', 'web page'].includes(effect.answer),
      ),
    list_moved: () => depotFaults.some(({ kind }) => kind === 'moved list'),
    list_empty: () =>
      (lists.get(run.placeId) ?? []).some((list) =>
        states.some(
          (users) =>
            planSync(users, run.placeId, list, schedule.settings.protectedEmails).outcome === 'list_empty',
        ),
      ),
    stale: () => {
      const changes = after.changes.get(run.id) ?? [];
      return states.some((users) => gone(users, run.placeId, changes).length === run.failure?.total);
    },
    channel_unreachable: () =>
      fired.some(
        ({ effect }) =>
          effect.kind === 'refusals' &&
          effect.refused.some(({ calls }) => calls === 'channel' || calls === 'channel gone'),
      ),
    not_as_written: () =>
      schedule.table === 'kept statuses' && run.counts.reactivate + run.counts.deactivate > 0,
    interrupted: () => fired.length + witness.jumps >= ATTEMPTS,
  };
  return explained[code]?.() === true
    ? undefined
    : `it failed with ${JSON.stringify(run.failure)} for no reason`;
}

/** Nobody should confirm a picture when there is a newer one. */
function overtaken({ after }: Witness): string[] {
  const planned = [...after.runs.values()].filter(({ readyAt }) => readyAt !== null);
  return planned.flatMap((run) => {
    const newer = planned.find(
      ({ placeId, readyAt }) => placeId === run.placeId && Number(readyAt) > Number(run.readyAt),
    );
    return run.status === 'ready' && newer !== undefined
      ? [`Run ${run.id} waits to be confirmed, although run ${newer.id} is newer`]
      : [];
  });
}

/**
 * Every run was asked for: by a request of its own, or by Try Again on the one run that it follows. That a key makes
 * one run is for the database's unique index to say.
 */
function unasked(witness: Witness): string[] {
  return newRuns(witness)
    .filter(
      (run) =>
        !witness.triggers.has(run.requestKey) && !takesPlaceOfFailed(witness, run) && !isScheduled(run),
    )
    .map(({ id, requestKey }) => `Nobody asked for run ${id}, which says that "${requestKey}" did`);
}

function takesPlaceOfFailed({ after }: Witness, { id, requestKey }: RunRow): boolean {
  const failed = /^retry of run (\d+)$/.exec(requestKey)?.[1];
  return after.runs.get(Number(failed))?.nextRunId === id;
}
