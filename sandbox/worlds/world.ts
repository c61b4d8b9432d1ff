import type { RunningApp } from '../../src/bot/app.ts';
import { query } from '../database/database-server.ts';
import { seedLocations } from '../database/seed-locations.ts';
import { type DepotServer, startDepotServer } from '../depot/server.ts';
import { type LocalSlack, startLocalSlack } from '../local-slack/local-slack.ts';
import { freePort } from '../process/free-port.ts';
import { type BotSettings, startBot } from './bot.ts';
import { scenarioUsers, seedTestUsers } from './scenarios.ts';

export type World = {
  readonly slack: LocalSlack;
  readonly depots: { readonly dev: DepotServer; readonly test: DepotServer; readonly prod: DepotServer };
  readonly bot: RunningApp;
  /** Stops the bot and starts it again with these settings in addition to the usual ones. */
  restartBot(settings: BotSettings): Promise<void>;
  /** Runs a statement on the database. */
  sql<Row>(statement: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
};

type Options = {
  /** A migrated, empty database. */
  readonly databaseUrl: string;
  readonly mode?: 'socket' | 'http';
  readonly settings?: BotSettings;
};

/** Starts the world of the scenarios on this machine: three depot servers, a Slack, the bot. */
export async function startWorld({ databaseUrl, mode = 'socket', settings = {} }: Options): Promise<World> {
  const [dev, test, prod] = await Promise.all([
    startDepotServer({ users: scenarioUsers.dev() }),
    startDepotServer({ users: scenarioUsers.test() }),
    startDepotServer({ users: scenarioUsers.prod() }),
  ]);
  await seedLocations(databaseUrl, { dev: dev.url, test: test.url, prod: prod.url });
  await seedTestUsers(databaseUrl);
  const port = await freePort();
  const slack = await startLocalSlack({
    ...(mode === 'socket'
      ? { mode: 'socket' }
      : { mode: 'events', requestUrl: `http://127.0.0.1:${port}/slack/events` }),
  });
  const start = async (over: BotSettings): Promise<RunningApp> => {
    const started = await startBot({
      DATABASE_URL: databaseUrl,
      SLACK_API_URL: slack.apiUrl,
      SLACK_MODE: mode,
      PORT: String(port),
      ...(mode === 'socket' ? { SLACK_APP_TOKEN: slack.appToken } : {}),
      ...over,
    });
    if (mode === 'socket') await slack.waitForBot();
    return started;
  };
  let bot = await start(settings);
  return {
    slack,
    get bot() {
      return bot;
    },
    restartBot: async (over) => {
      await bot.stop();
      bot = await start(over);
    },
    depots: { dev, test, prod },
    sql: (statement, values) => query(databaseUrl, statement, values),
    stop: async () => {
      await bot.stop();
      await Promise.all([slack.stop(), dev.stop(), test.stop(), prod.stop()]);
    },
  };
}
