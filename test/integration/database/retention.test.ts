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
    for (const [id, status, days, confirmedBy] of RUNS) {
      await database.connection.query(
        `INSERT INTO sync_runs (id, target, location_id, location_name, status, channel_id, request_key, requested_by_id,
           requested_by_name, confirmed_by_id, requested_at, finished_at)
         VALUES (?, 'dev', 8, 'Dev', ?, 'C1', ?, 'U1', 'Ayu', ?, UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL ? DAY)`,
        [id, status, `key ${id}`, confirmedBy, days],
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

  test('previews that found nothing to change go like plans that nobody confirmed', async () => {
    await database.connection.query('UPDATE sync_runs SET confirmed_by_id = NULL WHERE id IN (1, 4)');
    await createRetention(db).purge({ unconfirmedDays: 30, completedDays: undefined });
    expect(await runsIn('sync_changes')).toEqual([1, 2, 6]);
  });

  test('a digest that no process tells is closed after two days, and nothing else of the outbox', async () => {
    const waiting = [
      ['digest', 'old', 49, null],
      ['digest', 'new', 47, null],
      ['digest', 'under way', 49, 60],
      ['call', 'held', 49, null],
    ] as const;
    for (const [kind, reason, hours, leaseSeconds] of waiting)
      await database.connection.query(
        `INSERT INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at, lease_until)
         VALUES (0, ?, ?, UTC_TIMESTAMP() - INTERVAL ? HOUR, UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL ? SECOND)`,
        [kind, reason, hours, leaseSeconds],
      );
    await createRetention(db).purge({ unconfirmedDays: 30, completedDays: undefined });
    expect(
      await database.connection.query('SELECT reason FROM sync_outbox WHERE closed_at IS NOT NULL'),
    ).toEqual([{ reason: 'old' }]);
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

  test('plans and approvals of runs that are gone go too, however many rounds it takes, but none that may be new', async () => {
    const { connection } = database;
    await connection.query(`INSERT INTO sync_approvals (run_id, actor_id, actor_name, plan_hash, approved_at)
      SELECT id, 'U1', 'Ayu', '', UTC_TIMESTAMP() FROM sync_runs`);
    await connection.query(
      "INSERT INTO sync_changes (run_id, seq, action, email) VALUES (7, 1, 'add', 'new@dkm')",
    );
    await connection.query('DELETE FROM sync_runs WHERE id IN (1, 3)');
    const retention = createRetention(db);
    await retention.purge({ unconfirmedDays: 300, completedDays: undefined });
    expect(await runsIn('sync_changes')).toEqual([2, 4, 5, 6, 7]);
    expect(await runsIn('sync_approvals')).toEqual([2, 4, 5, 6]);
    await connection.query('DELETE FROM sync_runs WHERE id = 2');
    await retention.purge({ unconfirmedDays: 300, completedDays: undefined });
    expect(await runsIn('sync_changes')).toEqual([4, 5, 6, 7]);
  });

  test('staged rows of runs that are gone do not keep those of later runs', async () => {
    await database.connection.query('DELETE FROM sync_runs WHERE id IN (1, 3)');
    expect(await createRetention(db).clearStaged()).toBe(5);
    expect(await runsIn('sync_staged_users')).toEqual([6]);
  });
});

const RUNS = [
  [1, 'completed', 1, 'U1'],
  [2, 'cancelled', 29, null],
  [3, 'expired', 31, null],
  [4, 'completed', 91, 'U1'],
  [5, 'failed', 31, 'U1'],
  [6, 'reading', 40, null],
] as const;
