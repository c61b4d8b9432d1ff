import { createDatabase } from '../sandbox/database/database-server.ts';
import { startMariadb } from '../sandbox/database/mariadb.ts';
import { type SlackPage, startSlackPage } from '../sandbox/local-slack/page.ts';
import type { BotSettings } from '../sandbox/worlds/bot.ts';
import { startWorld, type World } from '../sandbox/worlds/world.ts';
import { migrate } from '../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../src/process/runtime.ts';
import { startTroubles, TROUBLE_SETTINGS } from './trouble.ts';

export type Demo = {
  readonly world: World;
  /** The page of the local Slack, with what it leaves out by itself. */
  readonly url: string;
  readonly databaseUrl: string;
  stop(): Promise<void>;
};

/** A private MariaDB, three depot servers with the scenarios' data, a local Slack and the bot. */
export async function startDemo(options: {
  /** Where the page is; a free port unless given. */
  readonly port?: number;
  readonly settings?: BotSettings;
  /** Adds targets on which something goes wrong. */
  readonly trouble?: boolean;
}): Promise<Demo> {
  const { port = 0, settings = {}, trouble = false } = options;
  /** What was started, the last first. */
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0)) await end();
  };
  try {
    const server = await startMariadb();
    started.unshift(() => server.stop());
    const database = await createDatabase(server);
    started.unshift(() => database.drop());
    await migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {} });
    const world = await startWorld({
      databaseUrl: database.url,
      settings: { ...settings, ...(trouble ? TROUBLE_SETTINGS : {}) },
    });
    started.unshift(() => world.stop());
    shareOneEmail(world);
    if (trouble) {
      const troubles = await startTroubles(database.url, world);
      started.unshift(() => troubles.stop());
    }
    const page: SlackPage = await startSlackPage(world.slack.url, port);
    started.unshift(() => page.stop());
    return { world, url: page.url, databaseUrl: database.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Scenario 3: one email stands at all three servers. It takes another one's place, so that the numbers stay. */
function shareOneEmail({ depots }: World): void {
  for (const { users } of [depots.test, depots.prod]) {
    const last = users.at(-1);
    if (last !== undefined) last.email = 'vendor1@dkm';
  }
}
