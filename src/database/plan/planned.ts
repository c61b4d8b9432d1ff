import type { Database, Transaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';

/** The run whose plan is applied. The statement that reads it locks it, and the row of its location with it. */
export type Planned = {
  readonly id: number;
  readonly locationId: bigint;
  /** How many users are to be added, and how many changed. */
  readonly add: number;
  readonly change: bigint;
  /** The sum of `CRC32` of the emails that are added. */
  readonly emails: bigint;
};

/** How many users are named of those because of whom a plan is not executed. */
const EXAMPLES = 10;

/** How many rows of `sync_changes` a query finds, and the first emails. */
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
