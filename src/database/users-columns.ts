import type { Database, Transaction } from './client.ts';
import { type ColumnFacts, tableFacts } from './inspect-tables.ts';

/** The columns of `users`, in their order. */
export async function userColumns(db: Database | Transaction): Promise<readonly ColumnFacts[]> {
  const tables = await tableFacts((sql, values) => db.$queryRawUnsafe(sql, ...values), ['users']);
  return tables.get('users')?.columns ?? [];
}
