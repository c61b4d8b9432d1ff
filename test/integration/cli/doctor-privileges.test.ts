import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { query } from '../../../sandbox/database/database-server.ts';
import { BOT_SETTINGS } from '../../../sandbox/worlds/bot.ts';
import { inTransaction, openDatabase } from '../../../src/database/client.ts';
import { TABLES } from '../../../src/database/schema/inspect-privileges.ts';
import { migrate } from '../../../src/database/schema/migrate.ts';
import { userColumns } from '../../../src/database/schema/usable-tables.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';
import { type Account, createAccount } from './support/account.ts';
import { examine, findingOf } from './support/doctor-world.ts';

let database: FreshDatabase;
let account: Account;

beforeEach(async () => {
  database = await freshDatabase();
  account = await createAccount(database);
});
afterEach(async () => {
  await account.drop();
  await database.drop();
});

const run = (statement: string) => database.connection.query(statement);
const migrated = (databaseUrl: string) => migrate({ databaseUrl, directory: MIGRATIONS, log: () => {} });
/** Only the database is there to look at. */
const look = async (check: string, changes = {}) =>
  findingOf(
    await examine({
      ...BOT_SETTINGS,
      DATABASE_URL: account.url,
      SLACK_API_URL: 'http://127.0.0.1:9/',
      SYNC_TARGETS: 'none',
      ...changes,
    }),
    check,
  );

