import { isRule } from '../../sync/rules/rules.ts';
import { plannedChanges, type Run } from '../../sync/run/run.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma, type SyncRun } from '../generated/client.ts';
import { eligibilityOf } from '../plan/eligibility.ts';
import { emailCollation } from '../schema/usable-tables.ts';
import { enqueue, enqueueSummary } from '../transition.ts';
import { pauseAfter } from './by-rule.ts';
import { runsById, toRun } from './run-rows.ts';
import { CHANGED, EFFECTIVE, isKeptWhole, ROLLBACKS, userOfChange, usersSince } from './since.ts';

/** A run of a family: a sync, its rollback, the rollback of that rollback, and so on. `depth` counts from the sync. */
type Relative = Pick<SyncRun, 'id' | 'target' | 'locationId' | 'batchId' | 'confirmedById'> & {
  readonly depth: number;
  readonly takenBackBy: number | null;
  readonly redoneBy: number | null;
};

/** SQL: how many changes of the reverted run stood after a rollback. An older version has noted only who was left out. */
const LEFT = Prisma.raw('COALESCE(r.left_count, r.omitted_count)');

/**
 * Records that the rollback `last` completed and changed users: updates every run of its family and redraws their messages. If the
 * reverted run still decides for some users, no run is updated, because the rest can still be taken back. `tx` holds the location's
 * lock, so that no other run of the family completes meanwhile.
 */
export async function markTakenBack(tx: Transaction, last: Run): Promise<void> {
  const left = await countLeft(tx, last);
  await tx.$executeRaw`UPDATE sync_runs SET left_count = ${left} WHERE id = ${last.id}`;
  return left > 0 ? pauseBehind(tx, last) : markFamily(tx, last);
}

/**
 * For how many users the reverted run still decides: they have the status that it gave them (left out, protected, renamed), or would
 * have it again if a later sync were taken back. If its plan was deleted meanwhile, only the number of those left out is known.
 */
async function countLeft(tx: Transaction, { reverts = 0, locationId, counts }: Run): Promise<number> {
  const reverted = await tx.syncRun.findUnique({ where: { id: reverts } });
  // Nearly always, each change was taken back. An administrator may also have deleted the reverted run.
  if (reverted === null || plannedChanges(toRun(reverted).counts) === plannedChanges(counts)) return 0;
  const collate = await emailCollation(tx);
  const { eligible } = await eligibilityOf(tx);
  const since = { runId: reverts, locationId, collate };
  const [left] = await tx.$queryRaw<{ n: bigint }[]>`
    SELECT IF(${isKeptWhole(reverts)}, COUNT(*), ${counts.omitted}) AS n FROM sync_changes c
    STRAIGHT_JOIN users u ON u.id = ${userOfChange(since)} AND u.location_id = ${locationId}
    JOIN (${usersSince(since)}) h ON h.user_id = u.id
    WHERE c.run_id = ${reverts} AND c.action IN ${EFFECTIVE} AND ${eligible('u')} AND NOT h.overruled
      AND (u.status = c.status_after COLLATE utf8mb4_bin OR (h.later AND h.forward))`;
  return Number(left?.n ?? 0);
}

async function markFamily(tx: Transaction, last: Run): Promise<void> {
  const family = await familyOf(tx, last.id);
  const depth = family.find(({ id }) => id === last.id)?.depth ?? 0;
  const inPart = await takenBackInPart(
    tx,
    family.map(({ id }) => id),
  );
  for (const each of family) {
    const undone = (each.depth + depth) % 2 === 1;
    const takenBackBy = undone ? last.id : null;
    // Another rollback has taken back a part of this run, which stays taken back.
    const redoneBy = !undone && each.id !== last.id && !inPart.has(each.id) ? last.id : null;
    if (takenBackBy === each.takenBackBy && redoneBy === each.redoneBy) continue;
    await tx.$executeRaw`
      UPDATE sync_runs SET taken_back_by_id = ${takenBackBy}, redone_by_id = ${redoneBy} WHERE id = ${each.id}`;
    await enqueue(tx, each.id, ['message']);
    if (each.batchId !== null) await enqueueSummary(tx, each.batchId);
    if (takenBackBy !== null) await pauseAfter(tx, each, each.confirmedById, 'taken_back');
  }
}

/** Which of these runs a rollback in force has taken back in part. */
async function takenBackInPart(tx: Transaction, ids: readonly number[]): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.$queryRaw<{ id: number }[]>`
    SELECT r.reverts_run_id AS id FROM sync_runs r
    WHERE r.reverts_run_id IN (${Prisma.join([...ids])}) AND r.status = 'completed' AND ${LEFT} > 0 AND ${CHANGED}
      AND r.taken_back_by_id IS NULL`;
  return new Set(rows.map(({ id }) => Number(id)));
}

