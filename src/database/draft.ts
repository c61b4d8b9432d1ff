import { LeaseLostError } from '../sync/errors.ts';
import type { Lease, PlanFacts } from '../sync/ports.ts';
import type { Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { planFacts } from './plan-facts.ts';
import { held, keepExecutionsOut } from './transition.ts';
import { emailCollation, requireUsableIndexes } from './users-schema.ts';

/** Staged rows that stand for a person who is there: usable, and active at the source. */
export const PRESENT = Prisma.sql`s.email IS NOT NULL AND s.active = 1 AND s.skip_reason IS NULL`;

/** Staged rows that may stand for a person who is there: nobody whose row is unclear is deactivated. */
const MAYBE_PRESENT = Prisma.sql`s.email IS NOT NULL AND (s.active = 1 OR s.skip_reason IS NOT NULL)`;

type Scope = {
  readonly runId: number;
  readonly locationId: bigint;
  /** ` COLLATE …` of users.email. */
  readonly collate: Prisma.Sql;
  /** Read numbers, oldest first. */
  readonly reads: readonly number[];
};

/** The ids of the location's users whom one of the reads has. Materialised once, then looked up by id. */
export const seenUserIds = ({ runId, locationId, collate, reads }: Scope): Prisma.Sql => Prisma.sql`
  SELECT p.id FROM sync_staged_users s
  STRAIGHT_JOIN users p ON p.location_id = ${locationId} AND p.email = s.email${collate}
  WHERE s.run_id = ${runId} AND s.read_no IN (${Prisma.join([...reads])}) AND ${MAYBE_PRESENT}`;

/**
 * Writes the plan of a run. Additions and reactivations follow the last read, since it is the newest;
 * a user is deactivated only where none of the reads has them (design: two reads of opposite order).
 */
export async function draftPlan(
  tx: Transaction,
  lease: Lease,
  reads: readonly number[],
  protectedEmails: readonly string[],
): Promise<PlanFacts> {
  const { runId } = lease;
  const [run] = await tx.$queryRaw<{ locationId: bigint }[]>`
    SELECT location_id AS locationId FROM sync_runs
    WHERE id = ${runId} AND status = 'reading' ${held(lease)} FOR UPDATE`;
  if (run === undefined) throw new LeaseLostError(runId);
  await keepExecutionsOut(tx, runId);
  await requireUsableIndexes(tx);
  const scope: Scope = { runId, locationId: run.locationId, collate: await emailCollation(tx), reads };
  await tx.$executeRaw`DELETE FROM sync_changes WHERE run_id = ${runId}`;
  const present = await insertPresent(tx, scope);
  const absent = await insertAbsent(tx, scope, present, protectedEmails);
  await insertSkipped(tx, scope, present + absent);
  const staged = await stagedCounts(tx, scope);
  return planFacts(tx, runId, scope.locationId, staged);
}

async function insertPresent(tx: Transaction, { runId, locationId, collate, reads }: Scope): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after)
    SELECT ${runId}, ROW_NUMBER() OVER (ORDER BY n.user_id IS NOT NULL, n.email),
           IF(n.user_id IS NULL, 'add', 'reactivate'), n.email, n.user_id,
           IF(n.user_id IS NULL, NULL, 'inactive'), 'active'
    FROM (
      SELECT MIN(COALESCE(u.email COLLATE utf8mb4_bin, s.email)) AS email, MIN(u.id) AS user_id
      FROM sync_staged_users s
      LEFT JOIN users u ON u.location_id = ${locationId} AND u.email = s.email${collate}
      WHERE s.run_id = ${runId} AND s.read_no = ${newest(reads)} AND ${PRESENT}
        AND (u.id IS NULL OR u.status = 'inactive')
      GROUP BY s.email${collate}
    ) n`;
}

async function insertAbsent(
  tx: Transaction,
  scope: Scope,
  offset: number,
  protectedEmails: readonly string[],
): Promise<number> {
  const { runId, locationId } = scope;
  return tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after)
    SELECT ${runId}, ${offset} + ROW_NUMBER() OVER (ORDER BY a.kept, a.email),
           IF(a.kept, 'protected', 'deactivate'), a.email, a.id, 'active', IF(a.kept, 'active', 'inactive')
    FROM (
      SELECT u.id, u.email, ${matchesAny(protectedEmails)} AS kept
      FROM users u
      WHERE u.location_id = ${locationId} AND u.status = 'active' AND u.id NOT IN (${seenUserIds(scope)})
    ) a`;
}

async function insertSkipped(tx: Transaction, { runId, reads }: Scope, offset: number): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, detail)
    SELECT ${runId}, ${offset} + ROW_NUMBER() OVER (ORDER BY s.source_id, s.page_no, s.row_no), 'skipped',
           COALESCE(s.email, s.raw_email, ''), CONCAT('id_user ', s.source_id, ': ', s.skip_reason)
    FROM sync_staged_users s
    WHERE s.run_id = ${runId} AND s.read_no = ${newest(reads)} AND s.skip_reason IS NOT NULL`;
}

/** `PROTECTED_EMAILS` against `u.email`: `*` stands for any characters; equality is the column's. */
export function matchesAny(patterns: readonly string[]): Prisma.Sql {
  if (patterns.length === 0) return Prisma.sql`0`;
  const likes = patterns.map((pattern) => {
    const like = pattern.replace(/[!%_]/g, '!$&').replaceAll('*', '%');
    return Prisma.sql`u.email LIKE ${like} ESCAPE '!'`;
  });
  return Prisma.sql`(${Prisma.join(likes, ' OR ')})`;
}

function newest(reads: readonly number[]): number {
  const last = reads.at(-1);
  if (last === undefined) throw new Error('A plan needs at least one read');
  return last;
}

async function stagedCounts(tx: Transaction, { runId, collate, reads }: Scope) {
  const [row] = await tx.$queryRaw<{ source: bigint; duplicates: bigint }[]>`
    SELECT COUNT(DISTINCT s.source_id) AS source,
           COUNT(IF(${PRESENT}, 1, NULL)) - COUNT(DISTINCT IF(${PRESENT}, s.email, NULL)${collate}) AS duplicates
    FROM sync_staged_users s WHERE s.run_id = ${runId} AND s.read_no = ${newest(reads)}`;
  return { source: Number(row?.source ?? 0), duplicates: Number(row?.duplicates ?? 0) };
}
