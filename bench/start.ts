import { startBotProcess } from './bot.ts';
import { openBenchDatabase } from './database.ts';
import { median } from './statistics.ts';
import type { BenchWorld } from './world.ts';

const ROUNDS = 7;

/** From the start of `node dist/main.js start` until `/readyz` says 200: the median, in milliseconds. */
export async function measureStart({ server, depot, slack }: BenchWorld): Promise<number> {
  const database = await openBenchDatabase(server, { dev: depot.url(25, 0), test: depot.url(25, 0) });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bot = await startBotProcess(slack, database.url);
    times.push(bot.startMs);
    await bot.stop();
  }
  await database.drop();
  return median(times);
}
