import { setTimeout as wait } from 'node:timers/promises';
import { createAdmin } from './admin.ts';
import { PER_SECOND, startBotProcess } from './bot.ts';
import { openBenchDatabase } from './database.ts';
import { readingFloor } from './floor.ts';
import { latenciesOf, type Options, roundsOf, warmUpsOf } from './options.ts';
import { createPhases } from './phases.ts';
import { createReferences } from './references.ts';
import { createSequential } from './sequential.ts';
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
  const atDefaults = users > MOST_AT_DEFAULTS ? undefined : await openAtDefaults(world, users);
  const rounds = roundsOf(options, users);
  const warmUp = createSeries();
  const series = createSeries();
  for (let round = 0; round < warmUpsOf(users); round += 1) await measureRound(warmUp);
  for (let round = 0; round < rounds; round += 1) await measureRound(series, round);
  const peakRssMb = await whole.peakRssMb();
  await phases.stop();
  await whole.stop();
  await atDefaults?.stop();
  return { users, rounds, medians: medians(series.times), peakRssMb, times: series.times };

  async function measureRound(into: Series, round = 0): Promise<void> {
    await phases.measure(into);
    await whole.measure(into, round);
    await atDefaults?.measure(into);
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

/** The whole bot over http, and the floor of reading. `main` is the program of another checkout. */
export async function openWhole({ server, depot, slack }: BenchWorld, users: number, main?: string) {
  const database = await openBenchDatabase(server, { dev: depot.url(users, 0), test: depot.url(25, 0) });
  const bot = await startBotProcess(slack, database.url, {}, main);
  const admin = createAdmin(slack, bot.eventsUrl);
  const sequential = createSequential(database.url);
  let logins = 0;
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
        if (latency === 50) {
          logins += 1;
          await database.reset();
          await database.pointDevAt(depot.url(users, latency, { name: `new${logins}` }));
        }
        // As before the other preview, something else is measured first: what is left of a reset slows down what follows it.
        if (latency < 200 && users <= MOST_AT_DEFAULTS)
          into.add(`sequential${latency}`, await sequential.measure(depot.url(users, latency)));
        if (latency === 50) {
          into.add('previewWithLogin50', (await admin.preview()).ms);
          await database.settle();
        }
        if (latency > 0) continue;
        into.add('confirm', await admin.confirm(preview.message));
        await database.settle();
        into.add('secondPreview', (await admin.preview()).ms);
        await database.settle();
      }
      forget(slack);
    },
    stop: async () => {
      await sequential.stop();
      await bot.stop();
      await database.drop();
    },
  };
}

/** Larger lists take minutes at 20 requests a second. */
const MOST_AT_DEFAULTS = 10_000;
/** A login at a real server hashes a password. Milliseconds. */
const LOGIN_MS = 200;

/** The whole bot as people have it: at the default limits, with the token that it has kept, after a second of silence. */
async function openAtDefaults({ server, depot, slack }: BenchWorld, users: number) {
  // A server each: one that answers in 50 ms never answers at once, and the limiter knows servers by that.
  const urls = [0, 50].map((latency, server) => ({
    latency,
    url: depot.url(users, latency, { server, loginMs: LOGIN_MS }),
  }));
  const database = await openBenchDatabase(server, { dev: depot.url(users, 0), test: depot.url(25, 0) });
  const bot = await startBotProcess(slack, database.url, {
    EXTERNAL_API_REQUESTS_PER_SECOND: String(PER_SECOND),
  });
  const admin = createAdmin(slack, bot.eventsUrl);
  for (const { url } of urls) {
    await database.pointDevAt(url);
    await admin.preview();
    await database.settle();
  }
  return {
    measure: async (into: Series) => {
      for (const { latency, url } of urls) {
        await database.reset();
        await database.pointDevAt(url);
        await wait(1_100);
        into.add(`defaults${latency}`, (await admin.preview()).ms);
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