describe('the privileges', () => {
  it('are looked at for every table of a migrated database', async () => {
    await migrated(database.url);
    const tables = await database.connection.query<{ name: string }[]>(
      'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
    );
    expect([...TABLES].sort()).toEqual(tables.map(({ name }) => name).sort());
  });

  it('fail where some are missing, and pass after the statements told', async () => {
    await migrated(database.url);
    await run(`GRANT SELECT ON ${database.name}.* TO ${account.name}`);
    const finding = await look('privileges');
    expect(finding?.detail).toMatch(/^the account lacks (UPDATE on locations; )?INSERT, UPDATE on users; /);
    expect(finding?.todo).toContain(`GRANT INSERT, UPDATE ON \`${database.name}\`.users TO ${account.name}`);
    const statements = (finding?.todo ?? '').replace(/^[^:]*: /, '').split('; ');
    for (const statement of statements) await run(statement);
    expect(await look('privileges')).toMatchObject({ status: 'pass' });
  });

  it('on a new table of an upgrade are asked for by what keeps the bot from starting, before any backup', async () => {
    await migrated(database.url);
    for (const table of TABLES.filter((name) => name !== 'sync_requests'))
      await run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${database.name}.${table} TO ${account.name}`);
    const finding = await look('tables of usersync');
    expect(finding?.detail).toBe('missing, or hidden from this account: sync_requests');
    const [, grant = ''] = /^Run as an administrator: (GRANT .*?)\. Where/.exec(finding?.todo ?? '') ?? [];
    await run(grant);
    expect(await look('tables of usersync')).toMatchObject({ status: 'pass' });
    await run('DROP TABLE sync_requests');
    await run(`GRANT ALL ON ${database.name}.* TO ${account.name}`);
    expect(await look('tables of usersync')).toMatchObject({
      detail: 'missing: sync_requests',
      todo: expect.stringMatching(/^Where a table is missing, a backup/),
    });
  });

  it('to lock the row of a location is looked at as the server asks for it', async () => {
    await migrated(database.url);
    for (const table of TABLES) {
      const granted = table === 'locations' ? 'SELECT' : 'SELECT, INSERT, UPDATE, DELETE';
      await run(`GRANT ${granted} ON ${database.name}.${table} TO ${account.name}`);
    }
    const locked = await query(account.url, 'SELECT id FROM locations FOR UPDATE').then(
      () => true,
      () => false,
    );
    expect(await look('privileges')).toMatchObject(
      locked
        ? { status: 'pass' }
        : {
            status: 'fail',
            detail: 'the account lacks UPDATE on locations',
            todo: expect.stringContaining(
              `GRANT UPDATE ON \`${database.name}\`.locations TO ${account.name}`,
            ),
          },
    );
  });

  it('pass where they are granted on the columns that the bot uses, or through a role', async () => {
    await migrated(database.url);
    for (const table of TABLES.filter((name) => name !== 'users')) {
      await run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${database.name}.${table} TO ${account.name}`);
    }
    expect(await look('privileges')).toMatchObject({ status: 'fail' });
    const columns = 'email, location_id, status, created_at, updated_at';
    const role = account.name.replace(/'@.*/, "_role'");
    await run(`CREATE ROLE ${role}`);
    await run(
      `GRANT SELECT, INSERT (${columns}), UPDATE (status, updated_at) ON ${database.name}.users TO ${role}`,
    );
    await run(`GRANT ${role} TO ${account.name}`);
    await run(`SET DEFAULT ROLE ${role} ${await forWord()} ${account.name}`);
    expect(await look('privileges')).toMatchObject({ status: 'pass' });
    await run(`DROP ROLE ${role}`);
  });

  describe('granted on single columns of users', () => {
    const COLUMNS = 'email, location_id, status, created_at, updated_at';
    const grant = async (readable: string) => {
      for (const table of TABLES) {
        const rights =
          table === 'users'
            ? `SELECT (${readable}), INSERT (${COLUMNS}), UPDATE (status, updated_at)`
            : 'SELECT, INSERT, UPDATE, DELETE';
        await run(`GRANT ${rights} ON ${database.name}.${table} TO ${account.name}`);
      }
    };

    it('pass where deleted_at is readable or not there, and fail where it is hidden', async () => {
      await migrated(database.url);
      await grant(`id, ${COLUMNS}`);
      expect(await look('privileges')).toMatchObject({ status: 'pass' });
      await run('ALTER TABLE users ADD deleted_at TIMESTAMP NULL');
      expect(await look('privileges')).toMatchObject({
        status: 'fail',
        detail: expect.stringContaining('SELECT on users'),
      });
      await expect(usersAsSeen()).rejects.toMatchObject({ failure: { code: 'privilege_missing' } });
      await run(`GRANT SELECT (deleted_at) ON ${database.name}.users TO ${account.name}`);
      expect(await look('privileges')).toMatchObject({ status: 'pass' });
      expect((await usersAsSeen()).map(({ name }) => name)).toContain('deleted_at');
    });

    it('hide a column that may demand a value, which the columns are warned of', async () => {
      await migrated(database.url);
      await grant(`id, ${COLUMNS}`);
      expect(await look('columns of users')).toMatchObject({ status: 'pass' });
      await run('ALTER TABLE users ADD name VARCHAR(100) NOT NULL');
      const finding = await look('columns of users');
      expect(finding).toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(/^some columns of users are hidden from this account/),
      });
      await run(/GRANT .*$/.exec(finding?.todo ?? '')?.[0] ?? '');
      expect((await look('columns of users'))?.detail).toMatch(/^a new user needs a value for name /);
    });

    it('hide a CHECK, so that no ALTER is told that could drop it', async () => {
      await migrated(database.url);
      await run("ALTER TABLE users ADD name VARCHAR(100) NOT NULL CHECK (name <> 'x')");
      await grant(`id, name, ${COLUMNS}`);
      expect((await look('columns of users'))?.todo).toMatch(/ or give name a DEFAULT .*the CHECK there$/);
    });

    it('fail where a column of NEW_USER_DEFAULTS may not be written', async () => {
      await migrated(database.url);
      await run('ALTER TABLE users ADD name VARCHAR(100) NOT NULL');
      await grant(`id, name, ${COLUMNS}`);
      const changes = { NEW_USER_DEFAULTS: '{"name":"{localpart}"}' };
      expect(await look('privileges', changes)).toMatchObject({
        status: 'fail',
        detail: expect.stringContaining('INSERT on users'),
      });
      await run(`GRANT INSERT (name) ON ${database.name}.users TO ${account.name}`);
      expect(await look('privileges', changes)).toMatchObject({ status: 'pass' });
    });

    async function usersAsSeen() {
      const db = openDatabase(account.url);
      try {
        return await inTransaction(db, userColumns);
      } finally {
        await db.$disconnect();
      }
    }
  });

  it('change nothing by being looked at', async () => {
    await migrated(database.url);
    await run(
      "INSERT INTO locations (id, location_code, location_name, online_url) VALUES (1, 'a', 'A', '')",
    );
    await run("INSERT INTO users (email, location_id) VALUES ('a@dkm', 1)");
    const contents = async () => [
      await run('SELECT * FROM users'),
      await run('SELECT * FROM locations'),
      await run('SELECT * FROM audit_heads'),
    ];
    const before = await contents();
    await run(`GRANT ALL ON ${database.name}.* TO ${account.name}`);
    expect(await look('privileges')).toMatchObject({ status: 'pass' });
    expect(await contents()).toEqual(before);
  });
});

describe('the privileges to migrate', () => {
  it('warn while something is to be migrated, and suffice after the statement told', async () => {
    await run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${database.name}.* TO ${account.name}`);
    await run(`GRANT ALL ON another_${database.name}.* TO ${account.name}`);
    const finding = await look('privileges to migrate');
    expect(finding).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(
        /^the account itself lacks ALTER, CREATE, INDEX, (REFERENCES, )?TRIGGER(, SUPER \(.*\))?$/,
      ),
    });
    const told = /GRANT .*$/.exec(finding?.todo ?? '')?.[0] ?? '';
    for (const statement of told.split('; ')) await run(statement);
    expect(await look('privileges to migrate')).toMatchObject({ status: 'pass' });
    await migrated(account.url);
    expect(await look('migrations')).toMatchObject({ status: 'pass' });
  });

  it('are not asked for once everything is migrated', async () => {
    await migrated(database.url);
    await run(`GRANT SELECT ON ${database.name}.* TO ${account.name}`);
    expect(await look('privileges to migrate')).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(/; nothing is to be migrated$/),
    });
  });
});

/** MariaDB says FOR where MySQL says TO. */
async function forWord(): Promise<string> {
  const [row] = await database.connection.query<{ version: string }[]>('SELECT VERSION() AS version');
  return row?.version.includes('MariaDB') === true ? 'FOR' : 'TO';
}
