import type { Protection } from '../../sync/ports/overview.ts';
import type { KeepReason } from '../../sync/run/change.ts';
import { type Database, reaching, type Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { emailCollation, LONGEST_EMAIL, userColumns } from '../schema/usable-tables.ts';
import { type Alias, asWritten, type Eligibility } from './comparison.ts';

const ORDINARY = "enum('active','inactive')";

/** White space and invisible characters, for regular expressions of both servers. They share no name for the letters from U+034F on. */
const INVISIBLES =
  '\\s\\p{Z}\\p{C}\\x{34F}\\x{115F}\\x{1160}\\x{17B4}\\x{17B5}\\x{180B}-\\x{180F}\\x{3164}\\x{FE00}-\\x{FE0F}\\x{FFA0}\\x{E0100}-\\x{E01EF}';
const UNSEEN = `[${INVISIBLES}]+`;
const SEEN = `[^${INVISIBLES}]`;

/** SQL: whether a `deleted_at` says that its row is deleted. A zero date, the number zero and an empty text say that it is not. */
export function saysDeleted(column: Prisma.Sql): Prisma.Sql {
  const text = Prisma.sql`CAST(${column} AS CHAR)`;
  return Prisma.sql`(${column} IS NOT NULL AND ${text} NOT IN ('', '0') AND ${text} NOT LIKE '0000-00-00%')`;
}

/** Whether a `deleted_at` (of `NEW_USER_DEFAULTS`, or the column's default) says that a new user is deleted; see `saysDeleted`. */
export function isDeletedMark(value: string | number | null): boolean {
  return !/^(?:0|b'0*|0000-00-00.*)?$/.test(String(value ?? ''));
}

/**
 * SQL: whether a row has an email. Blanks, line ends and invisible characters alone are no email: no list can name such a user, who
 * would always be absent. The slow pattern is tried only on a text without an at sign.
 */
function hasEmail(alias: Alias): Prisma.Sql {
  const email = Prisma.raw(`${alias}.email`);
  return Prisma.sql`COALESCE(${email} LIKE '%@%' OR ${email} REGEXP ${SEEN}, FALSE)`;
}

/** SQL: the email of the user `u`; for a row without an email that a plan can hold, its id: `users.id 7`. */
export const NAME_OF_USER = Prisma.sql`
  IF(${hasEmail('u')} AND CHAR_LENGTH(u.email) <= ${LONGEST_EMAIL}, u.email, CONCAT('users.id ', u.id))`;

/** SQL: a condition; FALSE where no row can meet it, so that it costs nothing. */
function onlyIf(possible: boolean, condition: (alias: Alias) => Prisma.Sql): (alias: Alias) => Prisma.Sql {
  return possible ? condition : () => Prisma.sql`FALSE`;
}

/** Returns the conditions for this database, whose `users` may or may not have `deleted_at`. */
export async function eligibilityOf(db: Database | Transaction): Promise<Eligibility> {
  const columns = await userColumns(db);
  const [deletedAt, status, email, id] = ['deleted_at', 'status', 'email', 'id'].map((column) =>
    columns.find(({ name }) => name.toLowerCase() === column),
  );
  // The bits of a flag are no text: any collation ignores a character 1.
  const asNumber = /^bit\b/i.test(deletedAt?.type ?? '') ? ' + 0' : '';
  const isDeleted = onlyIf(deletedAt !== undefined, (alias) =>
    saysDeleted(Prisma.raw(`${alias}.${deletedAt?.name}${asNumber}`)),
  );
  const isLong = onlyIf(
    (email?.length ?? 0) > LONGEST_EMAIL,
    (alias) => Prisma.sql`CHAR_LENGTH(${Prisma.raw(`${alias}.email`)}) > ${LONGEST_EMAIL}`,
  );
  const isSigned = !/\bunsigned\b/i.test(id?.type ?? '');
  const isNegative = onlyIf(isSigned, (alias) => Prisma.raw(`${alias}.id < 0`));
  // Bytes are compared only if the column may hold other words than these two.
  const word = (alias: Alias) =>
    status?.type === ORDINARY ? `${alias}.status` : `CAST(CONVERT(${alias}.status USING utf8mb4) AS BINARY)`;
  const isKnown = (alias: Alias) => Prisma.raw(`COALESCE(${word(alias)} IN ('active', 'inactive'), FALSE)`);
  const reasons = {
    email: 'no_email',
    deleted: 'deleted',
    long: 'long_email',
    negative: 'negative_id',
    status: 'odd_status',
  } satisfies Record<string, KeepReason>;
  return {
    eligible: (alias) => Prisma.sql`
      (${hasEmail(alias)} AND ${isKnown(alias)} AND NOT ${isDeleted(alias)} AND NOT ${isLong(alias)} AND NOT ${isNegative(alias)})`,
    reason: (alias) => Prisma.sql`
      CASE WHEN NOT ${hasEmail(alias)} THEN ${reasons.email} WHEN ${isDeleted(alias)} THEN ${reasons.deleted}
           WHEN ${isLong(alias)} THEN ${reasons.long} WHEN ${isNegative(alias)} THEN ${reasons.negative}
           ELSE ${reasons.status} END`,
    oddId: isSigned ? Prisma.sql`CAST(o.user_id AS SIGNED)` : Prisma.sql`o.user_id`,
  };
}

/** Counts the users of all locations who are left alone, by reason. */
export async function countLeftAlone(db: Database): Promise<ReadonlyMap<KeepReason, number>> {
  const { eligible, reason } = await eligibilityOf(db);
  const rows = await db.$queryRaw<{ reason: KeepReason; n: bigint }[]>`
    SELECT l.reason, COUNT(*) AS n FROM (SELECT ${reason('u')} AS reason FROM users u WHERE NOT ${eligible('u')}) l
    GROUP BY l.reason ORDER BY l.reason`;
  return new Map(rows.map(({ reason: why, n }) => [why, Number(n)]));
}

/** A regular expression for PCRE2 (MariaDB) and ICU (MySQL). Sent as a parameter, so that no sql_mode changes it. */
const EDGES = '^[\\s\\p{Z}\\x{FEFF}]+|[\\s\\p{Z}\\x{FEFF}]+$';

/**
 * SQL: a text in lower case, as depot servers' emails are compared. Not by the column's collation: a Turkish one would make ı of I.
 * Emails have at most 255 characters, so a longer text is cut to 256 and equals none of them.
 */
function lowered(text: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`CAST(LOWER(LEFT(${text}, 256) COLLATE utf8mb4_unicode_ci) AS CHAR(256) CHARACTER SET utf8mb4)`;
}

/** An email of `users` in the form of the depot's emails: trimmed and in lower case (contract, section 1). */
export function normalised(email: Prisma.Sql): Prisma.Sql {
  return lowered(Prisma.sql`REGEXP_REPLACE(${email}, ${EDGES}, '')`);
}

/** SQL: whether an email is ASCII without capitals and edges, so that `normalised` leaves it as it is. Costs a quarter of that. */
export function isPlainText(email: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(LENGTH(${email}) = CHAR_LENGTH(${email}) AND ORD(${email}) > 32 AND ORD(RIGHT(${email}, 1)) > 32
    AND CAST(LOWER(${email}) AS BINARY) = CAST(${email} AS BINARY))`;
}

/** An email of `users` in lower case, without white space and invisible characters (as in src/depot-api/list/emails.ts). */
export function folded(email: Prisma.Sql): Prisma.Sql {
  return lowered(Prisma.sql`REGEXP_REPLACE(${email}, ${UNSEEN}, '')`);
}

/**
 * SQL: whether `PROTECTED_EMAILS` matches the user `u`; `*` stands for any characters. Compared are the stored email, and the email
 * in lower case without invisible characters (`visible`). `collate` is ` COLLATE …` of users.email.
 */
export function matchesAny(
  patterns: readonly string[],
  collate: Prisma.Sql,
  visible = folded(Prisma.sql`u.email`),
): Prisma.Sql {
  if (patterns.length === 0) return Prisma.sql`0`;
  const email = Prisma.sql`${visible}${collate}`;
  return Prisma.sql`(${Prisma.join(
    patterns.flatMap((pattern) => matchesOf(pattern, email, collate)),
    ' OR ',
  )})`;
}

/** As `INVISIBLES`: JavaScript writes code points otherwise. */
const INVISIBLE = /[\s\p{Z}\p{C}\p{DI}]+/gu;

function matchesOf(pattern: string, email: Prisma.Sql, collate: Prisma.Sql): readonly Prisma.Sql[] {
  const stored = Prisma.sql`u.email LIKE ${like(pattern.trim())}${collate} ESCAPE '!'`;
  const visible = pattern.replace(INVISIBLE, '').normalize('NFC');
  // A pattern of stars and invisible characters would match everybody without these characters, so it matches only as written.
  if (/^\**$/.test(visible) && visible !== pattern.trim()) return [stored];
  const forms = [...new Set([visible, visible.normalize('NFD')])].map(
    (form) => Prisma.sql`${email} LIKE ${lowered(Prisma.sql`${like(form)}`)}${collate} ESCAPE '!'`,
  );
  // Under a binary collation, only identical texts are equal.
  return [stored, ...forms, ...(collate.sql.endsWith('_bin') ? [] : [weighsAs(visible, email, collate)])];
}

function like(pattern: string): string {
  return asWritten(pattern).replaceAll('*', '%');
}

/**
 * SQL: whether an email has the weights of a pattern under the collation. LIKE compares character by character, and so tells apart
 * texts that the collation calls equal: strauss and strauß. A weight is four hexadecimal digits. A part of a pattern without any
 * weight, such as an accent alone, names nobody.
 */
function weighsAs(pattern: string, email: Prisma.Sql, collate: Prisma.Sql): Prisma.Sql {
  const parts = pattern.split('*');
  const weights = (part: string) => Prisma.sql`HEX(WEIGHT_STRING(${lowered(Prisma.sql`${part}`)}${collate}))`;
  const whole = Prisma.sql`CONCAT('^', ${Prisma.join(parts.map(weights), ", '(....)*', ")}, '$')`;
  return Prisma.join(
    [
      // LIKE has compared ASCII with ASCII already.
      ...(/^[ -~]*$/.test(pattern) ? [Prisma.sql`LENGTH(u.email) <> CHAR_LENGTH(u.email)`] : []),
      ...parts.filter((part) => part !== '').map((part) => Prisma.sql`${weights(part)} <> ''`),
      Prisma.sql`HEX(WEIGHT_STRING(${email})) REGEXP ${whole}`,
    ],
    ' AND ',
    '(',
    ')',
  );
}

/**
 * Counts the users that each pattern protects, of all locations and statuses, or of so many of them (`most`). One pass for all
 * patterns, because an email costs more to fold than to compare.
 */
export function countProtected(
  db: Database,
  patterns: readonly string[],
  most: number,
): Promise<readonly Protection[]> {
  return reaching(async () => {
    if (patterns.length === 0) return [];
    const collate = await emailCollation(db);
    const matches = patterns.map((pattern) => matchesAny([pattern], collate, Prisma.sql`u.visible`));
    const counts = matches.map((isProtected) => Prisma.sql`COUNT(IF(${isProtected}, 1, NULL))`);
    const [row] = await db.$queryRaw<{ all: bigint; counts: string }[]>`
      SELECT COUNT(*) AS \`all\`, CONCAT_WS(',', ${Prisma.join(counts)}) AS counts
      FROM (SELECT u.email, ${folded(Prisma.sql`u.email`)} AS visible FROM users u LIMIT ${most + 1}) u`;
    const users = row?.counts.split(',').map(Number) ?? [];
    const moreThan = Number(row?.all) > most ? most : undefined;
    return patterns.map((pattern, index) => ({ pattern, users: users[index] ?? 0, moreThan }));
  });
}
