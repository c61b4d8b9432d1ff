import type { Connection } from 'mariadb';
import { type AuditTables, auditTablesBy } from '../audit/audit-tables.ts';
import { flawedTriggers, repairsOf } from '../audit/audit-triggers.ts';
import { requireRights } from './migrating-rights.ts';
import type { Migration } from './migrations.ts';
import { ask } from './single-connection.ts';
import { leftBy } from './taken-names.ts';

/**
 * Puts the triggers of the audit log back, which a dump loses that is read back without SUPER, and says which. Throws
 * `MigrationError` where the account may not create triggers; nothing is changed then.
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

/** Whether a migration that failed half-way left nothing, or only triggers that it makes anew. */
export async function canForget(connection: Connection, migration: Migration): Promise<boolean> {
  const left = await leftBy(connection, migration);
  const makesOnlyTriggers = migration.statements.every((statement) =>
    statement.startsWith('CREATE TRIGGER '),
  );
  if (left.length > 0 && !makesOnlyTriggers) return false;
  // A migration that changes tables leaves something that no name shows.
  const makesOnlyNames = migration.statements.every((statement) =>
    /^CREATE (TABLE|TRIGGER) `/.test(statement),
  );
  return makesOnlyNames;
}

/** Forgets that it failed, so that it is tried again. For a migration that can be forgotten. */
export async function forgetHalfWay(connection: Connection, migration: Migration): Promise<void> {
  for (const { name } of await leftBy(connection, migration))
    await ask(connection, `DROP TRIGGER \`${name}\``);
  await ask(connection, 'DELETE FROM _prisma_migrations WHERE migration_name = ? AND finished_at IS NULL', [
    migration.name,
  ]);
}
