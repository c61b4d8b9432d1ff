import { isOn } from '../session.ts';
import { askOn, connect, type Query } from './single-connection.ts';

/** A connection for inspecting a database, whose statements change nothing. `close` ends it at once, even during a statement. */
export type Inspection = Awaited<ReturnType<typeof openInspection>>;

/** Connects like the bot. Throws `DatabaseRefusalError`, and so does `ask`. */
export async function openInspection(databaseUrl: string) {
  const connection = await connect(databaseUrl);
  // Without a listener, a connection that breaks between statements would end the process.
  connection.on('error', () => {});
  return { ask: askOn(connection), close: () => connection.destroy() };
}

/** The TLS cipher of the connection; undefined for plain text. Throws `DatabaseRefusalError`. */
export async function cipherOf({ ask }: Inspection): Promise<string | undefined> {
  const [row] = await ask<{ Value: string }>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  return row?.Value || undefined;
}

export type ServerFacts = {
  readonly kind: 'MySQL' | 'MariaDB';
  /** In the server's words, such as `8.4.3` or `10.11.19-MariaDB`. */
  readonly version: string;
  /** True on a replica, or if an administrator forbade writing. */
  readonly readOnly: boolean;
  /** The account under which the server logged the bot in, `name@host`. */
  readonly account: string;
  readonly database: string;
};

/** Reads the server's kind, version and state. Throws `DatabaseRefusalError`. */
export async function serverFacts({ ask }: Inspection): Promise<ServerFacts> {
  type Row = Record<'version' | 'account' | 'name', string> & Record<'locked' | 'engine', unknown>;
  const [row] = await ask<Row>(
    'SELECT VERSION() AS version, @@GLOBAL.read_only AS locked, @@GLOBAL.innodb_read_only AS engine, CURRENT_USER() AS account, DATABASE() AS name',
  );
  if (row === undefined) throw new Error('The server told nothing about itself');
  const { version, locked, engine, account, name } = row;
  const kind = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  return { kind, version, readOnly: isOn(locked) || isOn(engine), account, database: name };
}

const MEASUREMENTS = 3;

/**
 * Milliseconds by which the database's clock is ahead of this machine's clock; negative if it is behind. The quickest of three
 * measurements counts; its error is at most half a round trip. Throws `DatabaseRefusalError`.
 */
export async function clockAheadMs({ ask }: Inspection, now: () => number): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, aheadMs: 0 };
  for (let measurement = 0; measurement < MEASUREMENTS; measurement += 1) {
    const sent = now();
    // As a number: the driver takes a date for one of this machine's time zone, whatever its settings.
    const [row] = await ask<{ at: unknown }>(
      "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS at",
    );
    const received = now();
    if (row === undefined) throw new Error('The server told no time');
    const tripMs = received - sent;
    if (tripMs < best.tripMs) best = { tripMs, aheadMs: Number(row.at) - (sent + received) / 2 };
  }
  return Math.round(best.aheadMs);
}

export type ColumnFacts = {
  readonly name: string;
  /** Such as `enum('active','inactive')`. */
  readonly type: string;
  /** Whether a new user needs a value: without one, the INSERT is refused in strict mode, or (ENUM) takes the first word. */
  readonly demanded: boolean;
  /** The value of a row that names none, in the server's words; undefined for NULL and none. */
  readonly byDefault: string | undefined;
  /** Whether the database computes the value. */
  readonly generated: boolean;
  /** Whether each row gets a number of its own (AUTO_INCREMENT). */
  readonly numbered: boolean;
  /** The length in characters; undefined for a column without text. */
  readonly length: number | undefined;
  /** Undefined for a column without text. */
  readonly collation: string | undefined;
};

export type TableFacts = {
  /** `VIEW` for a view. */
  readonly engine: string;
  /** Such as `Dynamic`; empty for a view. */
  readonly rowFormat: string;
  readonly columns: readonly ColumnFacts[];
};

/**
 * SQL that fails if `users` has a `deleted_at` that the account may not read. Both servers hide such a column, and deleted users
 * would count as any other. Where there is none, the name means the column of the table beside.
 */
