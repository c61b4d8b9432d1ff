import type { Inspection } from './inspect.ts';

export type ColumnFacts = {
  readonly name: string;
  /** Such as `enum('active','inactive')`. */
  readonly type: string;
  /** Whether an INSERT without the column is refused in strict mode. */
  readonly demanded: boolean;
  /** Whether the database computes the value. */
  readonly generated: boolean;
  /** The length in characters; undefined for a column without text. */
  readonly length: number | undefined;
  /** Undefined for a column without text. */
  readonly collation: string | undefined;
};

export type TableFacts = { readonly engine: string; readonly columns: readonly ColumnFacts[] };

type Ask = <Row>(sql: string, values: readonly unknown[]) => Promise<Row[]>;

/**
 * The columns of a table, in their order. A query of its own: in a join, MariaDB takes 20 times as long. Throws the errors of
 * `ask`.
 */
export async function columnFacts(ask: Ask, table: string): Promise<readonly ColumnFacts[]> {
  const rows = await ask<{
    name: string;
    type: string;
    demanded: unknown;
    generated: unknown;
    length: unknown;
    collation: string | null;
  }>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, CHARACTER_MAXIMUM_LENGTH AS length,
            COLLATION_NAME AS collation,
            COALESCE(GENERATION_EXPRESSION, '') <> '' AS \`generated\`,
            IS_NULLABLE = 'NO' AND COLUMN_DEFAULT IS NULL AND EXTRA NOT LIKE '%auto_increment%'
              AND COALESCE(GENERATION_EXPRESSION, '') = '' AS demanded
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?
     ORDER BY ORDINAL_POSITION`,
    [table],
  );
  return rows.map(({ name, type, demanded, generated, length, collation }) => ({
    name,
    type,
    demanded: Number(demanded) === 1,
    generated: Number(generated) === 1,
    length: length === null ? undefined : Number(length),
    collation: collation ?? undefined,
  }));
}

/** The tables with these names that this account can see. Throws the errors of `ask`. */
export async function tableFacts(
  ask: Ask,
  names: readonly string[],
): Promise<ReadonlyMap<string, TableFacts>> {
  const found = await ask<{ name: string; engine: string }>(
    `SELECT TABLE_NAME AS name, COALESCE(ENGINE, '') AS engine FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${names.map(() => '?').join(', ')})`,
    names,
  );
  const tables = new Map<string, TableFacts>();
  for (const { name, engine } of found) tables.set(name, { engine, columns: await columnFacts(ask, name) });
  return tables;
}

/** The names of all tables that this account can see. Throws the errors of `ask`. */
export async function tableNames(ask: Ask): Promise<ReadonlySet<string>> {
  const found = await ask<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
    [],
  );
  return new Set(found.map(({ name }) => name));
}

/** The number of pairs of email and location that `users` has more than once. Throws `DatabaseRefusalError`. */
export async function repeatedUsers({ ask }: Inspection): Promise<number> {
  const [row] = await ask<{ n: unknown }>(
    `SELECT COUNT(*) AS n FROM (
       SELECT email FROM users GROUP BY email, location_id HAVING COUNT(*) > 1
     ) repeated`,
  );
  return Number(row?.n ?? 0);
}

/** The clock of `users.updated_at`, in seconds against the server's UTC. */
export type UsersClock = {
  /** By how much the newest value is ahead of UTC; negative if it is behind, undefined if there is none. */
  readonly newestAhead: number | undefined;
  /** By how much a session without its own time zone is ahead of UTC, such as 25,200 for +07:00; 0 if unknown. */
  readonly zoneAhead: number;
};

/** Reads the clock of `users.updated_at`. The session is in UTC, like every session of the bot. Throws `DatabaseRefusalError`. */
export async function usersClock({ ask }: Inspection): Promise<UsersClock> {
  const [row] = await ask<{ newest: unknown; zone: unknown }>(
    `SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), MAX(updated_at)) AS newest,
            TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', @@GLOBAL.time_zone)) AS zone
     FROM users`,
  );
  const newest = row?.newest ?? undefined;
  return {
    newestAhead: newest === undefined ? undefined : Number(newest),
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
