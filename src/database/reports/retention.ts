import type { Retention } from '../../sync/ports/ports.ts';
import type { RunStatus } from '../../sync/run/run.ts';
import { type Database, execute, query } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** The number of rows per statement: so few that nobody waits for its locks. */
const CHUNK = 5_000;

/** Creates `Retention`. Throws `DatabaseLostError` and `DatabaseRefusedError`; the next round goes on with what is left. */
export function createRetention(db: Database): Retention {
  /** Up to which run each table was searched for rows of runs that no longer exist. */
  const searched = { sync_changes: 0, sync_approvals: 0 };
  return {
    clearStaged: () => clearStaged(db),
    purge: async ({ unconfirmedDays, completedDays }) => {
      await forgetTold(db);
      await closeUntoldDigests(db);
      const staged = await clearStaged(db);
      let orphans = 0;
      for (const table of ['sync_changes', 'sync_approvals'] as const) {
        const { upTo, deleted } = await purgeOrphans(db, table, searched[table]);
        searched[table] = upTo;
        orphans += deleted;
      }
      const dropped = await purgePlans(db, endedBefore(UNCONFIRMED, unconfirmedDays));
      if (completedDays === undefined) return staged + orphans + dropped;
      return staged + orphans + dropped + (await purgePlans(db, endedBefore(EXECUTED, completedDays)));
    },
  };
}

/** 60 days: longer than a reminder's key is in use (a week), and than Slack delivers a request again. */
const TOLD_DAYS = 60;

/** Deletes what `Reminders` and `Pauses` no longer need. */
async function forgetTold(db: Database): Promise<void> {
  const old = Prisma.sql`< UTC_TIMESTAMP(3) - INTERVAL ${TOLD_DAYS} DAY LIMIT ${CHUNK}`;
  await execute(db)`DELETE FROM sync_reminders WHERE told_at ${old}`;
  await execute(db)`DELETE FROM sync_requests WHERE served_at ${old}`;
}

/** A day longer than a process with `SYNC_DIGEST` tries to tell a digest, so that it may begin late, after a long stop. */
const UNTOLD_HOURS = 48;

/**
 * Closes the digests that no process tells, because `SYNC_DIGEST` was removed: the outbox would seem stuck for ever. Not before
 * their time is over: during a rolling restart, a process that still has the setting tells them.
 */
async function closeUntoldDigests(db: Database): Promise<void> {
  const untold = Prisma.sql`
    closed_at IS NULL AND kind = 'digest' AND created_at < UTC_TIMESTAMP(3) - INTERVAL ${UNTOLD_HOURS} HOUR
    AND (lease_until IS NULL OR lease_until < UTC_TIMESTAMP(3))`;
  const found = await query(db)<{ id: number }>`SELECT id FROM sync_outbox WHERE ${untold}`;
  for (const { id } of found)
    await execute(db)`UPDATE sync_outbox SET closed_at = UTC_TIMESTAMP(3) WHERE id = ${id} AND ${untold}`;
}

const COMPLETED: RunStatus = 'completed';
/** The other ends of a run. */
const NOT_EXECUTED: readonly RunStatus[] = ['cancelled', 'expired', 'superseded', 'failed'];

/** SQL: nobody executed the plan of run `r`; a preview that found nothing to change is completed without a confirmation. */
const UNCONFIRMED = Prisma.sql`
  (r.status IN (${Prisma.join([...NOT_EXECUTED])}) OR (r.status = ${COMPLETED} AND r.confirmed_by_id IS NULL))`;

const EXECUTED = Prisma.sql`r.status = ${COMPLETED}`;

/** SQL: the runs `r` that meet a condition and ended more than `days` days ago. */
function endedBefore(condition: Prisma.Sql, days: number): Prisma.Sql {
  return Prisma.sql`${condition} AND r.finished_at < UTC_TIMESTAMP(3) - INTERVAL ${days} DAY`;
}

