import type { Connection } from 'mariadb';

/** Tables and columns that no bot has any business in. */
export async function untouchable(sql: Connection): Promise<string> {
  const locations = await sql.query<unknown[]>('SELECT * FROM locations ORDER BY id');
  const migrations = await sql.query<unknown[]>(
    'SELECT id, checksum, migration_name FROM _prisma_migrations ORDER BY id',
  );
  const tables = await sql.query<unknown[]>('SHOW TABLES');
  return JSON.stringify({ locations, migrations, tables });
}
