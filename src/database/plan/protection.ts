import type { Protection } from '../../sync/ports/overview.ts';
import { type Database, reaching } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { emailCollation } from '../schema/users-schema.ts';
import { normalised } from './spelling.ts';

/**
 * SQL: whether `PROTECTED_EMAILS` matches the user `u`; `*` stands for any characters. Both the stored and the normalised email
 * are compared, under the column's collation, as in the comparison with a list. `collate` is ` COLLATE …` of users.email.
 */
export function matchesAny(patterns: readonly string[], collate: Prisma.Sql): Prisma.Sql {
  if (patterns.length === 0) return Prisma.sql`0`;
  const likes = patterns.flatMap((pattern) => {
    const like = pattern.trim().replace(/[!%_]/g, '!$&').replaceAll('*', '%');
    const email = Prisma.sql`u.email`;
    return [
      Prisma.sql`${email} LIKE ${like}${collate} ESCAPE '!'`,
      Prisma.sql`${normalised(email)}${collate} LIKE ${like.toLowerCase()}${collate} ESCAPE '!'`,
    ];
  });
  return Prisma.sql`(${Prisma.join(likes, ' OR ')})`;
}

/** Counts the users that each pattern protects, of all locations and statuses, up to `most` each. */
export function countProtected(
  db: Database,
  patterns: readonly string[],
  most: number,
): Promise<readonly Protection[]> {
  return reaching(async () => {
    if (patterns.length === 0) return [];
    const collate = await emailCollation(db);
    const counted: Protection[] = [];
    for (const pattern of patterns) {
      const [row] = await db.$queryRaw<{ n: bigint }[]>`
        SELECT COUNT(*) AS n FROM (SELECT 1 FROM users u WHERE ${matchesAny([pattern], collate)} LIMIT ${most}) found`;
      counted.push({ pattern, users: Number(row?.n ?? 0) });
    }
    return counted;
  });
}
