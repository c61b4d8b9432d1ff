import type { AbsenceDays, AbsenceDoubt } from '../../sync/run/absence.ts';
import type { KeepReason } from '../../sync/run/change.ts';
import type { Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { inOrder, namedUserIds, type Scope } from './comparison.ts';
import { matchesAny } from './eligibility.ts';

export const UNPROVEN: KeepReason = 'unproven';
const SHORTLY: KeepReason = 'absent_shortly';

export type Absent = {
  readonly scope: Scope;
  readonly protectedEmails: readonly string[];
  /** Why the reads prove no absence. All absent users are then left alone. */
  readonly doubt: AbsenceDoubt | undefined;
  /** On how many days a user must be absent (`SYNC_ABSENCE_DAYS`); 0: days are not counted. */
  readonly days: number;
};

/** The number of the staged rows that stand for absent users, and not for users of the list: no read has it. One more says "noted". */
const ABSENT_BEFORE = 0;

/** The active users who are in none of the reads, with their email, and whether they are protected. */
function absentUsers({ scope, protectedEmails }: Absent): Prisma.Sql {
  const before = Prisma.sql`
    SELECT b.source_id FROM sync_staged_users b WHERE b.run_id = ${scope.runId} AND b.read_no = ${ABSENT_BEFORE}`;
  return Prisma.sql`
    SELECT u.id, u.email, ${matchesAny(protectedEmails, scope.collate)} AS is_protected
    FROM users u
    WHERE u.location_id = ${scope.locationId} AND u.status = 'active' AND ${scope.eligibility.eligible('u')}
      AND u.id NOT IN (${namedUserIds(scope)})
      AND u.id NOT IN (SELECT o.user_id FROM sync_odd_spellings o WHERE o.run_id = ${scope.runId})
      AND (u.id IN (${before}) OR NOT EXISTS (${before}))`;
}

/**
 * Notes whom one read leaves out. After the next read, only these are absent: whoever has become active here meanwhile may have done
 * so at the server too, on a page that both reads had behind them.
 */
export async function noteAbsent(tx: Transaction, absent: Absent): Promise<void> {
  const { runId } = absent.scope;
  await tx.$executeRaw`DELETE FROM sync_staged_users WHERE run_id = ${runId} AND read_no = ${ABSENT_BEFORE}`;
  await tx.$executeRaw`
    INSERT INTO sync_staged_users (run_id, read_no, source_id, page_no, row_no, active)
    SELECT ${runId}, ${ABSENT_BEFORE}, a.id, 0, 0, FALSE FROM (${absentUsers(absent)}) a
    UNION ALL SELECT ${runId}, ${ABSENT_BEFORE}, 0, 0, 0, FALSE`;
}

/** Writes the absent users into the plan, after position `offset`. Returns their number. If days count, today is counted first. */
export async function planAbsent(tx: Transaction, absent: Absent, offset: number): Promise<number> {
  const { scope, doubt, days } = absent;
  if (days > 0) await countAbsentDay(tx, absent);
  const { runId, locationId } = scope;
  const isShort = Prisma.sql`COALESCE(b.days, 0) < ${days}`;
  const counted = days > 0 && doubt === undefined;
  const [join, short] = counted
    ? [
        Prisma.sql`LEFT JOIN sync_absences b ON b.location_id = ${locationId} AND b.user_id = u.id`,
        Prisma.sql`IF(${isShort}, ${SHORTLY}, NULL)`,
      ]
    : [Prisma.empty, doubt === undefined ? Prisma.sql`NULL` : Prisma.sql`${UNPROVEN}`];
  return tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after, detail)
    SELECT ${runId}, ${offset} + ROW_NUMBER() OVER (ORDER BY a.is_protected, a.why IS NOT NULL, ${inOrder('a.email')}),
           IF(a.is_protected, 'protected', IF(a.why IS NULL, 'deactivate', 'kept')), a.email, a.id, 'active',
           IF(a.is_protected OR a.why IS NOT NULL, 'active', 'inactive'), IF(a.is_protected, NULL, a.why)
    FROM (SELECT u.id, u.email, u.is_protected, ${short} AS why FROM (${absentUsers(absent)}) u ${join}) a`;
}

/** Adds today (UTC, the database's clock) to the days of each absent, unprotected user. With a doubt, days are only kept. */
async function countAbsentDay(tx: Transaction, absent: Absent): Promise<void> {
  const { scope, doubt } = absent;
  const { runId, locationId } = scope;
  // An earlier attempt of the run may have found others absent.
  await tx.$executeRaw`
    UPDATE sync_absences SET run_id = 0 WHERE location_id = ${locationId} AND run_id = ${runId}`;
  if (doubt !== undefined) {
    await tx.$executeRaw`
      UPDATE sync_absences b JOIN (${absentUsers(absent)}) a ON a.id = b.user_id
      SET b.run_id = ${runId} WHERE b.location_id = ${locationId}`;
    return;
  }
  // Columns are set from left to right: `last_day` is compared with today before it is set to today. A clock that was ahead left
  // days in the future, which must neither stop the count nor make it larger than the calendar has days since the first.
  await tx.$executeRaw`
    INSERT INTO sync_absences (location_id, user_id, days, first_day, last_day, run_id)
    SELECT ${locationId}, a.id, 1, UTC_DATE(), UTC_DATE(), ${runId} FROM (${absentUsers(absent)}) a WHERE NOT a.is_protected
    ON DUPLICATE KEY UPDATE first_day = LEAST(sync_absences.first_day, UTC_DATE()),
                            days = LEAST(sync_absences.days + (sync_absences.last_day < UTC_DATE()),
                                         DATEDIFF(UTC_DATE(), sync_absences.first_day) + 1),
                            last_day = UTC_DATE(), run_id = ${runId}`;
}

/** Deletes the days of users whom this plan did not find absent: a user who was seen starts again at 0. No `absent`: all were seen. */
export async function forgetSeen(
  tx: Transaction,
  { runId, locationId }: Scope,
  absent: Absent | undefined,
): Promise<void> {
  const seen = (absent?.days ?? 0) === 0 ? Prisma.empty : Prisma.sql`AND run_id <> ${runId}`;
  await tx.$executeRaw`DELETE FROM sync_absences WHERE location_id = ${locationId} ${seen}`;
}

/** Deletes the days of the users whom a plan has changed: whoever is active again starts at 0. */
export async function forgetAbsences(
  tx: Transaction,
  run: { readonly id: number; readonly locationId: number },
): Promise<void> {
  await tx.$executeRaw`
    DELETE b FROM sync_changes c JOIN sync_absences b ON b.location_id = ${run.locationId} AND b.user_id = c.user_id
    WHERE c.run_id = ${run.id} AND c.action IN ('reactivate', 'deactivate')`;
}

/** How many absent users the plan deactivates, and how many it does not deactivate yet; undefined if there are none. */
export async function absenceDays(
  tx: Transaction,
  runId: number,
  days: number,
): Promise<AbsenceDays | undefined> {
  const [n] = await tx.$queryRaw<{ proposed: bigint; waiting: bigint }[]>`
    SELECT COUNT(IF(action = 'deactivate', 1, NULL)) AS proposed, COUNT(IF(detail = ${SHORTLY}, 1, NULL)) AS waiting
    FROM sync_changes WHERE run_id = ${runId} AND action IN ('deactivate', 'kept')`;
  const [proposed, waiting] = [Number(n?.proposed ?? 0), Number(n?.waiting ?? 0)];
  return proposed + waiting === 0 ? undefined : { days, proposed, waiting };
}
