import type { KeepReason } from '../../sync/run/change.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { userColumns } from '../schema/users-schema.ts';

const ORDINARY = "enum('active','inactive')";

/** Table aliases of `users` in statements. */
type Alias = 'users' | 'u' | 's' | 'p' | 'w';

/**
 * Which rows count as users: exactly active or inactive, with an email, not soft-deleted (`deleted_at`). All other rows are left
 * alone: never changed, and counted neither as active nor as unchanged.
 */
export type Eligibility = {
  /** Whether the row counts as a user. True or false, never NULL. */
  readonly plain: (alias: Alias) => Prisma.Sql;
  /** Why a row that does not count is left alone: a `KeepReason`. */
  readonly reason: (alias: Alias) => Prisma.Sql;
};

/** SQL: the email of the user `u`, or `users.id 7` for a row without one. */
export const NAME_OF_USER = Prisma.sql`IF(TRIM(u.email) <> '', u.email, CONCAT('users.id ', u.id))`;

/** Returns the conditions for this database, whose `users` may or may not have `deleted_at`. */
export async function eligibilityOf(db: Database | Transaction): Promise<Eligibility> {
  const columns = await userColumns(db);
  const deletedAt = columns.find(({ name }) => name.toLowerCase() === 'deleted_at')?.name;
  const isDeleted = (alias: Alias) => {
    if (deletedAt === undefined) return Prisma.sql`FALSE`;
    const column = Prisma.raw(`${alias}.${deletedAt}`);
    // A zero date, the number zero and an empty text mean: not deleted.
    const text = Prisma.sql`CAST(${column} AS CHAR)`;
    return Prisma.sql`(${column} IS NOT NULL AND ${text} NOT IN ('', '0') AND ${text} NOT LIKE '0000-00-00%')`;
  };
  // Bytes are compared only if the column may hold other words than these two.
  const status = columns.find(({ name }) => name.toLowerCase() === 'status');
  const word = (alias: Alias) =>
    status?.type === ORDINARY ? `${alias}.status` : `CAST(${alias}.status AS BINARY)`;
  const isKnown = (alias: Alias) => Prisma.raw(`COALESCE(${word(alias)} IN ('active', 'inactive'), FALSE)`);
  // Blanks are no email: no list can name such a user, who would always be absent.
  const hasEmail = (alias: Alias) => Prisma.raw(`COALESCE(TRIM(${alias}.email) <> '', FALSE)`);
  const reasons = { email: 'no_email', deleted: 'deleted', status: 'odd_status' } satisfies Record<
    string,
    KeepReason
  >;
  return {
    plain: (alias) => Prisma.sql`(${hasEmail(alias)} AND ${isKnown(alias)} AND NOT ${isDeleted(alias)})`,
    reason: (alias) => Prisma.sql`
      CASE WHEN NOT ${hasEmail(alias)} THEN ${reasons.email} WHEN ${isDeleted(alias)} THEN ${reasons.deleted}
           ELSE ${reasons.status} END`,
  };
}

/** Counts the users of all locations who are left alone, by reason. */
export async function countLeftAlone(db: Database): Promise<ReadonlyMap<KeepReason, number>> {
  const { plain, reason } = await eligibilityOf(db);
  const rows = await db.$queryRaw<{ reason: KeepReason; n: bigint }[]>`
    SELECT ${reason('u')} AS reason, COUNT(*) AS n FROM users u WHERE NOT ${plain('u')} GROUP BY reason ORDER BY reason`;
  return new Map(rows.map(({ reason: why, n }) => [why, Number(n)]));
}
