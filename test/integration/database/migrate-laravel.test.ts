import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { migrate } from '../../../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';

let database: FreshDatabase;

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const sql = (statement: string) => database.connection.query<unknown[]>(statement);

describe('a database that the Laravel application uses already', () => {
  const LOCATIONS = `CREATE TABLE locations (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, location_code VARCHAR(10) NOT NULL UNIQUE,
    location_name VARCHAR(100) NOT NULL, online_url VARCHAR(255) NOT NULL,
    created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci`;
  const users = (extra: string) => `CREATE TABLE users (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(255) NOT NULL,
    location_id BIGINT UNSIGNED NOT NULL, status ENUM('active', 'inactive') NOT NULL DEFAULT 'active',
    created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL, ${extra},
    CONSTRAINT fk FOREIGN KEY (location_id) REFERENCES locations (id)) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci`;

  it.each([
    ['under another collation', 'UNIQUE users_email_location_unique (email, location_id)'],
    [
      'with a column and an index of its own',
      "phone VARCHAR(20) DEFAULT '0857', UNIQUE (email, location_id), KEY (phone)",
    ],
    ['with unique(email)', 'UNIQUE users_email_unique (email)'],
  ])('keeps its tables and rows as they are: %s', async (_, extra) => {
    await sql(LOCATIONS);
    await sql(users(extra));
    await sql(
      "INSERT INTO locations (id, location_code, location_name, online_url) VALUES (8, 'dev', 'Dev', 'https://dev')",
    );
    await sql(
      "INSERT INTO users (email, location_id, updated_at) VALUES ('a@dkm', 8, '2025-01-01'), ('b@dkm', 8, NULL)",
    );
    const shared = async () => ({
      locations: [await sql('SHOW CREATE TABLE locations'), await sql('SELECT * FROM locations')],
      users: [await sql('SHOW CREATE TABLE users'), await sql('SELECT * FROM users')],
    });
    const before = await shared();
    const { applied } = await migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {} });
    expect(applied).not.toEqual([]);
    expect(await shared()).toEqual(before);
  });
});
