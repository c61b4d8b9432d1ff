import { createAdmin } from './admin.ts';
import { startBotProcess } from './bot.ts';
import { type BenchDatabase, openBenchDatabase } from './database.ts';
import { createSeries, medians, type Series } from './statistics.ts';
import { type BenchWorld, forget } from './world.ts';

const RUNS = 1_000;
const CHANGES_PER_RUN = 100;
const USERS = 800;
const ROUNDS = 11;

export type HistoryResult = {
  readonly runs: number;
  readonly users: number;
  readonly rounds: number;
  /** Milliseconds. */
  readonly without: Readonly<Record<string, number>>;
  readonly withHistory: Readonly<Record<string, number>>;
};

/** The same preview, confirm and second preview with 1,000 finished runs in the database and with none, by turns. */
export async function measureHistory(world: BenchWorld): Promise<HistoryResult> {
  const empty = await openBot(world, 0);
  const full = await openBot(world, RUNS);
  const [without, withHistory] = [createSeries(), createSeries()];
  const warmUp = createSeries();
  for (let round = 0; round <= ROUNDS; round += 1) {
    await empty.measure(round === 0 ? warmUp : without);
    await full.measure(round === 0 ? warmUp : withHistory);
    forget(world.slack);
  }
  await Promise.all([empty.stop(), full.stop()]);
  return {
    runs: RUNS,
    users: USERS,
    rounds: ROUNDS,
    without: medians(without.times),
    withHistory: medians(withHistory.times),
  };
}

async function openBot({ server, depot, slack }: BenchWorld, runs: number) {
  const database = await openBenchDatabase(server, { dev: depot.url(USERS, 0), test: depot.url(25, 0) });
  if (runs > 0) await seedFinishedRuns(database, runs);
  const bot = await startBotProcess(slack, database.url);
  const admin = createAdmin(slack, bot.eventsUrl);
  return {
    measure: async (into: Series) => {
      // Only the users: the plans are the history.
      await database.query('TRUNCATE TABLE users');
      const { ms, message } = await admin.preview();
      into.add('preview', ms);
      await database.settle();
      into.add('confirm', await admin.confirm(message));
      await database.settle();
      into.add('secondPreview', (await admin.preview()).ms);
      await database.settle();
    },
    stop: async () => {
      await bot.stop();
      await database.drop();
    },
  };
}

/** Completed runs of all three locations, with changes, audit rows and closed notices as real ones leave them. */
async function seedFinishedRuns(database: BenchDatabase, runs: number): Promise<void> {
  const numbers = `WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${runs})`;
  const past = 'UTC_TIMESTAMP(3) - INTERVAL i HOUR';
  await database.query(`
    INSERT INTO sync_runs (target, location_id, location_name, status, channel_id, message_ts, request_key,
      requested_by_id, requested_by_name, requested_at, ready_at, expires_at, confirmed_at, finished_at,
      source_count, add_count, plan_hash)
    ${numbers}
    SELECT ELT(i % 3 + 1, 'dev', 'test', 'prod'), ELT(i % 3 + 1, 8, 7, 1), 'Seeded', 'completed', 'C0DEVSUP01',
      CONCAT('1600000000.', LPAD(i, 6, '0')), CONCAT('seeded ', i), 'U0ADMIN001', 'Ayu', ${past}, ${past}, ${past},
      ${past}, ${past}, ${CHANGES_PER_RUN}, ${CHANGES_PER_RUN}, REPEAT('a', 64) FROM n`);
  await database.query(`
    INSERT INTO sync_changes (run_id, seq, action, email, status_after)
    WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${CHANGES_PER_RUN})
    SELECT r.id, i, 'add', CONCAT('seeded', r.id, '.', i, '@dkm'), 'active' FROM sync_runs r JOIN n`);
  await database.query(`
    INSERT INTO audit_logs (seq, at, step, outcome, actor_id, actor_name, run_id, target, prev_hash, hash)
    SELECT (r.id - 1) * 4 + s.i, r.requested_at, s.step, 'seeded', 'U0ADMIN001', 'Ayu', r.id, r.target,
      REPEAT('0', 64), REPEAT('0', 64)
    FROM sync_runs r JOIN (SELECT 1 AS i, 'requested' AS step UNION ALL SELECT 2, 'previewed'
      UNION ALL SELECT 3, 'confirmed' UNION ALL SELECT 4, 'completed') s`);
  await database.query('UPDATE audit_heads SET seq = (SELECT MAX(seq) FROM audit_logs)');
  await database.query(`
    INSERT INTO sync_outbox (run_id, kind, created_at, attempts, next_attempt_at, closed_at)
    SELECT r.id, k.kind, r.requested_at, 1, r.requested_at, r.requested_at
    FROM sync_runs r JOIN (SELECT 'message' AS kind UNION ALL SELECT 'list' UNION ALL SELECT 'message'
      UNION ALL SELECT 'thread') k`);
}
