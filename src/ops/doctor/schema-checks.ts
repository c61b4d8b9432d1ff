import type { Database } from '../../database/client.ts';
import type { Inspection } from '../../database/inspect.ts';
import { pendingMigrations } from '../../database/migrate.ts';
import { MigrationError } from '../../database/migrations.ts';
import type { Check } from './check.ts';
import { DATABASE } from './database-checks.ts';
import { fail, pass, type Verdict } from './finding.ts';
import { collation, indexes } from './index-checks.ts';
import { columns, laravelTables, tables } from './table-checks.ts';

/** The check that the others on the Laravel application's tables need. */
export const TABLES = 'tables users and locations';

export type SchemaParts = {
  readonly databaseUrl: string;
  /** The folder of the migrations. */
  readonly migrations: string;
  readonly inspect: () => Promise<Inspection>;
  readonly db: Database;
};

/** What must stand in the database: the bot's own tables, and the Laravel application's as the bot needs them. */
export function schemaChecks(parts: SchemaParts): readonly Check[] {
  const { databaseUrl, migrations, inspect, db } = parts;
  return [
    { name: 'migrations', needs: [DATABASE], run: () => applied(databaseUrl, migrations) },
    { name: TABLES, needs: [DATABASE], run: async () => tables(await laravelTables(inspect)) },
    { name: 'columns of users', needs: [TABLES], run: async () => columns(await laravelTables(inspect)) },
    { name: 'unique index of users', needs: [TABLES], run: async () => indexes(db, await inspect()) },
    { name: 'collation of users.email', needs: [TABLES], run: () => collation(db) },
  ];
}

async function applied(databaseUrl: string, migrations: string): Promise<Verdict> {
  try {
    const missing = await pendingMigrations(databaseUrl, migrations);
    return missing.length === 0
      ? pass('all are applied')
      : fail(`not applied: ${missing.join(', ')}`, 'Make a backup, then run: npm run migrate');
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    // Its first sentence says what is so, the rest what to do.
    const [what = '', ...next] = error.message.split(/(?<=\.) /);
    return fail(what, next.join(' '));
  }
}
