import { messageOf } from '../../sync/failures/failure.ts';
import {
  type AuditTables,
  auditTablesBy,
  SET_ASIDE_NOTE,
  USUAL,
  withAuditTables,
} from '../audit/audit-tables.ts';
import {
  type AppliedMigration,
  MigrationError,
  ownRowId,
  type PendingMigration,
  pending,
  REPAIR,
  readMigrations,
} from './migrations.ts';
import { isLockWait, mendingHint, requireRights, restoreTriggers, tookEffect } from './repair.ts';
import { askOn, connect, DatabaseRefusalError, isOtherServer, type Query } from './single-connection.ts';
import { chooseAuditTables, createsAuditTables } from './taken-names.ts';

const LOCK_WAIT_SECONDS = 60;
/** How long a statement of a migration waits for whoever has its table open. The running bot's statements queue up behind it. */
const TABLE_WAIT_SECONDS = 30;

/** Prisma's history table, as `prisma migrate deploy` creates it. */
const HISTORY_TABLE = `CREATE TABLE _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at DATETIME(3),
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at DATETIME(3),
  started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;

const HISTORY = 'SELECT id, migration_name, checksum, finished_at, rolled_back_at FROM _prisma_migrations';

/**
 * Applies the pending migrations of `directory`, in order, under a lock named after the database, and records them as Prisma
 * does, so that `prisma migrate deploy` and `status` see the same history. Changes nothing if the account lacks a right, or if
 * another application uses a needed name; only the audit log's tables then get other names. With `repair`, restores missing
 * triggers of the audit log, and goes on where a migration stopped half-way. `stop` ends it between two migrations.
 * Throws `MigrationError`, and `DatabaseRefusalError` if the database cannot be reached.
 */
export async function migrate(options: {
  databaseUrl: string;
  directory: string;
  log: (line: string) => void;
  repair?: boolean;
  stop?: AbortSignal;
}): Promise<{ applied: readonly string[] }> {
  const connection = await connect(options.databaseUrl);
  const ask = askOn(connection);
  try {
    await lock(ask);
    const todo = await pendingIn(ask, options.directory, options.repair);
    // Only now: without pending migrations, the account needs no right to create tables.
    if (todo.length > 0) await applyAll(ask, todo, options);
    if (options.repair === true)
      await restoreTriggers(ask, await readMigrations(options.directory), options.log);
    return { applied: todo.map(({ name }) => name) };
  } finally {
    // Ends the session, and with it the named lock.
    await connection.end();
  }
}

async function applyAll(
  ask: Query,
  todo: readonly PendingMigration[],
  { log, stop }: Pick<Parameters<typeof migrate>[0], 'log' | 'stop'>,
): Promise<void> {
  await requireServer(ask);
  const tables = await auditTablesFor(ask, todo);
  await requireRights(
    ask,
    todo.flatMap(({ statements }) => statements),
  );
  await requireLongKeys(ask);
  await ask(`SET SESSION lock_wait_timeout = ${TABLE_WAIT_SECONDS}`);
  if (!(await hasHistory(ask))) await ask(HISTORY_TABLE);
  if (tables !== USUAL) log(`the audit log goes into ${tables.logs} and ${tables.heads}`);
  for (const migration of todo) {
    if (stop?.aborted) throw stoppedBefore(migration);
    await applyMigration(ask, migration, tables);
    log(`applied ${migration.name}`);
  }
}

function stoppedBefore({ name, isBegun }: PendingMigration): MigrationError {
  return isBegun
    ? new MigrationError(`Stopped before the rest of the migration ${name}.`, REPAIR)
    : new MigrationError(
        `Stopped before the migration ${name}. None is half-done.`,
        'For the rest, run: npm run migrate',
      );
}

async function requireServer(ask: Query): Promise<void> {
  const [row] = await ask<{ version: string }>('SELECT VERSION() AS version');
  if (row === undefined || !isOtherServer(row.version)) return;
  const what = `The server is ${row.version}, and usersync needs MySQL or MariaDB itself. Nothing was changed.`;
  throw new MigrationError(what, 'Use a server that docs/scaling.md names under Which database.');
}

/** Older row formats have room for 767 bytes of a key, which an email in utf8mb4 exceeds: the migrations would stop half-way. */
async function requireLongKeys(ask: Query): Promise<void> {
  const [row] = await ask<{ format: string }>('SELECT @@innodb_default_row_format AS format');
  if (row === undefined || row.format.toLowerCase() === 'dynamic') return;
  throw new MigrationError(
    `The server makes new tables in the row format ${row.format}, whose keys are too short for emails. Nothing was changed.`,
    'Have an administrator of the server run SET GLOBAL innodb_default_row_format = DYNAMIC (and set it in its configuration), then migrate again.',
  );
}

/** The pending migrations of `directory`; changes nothing. Throws `MigrationError` (also for a taken name), `DatabaseRefusalError`. */
export async function pendingMigrations(databaseUrl: string, directory: string): Promise<readonly string[]> {
  const connection = await connect(databaseUrl);
  const ask = askOn(connection);
  try {
    const todo = await pendingIn(ask, directory);
    if (todo.length > 0) await auditTablesFor(ask, todo);
    return todo.map(({ name }) => name);
  } finally {
    await connection.end();
  }
}

async function pendingIn(
  ask: Query,
  directory: string,
  repair = false,
): Promise<readonly PendingMigration[]> {
  const applied = (await hasHistory(ask)) ? await ask<AppliedMigration>(HISTORY) : [];
  return pending(await readMigrations(directory), applied, repair);
}

/** The existing audit tables, or the names for new ones. Throws `MigrationError` if a name is taken. */
async function auditTablesFor(ask: Query, todo: readonly PendingMigration[]): Promise<AuditTables> {
  const made = createsAuditTables(todo) ? undefined : await auditTablesBy(ask);
  return chooseAuditTables(ask, todo, made);
}

async function lock(ask: Query): Promise<void> {
  const [row] = await ask<{ got: number | null }>(
    `SELECT GET_LOCK(CONCAT('usersync migrate ', LEFT(DATABASE(), 40)), ${LOCK_WAIT_SECONDS}) AS got`,
  );
  if (Number(row?.got) !== 1) {
    throw new MigrationError('Another process is migrating this database.', 'Wait until it is done.');
  }
}

/** SHOW TABLES would not show a table on which the account has no right, and the tables made by it would look left behind. */
async function hasHistory(ask: Query): Promise<boolean> {
  try {
    await ask('SELECT 1 FROM _prisma_migrations WHERE FALSE');
    return true;
  } catch (error) {
    if (error instanceof DatabaseRefusalError && error.code === 'ER_NO_SUCH_TABLE') return false;
    if (!(error instanceof DatabaseRefusalError && error.code === 'ER_TABLEACCESS_DENIED_ERROR')) throw error;
    throw new MigrationError(
      'The account may not read _prisma_migrations, the history of the migrations.',
      'Nothing was changed. Run the GRANT for that table (docs/existing-database.md), which doctor prints under privileges.',
      { cause: error },
    );
  }
}

/** The rows of a migration that is in work or stopped half-way. */
const BEGUN = 'migration_name = ? AND finished_at IS NULL AND rolled_back_at IS NULL';

async function applyMigration(ask: Query, migration: PendingMigration, tables: AuditTables): Promise<void> {
  const { name, checksum, isBegun } = migration;
  const statements = migration.statements.map((statement) => withAuditTables(statement, tables));
  const asWritten = statements.every((statement, index) => statement === migration.statements[index]);
  if (!isBegun)
    await ask('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (?, ?, ?)', [
      ownRowId(name),
      checksum,
      name,
    ]);
  let isUntouched = !isBegun;
  try {
    for (const statement of statements) {
      if (!isBegun || !(await tookEffect(ask, statement))) await ask(statement);
      isUntouched = false;
    }
  } catch (error) {
    const reason = messageOf(error);
    // A plain `migrate` then begins anew, as by the restart of a container.
    const undone = isUntouched && isLockWait(error) ? ', rolled_back_at = CURRENT_TIMESTAMP(3)' : '';
    await ask(`UPDATE _prisma_migrations SET logs = ?${undone} WHERE ${BEGUN}`, [reason, name]);
    const what = `The migration ${name} failed: ${reason.replace(/\.$/, '')}.`;
    throw new MigrationError(what, await mendingHint(ask, error, isUntouched), { cause: error });
  }
  await ask(
    `UPDATE _prisma_migrations
     SET finished_at = CURRENT_TIMESTAMP(3), applied_steps_count = 1, checksum = ?, logs = ? WHERE ${BEGUN}`,
    [checksum, asWritten ? null : SET_ASIDE_NOTE, name],
  );
}
