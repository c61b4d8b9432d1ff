import type { Database } from '../../database/client.ts';
import { countProtected } from '../../database/plan/protection.ts';
import type { Inspection } from '../../database/schema/inspect.ts';
import { usersClock } from '../../database/schema/inspect-tables.ts';
import { pendingMigrations } from '../../database/schema/migrate.ts';
import { MigrationError } from '../../database/schema/migrations.ts';
import type { NewUserDefaults } from '../../sync/run/change.ts';
import type { Check } from './check.ts';
import { DATABASE } from './database-checks.ts';
import { fail, pass, type Verdict, warn } from './finding.ts';
import {
  auditTriggers,
  collation,
  columns,
  indexes,
  laravelTables,
  leftAlone,
  ownTables,
  tables,
} from './table-checks.ts';
import { usersClockVerdict } from './users-clock.ts';

/** The check that the others on the Laravel application's tables need. */
export const TABLES = 'tables users and locations';
const MIGRATIONS = 'migrations';

export type SchemaParts = {
  readonly databaseUrl: string;
  /** The folder of the migrations. */
  readonly migrations: string;
  readonly inspect: () => Promise<Inspection>;
  readonly db: Database;
  readonly newUserDefaults: NewUserDefaults;
  /** `PROTECTED_EMAILS`. */
  readonly protectedEmails: readonly string[];
};

/** Checks on the tables in the database: the bot's own, and the Laravel application's as the bot needs them. */
export function schemaChecks(parts: SchemaParts): readonly Check[] {
  const { newUserDefaults, databaseUrl, migrations, inspect, db, protectedEmails } = parts;
  return [
    { topic: 'migrations', name: MIGRATIONS, needs: [DATABASE], run: () => applied(databaseUrl, migrations) },
    {
      topic: 'own_tables',
      name: 'tables of usersync',
      needs: [MIGRATIONS],
      run: async () => ownTables(await inspect()),
    },
    {
      topic: 'audit_triggers',
      name: 'triggers of the audit log',
      needs: [MIGRATIONS],
      run: async () => auditTriggers(await inspect()),
    },
    {
      topic: 'shared_tables',
      name: TABLES,
      needs: [DATABASE],
      run: async () => tables(await laravelTables(inspect)),
    },
    {
      topic: 'columns',
      name: 'columns of users',
      needs: [TABLES],
      settings: ['NEW_USER_DEFAULTS'],
      run: async () => columns(await laravelTables(inspect), newUserDefaults),
    },
    {
      topic: 'users_clock',
      name: 'clock of users',
      needs: ['columns of users'],
      run: async () => usersClockVerdict(await usersClock(await inspect())),
    },
    { topic: 'left_alone', name: 'users left alone', needs: ['columns of users'], run: () => leftAlone(db) },
    {
      topic: 'unique_index',
      name: 'unique index of users',
      needs: [TABLES],
      run: async () => indexes(db, await inspect()),
    },
    { topic: 'collation', name: 'collation of users.email', needs: [TABLES], run: () => collation(db) },
    {
      topic: 'protected_emails',
      name: 'protected emails',
      settings: ['PROTECTED_EMAILS'],
      needs: ['columns of users', 'collation of users.email'],
      run: () => protection(db, protectedEmails),
    },
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
    return fail(error.what, error.next);
  }
}

/** Doctor has time to count, but nobody reads a larger number otherwise. */
const MOST_PROTECTED = 10_000;

async function protection(db: Database, patterns: readonly string[]): Promise<Verdict> {
  if (patterns.length === 0) return pass('PROTECTED_EMAILS is not set, so that anybody may be deactivated');
  const counted = await countProtected(db, patterns, MOST_PROTECTED);
  const detail = counted.map(({ pattern, users }) => `${pattern}: ${users}`).join(', ');
  return counted.every(({ users }) => users > 0)
    ? pass(`users protected by each pattern: ${detail}`)
    : warn(
        `users protected by each pattern: ${detail}`,
        'Look at the spelling in PROTECTED_EMAILS of those that protect nobody.',
      );
}
