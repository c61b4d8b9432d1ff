import {
  IndexInTheWayError,
  IndexMissingError,
  NotTransactionalError,
  UsersUnfitError,
} from '../../sync/failures/errors.ts';
import type { NewUserDefaults, Placeholder } from '../../sync/run/change.ts';
import {
  auditTables,
  foreignEngines,
  isTransaction,
  ledgerOf,
  ownTableNames,
} from '../audit/audit-tables.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import {
  type ColumnFacts,
  columnFacts,
  type Inspection,
  READ_DELETED_AT,
  type TableFacts,
  tableFacts,
} from './inspect.ts';
import { isDividedOtherwise, usersAsShown } from './inspect-privileges.ts';
import type { Query } from './single-connection.ts';

/** The two tables of the Laravel application. */
export const SHARED_TABLES = ['locations', 'users'] as const;

const asking =
  (db: Database | Transaction): Query =>
  (sql, values = []) =>
    db.$queryRawUnsafe(sql, ...values);

/** Requires InnoDB for all tables, because a plan is applied as a whole or not at all. Throws `NotTransactionalError`. */
export async function requireTransactional(tx: Transaction): Promise<void> {
  const own = ownTableNames(await auditTables(ledgerOf(tx).db, tx));
  const others = await foreignEngines(asking(tx), [...SHARED_TABLES, ...own]);
  if (others.length > 0) throw new NotTransactionalError(others);
}

/** The longest email in characters that a depot server may list (src/depot-api/list/emails.ts) and a plan can hold. */
export const LONGEST_EMAIL = 255;

/** `columns`: in alphabetical order, joined by commas; with its length, where only the start of a text is indexed: `email(10)`. */
export type UniqueIndex = { readonly name: string; readonly columns: string };

/**
 * The unique indexes of `users`. MySQL can also index expressions, which have no column. Where MariaDB keeps a table's history, each
 * unique index ends in the end of a row's period, which all present rows have alike.
 */
export async function uniqueIndexes(db: Database | Transaction): Promise<readonly UniqueIndex[]> {
  return db.$queryRaw<UniqueIndex[]>`
    SELECT INDEX_NAME AS name, LOWER(GROUP_CONCAT(
             CONCAT(COALESCE(COLUMN_NAME, '(expression)'), IF(SUB_PART IS NULL, '', CONCAT('(', SUB_PART, ')')))
             ORDER BY COLUMN_NAME)) AS columns
    FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND NON_UNIQUE = 0 AND COLUMN_NAME NOT IN (
      SELECT COLUMN_NAME FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND GENERATION_EXPRESSION = 'ROW END')
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

/** An ALTER of `users`. The older row formats have no room for an index over 255 characters of utf8mb4. */
export function alterUsers(table: TableFacts | undefined, alterations: readonly string[]): string {
  const isOld = /^(compact|redundant)$/i.test(table?.rowFormat ?? '');
  return `ALTER TABLE users ${[...(isOld ? ['ROW_FORMAT = DYNAMIC'] : []), ...alterations].join(', ')}`;
}

/** InnoDB indexes 768 characters of utf8mb4 at most, and no text without a length. */
function addIndex(table: TableFacts | undefined): string {
  const email = table?.columns.find(({ name }) => name.toLowerCase() === 'email');
  const isShort = /^(var)?char/i.test(email?.type ?? '') && (email?.length ?? 0) <= 750;
  return `ADD UNIQUE INDEX users_email_location_unique (email${isShort ? '' : `(${LONGEST_EMAIL})`}, location_id)`;
}

/** The ALTER that makes the unique indexes right. `divided`: the table has partitions that allow no such index, and loses them. */
export async function indexRemedy(ask: Query, unique: readonly UniqueIndex[]) {
  const users = (await tableFacts(ask, ['users'])).get('users');
  const isMissing = !unique.some(isPerLocation);
  const divided = isMissing && isDividedOtherwise(await usersAsShown(ask));
  const dropped = unique.filter(isInTheWay).map(({ name }) => `DROP INDEX \`${name}\``);
  const altered = alterUsers(users, [...dropped, ...(isMissing ? [addIndex(users)] : [])]);
  return { statement: `${altered}${divided ? ' REMOVE PARTITIONING' : ''}`, divided };
}

/**
 * Requires the indexes of the contract, section 2: one email may be at several locations, but once at each. Throws
 * `IndexInTheWayError` if an index allows an email only once in all, and `IndexMissingError` if no index keeps it unique per
 * location.
 */
export async function requireUsableIndexes(db: Database | Transaction): Promise<void> {
  const indexes = await uniqueIndexes(db);
  const inTheWay = indexes.find(isInTheWay);
  if (inTheWay === undefined && indexes.some(isPerLocation)) return;
  // An account with rights on single columns does not see the table whole: the failure is told without a statement then.
  const remedy = await indexRemedy(asking(db), indexes).catch(() => undefined);
  throw inTheWay === undefined
    ? new IndexMissingError(remedy?.statement)
    : new IndexInTheWayError(inTheWay.name, remedy?.statement);
}

/** The name of the collation of `users.email`. Throws `UsersUnfitError` unless it is utf8mb4, which alone can store every email. */
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

/** ` COLLATE …` of `users.email`, to put behind another email: the comparison then agrees with the unique index, and can use it. */
export async function emailCollation(db: Database | Transaction): Promise<Prisma.Sql> {
  return Prisma.raw(` COLLATE ${await emailCollationName(db)}`);
}

const known = new WeakMap<Transaction, Promise<readonly ColumnFacts[]>>();

/** The columns of `users` that the bot reads, besides `deleted_at`. */
const READ = ['id', 'email', 'location_id', 'status'];

/** The columns of `users`, in order, asked once in a transaction. Throws the server's error if one is not there, or hidden. */
export function userColumns(db: Database | Transaction): Promise<readonly ColumnFacts[]> {
  if (!isTransaction(db)) return look(db);
  const columns = known.get(db) ?? look(db);
  known.set(db, columns);
  return columns;
}

/** Reads the table first: an ALTER TABLE then waits for the transaction. In the middle of one, MariaDB tells of no columns. */
async function look(db: Database | Transaction): Promise<readonly ColumnFacts[]> {
  await db.$queryRawUnsafe(READ_DELETED_AT);
  const columns = await columnFacts(asking(db), 'users');
  const isSeen = (wanted: string) => columns.some(({ name }) => name.toLowerCase() === wanted);
  if (!READ.every(isSeen)) await db.$queryRawUnsafe(`SELECT ${READ.join(', ')} FROM users LIMIT 0`);
  return columns;
}
