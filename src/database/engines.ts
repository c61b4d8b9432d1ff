import { NotTransactionalError } from '../sync/errors.ts';
import type { EngineOfTable } from '../sync/failure.ts';
import type { Database, Transaction } from './client.ts';

/** The two tables of the Laravel application. */
export const SHARED_TABLES = ['locations', 'users'] as const;

/** The bot's own tables, of the history of migrations apart: each takes part in a transaction that must be undone as a whole. */
export const OWN_TABLES = [
  'audit_heads',
  'audit_logs',
  'sync_batches',
  'sync_changes',
  'sync_home_viewers',
  'sync_odd_spellings',
  'sync_outbox',
  'sync_processes',
  'sync_reminders',
  'sync_runs',
  'sync_staged_users',
] as const;

/**
 * Which of the tables are not kept by InnoDB. Any other engine would keep a part of what is to be undone, or cannot lock
 * rows. A table that is missing, or hidden from the account, is none of them.
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

/** A plan is applied as a whole or not at all. Throws `NotTransactionalError` where a table could not undo its part. */
export async function requireTransactional(db: Database | Transaction): Promise<void> {
  const others = await foreignEngines(
    (sql, values) => db.$queryRawUnsafe(sql, ...values),
    [...SHARED_TABLES, ...OWN_TABLES],
  );
  if (others.length > 0) throw new NotTransactionalError(others);
}
