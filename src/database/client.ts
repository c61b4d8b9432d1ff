import { setTimeout as pause } from 'node:timers/promises';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import type { ObserveStep } from '../sync/ports/audit.ts';
import { keepDoubtful, type Ledger, openLedger, tellCommitted, tellSteps } from './audit/recorded.ts';
import { driverOptions } from './driver-options.ts';
import { asLoss, asRefusal, isConnectionBroken, isConnectionLost, isWriteConflict } from './errors.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { INIT_SQL, SESSION_VARIABLES } from './session-variables.ts';

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;

const TRANSACTION_TIMEOUT_MS = 10 * 60_000;
const CONFLICT_RETRIES = 5;
const BEGIN_RETRIES = 2;
/** The pool of one process; `connectionLimit` in the URL says otherwise. */
const CONNECTIONS = 30;

/**
 * The driver's settings as parameters of the URL. Parameters that the URL already has are kept, except for those that the code
 * relies on (session-variables.ts). An `initSql` of the URL takes the place of ours: the start finds what is missing then.
 */
export function connectionUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const settings = {
    connectTimeout: '5000',
    acquireTimeout: '5000',
    // jobs.ts says how many runs at once these are enough for.
    connectionLimit: String(CONNECTIONS),
    minimumIdle: '2',
    // MySQL 8's default login, caching_sha2_password, asks for the server's key where the connection has no TLS.
    allowPublicKeyRetrieval: 'true',
    // No statement is kept prepared: MariaDB may treat one otherwise the second time (docs/performance.md). Set here, or
    // the adapter would set it and write every blank of this URL as + again.
    prepareCacheLength: '0',
    initSql: INIT_SQL,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  url.searchParams.set('timezone', 'Z');
  const wanted = variablesOf(url.searchParams.get('sessionVariables'));
  url.searchParams.set('sessionVariables', JSON.stringify({ ...wanted, ...SESSION_VARIABLES }));
  // The driver decodes %20 but not the + that URLSearchParams writes for a blank.
  return url
    .toString()
    .replaceAll('+', '%20')
    .replace(/^mysql:/, 'mariadb:');
}

/** The session variables that a URL asks for; none where they are not the JSON object that the driver expects. */
function variablesOf(parameter: string | null): object {
  try {
    const value: unknown = JSON.parse(parameter ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** How many connections the pool of a process on `databaseUrl` has at most. */
export function connectionLimit(databaseUrl: string): number {
  const limit = Number(new URL(databaseUrl).searchParams.get('connectionLimit'));
  return Number.isInteger(limit) && limit > 0 ? limit : CONNECTIONS;
}

/** `observe` is told of each step that is committed through the client, once. */
export function openDatabase(databaseUrl: string, observe?: ObserveStep): Database {
  const db = new PrismaClient({ adapter: new PrismaMariaDb(driverOptions(connectionUrl(databaseUrl))) });
  if (observe !== undefined) tellSteps(db, observe);
  return db;
}

/**
 * Runs `work` in one transaction, and again if InnoDB chose it as a deadlock's victim. Where an idle connection of the pool had
 * died unnoticed, as after a restart of the server, the transaction begins on another one. After the commit, the observer of
 * `db` is told of its audit rows (recorded.ts). Throws `DatabaseLostError` if the connection is gone: nothing was committed,
 * unless the error says that the connection broke during the commit. Throws `DatabaseRefusedError` if the server refused.
 *
 * Within `work`, reads may be sent together (`Promise.all`), each write only after the answer to all before it: a server that chose
 * a victim has ended the transaction, and would keep a write that was sent behind.
 */
export async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return saying(async () => {
    let committing: Ledger | undefined;
    let begun = false;
    const working = async (tx: Transaction) => {
      begun = true;
      const ledger = openLedger(db, tx);
      const result = await work(tx);
      committing = ledger;
      return { result, ledger };
    };
    const begin = () => db.$transaction(working, { timeout: TRANSACTION_TIMEOUT_MS, maxWait: 8_000 });
    const { result, ledger } = await againWhere(
      (error) => !begun && isConnectionBroken(error),
      BEGIN_RETRIES,
      begin,
    ).catch((error: unknown) => {
      if (!isConnectionLost(error)) throw error;
      if (committing !== undefined) keepDoubtful(db, committing);
      throw asLoss(error, committing !== undefined);
    });
    tellCommitted(db, ledger);
    return result;
  });
}

/**
 * Runs one statement, or several that need no common transaction and may be repeated; does so where InnoDB chose one as
 * a deadlock's victim. Throws `DatabaseLostError` and `DatabaseRefusedError`.
 */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  return saying(async () => {
    try {
      return await work();
    } catch (error) {
      if (isConnectionLost(error)) throw asLoss(error);
      throw error;
    }
  });
}

/** Turns a refusal of the server into the core's `DatabaseRefusedError`. People are then told why. */
async function saying<T>(work: () => Promise<T>): Promise<T> {
  try {
    // A deadlock, or somebody else's lock, ended it.
    return await againWhere(isWriteConflict, CONFLICT_RETRIES, work);
  } catch (error) {
    throw asRefusal(error);
  }
}

/** Does `work` again, at most `retries` times, where it ended with an error after which nothing of it stands. */
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

/** The server answers, and takes no writes: a replica, or one that an administrator or a full disk has set so. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError';
  constructor() {
    super('The database server is read-only');
  }
}

/** As servers tell it: `0`, `OFF`, and from MariaDB 12 on also how; undefined where one does not know it. */
export function isOn(flag: unknown): boolean {
  return flag !== undefined && !['0', 'OFF'].includes(String(flag).toUpperCase());
}

/**
 * One look without a table and without a right. On MySQL, super_read_only turns read_only on as well. Throws
 * `ReadOnlyError`, and what the client throws where the server does not answer.
 */
export async function requireWritable(db: Database): Promise<void> {
  const [flags] = await db.$queryRaw<{ server: unknown; engine: unknown }[]>`
    SELECT @@GLOBAL.read_only AS server, @@GLOBAL.innodb_read_only AS engine`;
  if (isOn(flags?.server) || isOn(flags?.engine)) throw new ReadOnlyError();
}
