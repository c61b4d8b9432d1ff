import { insertLocations } from '../sandbox/database/seed-locations.ts';
import { AYU, DEV_SUPPORT } from '../sandbox/local-slack/workspace.ts';
import { startLoadBalancer } from '../sandbox/process/load-balancer.ts';
import { startRedis } from '../sandbox/process/redis.ts';
import { until } from '../sandbox/process/until.ts';
import { type SlackPerson, slackPerson } from '../sandbox/strict-slack/slack-person.ts';
import type { StrictSlack } from '../sandbox/strict-slack/strict-slack.ts';
import type { StoredMessage } from '../sandbox/strict-slack/workspace.ts';
import { type BotProcess, PER_SECOND, startBotProcess } from './bot.ts';
import { type BenchDatabase, openBenchDatabase } from './database.ts';
import { type Depot, startDepot } from './depot.ts';
import type { Options } from './options.ts';
import { createSeries, medians, type Series, timed } from './statistics.ts';
import { type BenchWorld, forget } from './world.ts';

/** Four processes read eight lists each. */
const LOCATIONS = 32;
const USERS = 1_000;
/** A slow server, so that it is what is waited for: at 0 ms, the cores of this machine would be measured. */
const LATENCY_MS = 500;
/** Short enough that the shared server could answer more than it may be asked. */
const SHARED_LATENCY_MS = 50;
const REPLICAS = [1, 2, 4];
const ROUNDS = 3;
const PATIENCE_MS = 5 * 60_000;

/** Where the locations' lists are, and who keeps to the server's limit. */
export const SITUATIONS = {
  ownServers: `a server each, ${LATENCY_MS} ms a page, no limit binds`,
  oneServer: `one server, ${SHARED_LATENCY_MS} ms a page, ${PER_SECOND} requests/s through Redis`,
  withoutRedis: 'the same without Redis, each process by itself',
} as const;

type Situation = keyof typeof SITUATIONS;

export type ReplicasRow = {
  readonly situation: Situation;
  readonly replicas: number;
  /** From the commands until every preview can be confirmed. */
  readonly previewsMs: number;
  /** From the clicks until every thread has its result. */
  readonly confirmsMs: number;
  /** At one depot server, in any second, at most. */
  readonly requestsInASecond: number;
  /** Of the process that needed most. */
  readonly peakRssMb: number;
};

export type ReplicasResult = {
  readonly locations: number;
  readonly users: number;
  readonly rows: readonly ReplicasRow[];
};

type Stage = {
  readonly world: BenchWorld;
  readonly database: BenchDatabase;
  readonly depot: Depot;
  readonly redisUrl: string;
  readonly users: number;
};

/**
 * How long previews and executions of many locations take with one, two and four processes behind a load balancer: with
 * a depot server for each location, and with one for all, whose limit then binds.
 */
export async function measureReplicas(
  world: BenchWorld,
  options: Options,
  say: (line: string) => void,
): Promise<ReplicasResult> {
  const users = Math.min(USERS, options.sizes.at(-1) ?? USERS);
  const [depot, redis] = await Promise.all([startDepot(LOCATIONS), startRedis()]);
  const dev = world.depot.url(25, 0);
  const database = await openBenchDatabase(world.server, { dev, test: dev });
  await insertLocations(database.url, [
    ...locationsOf('own', depot, users),
    ...locationsOf('one', depot, users),
  ]);
  const stage = { world, database, depot, redisUrl: redis.url, users };
  const rows: ReplicasRow[] = [];
  for (const situation of ['ownServers', 'oneServer', 'withoutRedis'] as const) {
    for (const replicas of REPLICAS) {
      say(`${replicas} replicas, ${SITUATIONS[situation]}…`);
      const rounds = situation === 'ownServers' ? (options.rounds ?? ROUNDS) : 1;
      rows.push(await measureRow(stage, situation, replicas, rounds));
    }
  }
  await Promise.all([depot.stop(), redis.stop(), database.drop()]);
  return { locations: LOCATIONS, users, rows };
}

const namesOf = (kind: 'own' | 'one') => Array.from({ length: LOCATIONS }, (_, n) => `${kind}${n + 1}`);

