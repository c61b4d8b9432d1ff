import type { Database } from './client.ts';

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
