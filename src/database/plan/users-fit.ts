import { UsersUnfitError } from '../../sync/failures/errors.ts';
import type { UnfitColumn } from '../../sync/failures/failure.ts';
import {
  type EffectiveAction,
  type NewUserDefaults,
  type NewUserValue,
  type Piece,
  piecesOf,
  type UserStatus,
} from '../../sync/run/change.ts';
import type { RunCounts } from '../../sync/run/run.ts';
import type { Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import type { ColumnFacts } from '../schema/inspect.ts';
import { requireTransactional, requireUsableIndexes, userColumns } from '../schema/usable-tables.ts';

/** The columns of `users` that the bot writes. */
const WRITTEN = ['email', 'location_id', 'status', 'created_at', 'updated_at'];

/** The longest email in characters that a depot server may list (src/depot-api/list/emails.ts). */
export const LONGEST_EMAIL = 255;

type Planned = Pick<RunCounts, EffectiveAction>;

/**
 * Requires tables with which a plan can be made and executed. Throws `NotTransactionalError`, `IndexInTheWayError`,
 * `IndexMissingError`, and `UsersUnfitError` for a `status` column that holds no text, or an `id` that is no whole number.
 */
export async function requireUsableTables(tx: Transaction): Promise<void> {
  const [columns] = await Promise.all([userColumns(tx), requireTransactional(tx), requireUsableIndexes(tx)]);
  const unfit = [
    // SQL calls a number equal to any word, so everybody would be active and inactive at once.
    ...named(columns, 'status')
      .filter((status) => !isText(status))
      .map(as('lacks_status')),
    // A plan keeps the users' ids as numbers.
    ...named(columns, 'id')
      .filter((id) => !isWhole(id))
      .map(as('not_numbered')),
  ];
  if (unfit.length > 0) throw new UsersUnfitError(unfit);
}

/** Whether a column can hold the words active and inactive. */
export function isText({ type }: ColumnFacts): boolean {
  return /^(enum|varchar|char)\b/i.test(type);
}

/** Whether a column holds whole numbers. */
export function isWhole({ type }: ColumnFacts): boolean {
  return /^(big|medium|small|tiny)?int\b/i.test(type);
}

/** Columns that a new user needs and that would get no value. `given`: the columns of `NEW_USER_DEFAULTS`. */
export function demandedColumns(
  columns: readonly ColumnFacts[],
  given: readonly string[] = [],
): readonly ColumnFacts[] {
  const known = new Set([...WRITTEN, 'id', ...given].map((name) => name.toLowerCase()));
  return columns.filter(({ name, demanded }) => demanded && !known.has(name.toLowerCase()));
}

/** Columns of `NEW_USER_DEFAULTS` that do not exist or are generated. */
export function unknownColumns(
  columns: readonly ColumnFacts[],
  given: readonly string[],
): readonly ColumnFacts[] {
  return given.flatMap((name) => {
    const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found.generated ? [found] : [];
    return { name, type: '', demanded: false, generated: false, length: undefined, collation: undefined };
  });
}

/**
 * Requires that `users` can store what the plan writes. Checked before anybody confirms, and again before anything is written.
 * Throws `UsersUnfitError`. Obstacles that only the statement itself meets (a CHECK, a trigger) are refused by the server.
 */
export async function requireUsersFit(
  tx: Transaction,
  runId: number,
  counts: Planned,
  newUser: NewUserDefaults,
): Promise<void> {
  if (counts.add + counts.reactivate + counts.deactivate === 0) return;
  const columns = await userColumns(tx);
  const unfit = [
    ...columns.filter(({ name, generated }) => generated && isWritten(name)).map(as('generated')),
    ...named(columns, 'status')
      .filter((status) => !takesStatuses(status, statusesOf(counts)))
      .map(as('lacks_status')),
    ...(counts.add > 0 ? await unfitForNew(tx, runId, columns, newUser) : []),
  ];
  if (unfit.length > 0) throw new UsersUnfitError(unfit);
}

async function unfitForNew(
  tx: Transaction,
  runId: number,
  columns: readonly ColumnFacts[],
  newUser: NewUserDefaults,
): Promise<readonly UnfitColumn[]> {
  const given = [...newUser.keys()];
  const [email] = named(columns, 'email');
  return [
    ...named(columns, 'id')
      .filter(({ demanded }) => demanded)
      .map(as('not_numbered')),
    ...demandedColumns(columns, given).map(as('demands_value')),
    ...unknownColumns(columns, given).map(as('unknown')),
    ...(email !== undefined && (await isTooShort(tx, runId, email)) ? [as('too_short')(email)] : []),
  ];
}

const as =
  (problem: UnfitColumn['problem']) =>
  ({ name, type }: ColumnFacts): UnfitColumn => ({ problem, column: name, type });

const isWritten = (name: string) => WRITTEN.includes(name.toLowerCase());

function named(columns: readonly ColumnFacts[], column: string): readonly ColumnFacts[] {
  return columns.filter(({ name }) => name.toLowerCase() === column);
}

/** Whether the column can hold exactly these words. */
export function takesStatuses({ type, length }: ColumnFacts, statuses: readonly UserStatus[]): boolean {
  return statuses.every((status) =>
    /^enum/i.test(type) ? type.includes(`'${status}'`) : (length ?? 0) >= status.length,
  );
}

function statusesOf({ add, reactivate, deactivate }: Planned): UserStatus[] {
  return [
    ...(add + reactivate > 0 ? ['active' as const] : []),
    ...(deactivate > 0 ? ['inactive' as const] : []),
  ];
}

async function isTooShort(tx: Transaction, runId: number, { length }: ColumnFacts): Promise<boolean> {
  if (length === undefined || length >= LONGEST_EMAIL) return false;
  const [longest] = await tx.$queryRaw<{ n: bigint | null }[]>`
    SELECT MAX(CHAR_LENGTH(email)) AS n FROM sync_changes WHERE run_id = ${runId} AND action = 'add'`;
  return Number(longest?.n ?? 0) > length;
}

/** Columns of `NEW_USER_DEFAULTS` and their values for the change `c`, each with a leading comma, for an INSERT. */
export function furtherColumns(newUser: NewUserDefaults): {
  readonly columns: Prisma.Sql;
  readonly values: Prisma.Sql;
} {
  const each = (write: (name: string, value: NewUserValue) => Prisma.Sql) =>
    newUser.size === 0
      ? Prisma.empty
      : Prisma.sql`, ${Prisma.join([...newUser].map(([name, value]) => write(name, value)))}`;
  return { columns: each((name) => quoted(name)), values: each((_, value) => sqlOf(value)) };
}

/** The settings allow only letters, digits and _; a backtick is doubled all the same. */
function quoted(name: string): Prisma.Sql {
  return Prisma.raw(`\`${name.replaceAll('`', '``')}\``);
}

function sqlOf(value: NewUserValue): Prisma.Sql {
  if (typeof value !== 'string') return Prisma.sql`${value}`;
  const pieces = piecesOf(value);
  return pieces.length === 0 ? Prisma.sql`''` : Prisma.sql`CONCAT(${Prisma.join(pieces.map(pieceOf))})`;
}

function pieceOf(piece: Piece): Prisma.Sql {
  if ('text' in piece) return Prisma.sql`${piece.text}`;
  switch (piece.placeholder) {
    case '{email}':
      return Prisma.sql`c.email`;
    case '{localpart}':
      return Prisma.sql`SUBSTRING_INDEX(c.email, '@', 1)`;
  }
}
