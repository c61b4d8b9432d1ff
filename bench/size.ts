import { createAdmin } from './admin.ts';
import { startBotProcess } from './bot.ts';
import { openBenchDatabase } from './database.ts';
import { readingFloor } from './floor.ts';
import { latenciesOf, type Options, roundsOf, warmUpsOf } from './options.ts';
import { createPhases } from './phases.ts';
import { createReferences } from './references.ts';
import { createSeries, medians, type Series, type Times } from './statistics.ts';
import { type BenchWorld, forget } from './world.ts';

export type SizeResult = {
  readonly users: number;
  readonly rounds: number;
  /** Milliseconds. */
  readonly medians: Readonly<Record<string, number>>;
  /** Peak of the bot's process, which served this size alone. */
  readonly peakRssMb: number;
  readonly times: Times;
};

/**
 * Measures one size: `users` new users at a location that has none. In every round each thing is measured once, ours
 * and the references by turns, so that what disturbs the machine disturbs all alike.
 */
export async function measureSize(world: BenchWorld, options: Options, users: number): Promise<SizeResult> {
  const [phases, whole] = [await openPhases(world, users), await openWhole(world, users)];
  const rounds = roundsOf(options, users);
  const warmUp = createSeries();
  const series = createSeries();
  for (let round = 0; round < warmUpsOf(users); round += 1) await measureRound(warmUp);
  for (let round = 0; round < rounds; round += 1) await measureRound(series, round);
  const peakRssMb = await whole.peakRssMb();
  await phases.stop();
  await whole.stop();
  return { users, rounds, medians: medians(series.times), peakRssMb, times: series.times };

  async function measureRound(into: Series, round = 0): Promise<void> {
    await phases.measure(into);
    await whole.measure(into, round);
  }
}

/** The core's phases and the ways to write users that they are held against, on a database without a bot. */
async function openPhases({ server, depot }: BenchWorld, users: number) {
  const database = await openBenchDatabase(server, { dev: depot.url(users, 0), test: depot.url(25, 0) });
  const phases = createPhases(database.url);
  const references = await createReferences(database, users);
  return {
    measure: async (into: Series) => {
      await database.reset();
      for (const [name, ms] of Object.entries(await phases.run())) into.add(name, ms);
      for (const [name, ms] of Object.entries(await references.measure())) into.add(name, ms);
    },
    stop: async () => {
      await Promise.all([phases.stop(), references.stop()]);
      await database.drop();
    },
  };
}

/** The whole bot over http, and the floor of reading. */
async function openWhole({ server, depot, slack }: BenchWorld, users: number) {
  const database = await openBenchDatabase(server, { dev: depot.url(users, 0), test: depot.url(25, 0) });
  const bot = await startBotProcess(slack, database.url);
  const admin = createAdmin(slack, bot.eventsUrl);
  return {
    peakRssMb: bot.peakRssMb,
    measure: async (into: Series, round: number) => {
      for (const latency of latenciesOf(users, round)) {
        await database.reset();
        await database.pointDevAt(depot.url(users, latency));
        into.add(`floor${latency}`, await readingFloor(depot.url(users, latency), users));
        const preview = await admin.preview();
        into.add(`preview${latency}`, preview.ms);
        await database.settle();
        if (latency > 0) continue;
        into.add('confirm', await admin.confirm(preview.message));
        await database.settle();
        into.add('secondPreview', (await admin.preview()).ms);
        await database.settle();
      }
      forget(slack);
    },
    stop: async () => {
      await bot.stop();
      await database.drop();
    },
  };
}