function locationsOf(kind: 'own' | 'one', depot: Depot, users: number) {
  return namesOf(kind).map((name, n) => ({
    id: (kind === 'own' ? 100 : 200) + n,
    code: name,
    name,
    url: kind === 'own' ? depot.url(users, LATENCY_MS, { server: n }) : depot.url(users, SHARED_LATENCY_MS),
  }));
}

async function measureRow(
  stage: Stage,
  situation: Situation,
  replicas: number,
  rounds: number,
): Promise<ReplicasRow> {
  const own = situation === 'ownServers';
  const names = namesOf(own ? 'own' : 'one');
  const fleet = await startFleet(stage, replicas, {
    SYNC_TARGETS: names.join(','),
    ...(own ? {} : { EXTERNAL_API_REQUESTS_PER_SECOND: String(PER_SECOND) }),
    ...(situation === 'withoutRedis' ? {} : { REDIS_URL: stage.redisUrl }),
  });
  const series = createSeries();
  await stage.depot.mostInASecond();
  for (let round = 0; round < rounds; round += 1) await measureRound(stage, fleet.ayu, names, series);
  const requestsInASecond = await stage.depot.mostInASecond();
  const peakRssMb = await fleet.peakRssMb();
  await fleet.stop();
  const { previews = Number.NaN, confirms = Number.NaN } = medians(series.times);
  return { situation, replicas, previewsMs: previews, confirmsMs: confirms, requestsInASecond, peakRssMb };
}

async function measureRound(
  { world: { slack }, database }: Stage,
  ayu: SlackPerson,
  names: readonly string[],
  series: Series,
): Promise<void> {
  await database.reset();
  forget(slack);
  const { ms, result } = await timed(() => previewAll(slack, ayu, names));
  series.add('previews', ms);
  await database.settle();
  series.add('confirms', (await timed(() => confirmAll(slack, ayu, result))).ms);
  await database.settle();
}

/** So many bots behind a load balancer, and an admin whose requests go there. */
async function startFleet(
  { world: { slack }, database }: Stage,
  replicas: number,
  settings: Readonly<Record<string, string>>,
) {
  const bots: BotProcess[] = [];
  for (let n = 0; n < replicas; n += 1) bots.push(await startBotProcess(slack, database.url, settings));
  const balancer = await startLoadBalancer(bots.map(({ port }) => port));
  return {
    ayu: slackPerson(slack, `${balancer.url}/slack/events`, AYU.id),
    peakRssMb: async () => Math.max(...(await Promise.all(bots.map((bot) => bot.peakRssMb())))),
    stop: async () => {
      await Promise.all(bots.map((bot) => bot.stop()));
      await balancer.stop();
    },
  };
}

/** Types a command for each location, all at once, and waits until each preview has its Confirm. */
async function previewAll(
  slack: StrictSlack,
  ayu: SlackPerson,
  names: readonly string[],
): Promise<readonly StoredMessage[]> {
  await Promise.all(names.map((name) => ayu.command(name)));
  return until(
    () => {
      const shown = slack.messages(DEV_SUPPORT.id).filter(canBeConfirmed);
      return shown.length === names.length && shown;
    },
    { timeoutMs: PATIENCE_MS, failure: () => 'every preview can be confirmed' },
  );
}

function canBeConfirmed({ blocks }: StoredMessage): boolean {
  return JSON.stringify(blocks ?? []).includes('"confirm_run"');
}

/** Clicks every Confirm at once, and waits until each thread tells the result. */
async function confirmAll(
  slack: StrictSlack,
  ayu: SlackPerson,
  shown: readonly StoredMessage[],
): Promise<void> {
  await Promise.all(shown.map((message) => ayu.click(message, 'confirm_run')));
  const isTold = ({ ts }: StoredMessage) =>
    slack.messages(DEV_SUPPORT.id, ts).some(({ text }) => text.startsWith('Sync completed'));
  await until(() => shown.every(isTold), {
    timeoutMs: PATIENCE_MS,
    failure: () => 'every thread tells the result',
  });
}
