import { Prisma, type PrismaClient } from '../generated/client.ts';

/** The two tables of the audit log. */
export type AuditTables = { readonly logs: string; readonly heads: string };

/** The names of the tables, unless another application already uses one of them. */
export const USUAL: AuditTables = { logs: 'audit_logs', heads: 'audit_heads' };

/** The names for a database where another application already uses one of the usual names. */
export const SET_ASIDE: AuditTables = { logs: 'sync_audit_logs', heads: 'sync_audit_heads' };

/** The note in the history row of the migration that created the tables under these names. */
export const SET_ASIDE_NOTE = `audit log in ${SET_ASIDE.logs} and ${SET_ASIDE.heads}`;

/**
 * Finds the audit tables by the migration history, which every account of the bot may read, unlike the tables themselves. Throws
 * the errors of `ask`.
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

/**
 * A migration's statement with the chosen names. The names of triggers and indexes begin with the table's name, so they change
 * too.
 */
export function withAuditTables(statement: string, { logs }: AuditTables): string {
  return logs === USUAL.logs ? statement : statement.replace(/\baudit_(?=logs|heads)/g, 'sync_audit_');
}

/** The same names for use in SQL. */
export type AuditNames = { readonly logs: Prisma.Sql; readonly heads: Prisma.Sql };

const known = new WeakMap<PrismaClient, Promise<AuditTables>>();

/** The tables that hold the audit log. Their names never change after the migration, so each process asks once. */
export function auditTables(db: PrismaClient, through: Prisma.TransactionClient = db): Promise<AuditTables> {
  const answer = known.get(db) ?? auditTablesBy((sql) => through.$queryRaw(Prisma.raw(sql)));
  known.set(db, answer);
  answer.catch(() => known.delete(db));
  return answer;
}

/** The audit tables' names for use in SQL. Throws the database's error if the history cannot be read. */
export async function auditNames(db: PrismaClient, through?: Prisma.TransactionClient): Promise<AuditNames> {
  const { logs, heads } = await auditTables(db, through);
  return { logs: Prisma.raw(logs), heads: Prisma.raw(heads) };
}
