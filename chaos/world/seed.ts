import type { Connection } from 'mariadb';
import type { Place } from '../schedule/schedule.ts';
import type { Depot } from './depots.ts';

/** A location that no bot is asked for: nothing may ever change there. */
const ELSEWHERE = { id: 99, users: ['user1@dkm', 'user2@dkm', 'old3@dkm'] };

const LONG_AGO = '2025-01-01 00:00:00';

/** Puts the locations and their users where the Laravel application would have put them. */
export async function seed(
  sql: Connection,
  places: readonly Place[],
  depots: readonly Depot[],
): Promise<void> {
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
  await sql.batch(
    'INSERT INTO users (email, location_id, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
    users.map((row) => [...row, LONG_AGO, LONG_AGO]),
  );
}
