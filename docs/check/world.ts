import { rm } from 'node:fs/promises';
import { connect, type DatabaseServer } from '../../sandbox/database/database-server.ts';
import { startMariadb } from '../../sandbox/database/mariadb.ts';
import { startDepotServer } from '../../sandbox/depot/server.ts';
import { startLocalSlack } from '../../sandbox/local-slack/local-slack.ts';
import { freePort } from '../../sandbox/process/free-port.ts';
import { scenarioUsers } from '../../sandbox/worlds/scenarios.ts';
import { migrate } from '../../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../../src/process/runtime.ts';
import { temporaryFolder } from './copy.ts';
import { databasePrograms } from './programs.ts';
import type { Environment } from './shell.ts';

const ADMIN = { name: 'admin', password: 'admin-password' } as const;

/** What the pages speak of, on this machine: a database server, a depot server, a Slack. */
export type World = {
  readonly server: DatabaseServer;
  readonly depotUrl: string;
  readonly slack: Awaited<ReturnType<typeof startLocalSlack>>;
  /** The port that stands for 3000. */
  readonly port: number;
  /** For commands: nothing of whoever started the check but where programs are and how npm is set up. */
  readonly env: Environment;
  /** A page's command or statement with the reader's own values in it. */
  withOwn(text: string): string;
  /** Makes `laravel` anew, empty or migrated, and no account but the administrator's. */
  resetDatabase(options: { readonly migrated: boolean }): Promise<void>;
  /** Runs statements as the administrator; the rows of the last one. */
  sql(statements: readonly string[]): Promise<unknown[]>;
  stop(): Promise<void>;
};

export async function startWorld(): Promise<World> {
  // The pages' databases and accounts have names that a server of somebody's may have too.
  delete process.env['TEST_DATABASE_URL'];
  const folder = await temporaryFolder('world');
  const [server, depot, slack, port, programs] = await Promise.all([
    startMariadb(),
    startDepotServer({ users: scenarioUsers.dev() }),
    startLocalSlack({ mode: 'socket' }),
    freePort(),
    databasePrograms(folder),
  ]);
  const root = await connect(server.url(''));
  await root.query(`CREATE USER '${ADMIN.name}'@'%' IDENTIFIED BY '${ADMIN.password}'`);
  await root.query(`GRANT ALL ON *.* TO '${ADMIN.name}'@'%' WITH GRANT OPTION`);
  const address = `${server.host}:${server.port}`;

  const sql = async (statements: readonly string[]) => {
    let rows: unknown[] = [];
    for (const statement of statements) rows = await root.query<unknown[]>(statement);
    return rows;
  };

  return {
    server,
    depotUrl: depot.url,
    slack,
    port,
    sql,
    env: {
      PATH: `${programs}:${process.env['PATH']}`,
      HOME: process.env['HOME'],
      CI: 'true',
      // The same packages are installed several times.
      npm_config_prefer_offline: 'true',
      MYSQL_PWD: ADMIN.password,
      MYSQL_TCP_PORT: String(server.port),
      DEMO_PORT: String(await freePort()),
    },
    withOwn: (text) =>
      text
        .replaceAll('ADMIN:PASSWORD', `${ADMIN.name}:${ADMIN.password}`)
        .replaceAll('HOST:3306', address)
        .replaceAll(/\bHOST\b/g, server.host)
        .replaceAll('ADMIN', ADMIN.name)
        .replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)
        .replaceAll('https://dev.mydeposys.com', depot.url),
    resetDatabase: async ({ migrated }) => {
      await sql([
        'DROP DATABASE IF EXISTS laravel',
        "DROP USER IF EXISTS 'usersync'@'%', 'usersync_migrate'@'%'",
        'CREATE DATABASE laravel CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
        'USE laravel',
      ]);
      if (!migrated) return;
      await migrate({ databaseUrl: server.url('laravel'), directory: MIGRATIONS, log: () => {} });
      await sql([
        `INSERT INTO locations (location_code, location_name, online_url) VALUES ('dev', 'Dev', '${depot.url}')`,
      ]);
    },
    stop: async () => {
      await root.end();
      await Promise.all([server.stop(), depot.stop(), slack.stop(), rm(folder, { recursive: true })]);
    },
  };
}
