import type { Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { type Comparison, MAYBE_PRESENT, namedUserIds, newest, PRESENT, type Scope } from './comparison.ts';
import { folded, isPlainText, normalised } from './eligibility.ts';

/**
 * A key that is equal for texts that the collation calls equal, and short enough for the index of a temporary table, unlike 255
 * characters of utf8mb4. WEIGHT_STRING exists on both servers, but may change with their version, so the key is never stored.
 * SHA2 exists on both; MySQL removed SHA1 and MD5 from its core after 9.4.
 */
function keyOf(text: Prisma.Sql, { collate }: Pick<Scope, 'collate'>): Prisma.Sql {
  return Prisma.sql`SHA2(WEIGHT_STRING(${text}${collate}), 256)`;
}

/** Makes both servers evaluate a subquery once and look up its rows by key, instead of evaluating it for each row of the list. */
export const ONCE = Prisma.sql`LIMIT 18446744073709551615`;

/**
 * Examines the users whose email is not on the list. Writes a user into `sync_odd_spellings` if a row of the list may mean the
 * user under another spelling: stored, normalised or without invisible characters. `email` is the row's email if the row is
 * usable and of the newest read; of several usable rows, the email of one. Returns the number of users found, and how many of
 * them are active. Costs one look at each user who is not on the list; nothing without such users.
 */
export async function findOddSpellings(
  tx: Transaction,
  scope: Scope,
  seen: Comparison,
): Promise<{ readonly users: number; readonly active: number }> {
  if (seen.unnamed === 0) return { users: 0, active: 0 };
  await match(tx, scope, seen, unnamed(scope));
  const [found] = await tx.$queryRaw<{ users: bigint; active: bigint }[]>`
    SELECT COUNT(*) AS users, COUNT(IF(u.status = 'active' AND ${scope.eligibility.eligible('u')}, 1, NULL)) AS active
    FROM sync_odd_spellings o JOIN users u ON u.id = ${scope.eligibility.oddId} WHERE o.run_id = ${scope.runId}`;
  return { users: Number(found?.users ?? 0), active: Number(found?.active ?? 0) };
}

/**
 * Deletes the planned deactivations of users to whom the application gave an odd spelling after `findOddSpellings` had looked. Costs
 * a look at the deactivations alone, where their emails are plain and the list's too.
 */
export async function spareOddlySpelled(tx: Transaction, scope: Scope, seen: Comparison): Promise<void> {
  const planned = Prisma.sql`FROM sync_changes c WHERE c.run_id = ${scope.runId} AND c.action = 'deactivate'`;
  const isPlain = isPlainText(Prisma.sql`c.email`);
  const [odd] = await tx.$queryRaw<unknown[]>`SELECT 1 ${planned} AND NOT ${isPlain} LIMIT 1`;
  if (odd === undefined && seen.spelled === 0) return;
  await match(tx, scope, seen, spellingsOf(scope, Prisma.sql`c.user_id`, Prisma.sql`c.email`, planned));
  await tx.$executeRaw`
    DELETE c, o FROM sync_changes c STRAIGHT_JOIN sync_odd_spellings o ON o.run_id = c.run_id AND o.user_id = c.user_id
    WHERE c.run_id = ${scope.runId} AND c.action = 'deactivate'`;
}

/** Writes which users of `texts` (see `spellingsOf`) the list may mean. */
async function match(tx: Transaction, scope: Scope, seen: Comparison, texts: Prisma.Sql): Promise<void> {
  await matchEmails(tx, scope, texts);
  if (seen.spelled > 0) await matchSpellings(tx, scope, texts);
}

/** Finds users whose email, once normalised, is on the list. Those whose email is so already were found before, or are not on it. */
async function matchEmails(tx: Transaction, scope: Scope, texts: Prisma.Sql): Promise<void> {
  const { runId } = scope;
  await tx.$executeRaw`
    INSERT INTO sync_odd_spellings (run_id, user_id, email)
    SELECT ${runId}, CAST(o.id AS UNSIGNED), MIN(${meant(scope)}) FROM sync_staged_users s
    STRAIGHT_JOIN (
      SELECT n.id, ${keyOf(Prisma.sql`n.normalised`, scope)} AS text_key
      FROM (${texts}) n WHERE CAST(n.normalised AS BINARY) <> CAST(n.raw AS BINARY) ${ONCE}
    ) o ON o.text_key = ${keyOf(Prisma.sql`s.email`, scope)}
    WHERE ${ofReads(scope)} AND ${MAYBE_PRESENT} GROUP BY o.id`;
}

/** Finds users whose email is one of the other spellings of a row. */
async function matchSpellings(tx: Transaction, scope: Scope, texts: Prisma.Sql): Promise<void> {
  const { runId } = scope;
  await tx.$executeRaw`
    INSERT INTO sync_odd_spellings (run_id, user_id, email)
    SELECT ${runId}, CAST(o.id AS UNSIGNED), MIN(k.email) FROM (
      SELECT ${keyOf(Prisma.sql`j.spelling`, scope)} AS text_key, ${meant(scope)} AS email
      FROM sync_staged_users s
      STRAIGHT_JOIN JSON_TABLE(s.spellings, '$[*]' COLUMNS (spelling VARCHAR(255) CHARACTER SET utf8mb4 PATH '$')) j
      WHERE ${ofReads(scope)} AND s.spellings IS NOT NULL AND (s.active = 1 OR s.skip_reason IS NOT NULL)
    ) k
    STRAIGHT_JOIN (
      SELECT n.id, ${keyOf(Prisma.sql`ELT(way.number, n.raw, n.normalised, n.folded)`, scope)} AS text_key
      FROM (${texts}) n CROSS JOIN (SELECT 1 AS number UNION ALL SELECT 2 UNION ALL SELECT 3) way ${ONCE}
    ) o ON o.text_key = k.text_key
    GROUP BY o.id
    ON DUPLICATE KEY UPDATE email = COALESCE(sync_odd_spellings.email, VALUES(email))`;
}

/** The email of a row that proves a present person; NULL for a row that only may mean a person. */
function meant(scope: Scope): Prisma.Sql {
  return Prisma.sql`IF(s.read_no = ${newest(scope)} AND ${PRESENT}, s.email, NULL)`;
}

function ofReads({ runId, reads }: Scope): Prisma.Sql {
  return Prisma.sql`s.run_id = ${runId} AND s.read_no IN (${Prisma.join([...reads])})`;
}

/** The users whose email is not on the list. */
function unnamed(scope: Scope): Prisma.Sql {
  const { locationId } = scope;
  const users = Prisma.sql`FROM users u WHERE u.location_id = ${locationId} AND u.id NOT IN (${namedUserIds(scope)})`;
  return spellingsOf(scope, Prisma.sql`u.id`, Prisma.sql`u.email`, users);
}

/** Users, each with the email as stored, normalised, and without invisible characters. */
function spellingsOf({ collate }: Scope, id: Prisma.Sql, email: Prisma.Sql, users: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT ${id} AS id, ${email} AS raw, ${normalised(email)}${collate} AS normalised, ${folded(email)}${collate} AS folded
    ${users}`;
}

/**
 * Writes the changes of users who are on the list under another spelling, after position `offset`. An inactive user is
 * reactivated. If another user may be the same person, both stay as they are and are listed. Returns the number of rows written.
 */
export async function insertOddlySpelled(tx: Transaction, scope: Scope, offset: number): Promise<number> {
  const { runId, locationId, collate } = scope;
  const { eligible } = scope.eligibility;
  // A row that is always left alone, such as a soft-deleted one, is no other user who may be meant.
  const counted = Prisma.sql`
    SELECT o.text_key, SUM(${eligible('w')}) AS users, SUM(${eligible('d')}) AS named
    FROM (${people(scope)}) o JOIN users w ON w.id = o.user_id
    LEFT JOIN users d ON d.location_id = ${locationId} AND d.email = o.email${collate}
    GROUP BY o.text_key`;
  return tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after, detail)
    SELECT ${runId}, ${offset} + ROW_NUMBER() OVER (ORDER BY n.kept, n.email, n.id), IF(n.kept, 'kept', 'reactivate'), n.email,
           n.id, n.status, IF(n.kept, n.status, 'active'), IF(n.kept, 'ambiguous', NULL)
    FROM (
      SELECT u.id, u.email COLLATE utf8mb4_bin AS email, u.status, p.users > 1 OR p.named > 0 AS kept
      FROM (${counted}) p
      STRAIGHT_JOIN (${people(scope)} ${ONCE}) t ON t.text_key = p.text_key
      JOIN users u ON u.id = t.user_id
      WHERE ${eligible('u')} AND IF(p.named > 0, u.status = 'active', p.users > 1 OR u.status = 'inactive')
    ) n`;
}

/**
 * SQL that leaves out a row `s` whose person `users` has under another spelling, unless `users` also has the row's email (`u`)
 * and has nobody active under the other spelling.
 */
export function withoutOddlySpelled(scope: Scope): {
  readonly join: Prisma.Sql;
  readonly where: Prisma.Sql;
} {
  const join = Prisma.sql`
    LEFT JOIN (
      SELECT o.text_key, MAX(w.status = 'active' AND ${scope.eligibility.eligible('w')}) AS active
      FROM (${people(scope)}) o JOIN users w ON w.id = o.user_id GROUP BY o.text_key ${ONCE}
    ) odd ON odd.text_key = ${keyOf(Prisma.sql`s.email`, scope)}`;
  return { join, where: Prisma.sql`AND (odd.text_key IS NULL OR (u.id IS NOT NULL AND odd.active = 0))` };
}

/** The people on the list whom `users` has under another spelling: one row per user. */
function people(scope: Scope): Prisma.Sql {
  return Prisma.sql`
    SELECT ${scope.eligibility.oddId} AS user_id, o.email, ${keyOf(Prisma.sql`o.email`, scope)} AS text_key
    FROM sync_odd_spellings o WHERE o.run_id = ${scope.runId} AND o.email IS NOT NULL`;
}

/** By how much the clocks and time zones of the application and the bot may differ. */
const CLOCKS_DIFFER_DAYS = 2;

/**
 * SQL: the additions of a run whose person is in `users` by now under another spelling, which its unique index tells apart. Looks
 * at rows that are newer than the plan or have no dates: the plan has considered all others. An adjusted plan is older than its
 * run's `ready_at`, nobody knows by how much, so that all rows count as new.
 */
export function oddlySpelledSince(scope: Pick<Scope, 'runId' | 'collate'>): Prisma.Sql {
  const { runId, collate } = scope;
  const normal = Prisma.sql`${normalised(Prisma.sql`u.email`)}${collate}`;
  return Prisma.sql`
    SELECT c.seq, c.email FROM sync_changes c
    STRAIGHT_JOIN (
      SELECT DISTINCT ${keyOf(normal, scope)} AS text_key
      FROM sync_runs r STRAIGHT_JOIN users u ON u.location_id = r.location_id
      WHERE r.id = ${runId}
        AND (r.omitted_count > 0
          OR COALESCE(GREATEST(u.created_at, u.updated_at) > r.ready_at - INTERVAL ${CLOCKS_DIFFER_DAYS} DAY, TRUE))
        AND NOT ${isPlainText(Prisma.sql`u.email`)} AND CAST(${normal} AS BINARY) <> CAST(u.email AS BINARY) ${ONCE}
    ) o ON o.text_key = ${keyOf(Prisma.sql`c.email`, scope)}
    WHERE c.run_id = ${runId} AND c.action = 'add'`;
}

/** Deletes the run's rows of `findOddSpellings`. */
export async function forgetOddSpellings(
  tx: Transaction,
  runId: number,
  { unnamed: looked }: Comparison,
): Promise<void> {
  if (looked === 0) return;
  await tx.$executeRaw`DELETE FROM sync_odd_spellings WHERE run_id = ${runId}`;
}
