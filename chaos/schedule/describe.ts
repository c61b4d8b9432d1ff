import { describeFault } from './fault.ts';
import type { Input, Move, Place, Preparation, Schedule } from './schedule.ts';

/** A schedule as a person reads it. */
export function describeSchedule(schedule: Schedule): string[] {
  const { places, table, settings, moves, replicas } = schedule;
  return [
    `${replicas} replica(s), table ${table}, ${JSON.stringify(settings)}`,
    ...places.map(describePlace),
    ...moves.flatMap((move, index) => describeMove(move, index + 1, places)),
  ];
}

function describePlace({ target, users, list }: Place): string {
  const here = users.map(({ email, status, deleted }) => {
    const odd = `${status === 'active' ? '' : ` (${status})`}${deleted ? ' (deleted)' : ''}`;
    return `${JSON.stringify(email)}${odd}`;
  });
  const there = list.map(({ email, status_user: status }) => {
    return `${JSON.stringify(email) ?? 'nothing'}${status === undefined ? '' : ` ${JSON.stringify(status)}`}`;
  });
  return `${target}: here ${here.join(' ') || 'nobody'}; there ${there.join(' ') || 'nobody'}`;
}

function describeMove({ before, inputs, faults }: Move, number: number, places: readonly Place[]): string[] {
  const target = (place: number) => places[place]?.target ?? '?';
  return [
    `Move ${number}`,
    ...before.map(
      (preparation) => `  first: ${describePreparation(preparation)} at ${target(preparation.place)}`,
    ),
    ...inputs.map((input) => `  ${describeInput(input)} at ${target(input.place)}`),
    ...faults.map((fault) => `  fault: ${describeFault(fault)} ${JSON.stringify(fault.effect)}`),
  ];
}

function describePreparation(preparation: Preparation): string {
  if (preparation.kind === 'expire' || preparation.kind === 'a day later') return preparation.kind;
  return `${preparation.kind} ${JSON.stringify(preparation.edit)}`;
}

function describeInput({ person, replica, replays, act }: Input): string {
  const what = act.kind === 'press' ? `${act.button} (${act.run})` : act.kind;
  const again = replays.length > 0 ? `, replayed to ${replays.join(', ')}` : '';
  return `${person}: ${what} by replica ${replica}${again}`;
}
