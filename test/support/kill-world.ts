import { insertLocations } from '../../sandbox/database/seed-locations.ts';
import { type DepotHost, startDepotHost } from '../../sandbox/depot/host.ts';
import { makeDepotUsers } from '../../sandbox/depot/users.ts';
import { AYU, BUDI } from '../../sandbox/local-slack/workspace.ts';
import { freePort } from '../../sandbox/process/free-port.ts';
import { until } from '../../sandbox/process/until.ts';
import type { Arguments } from '../../sandbox/strict-slack/faults.ts';
import { type SlackPerson, slackPerson } from '../../sandbox/strict-slack/slack-person.ts';
import type { StrictSlack } from '../../sandbox/strict-slack/strict-slack.ts';
import { startMainWorld } from './main-world.ts';

/** A bot in a process of its own, as `npm start` starts it. */
export type Victim = {
  readonly ayu: SlackPerson;
  /** Sends SIGKILL, and resolves once the process is gone. */
  kill(): Promise<void>;
  hasEnded(): boolean;
  /** Has it stand still, its connections as they are, until `resume`. */
  pause(): void;
  resume(): void;
};

export type KillWorld = {
  readonly slack: StrictSlack;
  readonly targets: readonly string[];
  readonly databaseUrl: string;
  readonly depots: DepotHost;
  sql<Row>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** Resolves once the bot is ready. */
  start(): Promise<Victim>;
  /**
   * Kills the bot in the moment in which Slack gets a call like this, before it answers. `taken`: Slack takes it all the
   * same. Resolves once the bot is gone.
   */
  killAt(
    victim: Victim,
    method: string,
    matches: (args: Arguments) => boolean,
    taken: boolean,
  ): Promise<void>;
  stop(): Promise<void>;
};

export const USERS_OF_EACH = 20;
/** So that a read takes about a second: a login and two pages. */
const LATENCY_MS = 300;

/** A database, a Slack and a depot server with these locations, and as many bots on them as are started. */
export async function startKillWorld(targets: readonly string[]): Promise<KillWorld> {
  const world = await startMainWorld();
  const { slack, migrated } = world;
  const listOf = (name: string) =>
    makeDepotUsers(USERS_OF_EACH).map((user) => ({ ...user, email: `user${user.id_user}.${name}@dkm` }));
  const depots = await startDepotHost(
    Object.fromEntries(targets.map((name) => [name, listOf(name)])),
    LATENCY_MS,
  );
  await insertLocations(
    migrated.url,
    targets.map((name, index) => ({ id: index + 1, code: name, name, url: depots.urlOf(name) })),
  );
  const alive = new Set<Victim>();

  async function start(): Promise<Victim> {
    const port = await freePort();
    const settings = {
      PORT: String(port),
      SLACK_ADMIN_USER_IDS: `${AYU.id},${BUDI.id}`,
      EXTERNAL_API_PASSWORD: 'correct_password',
      EXTERNAL_API_PAGE_SIZE: '10',
      SYNC_TARGETS: targets.join(','),
    };
    const bot = world.run('start', world.settings(settings));
    if ((await bot.says('usersync is ready')) === 'ended') {
      throw new Error(`A bot did not start: ${JSON.stringify(await bot.ended)}`);
    }
    let over = false;
    const ended = bot.ended.then(() => {
      over = true;
    });
    const victim: Victim = {
      ayu: slackPerson(slack, `http://127.0.0.1:${port}/slack/events`, AYU.id),
      kill: async () => {
        alive.delete(victim);
        bot.kill('SIGKILL');
        await ended;
      },
      hasEnded: () => over,
      pause: () => bot.kill('SIGSTOP'),
      resume: () => bot.kill('SIGCONT'),
    };
    alive.add(victim);
    return victim;
  }

  return {
    slack,
    targets,
    databaseUrl: migrated.url,
    depots,
    sql: migrated.sql,
    start,
    killAt: async (victim, method, matches, taken) => {
      let dead: () => void = () => {};
      const gone = new Promise<void>((resolve) => {
        dead = resolve;
      });
      const when = (args: Arguments) => {
        if (!matches(args)) return false;
        void victim.kill().then(dead);
        return true;
      };
      slack.fail(method, { when, until: gone, ...(taken ? {} : { status: 500 }) });
      await until(() => victim.hasEnded(), {
        failure: () => `${method} is called. Slack saw ${slack.calls.map((call) => call.method).join(', ')}`,
      });
    },
    stop: async () => {
      await Promise.all([...alive].map((victim) => victim.kill()));
      await depots.stop();
      await world.stop();
    },
  };
}