/** Pauses the target if a rule applied the reverted run, although only a part of that run was taken back; its message then says so. */
async function pauseBehind(tx: Transaction, { reverts }: Run): Promise<void> {
  const reverted = await tx.syncRun.findUnique({ where: { id: reverts ?? 0 } });
  if (reverted === null || !isRule({ id: reverted.confirmedById ?? '' })) return;
  await tx.$executeRaw`UPDATE sync_runs SET auto_held = 'taken_back' WHERE id = ${reverted.id}`;
  await enqueue(tx, reverted.id, ['message']);
  await pauseAfter(tx, reverted, reverted.confirmedById, 'taken_back');
}

/**
 * Every completed run of the family that changed users, and `runId` itself. A rollback in part is a family of its own. The hints
 * are needed: almost no run reverts another run, so MySQL thinks that the index finds nothing, and MariaDB 11 begins with the runs.
 * Without hints, both read every completed run.
 */
async function familyOf(tx: Transaction, runId: number): Promise<readonly Relative[]> {
  const rows = await tx.$queryRaw<Relative[]>`
    WITH RECURSIVE up AS (
      SELECT r.id, r.reverts_run_id, ${LEFT} AS left_count FROM sync_runs r WHERE r.id = ${runId}
      UNION ALL
      SELECT r.id, r.reverts_run_id, ${LEFT} FROM up JOIN sync_runs r ON r.id = up.reverts_run_id
      WHERE up.left_count = 0
    ), family AS (
      SELECT id, CAST(0 AS SIGNED) AS depth FROM up WHERE reverts_run_id IS NULL OR left_count > 0
      UNION ALL
      SELECT r.id, f.depth + 1 FROM family f ${ROLLBACKS}
      WHERE r.status = 'completed' AND ${LEFT} = 0 AND ${CHANGED}
    )
    SELECT f.id, f.depth, r.target, r.location_id AS locationId, r.batch_id AS batchId,
           r.confirmed_by_id AS confirmedById, r.taken_back_by_id AS takenBackBy, r.redone_by_id AS redoneBy
    FROM family f STRAIGHT_JOIN sync_runs r ON r.id = f.id`;
  return rows.map((row) => ({ ...row, id: Number(row.id), depth: Number(row.depth) }));
}

/** See `Runs.standingSyncs`. */
export async function standingSyncs(db: Database, locationIds: readonly number[]): Promise<readonly Run[]> {
  const isStanding = Prisma.sql`${IS_SYNC} AND r.taken_back_by_id IS NULL AND ${CHANGED}`;
  const ids = await lastEnded(db, locationIds, 'completed', isStanding);
  return runsById(db, ids, LAST_ENDED);
}

/** See `Runs.syncedLocations`. */
export async function syncedLocations(db: Database, targets: readonly string[]): Promise<readonly number[]> {
  if (targets.length === 0) return [];
  const named = Prisma.sql`r.target IN (${Prisma.join([...targets])}) AND r.status = 'completed'`;
  // Of many names, nearly every location's first run has one. Of one name, the index on the target finds fewer runs.
  const rows = await db.$queryRaw<{ id: bigint }[]>(
    targets.length === 1
      ? Prisma.sql`SELECT DISTINCT r.location_id AS id FROM sync_runs r WHERE ${named}`
      : Prisma.sql`
        SELECT l.id FROM (SELECT DISTINCT location_id AS id FROM sync_runs) l
        WHERE (SELECT r.id FROM sync_runs r WHERE r.location_id = l.id AND ${named} LIMIT 1) IS NOT NULL`,
  );
  return rows.map(({ id }) => Number(id));
}

/** Runs in the order in which they ended, the last one first. Runs that have not ended come behind, the newest first. */
export const LAST_ENDED: Prisma.SyncRunOrderByWithRelationInput[] = [{ finishedAt: 'desc' }, { id: 'desc' }];

/** SQL: the run `r` is a sync, and no rollback. */
export const IS_SYNC = Prisma.sql`r.reverts_run_id IS NULL`;

/** SQL: the run `r` is a sync, or a rollback that changed users. */
export const IS_OUTCOME = Prisma.sql`(${IS_SYNC} OR ${CHANGED})`;

/**
 * The number of the run `r` of each location with this status that ended last and meets `where`: one look into the index each, from
 * its end. MySQL would sort all of a location's runs unless the order names the whole index.
 */
export async function lastEnded(
  db: Database,
  locationIds: readonly (number | bigint)[],
  status: 'completed' | 'failed',
  where = Prisma.sql`TRUE`,
): Promise<readonly number[]> {
  if (locationIds.length === 0) return [];
  // Not from `locations`: a run stands although its location's row is gone. MySQL would take an untyped parameter for a text.
  const ids = [...new Set(locationIds)].map((id) => Prisma.sql`SELECT CAST(${id} AS UNSIGNED) AS id`);
  const rows = await db.$queryRaw<{ id: number | null }[]>`
    SELECT (SELECT r.id FROM sync_runs r
            WHERE r.location_id = l.id AND r.status = ${status} AND ${where}
            ORDER BY r.location_id DESC, r.status DESC, r.finished_at DESC, r.id DESC LIMIT 1) AS id
    FROM (${Prisma.join(ids, ' UNION ALL ')}) l`;
  return rows.flatMap(({ id }) => (id === null ? [] : [Number(id)]));
}
