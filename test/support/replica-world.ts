import { type BotProcess, startBotProcess } from '../../chaos/world/bot-process.ts';
import { startReaper } from '../../chaos/world/reaper.ts';
import { type FreshDatabase, freshDatabase } from '../../sandbox/database/database.ts';
import { insertLocations } from '../../sandbox/database/seed-locations.ts';
import { type DepotHost, startDepotHost } from '../../sandbox/depot/host.ts';
import { type DepotUser, makeDepotUsers } from '../../sandbox/depot/users.ts';
import { compileProgram } from '../../sandbox/process/compiled.ts';
import { type LoadBalancer, startLoadBalancer } from '../../sandbox/process/load-balancer.ts';
import { startRedis } from '../../sandbox/process/redis.ts';
import { until } from '../../sandbox/process/until.ts';
import { type StrictSlack, startStrictSlack } from '../../sandbox/strict-slack/strict-slack.ts';
import { BOT_SETTINGS } from '../../sandbox/worlds/bot.ts';

export type Replica = BotProcess & { readonly owner: string; readonly port: number };

/** Some processes of the bot behind a load balancer, with one database, one Redis and one Slack. */
export type ReplicaWorld = {
  readonly slack: StrictSlack;
  readonly database: FreshDatabase;
  readonly balancer: LoadBalancer;
  readonly replicas: readonly Replica[];
  sql<Row>(statement: string, values?: unknown[]): Promise<Row[]>;
  readonly redisUrl: string;
  /** Kills the replica that holds this lease. */
  kill(owner: string): Promise<void>;
  /** Lets the time pass after which the others miss a replica. */
  lapse(owner: string): Promise<void>;
  stop(): Promise<void>;
};

export type Place = { readonly id: number; readonly name: string; readonly host: DepotHost };

type Options = {
  readonly replicas: number;
  readonly places: readonly Place[];
  readonly settings: Readonly<Record<string, string>>;
};

export async function startReplicaWorld({ replicas, places, settings }: Options): Promise<ReplicaWorld> {
  const [program, redis, slack, database] = await Promise.all([
    compileProgram('chaos/bot.ts'),
    startRedis(),
    startStrictSlack(),
    freshDatabase({ migrated: true }),
  ]);
  await insertLocations(
    database.url,
    places.map(({ id, name, host }) => ({ id, code: name, name, url: host.urlOf(name) })),
  );
  const reaper = startReaper();
  const start = async (): Promise<Replica> => {
    const bot = await startBotProcess(program.path, reaper);
    const started = await bot.start({
      ...BOT_SETTINGS,
      SLACK_MODE: 'http',
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      DATABASE_URL: `${database.url}?connectionLimit=8`,
      REDIS_URL: redis.url,
      SYNC_TARGETS: places.map(({ name }) => name).join(','),
      ...settings,
    });
    await until(() => bot.log().some((line) => line.includes('shared through Redis')), {
      failure: () => `the bot has found Redis. It said:\n${bot.log().join('\n')}`,
    });
    return { ...bot, ...started };
  };
  const running = await Promise.all(Array.from({ length: replicas }, start));
  const balancer = await startLoadBalancer(running.map(({ port }) => port));
  return {
    ...{ slack, database, balancer, replicas: running, redisUrl: redis.url, sql: database.sql },
    kill: async (owner) => {
      const victim = running.find((each) => each.owner === owner);
      victim?.signal('SIGKILL');
      await victim?.ended;
    },
    lapse: async (owner) => {
      for (const table of ['sync_runs', 'sync_outbox']) {
        await database.sql(`UPDATE ${table} SET lease_until = UTC_TIMESTAMP(3) WHERE lease_owner = ?`, [
          owner,
        ]);
      }
    },
    stop: async () => {
      for (const each of running) each.signal('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
      reaper.stop();
      await balancer.stop();
      await Promise.all([slack.stop(), redis.stop(), program.remove()]);
      await database.drop();
    },
  };
}

/** The list of a location's server; no email stands in another's. */
function usersOf(name: string, count: number): DepotUser[] {
  return makeDepotUsers(count).map((user) => ({ ...user, email: `user${user.id_user}.${name}@dkm` }));
}

/** A depot server for these locations, which waits so long before each answer. */
export async function placesAt(
  names: readonly string[],
  options: { readonly users: number; readonly latencyMs: number; readonly firstId: number },
): Promise<Place[]> {
  const lists = Object.fromEntries(names.map((name) => [name, usersOf(name, options.users)]));
  const host = await startDepotHost(lists, options.latencyMs);
  return names.map((name, index) => ({ id: options.firstId + index, name, host }));
}
