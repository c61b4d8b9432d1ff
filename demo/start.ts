import { fileURLToPath } from 'node:url';
import { migrate } from '../src/database/migrate.ts';
import type { BotSettings } from '../test/support/bot.ts';
import { createDatabase } from '../test/support/database-server.ts';
import { startMariadb } from '../test/support/mariadb.ts';
import { startWorld, type World } from '../test/support/world.ts';

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
