import type { Inspection } from './inspect.ts';

export type ColumnFacts = {
  readonly name: string;
  /** Such as `enum('active','inactive')`. */
  readonly type: string;
  /** True where an INSERT that leaves the column out is refused in strict mode. */
  readonly demanded: boolean;
  /** True where the database computes its value. */
  readonly generated: boolean;
  /** Characters that it takes; undefined where it holds no text. */
  readonly length: number | undefined;
};

export type TableFacts = { readonly engine: string; readonly columns: readonly ColumnFacts[] };

type Ask = <Row>(sql: string, values: readonly unknown[]) => Promise<Row[]>;

/** The tables of that name that are there and that this user may see. Throws what `ask` throws. */
export async function tableFacts(
  ask: Ask,
  names: readonly string[],
): Promise<ReadonlyMap<string, TableFacts>> {
  const rows = await ask<{
    tableName: string;
    engine: string;
    name: string;
    type: string;
    demanded: unknown;
    generated: unknown;
    length: unknown;
  }>(
    `SELECT t.TABLE_NAME AS tableName, COALESCE(t.ENGINE, '') AS engine, c.COLUMN_NAME AS name, c.COLUMN_TYPE AS type,
            COALESCE(c.GENERATION_EXPRESSION, '') <> '' AS \`generated\`, c.CHARACTER_MAXIMUM_LENGTH AS length,
            c.IS_NULLABLE = 'NO' AND c.COLUMN_DEFAULT IS NULL AND c.EXTRA NOT LIKE '%auto_increment%'
              AND COALESCE(c.GENERATION_EXPRESSION, '') = '' AS demanded
     FROM information_schema.TABLES t
     JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
     WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME IN (${names.map(() => '?').join(', ')})
     ORDER BY c.ORDINAL_POSITION`,
    names,
  );
  const tables = new Map<string, { engine: string; columns: ColumnFacts[] }>();
  for (const { tableName, engine, name, type, demanded, generated, length } of rows) {
    const table = tables.get(tableName) ?? { engine, columns: [] };
    tables.set(tableName, table);
    table.columns.push({
      name,
      type,
      demanded: Number(demanded) === 1,
      generated: Number(generated) === 1,
      length: length === null ? undefined : Number(length),
    });
  }
  return tables;
}

/** How many pairs of email and location stand in `users` more than once. Throws `DatabaseRefusalError`. */
export async function repeatedUsers({ ask }: Inspection): Promise<number> {
  const [row] = await ask<{ n: unknown }>(
    `SELECT COUNT(*) AS n FROM (
       SELECT email FROM users GROUP BY email, location_id HAVING COUNT(*) > 1
     ) repeated`,
  );
  return Number(row?.n ?? 0);
}

/** The rows of `locations`, as people read them: `sby (Surabaya)`. A hundred at most. Throws `DatabaseRefusalError`. */
export async function locationNames({ ask }: Inspection): Promise<readonly string[]> {
  const rows = await ask<{ code: string; name: string }>(
    'SELECT location_code AS code, location_name AS name FROM locations ORDER BY location_code LIMIT 100',
  );
  return rows.map(({ code, name }) => `${code} (${name})`);
}
