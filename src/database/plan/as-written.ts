import { NotAsWrittenError } from '../../sync/failures/errors.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { emailCollation, triggersOfUsers } from '../schema/users-schema.ts';
import { eligibilityOf } from './eligibility.ts';

/** The run whose plan is applied. The statement that reads it locks the run and its location. */
export type Planned = {
  readonly id: number;
  readonly locationId: bigint;
  /** How many users are to be added, and how many are to be changed. */
  readonly add: number;
  readonly change: bigint;
  /** The sum of `CRC32` of the added emails. */
  readonly emails: bigint;
};

/** The largest number of users that a refused plan names. */
const EXAMPLES = 10;

/** Counts the rows of `sync_changes` that a query finds, and returns the first emails. */
export async function countAndName(
  db: Database | Transaction,
  found: Prisma.Sql,
): Promise<{ readonly total: number; readonly emails: readonly string[] }> {
  const [total] = await db.$queryRaw<{ n: bigint }[]>`SELECT COUNT(*) AS n FROM (${found}) f`;
  if (Number(total?.n ?? 0) === 0) return { total: 0, emails: [] };
  const examples = await db.$queryRaw<{ email: string }[]>`
    SELECT f.email FROM (${found}) f ORDER BY f.seq LIMIT ${EXAMPLES}`;
  return { total: Number(total?.n), emails: examples.map(({ email }) => email) };
}

/**
 * Requires that the users of the plan are in the table as written, while everything can still be rolled back. Call this directly
 * after the users were added. Throws `NotAsWrittenError`.
 */
export async function requireAsWritten(tx: Transaction, planned: Planned): Promise<void> {
  if ((await addedStand(tx, planned)) && (await changedStand(tx, planned))) return;
  const { total, emails } = await countAndName(tx, await otherThanWritten(tx, planned));
  if (total > 0) throw new NotAsWrittenError(total, emails, await triggersOfUsers(tx));
}

/**
 * Quick check of the added rows, in the order of the table: their number and the sum of their emails. Also false if another
 * application added users meanwhile; then the exact check decides, which takes several times as long.
 */
async function addedStand(tx: Transaction, { add, locationId, emails }: Planned): Promise<boolean> {
  if (Number(add) === 0) return true;
  const { plain } = await eligibilityOf(tx);
  // The conditions are not in WHERE, because a server would then use another index than the table's order.
  const stands = Prisma.sql`u.location_id = ${locationId} AND u.status = 'active' AND ${plain('u')}`;
  const [last] = await tx.$queryRaw<{ n: bigint; emails: bigint | null }[]>`
    SELECT COUNT(IF(${stands}, 1, NULL)) AS n, CAST(SUM(IF(${stands}, CRC32(u.email), 0)) AS UNSIGNED) AS emails
    FROM users u WHERE u.id >= LAST_INSERT_ID()`;
  return Number(last?.n) === Number(add) && BigInt(last?.emails ?? -1) === emails;
}

async function changedStand(tx: Transaction, { id, change, locationId }: Planned): Promise<boolean> {
  if (Number(change) === 0) return true;
  const { plain } = await eligibilityOf(tx);
  const [found] = await tx.$queryRaw<{ n: bigint }[]>`
    SELECT COUNT(*) AS n FROM sync_changes c STRAIGHT_JOIN users u ON u.id = c.user_id
    WHERE c.run_id = ${id} AND c.action IN ('reactivate', 'deactivate') AND u.location_id = ${locationId}
      AND u.status = c.status_after COLLATE utf8mb4_bin AND CAST(u.email AS BINARY) = CAST(c.email AS BINARY)
      AND ${plain('u')}`;
  return Number(found?.n) === Number(change);
}

async function otherThanWritten(tx: Transaction, { id, locationId }: Planned): Promise<Prisma.Sql> {
  const collate = await emailCollation(tx);
  const { plain } = await eligibilityOf(tx);
  const other = Prisma.sql`
    u.id IS NULL OR u.location_id <> ${locationId} OR NOT ${plain('u')} OR u.status <> c.status_after COLLATE utf8mb4_bin
      OR CAST(u.email AS BINARY) <> CAST(c.email AS BINARY)`;
  return Prisma.sql`
    SELECT c.seq, c.email FROM sync_changes c
    LEFT JOIN users u ON u.location_id = ${locationId} AND u.email = c.email${collate}
    WHERE c.run_id = ${id} AND c.action = 'add' AND (${other})
    UNION ALL
    SELECT c.seq, c.email FROM sync_changes c LEFT JOIN users u ON u.id = c.user_id
    WHERE c.run_id = ${id} AND c.action IN ('reactivate', 'deactivate') AND (${other})`;
}
