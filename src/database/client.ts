import { setTimeout as pause } from 'node:timers/promises';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import type { PoolConfig } from 'mariadb';
import { DatabaseLostError, DatabaseRefusedError, PrivilegeMissingError } from '../sync/failures/errors.ts';
import type { DatabaseRefusal, Failure } from '../sync/failures/failure.ts';
import type { ObserveStep } from '../sync/ports/steps.ts';
import { keepDoubtful, type Ledger, openLedger, tellCommitted, tellSteps } from './audit/audit-tables.ts';
import { asLoss, asRefusal, isConnectionBroken, isConnectionLost, isWriteConflict } from './errors.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { driverOptions, isOn } from './session.ts';

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;

const TRANSACTION_TIMEOUT_MS = 10 * 60_000;
/** A transaction waits this much longer to begin than the pool for a connection: so the error is the pool's, with the cause. */
const BEGIN_MARGIN_MS = 3_000;
const CONFLICT_RETRIES = 5;
const BEGIN_RETRIES = 2;

/** Opens the client. `observe` is called once for each step that is committed through the client. */
export function openDatabase(databaseUrl: string, observe?: ObserveStep): Database {
  const options = driverOptions(databaseUrl);
  const maxWait = (options.acquireTimeout ?? 0) + BEGIN_MARGIN_MS;
  const transactionOptions = { timeout: TRANSACTION_TIMEOUT_MS, maxWait };
  // Errors without an excerpt of the code: for such an excerpt, Prisma would record the stack of every statement.
  const db = new PrismaClient({ adapter: adapterTo(options), transactionOptions, errorFormat: 'minimal' });
  if (observe !== undefined) tellSteps(db, observe);
  return db;
}

/**
 * Prisma's way to the server. Statements are sent as text with their values: a prepared statement would take MySQL another round
 * trip, and MariaDB two more packets. The driver escapes the values; `driverOptions` fixes the character set and the SQL mode on
 * which that depends, and the check at the start finds a session with others.
 */
export function adapterTo(options: PoolConfig): PrismaMariaDb {
  return new PrismaMariaDb(options, { useTextProtocol: true });
}

/**
 * Runs `work` in one transaction, and again if InnoDB ended it because of another transaction's write, or if its connection was
 * dead or led to a server that is read-only by now. After the commit, its notices and audit rows are told on. Throws
 * `DatabaseLostError` if the connection is lost: nothing was committed, unless the error says that the connection broke during the
 * commit. Throws `DatabaseRefusedError` if the server refused a statement.
 *
 * Within `work`, send each statement after the answer to the one before it. After a deadlock the server has ended the transaction,
 * and a write sent behind it would be kept; and of reads sent together, Prisma answers those behind a failed one with `undefined`.
 */
export async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return translatingRefusals(async () => {
    let committing: Ledger | undefined;
    let begun = false;
    const working = async (tx: Transaction) => {
      begun = true;
      const ledger = openLedger(db, tx);
      const result = await work(tx).catch((error: unknown) => failed(tx, error));
      committing = ledger;
      return { result, ledger };
    };
    const begin = () => db.$transaction(working);
    const harmless = (error: unknown) =>
      begun ? committing === undefined && isReadOnly(error) : isConnectionBroken(error);
    const { result, ledger } = await againWhere(harmless, BEGIN_RETRIES, begin).catch((error: unknown) => {
      if (!isConnectionLost(error)) throw error;
      if (committing !== undefined) keepDoubtful(committing);
      throw asLoss(error, committing !== undefined);
    });
    tellCommitted(ledger);
    return result;
  });
}

/**
 * Ends the session at a server that is read-only. After a fail-over, open connections may still lead to the old primary, while
 * the address leads to the new one. In a transaction, whose end shows the pool that the connection is gone.
 */
const leave = (tx: Transaction) => tx.$executeRawUnsafe('KILL CONNECTION_ID()').catch(() => {});

function isReadOnly(error: unknown): boolean {
  const loss = isConnectionLost(error) ? asLoss(error) : error;
  return loss instanceof DatabaseLostError && loss.why === 'read_only';
}

/** An old primary may show an old state: the work then takes its run for gone, before any write is refused. */
async function failed(tx: Transaction, error: unknown): Promise<never> {
  const isGone = isConnectionLost(error) || isWriteConflict(error);
  if (!isReadOnly(error) && (isGone || !(await isProtected(tx).catch(() => false)))) throw error;
  await leave(tx);
  throw isReadOnly(error) ? error : new DatabaseLostError({ cause: error, why: 'read_only' });
}

