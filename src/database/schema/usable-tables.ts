import {
  IndexInTheWayError,
  IndexMissingError,
  NotTransactionalError,
  UsersUnfitError,
} from '../../sync/failures/errors.ts';
import type { EngineOfTable } from '../../sync/failures/failure.ts';
import type { NewUserDefaults, Placeholder } from '../../sync/run/change.ts';
import { type AuditTables, auditTables, USUAL } from '../audit/audit-tables.ts';
import { clientOf, isTransaction } from '../audit/recorded.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { type Ask, type ColumnFacts, columnFacts, type Inspection, READ_DELETED_AT } from './inspect.ts';

/** The two tables of the Laravel application. */
export const SHARED_TABLES = ['locations', 'users'] as const;

/** The bot's own tables, without the history of migrations. Each takes part in transactions that must roll back as a whole. */
export const OWN_TABLES = [
  USUAL.heads,
  USUAL.logs,
  'sync_absences',
  'sync_approvals',
  'sync_batches',
  'sync_changes',
  'sync_home_viewers',
  'sync_odd_spellings',
  'sync_outbox',
  'sync_pauses',
  'sync_processes',
  'sync_reminders',
  'sync_requests',
  'sync_runs',
  'sync_staged_users',
] as const;

/** The own tables by their names in this database: another application may have the audit log's usual names. */
export function ownTableNames({ logs, heads }: AuditTables): readonly string[] {
  const others = OWN_TABLES.filter((name) => name !== USUAL.logs && name !== USUAL.heads);
  return [heads, logs, ...others];
}

/**
 * The tables that do not use InnoDB: other engines cannot roll back all writes, or cannot lock rows. A view's engine is `VIEW`. A
 * table that is missing, or hidden from the account, is not reported.
 */
export async function foreignEngines(ask: Ask, tables: readonly string[]): Promise<readonly EngineOfTable[]> {
  return ask<EngineOfTable>(
    `SELECT TABLE_NAME AS \`table\`, COALESCE(ENGINE, NULLIF(TABLE_TYPE, 'BASE TABLE'), '') AS engine FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${tables.map(() => '?').join(', ')})
       AND COALESCE(ENGINE, '') <> 'InnoDB' ORDER BY TABLE_NAME`,
    tables,
  );
}

/** Requires InnoDB for all tables, because a plan is applied as a whole or not at all. Throws `NotTransactionalError`. */
export async function requireTransactional(tx: Transaction): Promise<void> {
  const own = ownTableNames(await auditTables(clientOf(tx), tx));
  const others = await foreignEngines(
    (sql, values) => tx.$queryRawUnsafe(sql, ...values),
    [...SHARED_TABLES, ...own],
  );
  if (others.length > 0) throw new NotTransactionalError(others);
}

/** The longest email in characters that a depot server may list (src/depot-api/list/emails.ts) and a plan can hold. */
export const LONGEST_EMAIL = 255;

/** `columns`: in alphabetical order, joined by commas; with its length, where only the start of a text is indexed: `email(10)`. */
export type UniqueIndex = { readonly name: string; readonly columns: string };

/** The unique indexes of `users`. MySQL can also index expressions, which have no column. */
export async function uniqueIndexes(db: Database | Transaction): Promise<readonly UniqueIndex[]> {
  return db.$queryRaw<UniqueIndex[]>`
    SELECT INDEX_NAME AS name, LOWER(GROUP_CONCAT(
             CONCAT(COALESCE(COLUMN_NAME, '(expression)'), IF(SUB_PART IS NULL, '', CONCAT('(', SUB_PART, ')')))
             ORDER BY COLUMN_NAME)) AS columns
    FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND NON_UNIQUE = 0
    GROUP BY INDEX_NAME`;
}

/** Whether an index keeps an email, or its start, unique within a location, as the contract demands (section 2). */
export function isPerLocation({ columns }: UniqueIndex): boolean {
  return /^email(\(\d+\))?,location_id$/.test(columns);
}

/** Whether an index allows an email at one location only, or once there in each status. */
export function isInTheWay({ columns }: UniqueIndex): boolean {
  return /^email(\(\d+\))?(,status(\(\d+\))?)?$/.test(columns);
}

/** What new users get: the columns with their defaults, and `NEW_USER_DEFAULTS`. */
type NewUsers = { readonly columns: readonly ColumnFacts[]; readonly newUser: NewUserDefaults };

const namesOf = ({ columns }: UniqueIndex) => columns.split(',').map((part) => part.replace(/\(\d+\)$/, ''));

/**
 * Unique indexes that may refuse a user of a plan, and only at its execution: indexes that compare only the start of a long email,
 * and indexes over an email without the location. An index with `deleted_at` is for soft-deleted users: NULL equals nothing.
 */
