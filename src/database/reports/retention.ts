import type { Retention } from '../../sync/ports/ports.ts';
import type { RunStatus } from '../../sync/run/run.ts';
import { type Database, reaching } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** The number of rows per statement: so few that nobody waits for its locks. */
const CHUNK = 5_000;

export function createRetention(db: Database): Retention {
  return {
    clearStaged: () => clearStaged(db),
    purge: async ({ unconfirmedDays, completedDays }) => {
      await forgetTold(db);
      const staged = await clearStaged(db);
      const dropped = await purgePlans(db, endedBefore(UNCONFIRMED, unconfirmedDays));
      if (completedDays === undefined) return staged + dropped;
      return staged + dropped + (await purgePlans(db, endedBefore(['completed'], completedDays)));
    },
  };
}

/** 60 days: longer than anything is told once, a reminder for a week, or delivered again. */
const TOLD_DAYS = 60;

/** Deletes what `Reminders` and `Pauses` no longer need. */
async function forgetTold(db: Database): Promise<void> {
  const old = Prisma.sql`< UTC_TIMESTAMP(3) - INTERVAL ${TOLD_DAYS} DAY LIMIT ${CHUNK}`;
  await reaching(() => db.$executeRaw`DELETE FROM sync_reminders WHERE told_at ${old}`);
  await reaching(() => db.$executeRaw`DELETE FROM sync_requests WHERE served_at ${old}`);
}

/** The ends of a run whose plan nobody executed. */
const UNCONFIRMED: readonly RunStatus[] = ['cancelled', 'expired', 'superseded', 'failed'];

/** SQL: runs `r` that ended so, more than so many days ago. */
function endedBefore(statuses: readonly RunStatus[], days: number): Prisma.Sql {
  return Prisma.sql`r.status IN (${Prisma.join([...statuses])})
    AND r.finished_at < UTC_TIMESTAMP(3) - INTERVAL ${days} DAY`;
}

/**
 * Deletes the staged rows of runs that no longer read; such a run never reads again. Looks into the index once per staged run:
 * MySQL would read the whole table for a DISTINCT.
 */
async function clearStaged(db: Database): Promise<number> {
  let cleared = 0;
  let last = 0;
  for (;;) {
    const [run] = await reaching(
      () => db.$queryRaw<{ id: number; status: string }[]>`
        SELECT r.id, r.status FROM sync_runs r
        WHERE r.id = (SELECT MIN(s.run_id) FROM sync_staged_users s WHERE s.run_id > ${last})`,
    );
    if (run === undefined) return cleared;
    last = Number(run.id);
    if (run.status !== 'reading') cleared += await deleteAll(db, 'sync_staged_users', last);
  }
}

/** Deletes the plans of matching runs, run by run. Returns the number of rows. */
async function purgePlans(db: Database, matching: Prisma.Sql): Promise<number> {
  let purged = 0;
  let last = 0;
  for (;;) {
    const [run] = await reaching(
      () => db.$queryRaw<{ id: number }[]>`
        SELECT r.id FROM sync_runs r
        WHERE r.id > ${last} AND ${matching} AND EXISTS (SELECT 1 FROM sync_changes c WHERE c.run_id = r.id)
        ORDER BY r.id LIMIT 1`,
    );
    if (run === undefined) return purged;
    last = Number(run.id);
    purged += await deleteAll(db, 'sync_changes', last);
  }
}

/** Deletes the rows of a run in chunks. Returns the number of rows. */
async function deleteAll(
  db: Database,
  table: 'sync_staged_users' | 'sync_changes',
  runId: number,
): Promise<number> {
  const from = Prisma.raw(table);
  let deleted = 0;
  for (let chunk = CHUNK; chunk === CHUNK; deleted += chunk) {
    chunk = await reaching(() => db.$executeRaw`DELETE FROM ${from} WHERE run_id = ${runId} LIMIT ${CHUNK}`);
  }
  return deleted;
}
