import { z } from 'zod';

const DUPLICATE_ENTRY = '1062';
/** Deadlock found; lock wait timeout exceeded. */
const WRITE_CONFLICTS = ['1213', '1205'];
/** Server shutdown, killed connection, read-only replica after a fail-over. */
const LOST_ON_SERVER = [
  '1053',
  '1077',
  '1079',
  '1152',
  '1159',
  '1161',
  '1184',
  '1290',
  '1836',
  '1927',
  '2006',
  '2013',
];
const NETWORK_CODES = ['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH'];
/** Prisma: can't reach, timed out, connection closed, pool timed out, transaction could not start or is gone. */
const PRISMA_LOST = ['P1001', 'P1002', 'P1017', 'P2024', 'P2028'];

const adapterError = z.object({
  // `cause` is of the pool: why no connection could be opened.
  cause: z.object({
    originalCode: z.coerce.string(),
    originalMessage: z.string().optional(),
    cause: z.string().optional(),
  }),
});
/** Prisma hands the adapter's error on inside its own, but for what goes wrong at a commit. */
const driverFailure = z.union([
  z
    .object({ meta: z.object({ driverAdapterError: adapterError }) })
    .transform(({ meta }) => meta.driverAdapterError),
  adapterError,
]);
const coded = z.object({ code: z.string() });

/** What a server said, its number as text; undefined where it was no server that refused. */
export type ServerWords = { readonly number: string; readonly words: string };

/** An error that was made of the driver's has that as its cause. */
export function serverWords(error: unknown): ServerWords | undefined {
  const parsed = driverFailure.safeParse(error);
  if (parsed.success) {
    const { originalCode, originalMessage } = parsed.data.cause;
    return { number: originalCode, words: originalMessage ?? '' };
  }
  return error instanceof Error && error.cause !== undefined ? serverWords(error.cause) : undefined;
}

function serverCode(error: unknown): string | undefined {
  return serverWords(error)?.number;
}

/** True where the unique index `index` refused a row. */
export function isDuplicate(error: unknown, index: string): boolean {
  const said = serverWords(error);
  // MySQL writes the key as `table.index`, MariaDB as `index`.
  return said?.number === DUPLICATE_ENTRY && new RegExp(`key '(\\w+\\.)?${index}'`).test(said.words);
}

export function isDuplicateEntry(error: unknown): boolean {
  return serverCode(error) === DUPLICATE_ENTRY;
}

export function isWriteConflict(error: unknown): boolean {
  const code = serverCode(error);
  return code !== undefined && WRITE_CONFLICTS.includes(code);
}

/** True where the statement failed because the server could not be reached, not because of what it said. */
export function isConnectionLost(error: unknown): boolean {
  const code = serverCode(error);
  // The driver's own errors (not the server's) are numbered from 45000.
  if (code !== undefined && (code.startsWith('45') || LOST_ON_SERVER.includes(code))) return true;
  const parsed = coded.safeParse(error);
  return parsed.success && [...NETWORK_CODES, ...PRISMA_LOST].includes(parsed.data.code);
}

/** What the server said where it did not let a connection in, which the driver's pool quotes; else what it said. */
export function loginWords(error: unknown): ServerWords | undefined {
  const parsed = driverFailure.safeParse(error);
  const [, number, words = ''] = /no: (\d+), SQLState: \w+\) (.*)/.exec(parsed.data?.cause.cause ?? '') ?? [];
  return number === undefined ? serverWords(error) : { number, words };
}

const brokenSession = z.object({ sqlState: z.literal('08S01'), fatal: z.literal(true) });

/**
 * True for what the driver rejects where a connection breaks while it is being opened. It rejects two promises, and
 * nobody can wait for one of them (mariadb 3.4.5, connection.js, authSucceedHandler).
 */
export function isStrayRejection(error: unknown): boolean {
  return brokenSession.safeParse(error).success;
}
