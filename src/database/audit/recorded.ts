import type { ObserveStep, RecordedStep } from '../../sync/ports/steps.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { auditNames } from './audit-tables.ts';

/** A step and its row of the audit log. */
type Written = { readonly step: RecordedStep; readonly seq: bigint; readonly hash: string };

/** The audit rows of one transaction, in order. */
export type Ledger = Written[];

/** `doubtful`: transactions whose commit was sent and not answered. */
type Telling = { readonly observe: ObserveStep; readonly doubtful: Ledger[] };

// Not stored as fields of Prisma's clients: a field of one transaction would stay on later transactions.
const ledgers = new WeakMap<Prisma.TransactionClient, Ledger>();
const clients = new WeakMap<Prisma.TransactionClient, PrismaClient>();
const tellings = new WeakMap<PrismaClient, Telling>();

/** From now on, `observe` is called for each step that is committed through `db`. */
export function tellSteps(db: PrismaClient, observe: ObserveStep): void {
  tellings.set(db, { observe, doubtful: [] });
}

/** Opens the list of audit rows of a transaction. Call this first in the transaction. */
export function openLedger(db: PrismaClient, tx: Prisma.TransactionClient): Ledger {
  const ledger: Ledger = [];
  ledgers.set(tx, ledger);
  clients.set(tx, db);
  return ledger;
}

/** Whether `db` is a transaction of `inTransaction`, and not the client. */
export function isTransaction(db: Prisma.TransactionClient): boolean {
  return clients.has(db);
}

/** The client of a transaction. Throws if the transaction was not opened by `inTransaction`: its steps would reach no observer. */
export function clientOf(tx: Prisma.TransactionClient): PrismaClient {
  const db = clients.get(tx);
  if (db === undefined) throw new Error('A step is written by inTransaction alone, which tells of it');
  return db;
}

/** Notes a row that was just written. Throws if its step would reach no observer. */
export function note(tx: Prisma.TransactionClient, written: Written): void {
  const ledger = ledgers.get(tx);
  if (ledger === undefined) throw new Error('A step is written by inTransaction alone, which tells of it');
  ledger.push(written);
}

/** Reports the steps of a committed transaction. The database answers again, so transactions in doubt are settled too. */
export function tellCommitted(db: PrismaClient, ledger: Ledger): void {
  const telling = tellings.get(db);
  if (telling === undefined) return;
  for (const { step } of ledger) telling.observe(step);
  if (telling.doubtful.length > 0) void settle(db, telling);
}

/** Keeps steps whose commit is in doubt, until the database can tell whether it happened. */
export function keepDoubtful(db: PrismaClient, ledger: Ledger): void {
  if (ledger.length > 0) tellings.get(db)?.doubtful.push(ledger);
}

/**
 * Reports the steps of transactions in doubt that did commit. If the database still cannot be asked, they stay in doubt. Never
 * throws.
 */
async function settle(db: PrismaClient, { observe, doubtful }: Telling): Promise<void> {
  const asked = doubtful.splice(0);
  try {
    const found = await db.$transaction(async (tx) => {
      // Each append locks the head until its transaction ends. So with this lock, all transactions in doubt have ended.
      const { heads, logs } = await auditNames(db, tx);
      await tx.$queryRaw`SELECT seq FROM ${heads} FOR UPDATE`;
      return Promise.all(asked.map((ledger) => isCommitted(tx, logs, ledger)));
    });
    for (const { step } of asked.filter((_, index) => found[index]).flat()) observe(step);
  } catch {
    doubtful.push(...asked);
  }
}

/**
 * Whether a transaction committed. The hash covers all fields of the row and the row before it, so no other transaction can have
 * written the same hash.
 */
async function isCommitted(
  tx: Prisma.TransactionClient,
  logs: Prisma.Sql,
  [first]: Ledger,
): Promise<boolean> {
  if (first === undefined) return false;
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT seq FROM ${logs} WHERE seq = ${first.seq} AND hash = ${first.hash}`;
  return rows.length > 0;
}
