import type { DatabaseServer } from '../sandbox/database/database-server.ts';
import { compileProgram } from '../sandbox/process/compiled.ts';
import { type Played, play } from './play/play.ts';
import type { Schedule } from './schedule/schedule.ts';
import { createBotPool } from './world/bot-pool.ts';

export type SuiteOptions = {
  readonly schedules: readonly Schedule[];
  readonly server: DatabaseServer;
  /** Called after each. */
  readonly onPlayed?: (played: Played) => void;
};

/** Two schedules are played side by side: much of their time is spent waiting. */
const SIDE_BY_SIDE = 2;

/** Plays all schedules, each in a world of its own; the processes of the bots are shared. */
export async function playAll({ schedules, server, onPlayed }: SuiteOptions): Promise<Played[]> {
  const program = await compileProgram('chaos/bot.ts');
  const pool = createBotPool(program.path, SIDE_BY_SIDE + 1);
  const results: Played[] = [];
  const waiting = [...schedules];
  const worker = async () => {
    for (let schedule = waiting.shift(); schedule !== undefined; schedule = waiting.shift()) {
      const played = await play(schedule, { server, pool });
      results.push(played);
      onPlayed?.(played);
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
