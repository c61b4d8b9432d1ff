import type { Room } from '../../../../src/sync/runs.ts';
import { createTurns, type Turns } from '../../../../src/sync/turns.ts';
import type { BotProcess } from '../../database/support/room.ts';
import type { Core } from './core.ts';

/** The turns of one process that has so much room, and the work that it has begun. */
export function turnsOf(
  { runs }: BotProcess,
  core: Core,
  capacity: Room = { reading: 20, executing: 20 },
): { readonly turns: Turns; readonly started: Promise<void>[] } {
  const started: Promise<void>[] = [];
  const left = { ...capacity };
  const { signal } = new AbortController();
  const turns = createTurns({
    ...core,
    runs,
    room: () => ({ ...left }),
    start: (kind, work) => {
      if (left[kind] === 0) return 'full';
      left[kind] -= 1;
      started.push(work(signal).finally(() => (left[kind] += 1)));
      return 'begun';
    },
  });
  return { turns, started };
}
