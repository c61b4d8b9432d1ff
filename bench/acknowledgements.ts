import { setTimeout as wait } from 'node:timers/promises';
import { BUDI } from '../sandbox/local-slack/workspace.ts';
import { slackPerson } from '../sandbox/strict-slack/slack-person.ts';
import { createAdmin } from './admin.ts';
import { startBotProcess } from './bot.ts';
import { openBenchDatabase } from './database.ts';
import { percentile } from './statistics.ts';
import { type BenchWorld, forget } from './world.ts';

/** Twenty per second. */
const EVERY_MS = 50;
/** Enough that one slow answer in a hundred is not a single one. */
const ENOUGH = 200;
const MOST_EXECUTIONS = 12;

export type AcknowledgementResult = {
  readonly users: number;
  readonly perSecond: number;
  readonly executing: Spread;
  readonly reading: Spread;
};

type Spread = { readonly samples: number; readonly p50: number; readonly p99: number; readonly max: number };

/**
 * What is typed, in turn. The rollback of a run that does not exist goes through Slack's user lookup, the database and
 * the audit trail; once a second a real preview of another target is opened, read, planned and shown.
 */
const TYPED = [
  'test',
  ...Array.from({ length: 19 }, (_, n) => (n % 2 === 0 ? 'rollback 999999999' : 'help')),
];

/**
 * How long the bot takes to acknowledge a command while it is at work on `users` users. Twenty commands per second,
 * evenly, whether or not earlier ones were answered. Slack waits 3,000 ms.
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
  let shots = 0;
  const acknowledge = async () => {
    shots += 1;
    const { status, elapsedMs } = await budi.command(TYPED[shots % TYPED.length] ?? 'help');
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
