import { randomUUID } from 'node:crypto';
import type { Connection } from 'mariadb';
import { ask, connect } from './connection.ts';
import {
  type AppliedMigration,
  type Migration,
  MigrationError,
  pending,
  readMigrations,
} from './migrations.ts';

const LOCK_WAIT_SECONDS = 60;

/** Prisma's history table, as `prisma migrate deploy` creates it. */
const HISTORY_TABLE = `CREATE TABLE _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at DATETIME(3),
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at DATETIME(3),
  started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;

/**
 * Applies what is pending of `directory`, in order, under a lock named after the database, and records it as
 * Prisma does, so that `prisma migrate deploy` and `status` see the same history. Throws `MigrationError`, and
 * `DatabaseRefusalError` where the database cannot be reached.
 */
export async function migrate(options: {
  databaseUrl: string;
  directory: string;
  log: (line: string) => void;
}): Promise<{ applied: readonly string[] }> {
  const connection = await connect(options.databaseUrl);
  try {
    await lock(connection);
    // Where nothing is to be migrated, the account need not be one that may create tables.
    if (!(await hasHistory(connection))) await ask(connection, HISTORY_TABLE);
    const todo = pending(await readMigrations(options.directory), await history(connection));
    for (const migration of todo) {
      await applyMigration(connection, migration);
      options.log(`applied ${migration.name}`);
    }
    return { applied: todo.map(({ name }) => name) };
  } finally {
    // Ends the session, and its named lock with it.
    await connection.end();
  }
}

/**
 * Names of migrations in `directory` that the database does not have yet. Changes nothing. Throws `MigrationError`
 * and `DatabaseRefusalError`.
 */
export async function pendingMigrations(databaseUrl: string, directory: string): Promise<readonly string[]> {
  const connection = await connect(databaseUrl);
  try {
    const applied = (await hasHistory(connection)) ? await history(connection) : [];
    return pending(await readMigrations(directory), applied).map(({ name }) => name);
  } finally {
    await connection.end();
  }
}

async function lock(connection: Connection): Promise<void> {
  const [row] = await ask<{ got: number | null }>(
    connection,
    `SELECT GET_LOCK(CONCAT('usersync migrate ', LEFT(DATABASE(), 40)), ${LOCK_WAIT_SECONDS}) AS got`,
  );
  if (Number(row?.got) !== 1) {
    throw new MigrationError('Another process is migrating this database. Wait until it is done.');
  }
}

async function hasHistory(connection: Connection): Promise<boolean> {
  const tables = await ask(connection, "SHOW TABLES LIKE '\\_prisma\\_migrations'");
  return tables.length > 0;
}

function history(connection: Connection): Promise<AppliedMigration[]> {
  return ask(
    connection,
    'SELECT migration_name, checksum, finished_at, rolled_back_at FROM _prisma_migrations',
  );
}

async function applyMigration(connection: Connection, migration: Migration): Promise<void> {
  const id = randomUUID();
  await ask(connection, 'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (?, ?, ?)', [
    id,
    migration.checksum,
    migration.name,
  ]);
  try {
    for (const statement of migration.statements) await ask(connection, statement);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await ask(connection, 'UPDATE _prisma_migrations SET logs = ? WHERE id = ?', [reason, id]);
    throw new MigrationError(`The migration ${migration.name} failed: ${reason}`, { cause: error });
  }
  await ask(
    connection,
    'UPDATE _prisma_migrations SET finished_at = CURRENT_TIMESTAMP(3), applied_steps_count = 1 WHERE id = ?',
    [id],
  );
}
