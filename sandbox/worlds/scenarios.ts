import { connect } from '../database/database-server.ts';
import { type DepotUser, makeDepotUser, makeDepotUsers } from '../depot/users.ts';

/** The data of the users' scenarios: the list of each depot server, and the rows of `users` before. */

export const DEV = { locationId: 8, code: 'dev' } as const;
export const TEST = { locationId: 7, code: 'test' } as const;
export const PROD = { locationId: 1, code: 'prod' } as const;

const named = (emails: readonly string[]): DepotUser[] =>
  emails.map((email, index) => ({ ...makeDepotUser(index + 1), email }));

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}${index + 1}@dkm`);

const STAYING = numbered('user', 10);
const LEAVING = numbered('old_user', 2);
const COMING = numbered('new_user', 3);

export const scenarioUsers = {
  /** Scenario 1: 25 new. Scenario 3: one of them is on all three servers. */
  dev: (): DepotUser[] => named(['vendor1@dkm', ...numbered('dev_user', 24)]),
  /** Scenario 2: 3 new, 2 gone, 10 unchanged. */
  test: (): DepotUser[] => named([...STAYING, ...COMING]),
  /** Scenario 6: 800 over 8 pages. */
  prod: (): DepotUser[] => makeDepotUsers(800),
};

/** Inserts the rows of `users` before scenario 2. */
export async function seedTestUsers(databaseUrl: string): Promise<void> {
  const connection = await connect(databaseUrl);
  try {
    await connection.batch(
      "INSERT INTO users (email, location_id, status, created_at, updated_at) VALUES (?, ?, 'active', '2025-01-01', '2025-01-01')",
      [...STAYING, ...LEAVING].map((email) => [email, TEST.locationId]),
    );
  } finally {
    await connection.end();
  }
}
