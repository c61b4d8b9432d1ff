import type { DatabaseServer } from '../test/support/database-server.ts';
import { type Played, play } from './play/play.ts';
import { drawSchedule } from './schedule/draw-schedule.ts';
import { createBotPool } from './world/bot-pool.ts';
import { compileBot } from './world/bot-program.ts';

export type SuiteOptions = {
  readonly runs: number;
  /** The seed of the first run; the others follow by one. */
  readonly seed: number;
  readonly replicas: number;
  readonly server: DatabaseServer;
  /** Called after each run. */
  readonly onPlayed: (played: Played) => void;
};

/** Two schedules are played side by side: most of their time is spent waiting. */
const SIDE_BY_SIDE = 2;

export async function runSuite({ runs, seed, replicas, server, onPlayed }: SuiteOptions): Promise<Played[]> {
  const program = await compileBot();
  const pool = createBotPool(program.path, SIDE_BY_SIDE + 1);
  const results: Played[] = [];
  let next = 0;
  const worker = async () => {
    while (next < runs) {
      const schedule = drawSchedule(seed + next, replicas);
      next += 1;
      const played = await play(schedule, { server, pool });
      results.push(played);
      onPlayed(played);
    }
  };
  try {
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  } finally {
    await pool.stop();
    await program.remove();
  }
  return results;
}
