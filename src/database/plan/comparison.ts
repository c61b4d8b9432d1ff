import type { Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** Table aliases of `users` in statements. */
export type Alias = 'users' | 'u' | 's' | 'p' | 'w' | 'd';

/**
 * Which rows count as users: exactly active or inactive, with an email, not soft-deleted (`deleted_at`), and with an email and an
 * id that a plan can hold. All other rows are left alone: never changed, and counted neither as active nor as unchanged.
 */
export type Eligibility = {
  /** Whether the row counts as a user. True or false, never NULL. */
  readonly eligible: (alias: Alias) => Prisma.Sql;
  /** Why a row that does not count is left alone: a `KeepReason`. */
  readonly reason: (alias: Alias) => Prisma.Sql;
  /** SQL: the id of a user in `sync_odd_spellings o`, whose ids are unsigned: one below 0 is kept there as its complement. */
  readonly oddId: Prisma.Sql;
};

/** The two sides of a comparison: the staged reads of a run, and the users of its location. */
export type Scope = {
  readonly runId: number;
  readonly locationId: bigint;
  /** ` COLLATE …` of users.email. */
  readonly collate: Prisma.Sql;
  /** Which rows of `users` count as active or inactive. */
  readonly eligibility: Eligibility;
  /** Read numbers, oldest first. */
  readonly reads: readonly number[];
};

/** Staged rows of present people: usable, and active at the source. */
export const PRESENT = Prisma.sql`s.email IS NOT NULL AND s.active = 1 AND s.skip_reason IS NULL`;

/** Staged rows of people who may be present: a user with an unclear row is not deactivated. */
export const MAYBE_PRESENT = Prisma.sql`s.email IS NOT NULL AND (s.active = 1 OR s.skip_reason IS NOT NULL)`;

/** The number of the newest read. */
export function newest({ reads }: Scope): number {
  const last = reads.at(-1);
  if (last === undefined) throw new Error('A plan needs at least one read');
  return last;
}

/** The counts of the newest read, taken before anything is written. */
export type Comparison = {
  /** Different users (`id_user`) on the list. */
  readonly source: number;
  /** Rows that cannot be used. */
  readonly skipped: number;
  /** Rows of present people. */
  readonly present: number;
  /** How many present rows repeat the email of another row. */
  readonly duplicates: number;
  /** Different emails of present rows that `users` does not have, or has as inactive. */
  readonly changing: number;
  /** Active users of the location. */
  readonly active: number;
  /** How many active users the list does not have, by email, as present or possibly present. */
  readonly absent: number;
  /** Users of the location, of any status, whose email no present or possibly present row has. */
  readonly unnamed: number;
  /** Users of the location who are always left alone: neither active nor inactive. */
  readonly leftAlone: number;
  /** Rows of all reads that have other spellings than their email. */
  readonly spelled: number;
  /** Whether days of absence were counted at the location. */
  readonly counted: boolean;
};

type Matches = Record<
  'present' | 'known' | 'dormant' | 'fresh' | 'seen' | 'named' | 'active' | 'all' | 'leftAlone',
  bigint
>;

/** Counts the newest read against the users of the location. */
export async function compare(tx: Transaction, scope: Scope): Promise<Comparison> {
  const { runId, locationId, collate, reads } = scope;
  const { eligible } = scope.eligibility;
  const read = Prisma.sql`s.run_id = ${runId} AND s.read_no = ${newest(scope)}`;
  const [listed] = await tx.$queryRaw<Record<'source' | 'skipped' | 'spelled' | 'counted', bigint>[]>`
    SELECT COUNT(DISTINCT s.source_id) AS source, COUNT(s.skip_reason) AS skipped,
           (SELECT COUNT(a.spellings) FROM sync_staged_users a
            WHERE a.run_id = ${runId} AND a.read_no IN (${Prisma.join([...reads])})) AS spelled,
           EXISTS (SELECT 1 FROM sync_absences b WHERE b.location_id = ${locationId}) AS counted
    FROM sync_staged_users s WHERE ${read}`;
  // One statement, so that active users and seen users are counted at the same moment.
  const [matches] = await tx.$queryRaw<Matches[]>`
    SELECT COUNT(IF(${PRESENT}, 1, NULL)) AS present,
           COUNT(DISTINCT IF(${PRESENT}, u.id, NULL)) AS known,
           COUNT(DISTINCT IF(${PRESENT} AND u.status = 'inactive' AND ${eligible('u')}, u.id, NULL)) AS dormant,
           COUNT(DISTINCT IF(${PRESENT} AND u.id IS NULL, s.email, NULL)${collate}) AS fresh,
           COUNT(DISTINCT IF(u.status = 'active' AND ${eligible('u')}, u.id, NULL)) AS seen, COUNT(DISTINCT u.id) AS named,
           (SELECT COUNT(*) FROM users WHERE location_id = ${locationId}) AS \`all\`,
           (SELECT COUNT(*) FROM users p WHERE p.location_id = ${locationId} AND NOT ${eligible('p')}) AS leftAlone,
           (SELECT COUNT(*) FROM users p
            WHERE p.location_id = ${locationId} AND p.status = 'active' AND ${eligible('p')}) AS active
    FROM sync_staged_users s
    LEFT JOIN users u ON u.location_id = ${locationId} AND u.email = s.email${collate}
    WHERE ${read} AND ${MAYBE_PRESENT}`;
  const count = (name: keyof Matches) => Number(matches?.[name] ?? 0);
  return {
    source: Number(listed?.source ?? 0),
    skipped: Number(listed?.skipped ?? 0),
    present: count('present'),
    duplicates: count('present') - count('known') - count('fresh'),
    changing: count('dormant') + count('fresh'),
    active: count('active'),
    absent: count('active') - count('seen'),
    unnamed: count('all') - count('named'),
    leftAlone: count('leftAlone'),
    spelled: Number(listed?.spelled ?? 0),
    counted: Number(listed?.counted ?? 0) > 0,
  };
}

/** SQL: the ids of the location's users whose email is in one of the reads. Evaluated once, then looked up by id. */
export function namedUserIds({ runId, locationId, collate, reads }: Scope): Prisma.Sql {
  return Prisma.sql`
    SELECT p.id FROM sync_staged_users s
    STRAIGHT_JOIN users p ON p.location_id = ${locationId} AND p.email = s.email${collate}
    WHERE s.run_id = ${runId} AND s.read_no IN (${Prisma.join([...reads])}) AND ${MAYBE_PRESENT}`;
}

/** ORDER BY for emails, as in `compareEmails`: user2 before user10. MySQL and MariaDB 10.6 have no natural sort order. */
export function inOrder(column: 'n.email' | 'a.email' | 'u.email'): Prisma.Sql {
  const email = Prisma.raw(column);
  return Prisma.sql`
    REGEXP_REPLACE(${email}, '[0-9]+', '') COLLATE utf8mb4_bin, CHAR_LENGTH(${email}), ${email} COLLATE utf8mb4_bin`;
}

/** For a pattern of `LIKE … ESCAPE '!'`: a text whose signs mean themselves. */
export function asWritten(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
}

/** SQL: whether a text contains another one, under the collation of the first. */
export function contains(column: Prisma.Sql, text: string): Prisma.Sql {
  return Prisma.sql`${column} LIKE ${`%${asWritten(text)}%`} ESCAPE '!'`;
}
