import { setTimeout as wait } from 'node:timers/promises';
import { BUDI } from '../test/support/local-slack-workspace.ts';
import { slackPerson } from '../test/support/slack-person.ts';
import { createAdmin } from './admin.ts';
import { startBotProcess } from './bot.ts';
import { openBenchDatabase } from './database.ts';
import { percentile } from './statistics.ts';
import { type BenchWorld, forget } from './world.ts';

const EVERY_MS = 50;
/** Enough that one slow answer in a hundred is not a single one. */
const ENOUGH = 300;
const MOST_EXECUTIONS = 12;

export type AcknowledgementResult = {
  readonly users: number;
  readonly perSecond: number;
  readonly executing: Spread;
  readonly reading: Spread;
};

type Spread = { readonly samples: number; readonly p50: number; readonly p99: number; readonly max: number };

/**
 * How long the bot takes to acknowledge a command while it is at work on `users` users. Twenty commands per second,
 * evenly, whether or not earlier ones were answered; each is a real `/usersync test`, which opens a run of its own,
 * reads 25 users and plans. Slack waits 3,000 ms.
 */
export async function measureAcknowledgements(
  { server, depot, slack }: BenchWorld,
  users: number,
): Promise<AcknowledgementResult> {
  const database = await openBenchDatabase(server, { dev: depot.url(users, 0), test: depot.url(25, 0) });
  const bot = await startBotProcess(slack, database.url);
  const admin = createAdmin(slack, bot.eventsUrl);
  const budi = slackPerson(slack, bot.eventsUrl, BUDI.id);
  const [reading, executing]: [number[], number[]] = [[], []];
  const acknowledge = async () => {
    const { status, elapsedMs } = await budi.command('test');
    if (status !== 200) throw new Error(`A command was answered with HTTP ${status}`);
    return elapsedMs;
  };
  await acknowledge();
  for (let round = 0; round < MOST_EXECUTIONS && executing.length < ENOUGH; round += 1) {
    await database.settle();
    await database.reset();
    forget(slack);
    const preview = await whileFiring(acknowledge, reading, () => admin.preview());
    await database.settle();
    await whileFiring(acknowledge, executing, () => admin.confirm(preview.message));
  }
  await database.settle();
  await bot.stop();
  await database.drop();
  return { users, perSecond: 1_000 / EVERY_MS, executing: spread(executing), reading: spread(reading) };
}

/** Fires at an even pace for as long as `work` takes, and notes how long each acknowledgement took. */
async function whileFiring<T>(
  acknowledge: () => Promise<number>,
  times: number[],
  work: () => Promise<T>,
): Promise<T> {
  let atWork = true;
  const working = work().finally(() => {
    atWork = false;
  });
  const fired: Promise<unknown>[] = [];
  const begun = performance.now();
  for (let shot = 0; atWork; shot += 1) {
    await wait(Math.max(0, begun + shot * EVERY_MS - performance.now()));
    fired.push(acknowledge().then((ms) => times.push(ms)));
  }
  await Promise.all(fired);
  return working;
}

function spread(times: readonly number[]): Spread {
  return {
    samples: times.length,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    max: Math.max(...times),
  };
}
