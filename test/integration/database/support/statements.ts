import type { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { adapterTo, type Database } from '../../../../src/database/client.ts';
import { PrismaClient } from '../../../../src/database/generated/client.ts';
import { driverOptions } from '../../../../src/database/session.ts';

/** A table, or one of its indexes, from end to end. */
const WHOLE = ['ALL', 'index'];

type Adapter = Awaited<ReturnType<PrismaMariaDb['connect']>>;
type Query = Parameters<Adapter['queryRaw']>[0];

/** One line of an `EXPLAIN`: how one table is read. */
type Access = Readonly<Record<string, unknown>>;

/**
 * What the database reads for one statement, each as `alias: index` or `alias: ALL`. `perRow`: the tables of subqueries that it
 * evaluates again for each row.
 */
export type StatementPlan = {
  readonly sql: string;
  readonly reads: readonly string[];
  readonly perRow: readonly string[];
};

/** The bot's database, and how it answers. */
export type Recorder = {
  readonly db: Database;
  /**
   * The plans of all statements that `work` sends, each asked for in its own session right before it is sent: there the tables
   * and `LAST_INSERT_ID()` are what the statement will meet.
   */
  explain(work: () => Promise<unknown>): Promise<StatementPlan[]>;
};

export function recordStatements(databaseUrl: string): Recorder {
  let plans: StatementPlan[] | undefined;
  const factory = adapterTo(driverOptions(databaseUrl));
  const connect = factory.connect.bind(factory);
  const before = async (query: Query, ask: Adapter['queryRaw']) => {
    if (isExplainable(query)) plans?.push(await explainOne(query, ask));
  };
  factory.connect = async () => {
    const adapter = asking(await connect(), before);
    const begin = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (level) => asking(await begin(level), before);
    return adapter;
  };
  return {
    db: new PrismaClient({ adapter: factory }),
    explain: async (work) => {
      const found: StatementPlan[] = [];
      plans = found;
      try {
        await work();
      } finally {
        plans = undefined;
      }
      return found;
    },
  };
}

/** The same session, which first does `before` with each statement. */
function asking<Session extends Pick<Adapter, 'queryRaw' | 'executeRaw'>>(
  session: Session,
  before: (query: Query, ask: Adapter['queryRaw']) => Promise<void>,
): Session {
  const queryRaw = session.queryRaw.bind(session);
  const executeRaw = session.executeRaw.bind(session);
  return Object.assign(session, {
    queryRaw: async (query: Query) => {
      await before(query, queryRaw);
      return queryRaw(query);
    },
    executeRaw: async (query: Query) => {
      await before(query, queryRaw);
      return executeRaw(query);
    },
  });
}

async function explainOne(query: Query, ask: Adapter['queryRaw']): Promise<StatementPlan> {
  // MySQL 9 explains in prose unless told.
  const { columnNames, rows } = await ask({ ...query, sql: `EXPLAIN FORMAT=TRADITIONAL ${query.sql}` });
  const accesses = rows.map(
    (row): Access => Object.fromEntries(columnNames.map((name, index) => [name, row[index]])),
  );
  return {
    sql: query.sql.trim().replace(/\s+/g, ' '),
    reads: accesses
      .filter(isRead)
      .map(({ table, type, key }) => `${table}: ${WHOLE.includes(String(type)) ? 'ALL' : key}`),
    perRow: accesses
      .filter(({ select_type, table }) => select_type === 'DEPENDENT SUBQUERY' && table !== null)
      .map(({ table }) => String(table)),
  };
}

function isExplainable({ sql }: Query): boolean {
  return /^\s*(WITH|SELECT|INSERT|UPDATE|DELETE)/.test(sql) && !sql.includes('information_schema');
}

/** Neither the table that an INSERT writes nor what was just put together in memory, such as the rows of a recursion so far. */
function isRead({ select_type, table, type, Extra }: Access): boolean {
  if (String(Extra).startsWith('Recursive') || typeof table !== 'string' || typeof type !== 'string')
    return false;
  return select_type !== 'INSERT' && table !== 'j' && !table.startsWith('<');
}
