import { type Random, randomFrom } from '../random.ts';
import { drawMoves } from './draw-moves.ts';
import { drawPlaces, PROTECTED } from './draw-places.ts';
import type { Move, Place, Preparation, Rule, Schedule } from './schedule.ts';

function drawRule(random: Random): Rule | undefined {
  if (random.chance(25)) return undefined;
  return {
    actions: random.pick<Rule['actions']>([
      ['add', 'reactivate'],
      ['add', 'reactivate', 'deactivate'],
      ['add'],
    ]),
    most: random.pick([2, 5, 1000]),
  };
}

/** Lets a day go by before some of the moves, so that absent users come to be absent on several days. */
function withDays(random: Random, moves: readonly Move[], places: readonly Place[]): Move[] {
  return moves.map((move) => {
    const passing = places.flatMap((_, place): Preparation[] => {
      return random.chance(60) ? [{ kind: 'a day later', place }] : [];
    });
    return { ...move, before: [...move.before, ...passing] };
  });
}

/** The schedule of a seed. */
export function drawSchedule(seed: number, replicas: number): Schedule {
  const random = randomFrom(seed);
  const table = random.weighted<Schedule['table']>([
    [76, 'plain'],
    [18, 'soft deletes'],
    [6, 'kept statuses'],
  ]);
  const places = drawPlaces(random, table);
  const first = places[0]?.target ?? 'dev';
  const twoPersonTargets = random.chance(15) ? [first] : [];
  const settings = {
    pageSize: random.pick([2, 3, 5, 8, 50]),
    guard: random.pick([
      { count: 5, percent: 20 },
      { count: 1, percent: 10 },
      { count: 100, percent: 100 },
    ]),
    protectedEmails: random.chance(70) ? [PROTECTED] : [],
    twoPersonTargets,
    frozen: random.chance(6),
    breakGlass: random.chance(70),
    scheduled: random.chance(25)
      ? { target: first, rule: twoPersonTargets.length > 0 ? undefined : drawRule(random) }
      : undefined,
  };
  const moves = drawMoves(random, replicas, places.length);
  // Drawn last, so that every seed plays otherwise as it did before days were counted.
  const absenceDays = random.weighted([
    [75, 0],
    [15, 2],
    [10, 3],
  ]);
  return {
    seed,
    replicas,
    pace: 'hurried',
    table,
    places,
    settings: { ...settings, absenceDays },
    moves: absenceDays > 0 ? withDays(random, moves, places) : moves,
  };
}