export function strictIndexes(unique: readonly UniqueIndex[], { columns, newUser }: NewUsers) {
  const computed = columns.flatMap(({ name, generated }) => (generated ? [name.toLowerCase()] : []));
  const given = (part: Placeholder) =>
    [...newUser].flatMap(([name, value]) => (String(value).includes(part) ? [name.toLowerCase()] : []));
  const ofEmail = ['email', '(expression)', ...computed, ...given('{email}')];
  return unique.filter((index) => {
    const names = namesOf(index);
    const isOfEmail = names.some((name) => ofEmail.includes(name));
    if (!isOfEmail && names.some((name) => given('{localpart}').includes(name)))
      return !names.includes('deleted_at');
    if (names.includes('location_id'))
      return Number(/(?:^|,)email\((\d+)/.exec(index.columns)?.[1] ?? LONGEST_EMAIL) < LONGEST_EMAIL;
    return isOfEmail && !names.includes('deleted_at');
  });
}

/** Unique indexes that take one new user only, because all get the same values: constants, or the columns' defaults. */
export function indexesOfConstants(unique: readonly UniqueIndex[], { columns, newUser }: NewUsers) {
  const isSame = (name: string) => {
    if (['location_id', 'status', 'created_at', 'updated_at'].includes(name)) return true;
    const byDefault = columns.find((column) => column.name.toLowerCase() === name)?.byDefault;
    const value = [...newUser].find(([given]) => given.toLowerCase() === name)?.[1];
    // A function, such as uuid(), may give each row another value.
    if (value === undefined) return byDefault !== undefined && !byDefault.includes('(');
    return value !== null && !/\{(email|localpart)\}/.test(String(value));
  };
  return unique.filter((index) => namesOf(index).every(isSame));
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

/**
 * Requires the indexes of the contract, section 2: one email may be at several locations, but once at each. Throws
 * `IndexInTheWayError` if an index allows an email only once in all, `IndexMissingError` if no index keeps it unique per
 * location, and the server's error if the table is missing or hidden from this account.
 */
export async function requireUsableIndexes(db: Database | Transaction): Promise<void> {
  const indexes = await uniqueIndexes(db);
  if (indexes.length === 0) await db.$queryRaw`SELECT email, location_id FROM users LIMIT 0`;
  const inTheWay = indexes.find(isInTheWay);
  if (inTheWay !== undefined) throw new IndexInTheWayError(inTheWay.name);
  if (!indexes.some(isPerLocation)) throw new IndexMissingError();
}

/**
 * The name of the collation of `users.email`. Throws `UsersUnfitError` if it is not a utf8mb4 collation: only utf8mb4 can store
 * every email.
 */
export async function emailCollationName(db: Database | Transaction): Promise<string> {
  const email = (await userColumns(db)).find(({ name }) => name.toLowerCase() === 'email');
  const collation = email?.collation ?? '';
  if (/^utf8mb4_[a-z0-9_]+$/.test(collation)) return collation;
  const type = collation || (email?.type ?? '');
  throw new UsersUnfitError(
    [{ problem: 'not_utf8mb4', column: email?.name ?? 'email', type }],
    `users.email has the collation "${type}"; usersync needs a utf8mb4 collation`,
  );
}

/**
 * ` COLLATE …` of `users.email`, to put behind another email. The comparison then has the same equality as the unique index, and
 * can use that index.
 */
export async function emailCollation(db: Database | Transaction): Promise<Prisma.Sql> {
  return Prisma.raw(` COLLATE ${await emailCollationName(db)}`);
}

/** The names of the triggers on `users` that the account can see. */
export async function triggersOfUsers(db: Database | Transaction): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS
    WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'users' ORDER BY TRIGGER_NAME`;
  return rows.map(({ name }) => name);
}

const known = new WeakMap<Transaction, Promise<readonly ColumnFacts[]>>();

/** The columns of `users`, in order, asked once in a transaction. Throws the server's error if `deleted_at` may not be read. */
export function userColumns(db: Database | Transaction): Promise<readonly ColumnFacts[]> {
  if (!isTransaction(db)) return look(db);
  const columns = known.get(db) ?? look(db);
  known.set(db, columns);
  return columns;
}

async function look(db: Database | Transaction): Promise<readonly ColumnFacts[]> {
  const columns = await columnFacts((sql, values) => db.$queryRawUnsafe(sql, ...values), 'users');
  const isSeen = columns.some(({ name }) => name.toLowerCase() === 'deleted_at');
  if (!isSeen) await db.$queryRawUnsafe(READ_DELETED_AT);
  return columns;
}
