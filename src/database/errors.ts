import { z } from 'zod';
import { DatabaseLostError, DatabaseRefusedError, PrivilegeMissingError } from '../sync/failures/errors.ts';
import { DATABASE_REFUSALS, type DatabaseRefusal, lostReason, RunError } from '../sync/failures/failure.ts';

const DUPLICATE_ENTRY = '1062';
/** Deadlock; lock wait timeout; the row changed since the statement began (MariaDB), or at another member (Group Replication). */
const WRITE_CONFLICTS = ['1213', '1205', '1020', '3101'];
/** Shutdown, killed connection, read-only replica after a fail-over, Galera outside its cluster, a proxy without a server. */
const LOST_ON_SERVER =
  '1047 1053 1077 1079 1152 1159 1161 1184 1290 1836 1927 2003 2006 2013 3989 4031 9001'.split(' ');
const NETWORK_CODES = ['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH'];
/** Prisma: cannot reach the server, timeout, connection closed, pool timeout, transaction not started or gone. */
const PRISMA_LOST = ['P1001', 'P1002', 'P1017', 'P2024', 'P2028'];

const adapterError = z.object({
  // `cause` comes from the pool: why no connection could be opened.
  cause: z.object({
    originalCode: z.coerce.string(),
    originalMessage: z.string().optional(),
    state: z.string().optional(),
    cause: z.string().optional(),
  }),
});
/** Prisma wraps the adapter's error in its own error, except at a commit. */
const driverFailure = z.union([
  z
    .object({ meta: z.object({ driverAdapterError: adapterError }) })
    .transform(({ meta }) => meta.driverAdapterError),
  adapterError,
]);
const coded = z.object({ code: z.string() });

/** The server's error: its number as text, and its message. `isSignal`: a trigger or a procedure raised it. */
export type ServerWords = { readonly number: string; readonly words: string; readonly isSignal?: boolean };

/** The class of SQLSTATE for errors that SIGNAL raises; a trigger may choose another one, and any number. */
const SIGNALLED = '45';
/**
 * The first word of the server's message for each number on which the bot acts, or whose SQLSTATE Prisma does not pass on. If the
 * message begins otherwise, a trigger chose that number. Galera and proxies word some in their own way.
 */
const WORDED =
  '1020 Record|1040 Too|1044 Access|1045 Access|1048 Column|1049 Unknown|1054 Unknown|1062 Duplicate|1146 Table|1205 Lock|' +
  '1213 Deadlock|1213 WSREP|1264 Out|1364 Field|1406 Data|1451 Cannot|1452 Cannot|' +
  '1047 WSREP|1053 Server|1152 Aborted|1159 Got|1161 Got|1184 Aborted|1290 The|1836 Running|1927 Connection|1927 Lost|2003 Lost|' +
  '2006 MySQL|2006 MariaDB|2006 Server|2013 Lost|3101 Plugin|3989 Schema|4031 The|9001 Max';
const WORDINGS = WORDED.split('|');

/** Whether the server itself would word an error of this number otherwise. */
function isForged(number: string, words: string): boolean {
  const own = WORDINGS.filter((wording) => wording.startsWith(`${number} `));
  return own.length > 0 && !own.some((wording) => `${number} ${words}`.startsWith(wording));
}

/** Reads the server's error. An error of the bot has the driver's error as its cause. */
function serverWords(error: unknown): ServerWords | undefined {
  const parsed = driverFailure.safeParse(error);
  if (parsed.success) {
    const { originalCode, originalMessage = '', state = '' } = parsed.data.cause;
    const isSignal = state.startsWith(SIGNALLED) || isForged(originalCode, originalMessage);
    return { number: originalCode, words: originalMessage, isSignal };
  }
  return error instanceof Error && error.cause !== undefined ? serverWords(error.cause) : undefined;
}

/** The number of the server's error, as text; undefined if the error is not the server's. */
export function saidNumber(error: unknown): string | undefined {
  return serverWords(error)?.number;
}

/** Whether the unique index `index` refused a row. */
export function isDuplicate(error: unknown, index: string): boolean {
  const said = serverWords(error);
  // MySQL writes the key as `table.index`, MariaDB as `index`.
  return said?.number === DUPLICATE_ENTRY && new RegExp(`key '(\\w+\\.)?${index}'`).test(said.words);
}

/** Whether any unique index refused a row. */
export function isDuplicateEntry(error: unknown): boolean {
  const said = serverWords(error);
  return said?.number === DUPLICATE_ENTRY && !said.isSignal;
}

/** Whether another transaction's write ended the statement: a deadlock, the timeout of its lock, or a row that it changed. */
export function isWriteConflict(error: unknown): boolean {
  const said = serverWords(error);
  return said !== undefined && !said.isSignal && WRITE_CONFLICTS.includes(said.number);
}

/** Whether the statement failed because the server could not be reached. False if the server refused the statement. */
export function isConnectionLost(error: unknown): boolean {
  const said = serverWords(error);
  if (said?.isSignal) return false;
  // The driver's own errors have numbers from 45000; a trigger may choose such a number too.
  if (said !== undefined && (/^45\d{3}$/.test(said.number) || LOST_ON_SERVER.includes(said.number)))
    return true;
  const parsed = coded.safeParse(error);
  return parsed.success && [...NETWORK_CODES, ...PRISMA_LOST].includes(parsed.data.code);
}

