import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import type { Connection } from 'mariadb';
import { connectionUrl, type Database } from '../../../../src/database/client.ts';
import { PrismaClient } from '../../../../src/database/generated/client.ts';

/** A table, or one of its indexes, from end to end. */
const WHOLE = ['ALL', 'index'];

type Statement = { readonly sql: string; readonly values: readonly unknown[] };

/** One line of an `EXPLAIN`: how one table is read. */
type Access = {
  readonly select_type: string;
  readonly table: string | null;
  readonly type: string | null;
  readonly key: string | null;
  readonly Extra: string | null;
};

/** What the database reads for one statement, each as `alias: index` or `alias: ALL`. */
export type StatementPlan = { readonly sql: string; readonly reads: readonly string[] };

/** The bot's database, and how it answers. */
export type Recorder = {
  readonly db: Database;
  /** The plans of all statements that `work` sends, taken right after it. */
  explain(work: () => Promise<unknown>): Promise<StatementPlan[]>;
};

export async function recordStatements(databaseUrl: string, connection: Connection): Promise<Recorder> {
  // MySQL 9 explains in prose unless told; older ones and MariaDB know only tables.
  await connection.query("SET SESSION explain_format = 'TRADITIONAL'").catch(() => {});
  let statements: Statement[] = [];
  const adapter = new PrismaMariaDb(connectionUrl(databaseUrl));
  const db = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  db.$on('query', ({ query, params }) => {
    statements.push({ sql: query.trim().replace(/\s+/g, ' '), values: JSON.parse(params).map(inlined) });
  });
  const explainOne = async ({ sql, values }: Statement) => {
    const accesses = await connection.query<Access[]>(`EXPLAIN ${sql}`, [...values]);
    return {
      sql,
      reads: accesses
        .filter(isRead)
        .map(({ table, type, key }) => `${table}: ${type !== null && WHOLE.includes(type) ? 'ALL' : key}`),
    };
  };
  return {
    db,
    explain: async (work) => {
      statements = [];
      await work();
      const plans: StatementPlan[] = [];
      for (const statement of statements.filter(isExplainable)) plans.push(await explainOne(statement));
      return plans;
    },
  };
}

/** Prisma writes the numbers of its LIMIT as text. */
function inlined(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

function isExplainable({ sql }: Statement): boolean {
  return /^(WITH|SELECT|INSERT|UPDATE|DELETE)/.test(sql) && !sql.includes('information_schema');
}

/** Neither the table that an INSERT writes nor what was just put together in memory, such as the rows of a recursion so far. */
function isRead({ select_type, table, type, Extra }: Access): boolean {
  if (Extra?.startsWith('Recursive')) return false;
  return (
    select_type !== 'INSERT' && table !== null && type !== null && table !== 'j' && !table.startsWith('<')
  );
}
