import { fileURLToPath } from 'node:url';
import { createDatabase } from '../sandbox/database/database-server.ts';
import { startMariadb } from '../sandbox/database/mariadb.ts';
import type { BotSettings } from '../sandbox/worlds/bot.ts';
import { startWorld, type World } from '../sandbox/worlds/world.ts';
import { migrate } from '../src/database/schema/migrate.ts';

const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

export type Demo = { readonly world: World; stop(): Promise<void> };

/** A private MariaDB, three depot servers with the scenarios' data, a local Slack and the bot. */
export async function startDemo(options: {
  readonly slackPort?: number;
  readonly settings?: BotSettings;
}): Promise<Demo> {
  const server = await startMariadb();
  const database = await createDatabase(server);
  const clean = async () => {
    await database.drop();
    await server.stop();
  };
  try {
    await migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {} });
    const world = await startWorld({ databaseUrl: database.url, ...options });
    const stop = async () => {
      await world.stop();
      await clean();
    };
    return { world, stop };
  } catch (error) {
    await clean();
    throw error;
  }
}
