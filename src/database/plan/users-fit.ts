import { UsersUnfitError } from '../../sync/failures/errors.ts';
import type { UnfitColumn } from '../../sync/failures/failure.ts';
import type { EffectiveAction, NewUserDefaults, UserStatus } from '../../sync/run/change.ts';
import type { RunCounts } from '../../sync/run/run.ts';
import type { Transaction } from '../client.ts';
import type { ColumnFacts } from '../schema/inspect.ts';
import { addingNobody } from '../schema/inspect-privileges.ts';
import {
  LONGEST_EMAIL,
  requireTransactional,
  requireUsableIndexes,
  userColumns,
} from '../schema/usable-tables.ts';
import { isDeletedMark } from './eligibility.ts';

const TIMES = ['created_at', 'updated_at'];

const timesWritten = (adds: boolean) => (adds ? TIMES : ['updated_at']);

/** The columns of `users` that the bot writes. */
const WRITTEN = ['email', 'location_id', 'status', ...TIMES];

type EffectiveCounts = Pick<RunCounts, EffectiveAction>;

/**
 * Requires tables with which a plan can be made and executed. Throws `NotTransactionalError`, `IndexInTheWayError`,
 * `IndexMissingError`, `UsersUnfitError` for a `status` that holds no text or an id that is no whole number, and as `userColumns`.
 */
export async function requireUsableTables(tx: Transaction): Promise<void> {
  const columns = await userColumns(tx);
  await requireTransactional(tx);
  await requireUsableIndexes(tx);
  requireNone(unusableColumns(columns));
}

function requireNone(unfit: readonly UnfitColumn[]): void {
  if (unfit.length > 0) throw new UsersUnfitError(unfit);
}

/** A column that is unfit whatever a plan contains: the type alone tells. */
export type UnfitByType = UnfitColumn & {
  readonly problem: Exclude<UnfitColumn['problem'], 'too_short' | 'not_utf8mb4' | 'missing'>;
};

/** The columns with which no plan can be made. */
export function unusableColumns(columns: readonly ColumnFacts[]): readonly UnfitByType[] {
  return [
    // SQL calls a number equal to any word, so everybody would be active and inactive at once.
    ...named(columns, 'status')
      .filter((status) => !isText(status))
      .map(as('lacks_status')),
    // A plan keeps the users' ids as numbers.
    ...named(columns, 'id')
      .filter((id) => !isWhole(id))
      .map(as('not_numbered')),
    // SQL calls a text equal to the number that it begins with: 8abc would be location 8.
    ...named(columns, 'location_id')
      .filter((location) => !isWhole(location) && !/^decimal\(\d+,0\)/i.test(location.type))
      .map(as('not_whole')),
  ];
}

/** Whether a column can hold the words active and inactive. */
function isText({ type }: ColumnFacts): boolean {
  return /^(enum|varchar|char)\b/i.test(type);
}

/** Whether a column holds whole numbers. */
export function isWhole({ type }: Pick<ColumnFacts, 'type'>): boolean {
  return /^(big|medium|small|tiny)?int\b/i.test(type);
}

/** Columns that a new user needs and that would get no value. `given`: the columns of `NEW_USER_DEFAULTS`. */
function demandedColumns(columns: readonly ColumnFacts[], given: readonly string[]): readonly ColumnFacts[] {
  const known = new Set([...WRITTEN, 'id', ...given].map((name) => name.toLowerCase()));
  return columns.filter(({ name, demanded }) => demanded && !known.has(name.toLowerCase()));
}

type Named = Pick<ColumnFacts, 'name' | 'type'>;

/** Columns of `NEW_USER_DEFAULTS` that do not exist or are generated. */
function unknownColumns(columns: readonly ColumnFacts[], given: readonly string[]): readonly Named[] {
  return given.flatMap((name) => {
    const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found.generated ? [found] : [];
    return { name, type: '' };
  });
}

/**
 * Requires that `users` can store what the plan writes. Checked before anybody confirms, and again before anything is written.
 * Throws `UsersUnfitError`. Obstacles that only the statement itself meets (a CHECK, a trigger) are refused by the server.
 */
