import type { Retention } from '../sync/retention.ts';
import { type Database, reaching } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Rows of one statement: short enough that nobody waits for its locks. */
const CHUNK = 5_000;

export function createRetention(db: Database): Retention {
  return {
    purge: async ({ unconfirmedDays, completedDays }) => {
      const unconfirmed = Prisma.sql`r.status IN ('cancelled', 'expired', 'superseded', 'failed')
        AND r.finished_at < UTC_TIMESTAMP(3) - INTERVAL ${unconfirmedDays} DAY`;
      const completed = Prisma.sql`r.status = 'completed'
        AND r.finished_at < UTC_TIMESTAMP(3) - INTERVAL ${completedDays ?? 0} DAY`;
      const staged = await purgeWhile(db, 'sync_staged_users', Prisma.sql`r.status <> 'reading'`);
      const dropped = await purgeWhile(db, 'sync_changes', unconfirmed);
      const old = completedDays === undefined ? 0 : await purgeWhile(db, 'sync_changes', completed);
      return staged + dropped + old;
    },
  };
}

/** Deletes the rows of runs that match, run by run, in chunks. Returns how many rows went. */
async function purgeWhile(
  db: Database,
  table: 'sync_staged_users' | 'sync_changes',
  matching: Prisma.Sql,
): Promise<number> {
  const from = Prisma.raw(table);
  let purged = 0;
  for (;;) {
    const [run] = await reaching(
      () => db.$queryRaw<{ id: number }[]>`
        SELECT r.id FROM sync_runs r
        WHERE ${matching} AND EXISTS (SELECT 1 FROM ${from} t WHERE t.run_id = r.id) ORDER BY r.id LIMIT 1`,
    );
    if (run === undefined) return purged;
    let deleted = CHUNK;
    while (deleted === CHUNK) {
      deleted = await reaching(
        () => db.$executeRaw`DELETE FROM ${from} WHERE run_id = ${run.id} LIMIT ${CHUNK}`,
      );
      purged += deleted;
    }
  }
}
