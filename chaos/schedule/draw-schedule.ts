import { randomFrom } from '../random.ts';
import { drawMoves } from './draw-moves.ts';
import { drawPlaces, PROTECTED } from './draw-places.ts';
import type { Schedule } from './schedule.ts';

/** The schedule of a seed. */
export function drawSchedule(seed: number, replicas: number): Schedule {
  const random = randomFrom(seed);
  const table = random.weighted<Schedule['table']>([
    [76, 'plain'],
    [18, 'soft deletes'],
    [6, 'kept statuses'],
  ]);
  const places = drawPlaces(random, table);
  return {
    seed,
    replicas,
    pace: 'hurried',
    table,
    places,
    settings: {
      pageSize: random.pick([2, 3, 5, 8, 50]),
      guard: random.pick([
        { count: 5, percent: 20 },
        { count: 1, percent: 10 },
        { count: 100, percent: 100 },
      ]),
      protectedEmails: random.chance(70) ? [PROTECTED] : [],
      twoPersonTargets: random.chance(12) ? [places[0]?.target ?? 'dev'] : [],
    },
    moves: drawMoves(random, replicas, places.length),
  };
}