export async function requireUsersFit(
  tx: Transaction,
  runId: number,
  counts: EffectiveCounts,
  newUser: NewUserDefaults,
): Promise<void> {
  if (counts.add + counts.reactivate + counts.deactivate === 0) return;
  const columns = await userColumns(tx);
  const adds = counts.add > 0;
  const [email] = named(columns, 'email');
  const missing = timesWritten(adds).filter((time) => named(columns, time).length === 0);
  requireNone([
    ...missing.map((name) => as('missing')({ name, type: '' })),
    ...unfitColumns(columns, statusesOf(counts), adds ? newUser : undefined),
    ...(adds && email !== undefined && (await isTooShort(tx, runId, email)) ? [as('too_short')(email)] : []),
  ]);
}

/**
 * Requires that the account may add users, before anybody confirms. MariaDB also refuses where a column demands a value that is
 * hidden from the account, which has rights on single columns. Throws the server's error.
 */
export async function requireMayAdd(
  tx: Transaction,
  { add }: Pick<EffectiveCounts, 'add'>,
  newUser: NewUserDefaults,
): Promise<void> {
  if (add > 0) await tx.$executeRawUnsafe(addingNobody(newUser));
}

/** The columns that cannot store a plan that writes these statuses. `newUser`: undefined for a plan that adds nobody. */
export function unfitColumns(
  columns: readonly ColumnFacts[],
  statuses: readonly UserStatus[],
  newUser: NewUserDefaults | undefined,
): readonly UnfitByType[] {
  return [
    ...columns.filter(({ name, generated }) => generated && isWritten(name)).map(as('generated')),
    ...named(columns, 'status')
      .filter((status) => !takesStatuses(status, statuses))
      .map(as('lacks_status')),
    // A number would take the time without a complaint, as 20261129103000.
    ...timesWritten(newUser !== undefined)
      .flatMap((time) => named(columns, time))
      .filter((time) => !takesTime(time))
      .map(as('not_a_time')),
    ...(newUser === undefined ? [] : unfitForNew(columns, newUser)),
  ];
}

function unfitForNew(columns: readonly ColumnFacts[], newUser: NewUserDefaults): readonly UnfitByType[] {
  const given = [...newUser.keys()];
  const deletedAt = [...newUser].find(([name]) => name.toLowerCase() === 'deleted_at')?.[1];
  return [
    ...named(columns, 'id')
      .filter((id) => !isNumbered(id))
      .map(as('not_numbered')),
    ...unknownColumns(columns, given).map(as('unknown')),
    ...demandedColumns(columns, given).map(as('demands_value')),
    // A user marked as deleted would not count as added, and the execution would be undone.
    ...named(columns, 'deleted_at')
      .filter(({ byDefault = null }) => isDeletedMark(deletedAt === undefined ? byDefault : deletedAt))
      .map(as('says_deleted')),
  ];
}

/** Whether each new user gets an id of its own. A constant default is the same for all; a function (of a sequence) is not. */
function isNumbered({ numbered, generated, byDefault = '' }: ColumnFacts): boolean {
  return numbered || generated || byDefault.includes('(');
}

const as =
  <Problem extends UnfitColumn['problem']>(problem: Problem) =>
  ({ name, type }: Named) => ({ problem, column: name, type });

const isWritten = (name: string) => WRITTEN.includes(name.toLowerCase());

function named(columns: readonly ColumnFacts[], column: string): readonly ColumnFacts[] {
  return columns.filter(({ name }) => name.toLowerCase() === column);
}

/** Whether the column can hold exactly these words. */
function takesStatuses({ type, length }: ColumnFacts, statuses: readonly UserStatus[]): boolean {
  return statuses.every((status) =>
    /^enum/i.test(type) ? type.includes(`'${status}'`) : (length ?? 0) >= status.length,
  );
}

/** Whether the column can hold a day with its time, or at least the day. */
function takesTime({ type, length }: ColumnFacts): boolean {
  return /^(date|datetime|timestamp)\b/i.test(type) || (length ?? 0) >= 'YYYY-MM-DD hh:mm:ss'.length;
}

function statusesOf({ add, reactivate, deactivate }: EffectiveCounts): UserStatus[] {
  const added: UserStatus[] = add + reactivate > 0 ? ['active'] : [];
  return deactivate > 0 ? [...added, 'inactive'] : added;
}

async function isTooShort(tx: Transaction, runId: number, { length }: ColumnFacts): Promise<boolean> {
  if (length === undefined || length >= LONGEST_EMAIL) return false;
  const [longest] = await tx.$queryRaw<{ n: bigint | null }[]>`
    SELECT MAX(CHAR_LENGTH(email)) AS n FROM sync_changes WHERE run_id = ${runId} AND action = 'add'`;
  return Number(longest?.n ?? 0) > length;
}
