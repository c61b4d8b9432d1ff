import type { Target } from '../../../../src/sync/ports/source.ts';
import type { Testbed } from './testbed.ts';

/** Rows of a helper table, 0 to 19,999; neither MySQL nor MariaDB counts that far by itself. */
async function createNumbers({ sql }: Testbed): Promise<void> {
  const digits = `(${Array.from({ length: 10 }, (_, n) => `SELECT ${n} AS n`).join(' UNION ALL ')})`;
  await sql(`CREATE TABLE numbers (n INT PRIMARY KEY)
    SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n
    FROM ${digits} a, ${digits} b, ${digits} c, ${digits} d, (SELECT 0 AS n UNION ALL SELECT 1) e`);
}

/**
 * 20 locations of 1,000 users (`user0@dkm` to `user999@dkm`), 2,000 runs that have ended with 10 changes each,
 * 20,000 staged rows and 6,000 delivered notices. Returns one of the locations.
 */
export async function seedYearOfUse(testbed: Testbed): Promise<Target> {
  const { sql } = testbed;
  await createNumbers(testbed);
  for (let n = 1; n < 20; n += 1) await testbed.location();
  const target = await testbed.location();
  await sql(`INSERT INTO users (email, location_id, status)
    SELECT CONCAT('user', n DIV 20, '@dkm'), 1 + n MOD 20, IF(n MOD 7 = 0, 'inactive', 'active') FROM numbers`);
  await sql(`INSERT INTO sync_runs (target, location_id, location_name, status, channel_id, request_key,
      requested_by_id, requested_by_name, requested_at, expires_at, finished_at, deactivate_count)
    SELECT 'dev', 1 + n MOD 20, 'Dev', ELT(1 + n MOD 4, 'completed', 'expired', 'failed', 'cancelled'), 'C1',
      CONCAT('old ', n), 'U1', 'Ayu', NOW() - INTERVAL n HOUR, NOW() - INTERVAL n HOUR, NOW() - INTERVAL n HOUR, 3
    FROM numbers WHERE n < 2000`);
  await sql(`INSERT INTO sync_changes (run_id, seq, action, email, status_after)
    SELECT 1 + n MOD 2000, 1 + n DIV 2000, 'add', CONCAT('user', n, '@dkm'), 'active' FROM numbers`);
  await sql(`INSERT INTO sync_staged_users (run_id, read_no, source_id, page_no, row_no, email, active)
    SELECT 1 + n MOD 20, 1, n, 1, n, CONCAT('user', n, '@dkm'), 1 FROM numbers`);
  await sql(`INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at, closed_at)
    SELECT 1 + n MOD 2000, 'message', NOW() - INTERVAL n HOUR, NOW() - INTERVAL n HOUR, NOW() - INTERVAL n HOUR
    FROM numbers WHERE n < 6000`);
  await sql('ANALYZE TABLE users, sync_runs, sync_changes, sync_staged_users, sync_outbox');
  return target;
}
