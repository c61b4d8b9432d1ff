import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { type Database, openDatabase } from '../../../src/database/client.ts';
import { createRetention } from '../../../src/database/reports/retention.ts';

describe('what is kept of runs', () => {
  let database: FreshDatabase;
  let db: Database;

  beforeEach(async () => {
    database = await freshDatabase({ migrated: true });
    db = openDatabase(database.url);
    for (const [id, status, days] of RUNS) {
      await database.connection.query(
        `INSERT INTO sync_runs (id, target, location_id, location_name, status, channel_id, request_key, requested_by_id,
           requested_by_name, requested_at, finished_at)
         VALUES (?, 'dev', 8, 'Dev', ?, 'C1', ?, 'U1', 'Ayu', UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL ? DAY)`,
        [id, status, `key ${id}`, days],
      );
      await database.connection.batch(
        "INSERT INTO sync_changes (run_id, seq, action, email) VALUES (?, ?, 'add', ?)",
        Array.from({ length: 6000 }, (_, index) => [id, index + 1, `user${index}@dkm`]),
      );
      await database.connection.query(
        'INSERT INTO sync_staged_users (run_id, read_no, source_id, page_no, row_no, active) VALUES (?, 1, 1, 1, 1, 1)',
        [id],
      );
    }
  });
  afterEach(async () => {
    await db.$disconnect();
    await database.drop();
  });

  const runsIn = async (table: string) =>
    (
      await database.connection.query<{ id: number }[]>(
        `SELECT DISTINCT run_id AS id FROM ${table} ORDER BY 1`,
      )
    ).map(({ id }) => Number(id));

  test('plans that nobody confirmed go after their days, completed ones stay for ever unless told otherwise', async () => {
    const { purge } = createRetention(db);
    await purge({ unconfirmedDays: 30, completedDays: undefined });
    expect(await runsIn('sync_changes')).toEqual([1, 2, 4, 6]);
    await purge({ unconfirmedDays: 30, completedDays: 90 });
    expect(await runsIn('sync_changes')).toEqual([1, 2, 6]);
  });

  test('what was told once is remembered for 60 days', async () => {
    await database.connection.query(
      `INSERT INTO sync_reminders (week, told_at) VALUES
         ('old', UTC_TIMESTAMP() - INTERVAL 61 DAY), ('new', UTC_TIMESTAMP() - INTERVAL 59 DAY)`,
    );
    await createRetention(db).purge({ unconfirmedDays: 30, completedDays: undefined });
    expect(await database.connection.query('SELECT week FROM sync_reminders')).toEqual([{ week: 'new' }]);
  });

  test('staged rows stay only while their run is read', async () => {
    expect(await createRetention(db).clearStaged()).toBe(5);
    expect(await runsIn('sync_staged_users')).toEqual([6]);
    expect(await runsIn('sync_changes')).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

const RUNS = [
  [1, 'completed', 1],
  [2, 'cancelled', 29],
  [3, 'expired', 31],
  [4, 'completed', 91],
  [5, 'failed', 31],
  [6, 'reading', 40],
] as const;
