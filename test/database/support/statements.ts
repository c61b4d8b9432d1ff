import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import type { Connection } from 'mariadb';
import { connectionUrl, type Database } from '../../../src/database/client.ts';
import { PrismaClient } from '../../../src/database/generated/client.ts';

type Statement = { readonly sql: string; readonly values: readonly unknown[] };

/** One line of an `EXPLAIN`. */
export type Access = { readonly table: string; readonly type: string; readonly key: string | null; readonly sql: string };

/** The bot's database, and what it is asked. */
export type Recorder = {
  readonly db: Database;
  /** How the database reads its tables for each statement that `work` sends. Explained right after it. */
  explain(work: () => Promise<unknown>): Promise<Access[]>;
};

export function recordStatements(databaseUrl: string, connection: Connection): Recorder {
  let statements: Statement[] = [];
  const adapter = new PrismaMariaDb(connectionUrl(databaseUrl));
  const db = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  db.$on('query', ({ query, params }) => {
    statements.push({ sql: query.trim(), values: JSON.parse(params).map(inlined) });
  });
  return {
    db,
    explain: async (work) => {
      statements = [];
      await work();
      const plans: Access[] = [];
      for (const { sql, values } of statements.filter(isExplainable)) {
        const rows = await connection.query<Access[]>(`EXPLAIN ${sql}`, [...values]);
        plans.push(...rows.map(({ table, type, key }) => ({ table, type, key, sql })));
      }
      return plans;
    },
  };
}

/** Prisma writes the numbers of its LIMIT as text. */
function inlined(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

function isExplainable({ sql }: Statement): boolean {
  return /^(SELECT|INSERT|UPDATE|DELETE)/.test(sql);
}
