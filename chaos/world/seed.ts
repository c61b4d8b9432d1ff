import type { Connection } from 'mariadb';
import type { Schedule } from '../schedule/schedule.ts';
import type { Depot } from './depots.ts';

/** A location that no bot is asked for: nothing may ever change there. */
const ELSEWHERE = { id: 99, users: ['user1@dkm', 'user2@dkm', 'old3@dkm'] };

const LONG_AGO = '2025-01-01 00:00:00';

/** What else the application's migrations have made of `users`. */
const TABLES: Readonly<Record<Schedule['table'], readonly string[]>> = {
  plain: [],
  'soft deletes': [
    "ALTER TABLE users MODIFY status ENUM('active', 'inactive', 'suspended') NOT NULL DEFAULT 'active'",
    'ALTER TABLE users ADD deleted_at TIMESTAMP NULL DEFAULT NULL',
  ],
  'kept statuses': [
    'CREATE TRIGGER keep_status BEFORE UPDATE ON users FOR EACH ROW SET NEW.status = OLD.status',
  ],
};

/** Puts the locations and their users where the Laravel application would have put them. */
export async function seed(
  sql: Connection,
  { places, table }: Pick<Schedule, 'places' | 'table'>,
  depots: readonly Depot[],
): Promise<void> {
  for (const statement of TABLES[table]) await sql.query(statement);
  const locations = places.map(({ id, target, name }, index) => [id, target, name, depots[index]?.url ?? '']);
  await sql.batch(
    'INSERT INTO locations (id, location_code, location_name, online_url, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)',
    [...locations, [ELSEWHERE.id, 'else', 'Elsewhere', 'https://elsewhere.example']].map((row) => [
      ...row,
      LONG_AGO,
      LONG_AGO,
    ]),
  );
  const users = [
    ...places.flatMap(({ id, users }) => users.map(({ email, status }) => [email, id, status])),
    ...ELSEWHERE.users.map((email) => [email, ELSEWHERE.id, 'active']),
  ];
  // Two spellings may be one for the unique index.
  await sql.batch(
    'INSERT IGNORE INTO users (email, location_id, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
    users.map((row) => [...row, LONG_AGO, LONG_AGO]),
  );
  const deleted = places.flatMap(({ id, users: here }) =>
    here.filter((user) => user.deleted).map(({ email }) => [LONG_AGO, email, id]),
  );
  if (deleted.length > 0) {
    await sql.batch(
      'UPDATE users SET deleted_at = ? WHERE CAST(email AS BINARY) = ? AND location_id = ?',
      deleted,
    );
  }
}
