import { NotTransactionalError } from '../../sync/failures/errors.ts';
import type { EngineOfTable } from '../../sync/failures/failure.ts';
import { type AuditTables, auditTables, USUAL } from '../audit/audit-tables.ts';
import { clientOf } from '../audit/recorded.ts';
import type { Transaction } from '../client.ts';

/** The two tables of the Laravel application. */
export const SHARED_TABLES = ['locations', 'users'] as const;

/** The bot's own tables, without the history of migrations. Each takes part in transactions that must roll back as a whole. */
export const OWN_TABLES = [
  USUAL.heads,
  USUAL.logs,
  'sync_absences',
  'sync_approvals',
  'sync_batches',
  'sync_changes',
  'sync_home_viewers',
  'sync_odd_spellings',
  'sync_outbox',
  'sync_pauses',
  'sync_processes',
  'sync_reminders',
  'sync_runs',
  'sync_staged_users',
] as const;

/** The own tables by their names in this database: another application may have the audit log's usual names. */
export function ownTableNames({ logs, heads }: AuditTables): readonly string[] {
  const others = OWN_TABLES.filter((name) => name !== USUAL.logs && name !== USUAL.heads);
  return [heads, logs, ...others];
}

/**
 * The tables that do not use InnoDB: other engines cannot roll back all writes, or cannot lock rows. A table that is missing, or
 * hidden from the account, is not reported.
 */
export async function foreignEngines(
  ask: <Row>(sql: string, values: readonly unknown[]) => Promise<Row[]>,
  tables: readonly string[],
): Promise<readonly EngineOfTable[]> {
  return ask<EngineOfTable>(
    `SELECT TABLE_NAME AS \`table\`, COALESCE(ENGINE, '') AS engine FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${tables.map(() => '?').join(', ')})
       AND COALESCE(ENGINE, '') <> 'InnoDB' ORDER BY TABLE_NAME`,
    tables,
  );
}

/** Requires InnoDB for all tables, because a plan is applied as a whole or not at all. Throws `NotTransactionalError`. */
export async function requireTransactional(tx: Transaction): Promise<void> {
  const own = ownTableNames(await auditTables(clientOf(tx), tx));
  const others = await foreignEngines(
    (sql, values) => tx.$queryRawUnsafe(sql, ...values),
    [...SHARED_TABLES, ...own],
  );
  if (others.length > 0) throw new NotTransactionalError(others);
}
