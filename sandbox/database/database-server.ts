import { randomBytes } from 'node:crypto';
import { type Connection, createConnection, SqlError } from 'mariadb';

/** A MariaDB or MySQL server on which tests may create databases. */
export type DatabaseServer = {
  readonly host: string;
  readonly port: number;
  /** `mysql://user@host:port/database`. With an empty name: the server itself. */
  url(database: string): string;
  /** Stops a private server. Does nothing to a server that was given. */
  stop(): Promise<void>;
};

/** The server in `url`; its database is ignored. `stop` does nothing, because the server was given. */
export function serverAt(url: string): DatabaseServer {
  const base = new URL(url);
  return {
    host: base.hostname,
    port: Number(base.port || '3306'),
    url: (database) => new URL(`/${database}`, base).href,
    stop: async () => {},
  };
}

/** Connects to a `mysql://` URL. Integers are returned as numbers, times are in UTC. */
export async function connect(url: string): Promise<Connection> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  return createConnection({
    host: hostname,
    port: Number(port || '3306'),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ...(database === '' ? {} : { database }),
    allowPublicKeyRetrieval: true,
    // The driver's default of 1 s is too short on a busy machine.
    connectTimeout: 10_000,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    timezone: 'Z',
    typeCast: (field, next) =>
      field.type === 'DATETIME' || field.type === 'TIMESTAMP' ? asUtc(field.string()) : next(),
  });
}

/** A time of the database, whose sessions are in UTC. The driver would take it for one of this machine's zone. */
function asUtc(text: string | null): Date | null {
  return text === null || text.startsWith('0000') ? null : new Date(`${text.replace(' ', 'T')}Z`);
}

/** The reverse, for the values of a statement. */
function inUtc(value: unknown): unknown {
  return value instanceof Date ? value.toISOString().slice(0, 23).replace('T', ' ') : value;
}

/** ER_LOCK_DEADLOCK */
const DEADLOCK = 1213;

/**
 * Sends one statement outside of a transaction, and again where it lost a deadlock, as against the bot: the server has undone it
 * then, and asks for that.
 */
export async function send<Row = unknown>(
  connection: Connection,
  sql: string,
  values?: unknown[],
): Promise<Row[]> {
  for (;;) {
    try {
      return await connection.query<Row[]>(sql, values?.map(inUtc));
    } catch (error) {
      if (!(error instanceof SqlError && error.errno === DEADLOCK)) throw error;
    }
  }
}

/** Sends one statement on its own connection. */
export async function query<Row = unknown>(url: string, sql: string, values?: unknown[]): Promise<Row[]> {
  const connection = await connect(url);
  try {
    return await send<Row>(connection, sql, values);
  } finally {
    await connection.end();
  }
}

export type DatabaseOptions = {
  /** A utf8mb4 collation. */
  readonly collation?: string;
};

export type CreatedDatabase = { readonly url: string; readonly name: string; drop(): Promise<void> };

/** Creates an empty utf8mb4 database under a random name. */
export async function createDatabase(
  server: Pick<DatabaseServer, 'url'>,
  { collation = 'utf8mb4_unicode_ci' }: DatabaseOptions = {},
): Promise<CreatedDatabase> {
  const name = `usersync_${randomBytes(6).toString('hex')}`;
  await query(server.url(''), `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE ${collation}`);
  return {
    name,
    url: server.url(name),
    drop: () => dropDatabase(server, name),
  };
}

/** ER_DB_DROP_RMDIR */
const FOLDER_NOT_EMPTY = 1010;

/**
 * Drops a database. About once in ten thousand times, MariaDB leaves a stray file in the folder and then never removes the
 * folder. All tables are gone by then and the name is not used again, so this error is ignored.
 */
async function dropDatabase(server: Pick<DatabaseServer, 'url'>, name: string): Promise<void> {
  try {
    await query(server.url(''), `DROP DATABASE IF EXISTS \`${name}\``);
  } catch (error) {
    if (!(error instanceof SqlError && error.errno === FOLDER_NOT_EMPTY)) throw error;
    const left = await query(server.url(''), `SHOW TABLES FROM \`${name}\``);
    if (left.length > 0) throw error;
  }
}
