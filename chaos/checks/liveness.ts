import { USERS } from '../play/perform.ts';
import type { RunRow } from '../play/snapshot.ts';
import type { Effect } from '../schedule/fault.ts';
import { type Check, newRuns, type Witness } from './witness.ts';

/** A process that stands still keeps what it holds, and one that lost the database may not know what it holds. */
const MADE_FORGETFUL: readonly Effect['kind'][] = ['pause', 'cut'];

/** Where nothing went wrong, everything that was asked for was done. Nobody waits for the leases of the dead. */
export const checkLiveness: Check = (witness) => {
  const { fired, jumps } = witness;
  if (jumps > 0 && !fired.some(({ effect }) => MADE_FORGETFUL.includes(effect.kind))) {
    return [`Leases had to run out ${jumps} times before all went on`];
  }
  if (fired.length > 0) return [];
  return witness.deeds.flatMap((deed) => {
    if (deed.outcome === 'unheard') return [`Nobody answered to ${deed.input.act.kind}`];
    return deed.outcome === 'heard' ? undone(witness, deed) : [];
  });
};

function undone(witness: Witness, { input, run }: Witness['deeds'][number]): string[] {
  const { after } = witness;
  const placeId = witness.schedule.places[input.place]?.id;
  const fresh = newRuns(witness).filter((each) => each.placeId === placeId);
  if (input.act.kind !== 'press') return fresh.length > 0 ? [] : [`Nothing came of ${input.act.kind}`];
  const now = after.runs.get(run?.id ?? 0);
  switch (input.act.button) {
    case 'confirm alone':
      return [];
    case 'confirm':
      // Where the guard stops by now what it let pass, Confirm brings the message up to date and asks for a reason.
      return run?.status === 'ready' &&
        now?.status === 'ready' &&
        now.guarded === run.guarded &&
        mayConfirm(witness, run, USERS[input.person])
        ? [`Run ${run.id} was confirmed and nothing came of it`]
        : [];
    case 'cancel':
      return run?.status === 'ready' && now?.status === 'ready'
        ? [`Run ${run.id} was cancelled and nothing came of it`]
        : [];
    case 'retry':
      return now?.nextRunId === null ? [`Run ${now.id} was tried again and nothing came of it`] : [];
    case 'roll back':
      return fresh.some(({ reverts }) => reverts === run?.id) ? [] : [`Run ${run?.id} was not rolled back`];
  }
}

function mayConfirm({ schedule }: Witness, run: RunRow, userId: string): boolean {
  const { twoPersonTargets, frozen } = schedule.settings;
  // Of a preview on the schedule, one press is not enough.
  const isSecond = run.requestedBy.startsWith('U') && run.requestedBy !== userId;
  return !frozen && (!twoPersonTargets.includes(run.target) || isSecond);
}
