import type { Connection } from 'mariadb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { migrate } from '../../../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';

/** Everything that a server says of how a database is made, and the rows that the migrations put into it. */
async function madeAs(connection: Connection): Promise<unknown> {
  const found = await connection.query<Record<string, string>[]>('SHOW TABLES');
  const names = found.flatMap((row) => Object.values(row)).sort();
  const tables: unknown[] = [];
  for (const name of names) {
    const [made] = await connection.query<{ 'Create Table': string }[]>(`SHOW CREATE TABLE \`${name}\``);
    const [count] = await connection.query<{ n: bigint }[]>(`SELECT COUNT(*) AS n FROM \`${name}\``);
    tables.push([name, made?.['Create Table'].replace(/ AUTO_INCREMENT=\d+/, ''), Number(count?.n)]);
  }
  const triggers = await connection.query(
    `SELECT TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_STATEMENT
     FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY TRIGGER_NAME`,
  );
  const history = await connection.query(
    'SELECT migration_name, checksum, applied_steps_count FROM _prisma_migrations ORDER BY migration_name',
  );
  return { tables, triggers, history };
}

describe('a database that is copied for a test', () => {
  it('is what the migrations make', async () => {
    const [copied, empty] = [await freshDatabase({ migrated: true }), await freshDatabase()];
    onTestFinished(async () => void (await Promise.all([copied.drop(), empty.drop()])));
    await migrate({ databaseUrl: empty.url, directory: MIGRATIONS, log: () => {} });
    expect(await madeAs(copied.connection)).toEqual(await madeAs(empty.connection));
  });
});