export const READ_DELETED_AT =
  'SELECT (SELECT deleted_at FROM users WHERE FALSE) AS nothing FROM (SELECT NULL AS deleted_at) beside';

/** The columns of a table, in order. Not joined to others: MariaDB would take 20 times as long. Throws the errors of `ask`. */
export async function columnFacts(ask: Query, table: string): Promise<readonly ColumnFacts[]> {
  type Flags = Record<'demanded' | 'generated' | 'numbered' | 'length', unknown>;
  type Row = Flags & { name: string; type: string; byDefault: string | null; collation: string | null };
  const rows = await ask<Row>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, CHARACTER_MAXIMUM_LENGTH AS length,
            COLLATION_NAME AS collation, COALESCE(GENERATION_EXPRESSION, '') <> '' AS \`generated\`,
            NULLIF(TRIM(BOTH '\\'' FROM COLUMN_DEFAULT), 'NULL') AS byDefault,
            EXTRA LIKE '%auto_increment%' AS numbered,
            IS_NULLABLE = 'NO' AND COLUMN_DEFAULT IS NULL AND EXTRA NOT LIKE '%auto_increment%'
              AND COALESCE(GENERATION_EXPRESSION, '') = '' AS demanded
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?
     ORDER BY ORDINAL_POSITION`,
    [table],
  );
  return rows.map(({ name, type, demanded, byDefault, generated, numbered, length, collation }) => ({
    name,
    type,
    demanded: Number(demanded) === 1,
    numbered: Number(numbered) === 1,
    byDefault: byDefault ?? undefined,
    generated: Number(generated) === 1,
    length: length === null ? undefined : Number(length),
    collation: collation ?? undefined,
  }));
}

/** The tables with these names that this account can see. Throws the errors of `ask`. */
export async function tableFacts(
  ask: Query,
  names: readonly string[],
): Promise<ReadonlyMap<string, TableFacts>> {
  const found = await ask<{ name: string; engine: string; rowFormat: string }>(
    `SELECT TABLE_NAME AS name, COALESCE(ENGINE, NULLIF(TABLE_TYPE, 'BASE TABLE'), '') AS engine, COALESCE(ROW_FORMAT, '') AS rowFormat FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${names.map(() => '?').join(', ')})`,
    names,
  );
  const tables = new Map<string, TableFacts>();
  for (const { name, ...facts } of found)
    tables.set(name, { ...facts, columns: await columnFacts(ask, name) });
  return tables;
}

/** The names of all tables that this account can see. Throws the errors of `ask`. */
export async function tableNames(ask: Query): Promise<ReadonlySet<string>> {
  const found = await ask<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
    [],
  );
  return new Set(found.map(({ name }) => name));
}

/**
 * The clock of `users.updated_at`, in seconds against the server's UTC, in which every session of the bot is. Looks at the newest
 * million users: the other questions on the connection wait meanwhile. No time zone is 15 hours ahead. Throws
 * `DatabaseRefusalError`.
 */
export async function usersClock({ ask }: Inspection) {
  const [row] = await ask<{ newest: unknown; zone: unknown }>(
    `SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), MAX(updated_at)) AS newest,
            TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', @@GLOBAL.time_zone)) AS zone
     FROM (SELECT updated_at FROM users ORDER BY id DESC LIMIT 1000000) u
     WHERE updated_at < UTC_TIMESTAMP() + INTERVAL 15 HOUR`,
  );
  const newest = row?.newest ?? undefined;
  return {
    /** By how much the newest value is ahead of UTC; negative if it is behind, undefined if there is none. */
    newestAhead: newest === undefined ? undefined : Number(newest),
    /** By how much a session without its own time zone is ahead of UTC, such as 25,200 for +07:00; 0 if unknown. */
    zoneAhead: Number(row?.zone ?? 0),
  };
}

/** The rows of `locations` in readable form: `sby (Surabaya)`. At most a hundred. Throws `DatabaseRefusalError`. */
export async function locationNames({ ask }: Inspection): Promise<readonly string[]> {
  const rows = await ask<{ code: string; name: string }>(
    'SELECT location_code AS code, location_name AS name FROM locations ORDER BY location_code LIMIT 100',
  );
  return rows.map(({ code, name }) => `${code} (${name})`);
}
