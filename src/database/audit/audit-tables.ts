import { Prisma, type PrismaClient } from '../generated/client.ts';

/** The two tables of the audit log. */
export type AuditTables = { readonly logs: string; readonly heads: string };

export const USUAL: AuditTables = { logs: 'audit_logs', heads: 'audit_heads' };

/** The names if another application has a table with one of the usual names. */
export const SET_ASIDE: AuditTables = { logs: 'sync_audit_logs', heads: 'sync_audit_heads' };

/** The note in the history row of the migration that made them under these names. */
export const SET_ASIDE_NOTE = `audit log in ${SET_ASIDE.logs} and ${SET_ASIDE.heads}`;

/**
 * Asks the history which tables were made: unlike the tables themselves, every account of the bot's may read it. Throws
 * what `ask` throws.
 */
export async function auditTablesBy(
  ask: <Row>(sql: string) => Promise<readonly Row[]>,
): Promise<AuditTables> {
  const [row] = await ask<{ n: unknown }>(
    `SELECT COUNT(*) AS n FROM _prisma_migrations
     WHERE logs = '${SET_ASIDE_NOTE}' AND finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return Number(row?.n ?? 0) === 0 ? USUAL : SET_ASIDE;
}

/** A statement of a migration with the names that are chosen; those of triggers and indexes begin with them. */
export function withAuditTables(statement: string, { logs }: AuditTables): string {
  return logs === USUAL.logs ? statement : statement.replace(/\baudit_(?=logs|heads)/g, 'sync_audit_');
}

/** The same names for a statement of ours. */
export type AuditNames = { readonly logs: Prisma.Sql; readonly heads: Prisma.Sql };

const known = new WeakMap<PrismaClient, Promise<AuditTables>>();

/** Which tables hold the audit log. They are chosen once, when they are made, so each process asks once. */
export function auditTables(db: PrismaClient, through: Prisma.TransactionClient = db): Promise<AuditTables> {
  const answer = known.get(db) ?? auditTablesBy((sql) => through.$queryRaw(Prisma.raw(sql)));
  known.set(db, answer);
  answer.catch(() => known.delete(db));
  return answer;
}

export async function auditNames(db: PrismaClient, through?: Prisma.TransactionClient): Promise<AuditNames> {
  const { logs, heads } = await auditTables(db, through);
  return { logs: Prisma.raw(logs), heads: Prisma.raw(heads) };
}
