import { isTransaction } from '../audit/recorded.ts';
import type { Database, Transaction } from '../client.ts';
import { type ColumnFacts, columnFacts } from './inspect-tables.ts';

const known = new WeakMap<Transaction, Promise<readonly ColumnFacts[]>>();

/** The columns of `users`, in their order. A transaction asks once. */
export function userColumns(db: Database | Transaction): Promise<readonly ColumnFacts[]> {
  if (!isTransaction(db)) return look(db);
  const columns = known.get(db) ?? look(db);
  known.set(db, columns);
  return columns;
}

function look(db: Database | Transaction): Promise<readonly ColumnFacts[]> {
  return columnFacts((sql, values) => db.$queryRawUnsafe(sql, ...values), 'users');
}