/**
 * Deletes the staged rows of runs that no longer read (a run never reads again), or no longer exist. Looks into the index once per
 * staged run: MySQL would read the whole table for a DISTINCT.
 */
async function clearStaged(db: Database): Promise<number> {
  let cleared = 0;
  let last = 0;
  for (;;) {
    const [run] = await query(db)<{ id: number; status: string | null }>`
      SELECT s.run_id AS id, (SELECT r.status FROM sync_runs r WHERE r.id = s.run_id) AS status
      FROM sync_staged_users s WHERE s.run_id > ${last} ORDER BY s.run_id LIMIT 1`;
    if (run === undefined) return cleared;
    last = Number(run.id);
    if (run.status !== 'reading') cleared += await deleteAll(db, 'sync_staged_users', last);
  }
}

/** How many runs one statement finds. */
const FOUND_AT_ONCE = 500;

/**
 * Deletes the plans of matching runs, run by run. Returns the number of rows. Asks for a value of each run's plan: for an EXISTS, both
 * servers read the plans of all runs each time.
 */
async function purgePlans(db: Database, matching: Prisma.Sql): Promise<number> {
  let purged = 0;
  let last = 0;
  for (;;) {
    const runs = await query(db)<{ id: number }>`
      SELECT r.id FROM sync_runs r
      WHERE r.id > ${last} AND ${matching} AND (SELECT c.seq FROM sync_changes c WHERE c.run_id = r.id LIMIT 1) IS NOT NULL
      ORDER BY r.id LIMIT ${FOUND_AT_ONCE}`;
    for (const { id } of runs) purged += await deleteAll(db, 'sync_changes', Number(id));
    if (runs.length < FOUND_AT_ONCE) return purged;
    last = Number(runs.at(-1)?.id);
  }
}

/** How many runs one call looks at: each costs one look into the index. The next call goes on behind them. */
const LOOKED_AT = 500;

/**
 * Deletes the rows of runs that no longer exist, for example because an administrator deleted them. Looks at `LOOKED_AT` runs behind
 * the run `last`, of those before a run that was completed over a day ago: the row of a newer run may not be committed yet. `upTo`
 * is the last run that was looked at; 0 at the end of the table, where the next call begins anew.
 */
async function purgeOrphans(
  db: Database,
  table: 'sync_changes' | 'sync_approvals',
  last: number,
): Promise<{ readonly upTo: number; readonly deleted: number }> {
  const [old] = await query(db)<{ id: number }>`
    SELECT id FROM sync_runs WHERE status = ${COMPLETED} AND finished_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY
    ORDER BY finished_at DESC LIMIT 1`;
  const from = Prisma.raw(table);
  let [upTo, deleted] = [last, 0];
  for (let looks = 0; looks < LOOKED_AT; looks += 1) {
    const [run] = await query(db)<{ id: number; stands: bigint }>`
      SELECT run_id AS id, EXISTS (SELECT 1 FROM sync_runs r WHERE r.id = run_id) AS stands
      FROM ${from} WHERE run_id > ${upTo} AND run_id < ${old?.id ?? 0} ORDER BY run_id LIMIT 1`;
    if (run === undefined) return { upTo: 0, deleted };
    upTo = Number(run.id);
    if (Number(run.stands) === 0) deleted += await deleteAll(db, table, upTo);
  }
  return { upTo, deleted };
}

/** Deletes the rows of a run in chunks. Returns the number of rows. */
async function deleteAll(
  db: Database,
  table: 'sync_staged_users' | 'sync_changes' | 'sync_approvals',
  runId: number,
): Promise<number> {
  const from = Prisma.raw(table);
  let deleted = 0;
  for (let chunk = CHUNK; chunk === CHUNK; deleted += chunk) {
    chunk = await execute(db)`DELETE FROM ${from} WHERE run_id = ${runId} LIMIT ${CHUNK}`;
  }
  return deleted;
}