/** Runs statements without a transaction, again after a write conflict. Throws `DatabaseLostError` or `DatabaseRefusedError`. */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  return translatingRefusals(() =>
    work().catch((error: unknown) => {
      throw isConnectionLost(error) ? asLoss(error) : error;
    }),
  );
}

type Statement = readonly [sql: TemplateStringsArray, ...values: unknown[]];

/** `db.$executeRaw` as by `reaching`; if the server is read-only, once more in a transaction, which leaves an old primary. */
export const execute =
  (db: Database) =>
  (...statement: Statement): Promise<number> =>
    reaching(() => db.$executeRaw(...statement)).catch((error: unknown) => {
      if (!isReadOnly(error)) throw error;
      return inTransaction(db, (tx) => tx.$executeRaw(...statement));
    });

/** `db.$queryRaw` as by `reaching`: a query of its own. Returns its rows. */
export const query =
  (db: Database) =>
  <Row>(...statement: Statement): Promise<Row[]> =>
    reaching(() => db.$queryRaw<Row[]>(...statement));

/** Turns a refusal of the server into the core's `DatabaseRefusedError`, so that people learn the reason. */
async function translatingRefusals<T>(work: () => Promise<T>): Promise<T> {
  // Where work was tried again already, its refusal is translated.
  const isNew = (error: unknown) => !(error instanceof DatabaseRefusedError) && isWriteConflict(error);
  return againWhere(isNew, CONFLICT_RETRIES, work).catch((error: unknown) => {
    throw asRefusal(error);
  });
}

/** Refusals of which a trigger of the written table may be the cause. */
const BY_TRIGGER: readonly DatabaseRefusal[] = [
  'value_missing',
  'duplicate',
  'foreign_key',
  'check',
  'trigger',
  'too_long',
  'value_not_taken',
  'generated',
  'other',
];

/**
 * Adds the triggers on `users` to the refusal of a write there. If the server misses a table, or the right to one, a trigger needs
 * it: the bot's own statement uses `users` and `sync_changes` only, and has read both before. Any other error stays as it is.
 */
export function namingTriggers(error: unknown, triggers: readonly string[]): unknown {
  const refused = asRefusal(error);
  if (!(refused instanceof DatabaseRefusedError)) return error;
  const { number, words } = refused;
  const isTheirs =
    refused instanceof PrivilegeMissingError
      ? !['users', 'sync_changes'].includes(refused.table)
      : ['table_missing', 'privilege'].includes(refused.refusal);
  if (!isTheirs && (triggers.length === 0 || !BY_TRIGGER.includes(refused.refusal))) return error;
  const refusal = isTheirs ? 'trigger' : refused.refusal;
  const failure: Failure = { code: 'database_refused', refusal, number, words, triggers };
  return new DatabaseRefusedError(refusal, number, words, { cause: error }, failure);
}

/** Repeats `work`, at most `retries` times, after an error that left nothing written (`harmless`). */
async function againWhere<T>(
  harmless: (error: unknown) => boolean,
  retries: number,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!harmless(error) || attempt > retries) throw error;
      await pause(attempt * 20 * (1 + Math.random()));
    }
  }
}

/** The server answers but accepts no writes: it is a replica, or an administrator or a full disk made it read-only. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError';
  constructor() {
    super('The database server is read-only');
  }
}

/**
 * Requires a server that accepts writes. On MySQL, super_read_only also turns read_only on. A Galera node outside its cluster
 * tells its flags all the same, but reads no table. In a transaction, so that the connection that is left is the one that was
 * asked. Throws `ReadOnlyError`, or the client's error if the server does not answer.
 */
export async function requireWritable(db: Database): Promise<void> {
  await db.$transaction(async (tx) => {
    if (!(await isProtected(tx))) return;
    await leave(tx);
    throw new ReadOnlyError();
  });
}

async function isProtected(tx: Transaction): Promise<boolean> {
  const [flags] = await tx.$queryRaw<{ server: unknown; engine: unknown }[]>`
    SELECT @@GLOBAL.read_only AS server, @@GLOBAL.innodb_read_only AS engine, (SELECT MAX(id) FROM sync_runs WHERE FALSE) AS seen`;
  return isOn(flags?.server) || isOn(flags?.engine);
}
