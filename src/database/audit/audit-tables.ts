import type { EngineOfTable } from '../../sync/failures/failure.ts';
import type { Notice, ObserveStep, Outbox, RecordedStep } from '../../sync/ports/steps.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import type { Query } from '../schema/single-connection.ts';

/** The two tables of the audit log. */
export type AuditTables = { readonly logs: string; readonly heads: string };

/** The names of the tables, unless another application already uses one of them. */
export const USUAL: AuditTables = { logs: 'audit_logs', heads: 'audit_heads' };

/** The names for a database where another application already uses one of the usual names. */
export const SET_ASIDE: AuditTables = { logs: 'sync_audit_logs', heads: 'sync_audit_heads' };

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
  'sync_requests',
  'sync_runs',
  'sync_staged_users',
] as const;

/** The own tables by their names in this database: another application may have the audit log's usual names. */
export function ownTableNames({ logs, heads }: AuditTables): readonly string[] {
  const others = OWN_TABLES.filter((name) => name !== USUAL.logs && name !== USUAL.heads);
  return [heads, logs, ...others];
}

/**
 * The tables that do not use InnoDB: other engines cannot roll back all writes, or cannot lock rows. A view's engine is `VIEW`. A
 * table that is missing, or hidden from the account, is not reported.
 */
export async function foreignEngines(
  ask: <Row>(sql: string, values: readonly unknown[]) => Promise<Row[]>,
  tables: readonly string[],
): Promise<readonly EngineOfTable[]> {
  return ask<EngineOfTable>(
    `SELECT TABLE_NAME AS \`table\`, COALESCE(ENGINE, NULLIF(TABLE_TYPE, 'BASE TABLE'), '') AS engine FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${tables.map(() => '?').join(', ')})
       AND COALESCE(ENGINE, '') <> 'InnoDB' ORDER BY TABLE_NAME`,
    tables,
  );
}

/** The note in the history row of the migration that created the tables under these names. */
export const SET_ASIDE_NOTE = `audit log in ${SET_ASIDE.logs} and ${SET_ASIDE.heads}`;

/** Finds the audit tables by the migration history, which every account of the bot may read. Throws the errors of `ask`. */
export async function auditTablesBy(ask: Query): Promise<AuditTables> {
  const [row] = await ask<{ n: unknown }>(
    `SELECT COUNT(*) AS n FROM _prisma_migrations
     WHERE logs = '${SET_ASIDE_NOTE}' AND finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return Number(row?.n ?? 0) === 0 ? USUAL : SET_ASIDE;
}

/** A migration's statement with the chosen names, also of triggers and indexes: these begin with the table's name. */
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

/** A step and its row of the audit log. */
type Written = { readonly step: RecordedStep; readonly seq: bigint; readonly hash: string };

/** What one transaction has written: its audit rows, in order, and the `notices` that it claimed, which its commit adds to `held`. */
export type Ledger = {
  readonly db: PrismaClient;
  readonly rows: Written[];
  readonly notices: Notice[];
  /** Undefined: this process delivers no notices. */
  readonly held: Notice[] | undefined;
};

/** `doubtful`: transactions whose commit was sent and not answered. */
type Telling = { readonly observe: ObserveStep; readonly doubtful: Ledger[] };

// Not stored as fields of Prisma's clients: a field of one transaction would stay on later transactions.
const ledgers = new WeakMap<Prisma.TransactionClient, Ledger>();
const tellings = new WeakMap<PrismaClient, Telling>();
/**
 * In a process that delivers: the notices claimed by transactions that both began and committed since its last look at the outbox. A
 * look may have found any other notice already.
 */
const held = new WeakMap<PrismaClient, Notice[]>();

/** From now on, `observe` is called for each step that is committed through `db`. */
export function tellSteps(db: PrismaClient, observe: ObserveStep): void {
  tellings.set(db, { observe, doubtful: [] });
}

/** Opens the list of what a transaction writes. Call this first in the transaction. */
export function openLedger(db: PrismaClient, tx: Prisma.TransactionClient): Ledger {
  const ledger: Ledger = { db, rows: [], notices: [], held: held.get(db) };
  ledgers.set(tx, ledger);
  return ledger;
}

/** Whether `db` is a transaction of `inTransaction`, and not the client. */
export function isTransaction(db: Prisma.TransactionClient): boolean {
  return ledgers.has(db);
}

/** The list of what a transaction writes. Throws if `inTransaction` did not open it: its steps would reach no observer. */
export function ledgerOf(tx: Prisma.TransactionClient): Ledger {
  const ledger = ledgers.get(tx);
  if (ledger === undefined) throw new Error('A step is written by inTransaction alone, which tells of it');
  return ledger;
}

/** The part of an outbox that is kept in memory. `looked` is called at the end of each look. */
export const holdingOf = (db: PrismaClient): Pick<Outbox, 'hold' | 'takeHeld'> & { looked(): void } => ({
  hold: (isOn) => void (isOn ? held.set(db, []) : held.delete(db)),
  takeHeld: () => held.get(db)?.splice(0) ?? [],
  looked: () => void (held.has(db) && held.set(db, [])),
});

/** Hands on the notices of a committed transaction and reports its steps. Transactions in doubt are settled too. */
export function tellCommitted({ db, rows, notices, held }: Ledger): void {
  held?.push(...notices);
  const telling = tellings.get(db);
  if (telling === undefined) return;
  for (const { step } of rows) telling.observe(step);
  if (telling.doubtful.length > 0) void settle(db, telling);
}

/** Keeps steps whose commit is in doubt, until the database can tell whether it happened. */
export function keepDoubtful(ledger: Ledger): void {
  if (ledger.rows.length > 0) tellings.get(ledger.db)?.doubtful.push(ledger);
}

/** Reports the steps of transactions in doubt that did commit, as soon as the database tells. Never throws. */
async function settle(db: PrismaClient, { observe, doubtful }: Telling): Promise<void> {
  const asked = doubtful.splice(0);
  try {
    const committed = await db.$transaction(async (tx) => {
      // Each append locks the head until its transaction ends. So with this lock, all transactions in doubt have ended.
      const { heads, logs } = await auditNames(db, tx);
      await tx.$queryRaw`SELECT seq FROM ${heads} FOR UPDATE`;
      const found: Ledger[] = [];
      for (const ledger of asked) if (await isCommitted(tx, logs, ledger)) found.push(ledger);
      return found;
    });
    for (const { rows } of committed) for (const { step } of rows) observe(step);
  } catch {
    doubtful.push(...asked);
  }
}

/** Whether a transaction committed. The hash covers the row and all before it, so no other transaction has written the same. */
async function isCommitted(
  tx: Prisma.TransactionClient,
  logs: Prisma.Sql,
  { rows: [first] }: Ledger,
): Promise<boolean> {
  if (first === undefined) return false;
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT seq FROM ${logs} WHERE seq = ${first.seq} AND hash = ${first.hash}`;
  return rows.length > 0;
}