/** The driver's pool had no free connection in time. */
const POOL_TIMED_OUT = '45028';
/** The driver's words if every connection of the pool is in use. With other words, no connection could be opened. */
const POOL_IN_USE = /active=(\d+) idle=0 limit=\1\b/;

/** Whether one open connection was lost; other connections may be fine. */
export function isConnectionBroken(error: unknown): boolean {
  return isConnectionLost(error) && ![undefined, POOL_TIMED_OUT].includes(saidNumber(error));
}

/** The server's error at a refused login, which the driver's pool quotes; otherwise the server's error. */
function loginWords(error: unknown): ServerWords | undefined {
  const parsed = driverFailure.safeParse(error);
  const [, number, words = ''] = /no: (\d+), SQLState: \w+\) (.*)/.exec(parsed.data?.cause.cause ?? '') ?? [];
  return number === undefined ? serverWords(error) : { number, words };
}

const brokenSession = z.object({ sqlState: z.literal('08S01'), fatal: z.literal(true) });

/**
 * Whether the error is the driver's second rejection after a connection broke while it was being opened. The driver then rejects
 * two promises, and no caller can await one of them (mariadb 3.4.5, connection.js, authSucceedHandler).
 */
export function isStrayRejection(error: unknown): boolean {
  return brokenSession.safeParse(error).success;
}

/** Error numbers of MySQL 8 and of MariaDB 10.6 and newer, by their remedy. */
const NUMBERS: Readonly<Record<Exclude<DatabaseRefusal, 'other'>, readonly number[]>> = {
  value_missing: [1048, 1263, 1364],
  duplicate: [1022, 1062, 1169, 1586, 1859],
  foreign_key: [1216, 1217, 1451, 1452, 1761, 1762],
  check: [3819, 3820, 4025],
  // 1449: the account in whose name a trigger runs is gone. 1785: one writes to a table of another engine.
  trigger: [1360, 1442, 1449, 1644, 1645, 1785],
  too_long: [1118, 1406],
  // 167, 1467: the table's numbers have run out.
  value_not_taken: [167, 1264, 1265, 1292, 1300, 1366, 1367, 1411, 1467, 1526, 3988],
  generated: [1906, 1907, 3105],
  privilege: [1044, 1045, 1142, 1143, 1227, 1370, 1419, 1698],
  read_only: [1290, 1792, 1836, 3989],
  disk_full: [3, 1021, 1026, 1114],
  packet_too_large: [1153, 1162, 1301],
  lock_wait: [1020, 1205, 1206, 1213, 1614, 3101, 3572],
  too_many_connections: [1040, 1203, 1226],
  table_damaged: [126, 127, 144, 145, 1030, 1033, 1034, 1035, 1194, 1195, 1459, 1712, 1812, 1877, 1932],
  table_missing: [1049, 1051, 1054, 1146, 1305],
  statement_logging: [1598, 1663, 1665, 1666],
  time_limit: [1317, 1969, 3024],
};

const BY_NUMBER: ReadonlyMap<string, DatabaseRefusal> = new Map(
  DATABASE_REFUSALS.flatMap((refusal) =>
    refusal === 'other' ? [] : NUMBERS[refusal].map((number) => [String(number), refusal] as const),
  ),
);

/** Some engines report a full disk with another error number. */
const NO_SPACE = /no space left|errcode: 28|error 28\b/i;
/** The largest number of characters of a server's message: a longer one quotes the statement. */
const MOST_WORDS = 500;

/** The kind of a server's error, by its remedy. */
export function refusalOf({ number, words, isSignal }: ServerWords): DatabaseRefusal {
  if (isSignal) return 'trigger';
  return NO_SPACE.test(words) ? 'disk_full' : (BY_NUMBER.get(number) ?? 'other');
}

/** Turns the loss of the database into the core's error, with the server's reason if it gave one. */
export function asLoss(error: unknown, committing = false): DatabaseLostError {
  const said = loginWords(error);
  const inUse = said?.number === POOL_TIMED_OUT && POOL_IN_USE.test(said.words);
  const why = inUse ? 'busy' : said && lostReason(refusalOf(said));
  return new DatabaseLostError({ cause: error, committing, why });
}

/** Turns a server's error into the core's error. Any other error stays as it is. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof RunError) return error;
  const said = serverWords(error);
  if (said === undefined) return error;
  const words = said.words.slice(0, MOST_WORDS);
  const missing = missingPrivilege(said);
  return missing === undefined
    ? new DatabaseRefusedError(refusalOf(said), said.number, words, { cause: error })
    : new PrivilegeMissingError(said.number, words, missing, { cause: error });
}

/** The wording of both servers; MariaDB puts the database before the table. */
const DENIED =
  /^(?<right>.+?) command denied to user .* for (?:column '(?<column>[^']*)' in )?table (?:`[^`]*`\.)?['`](?<table>[^'`]+)['`]$/s;

/** The missing right and its table (1142, 1143); undefined if the server's wording is unknown. */
function missingPrivilege({ number, words }: ServerWords) {
  if (number !== '1142' && number !== '1143') return undefined;
  const { right, table, column } = DENIED.exec(words)?.groups ?? {};
  if (right === undefined || table === undefined) return undefined;
  // MySQL lets an account lock a row only if it may write to the table.
  return { right: right === 'SELECT with locking clause' ? 'UPDATE' : right, table, column };
}
