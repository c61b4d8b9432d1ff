import type { Connection } from 'mariadb';
import { type AuditTables, auditTablesBy } from '../audit/audit-tables.ts';
import { flawedTriggers, repairsOf } from '../audit/audit-triggers.ts';
import { requireRights } from './migrating-rights.ts';
import type { Migration } from './migrations.ts';
import { ask } from './single-connection.ts';
import { leftBy } from './taken-names.ts';

/**
 * Restores the triggers of the audit log and logs their names: they are lost when a dump is restored without SUPER. Throws
 * `MigrationError`, and changes nothing, if the account may not create triggers.
 */
export async function restoreTriggers(
  connection: Connection,
  migrations: readonly Migration[],
  log: (line: string) => void,
): Promise<void> {
  const asking = <Row>(sql: string) => ask<Row>(connection, sql);
  const tables: AuditTables = await auditTablesBy(asking);
  const flaws = await flawedTriggers(asking, tables);
  const repairs = repairsOf(
    flaws,
    migrations.flatMap(({ statements }) => statements),
    tables,
  );
  await requireRights(connection, repairs);
  for (const statement of repairs) await ask(connection, statement);
  for (const { name } of flaws) log(`put back the trigger ${name}`);
}

/** Whether a migration that failed half-way left nothing, or only triggers that it creates again. */
export async function canForget(connection: Connection, migration: Migration): Promise<boolean> {
  const left = await leftBy(connection, migration);
  const makesOnlyTriggers = migration.statements.every((statement) =>
    statement.startsWith('CREATE TRIGGER '),
  );
  if (left.length > 0 && !makesOnlyTriggers) return false;
  // A migration that changes tables leaves changes that no name shows.
  const makesOnlyNames = migration.statements.every((statement) =>
    /^CREATE (TABLE|TRIGGER) `/.test(statement),
  );
  return makesOnlyNames;
}

/**
 * Deletes the record and the triggers of a failed migration, so that it is tried again. Only for a migration that passed
 * `canForget`.
 */
export async function forgetHalfWay(connection: Connection, migration: Migration): Promise<void> {
  for (const { name } of await leftBy(connection, migration))
    await ask(connection, `DROP TRIGGER \`${name}\``);
  await ask(connection, 'DELETE FROM _prisma_migrations WHERE migration_name = ? AND finished_at IS NULL', [
    migration.name,
  ]);
}
