import { access } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { createDatabase, query } from '../../../sandbox/database/database-server.ts';
import { startMariadb } from '../../../sandbox/database/mariadb.ts';
import { seedLocations } from '../../../sandbox/database/seed-locations.ts';
import { until } from '../../../sandbox/process/until.ts';

const URLS = { dev: 'http://127.0.0.1:1', test: 'http://127.0.0.1:2', prod: 'http://127.0.0.1:3' };

describe.skipIf(process.env['TEST_DATABASE_URL'])('a private database server', () => {
  it('serves databases, and leaves neither a server nor files behind once stopped', async () => {
    const server = await startMariadb();
    const database = await createDatabase(server);
    const [row] = await query<{ folder: string }>(database.url, 'SELECT @@datadir AS folder');
    const folder = row?.folder ?? '';
    await access(folder);
    await server.stop();
    await expect(access(folder)).rejects.toThrow('ENOENT');
    await expect(query(database.url, 'SELECT 1')).rejects.toThrow();
  });

  it('stops when its signal is aborted', async () => {
    const controller = new AbortController();
    const server = await startMariadb({ signal: controller.signal });
    controller.abort();
    const gone = () =>
      query(server.url(''), 'SELECT 1').then(
        () => false,
        () => true,
      );
    await until(gone, { failure: () => 'the server was gone' });
  });

  it('whose data folder cannot be laid out says why', async () => {
    const starting = startMariadb({ flags: ['--lower-case-table-names=nonsense'] });
    await expect(starting).rejects.toThrow(/could not lay out a data folder:[\s\S]*nonsense/);
    await expect(starting).rejects.toThrow(/Error while setting value/);
  });

  it('keeps the durable defaults of a server in production where asked to', async () => {
    const server = await startMariadb({ durability: 'production' });
    const [row] = await query<{ flush: number }>(
      server.url(''),
      'SELECT @@innodb_flush_log_at_trx_commit AS `flush`',
    );
    expect(row?.flush).toBe(1);
    await server.stop();
  });
});

describe('freshDatabase', () => {
  it('is empty, has the collation asked for, and is gone once dropped', async () => {
    const database = await freshDatabase({ collation: 'utf8mb4_bin' });
    expect(await database.connection.query('SHOW TABLES')).toEqual([]);
    expect(await database.connection.query('SELECT @@collation_database AS name')).toEqual([
      { name: 'utf8mb4_bin' },
    ]);
    await database.drop();
    await expect(query(database.url, 'SELECT 1')).rejects.toThrow('Unknown database');
  });

  it("has the bot's tables where migrated, and the scenarios' locations once seeded", async () => {
    const database = await freshDatabase({ migrated: true });
    await seedLocations(database.url, URLS);
    const rows = await database.connection.query(
      'SELECT id, location_code, online_url FROM locations ORDER BY id DESC',
    );
    expect(rows).toEqual([
      { id: 8, location_code: 'dev', online_url: URLS.dev },
      { id: 7, location_code: 'test', online_url: URLS.test },
      { id: 1, location_code: 'prod', online_url: URLS.prod },
    ]);
    expect(await database.connection.query('SELECT * FROM sync_runs')).toEqual([]);
    await database.drop();
  });
});
