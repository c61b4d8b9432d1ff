import type { Connection } from 'mariadb';
import { inject } from 'vitest';
import { migrate } from '../../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../../src/process/runtime.ts';
import {
  connect,
  createDatabase,
  type DatabaseOptions,
  type DatabaseServer,
  send,
  serverAt,
} from './database-server.ts';
import { copyTemplate } from './template.ts';

export type FreshDatabase = {
  readonly url: string;
  readonly name: string;
  /** For reading the written data: no pool, one statement at a time. */
  readonly connection: Connection;
  /** `send` on `connection`. */
  sql<Row = unknown>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** Closes the connection and removes the database. */
  drop(): Promise<void>;
};

type FreshOptions = DatabaseOptions & {
  readonly migrated?: boolean;
  /** Another server than the test run's server. */
  readonly server?: Pick<DatabaseServer, 'url'>;
};

/** Creates a database for one test suite on the test run's server: empty, or with all migrations. */
export async function freshDatabase(options: FreshOptions = {}): Promise<FreshDatabase> {
  const { server, collation, migrated = false } = options;
  const { name, url, drop } = await createDatabase(server ?? serverAt(inject('databaseServerUrl')), options);
  if (migrated) {
    // The template exists only on the test run's server, with its default collation.
    if (server === undefined && collation === undefined) await copyTemplate(url, inject('copyingTemplate'));
    else await migrate({ databaseUrl: url, directory: MIGRATIONS, log: () => {} });
  }
  const connection = await connect(url);
  return {
    name,
    url,
    connection,
    sql: (statement, values) => send(connection, statement, values),
    async drop() {
      await connection.end();
      await drop();
    },
  };
}
