import { readFileSync } from 'node:fs';
import { type Connection, createConnection } from 'mariadb';
import { z } from 'zod';
import { type DatabaseRefusal, messageOf } from '../../sync/failures/failure.ts';
import { refusalOf } from '../errors.ts';
import { driverOptions } from '../session.ts';

/**
 * The server refused a statement, or did not answer. `code` is the driver's or the operating system's code
 * (`ER_ACCESS_DENIED_ERROR`, `ECONNREFUSED`), `refusal` the kind of remedy. The message is the server's, without the statement.
 */
export class DatabaseRefusalError extends Error {
  override readonly name = 'DatabaseRefusalError';
  readonly code: string;
  /** The server's error number, as text; empty if the error is not the server's. */
  readonly number: string;
  readonly refusal: DatabaseRefusal;
  constructor(code: string, number: string, message: string, options: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.number = number;
    this.refusal = refusalOf({ number, words: message });
  }
}

/** Opens a connection with the bot's settings, but no limit of silence: migrations take long. Throws `DatabaseRefusalError`. */
export function connect(databaseUrl: string): Promise<Connection> {
  return explaining(async () => {
    requireAuthority(databaseUrl);
    return createConnection({ ...driverOptions(databaseUrl), socketTimeout: 0 });
  });
}

/** Checks that the file of `ssl-ca` can be read. Throws the operating system's error. */
function requireAuthority(databaseUrl: string): void {
  const file = new URL(databaseUrl).searchParams.get('ssl-ca');
  if (file !== null) readFileSync(file);
}

/** Runs a statement and returns its rows. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Runs statements on a connection. They throw `DatabaseRefusalError`. */
export function askOn(connection: Connection): Query {
  return (sql, values = []) => explaining(() => connection.query(sql, [...values]));
}

/** Servers that speak MySQL's protocol and tell a version of MySQL, but lack triggers and JSON_TABLE (docs/scaling.md). */
export function isOtherServer(version: string): boolean {
  return /tidb|vitess|planetscale/i.test(version);
}

/** The cluster of the server, where it matters to the bot: the number of a Galera cluster's nodes, or several primaries. */
export async function clusterOf(ask: Query): Promise<number | 'several primaries' | undefined> {
  const several = await ask<{ Variable_name: string; Value: string }>(
    "SHOW GLOBAL VARIABLES LIKE 'group_replication_single_primary_mode'",
  );
  if (several.some(({ Variable_name: name, Value }) => /^group/.test(name) && Value === 'OFF'))
    return 'several primaries';
  const [nodes] = await ask<{ Variable_name: string; Value: string }>(
    "SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'",
  );
  const size = /^wsrep/.test(nodes?.Variable_name ?? '') ? Number(nodes?.Value) : 1;
  return size > 1 ? size : undefined;
}

const READS = 3;

/**
 * Whether a proxy sends reads outside of transactions to another server than transactions. That one may lag behind. Asks a few
 * times, because the proxy may choose among servers.
 */
export async function readsElsewhere(ask: Query): Promise<boolean> {
  const place = async () => {
    const sql = "SELECT CONCAT_WS(' ', @@hostname, @@port, @@server_id, @@datadir) AS place";
    return (await ask<{ place: unknown }>(sql))[0]?.place;
  };
  const places = new Set<unknown>();
  for (let read = 0; read < READS; read += 1) places.add(await place());
  await ask('START TRANSACTION');
  try {
    places.add(await place());
  } finally {
    await ask('ROLLBACK');
  }
  return places.size > 1;
}

/** Adds a row to `locations`. Throws `DatabaseRefusalError`, for example for a missing right. */
export async function addLocation(
  databaseUrl: string,
  { code, name, address }: { readonly code: string; readonly name: string; readonly address: string },
): Promise<void> {
  const connection = await connect(databaseUrl);
  try {
    const sql = `
      INSERT INTO locations (location_code, location_name, online_url, created_at, updated_at)
      VALUES (?, ?, ?, UTC_TIMESTAMP(), UTC_TIMESTAMP())`;
    await askOn(connection)(sql, [code, name, address]);
  } finally {
    await connection.end();
  }
}

const driverError = z.object({
  code: z.string().nullish(),
  errno: z.number().nullish(),
  sqlMessage: z.string().nullish(),
});

async function explaining<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { data } = driverError.safeParse(cause);
    // Where a statement of `initSql` fails, the driver's words go on with it.
    const message = data?.sqlMessage?.split('\nsql: ')[0] ?? messageOf(cause).split('\n')[0] ?? '';
    throw new DatabaseRefusalError(data?.code ?? '', String(data?.errno ?? ''), message, { cause });
  }
}
