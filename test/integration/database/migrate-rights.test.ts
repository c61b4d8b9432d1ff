import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import type { DatabaseServer } from '../../../sandbox/database/database-server.ts';
import { startMariadb } from '../../../sandbox/database/mariadb.ts';
import { migrate, pendingMigrations } from '../../../src/database/schema/migrate.ts';
import { MigrationError } from '../../../src/database/schema/migrations.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';
import { type Account, createAccount } from '../cli/support/account.ts';

const TRIGGERS = '20261101000200_audit_triggers';

// One that writes a binary log, as MySQL does by default.
describe.skipIf(process.env['TEST_DATABASE_URL'])('where the server writes a binary log', () => {
  let server: DatabaseServer;
  let database: FreshDatabase;
  let account: Account;

  beforeAll(async () => {
    server = await startMariadb({ flags: ['--log-bin', '--server-id=1'] });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    database = await freshDatabase({ server });
    account = await createAccount(database);
    await sql(`GRANT ALL ON ${database.name}.* TO ${account.name}`);
  });
  afterEach(async () => {
    await sql('SET GLOBAL log_bin_trust_function_creators = 0');
    await account.drop();
    await database.drop();
  });

  const sql = <Row = unknown>(statement: string) => database.sql<Row>(statement);
  const attempt = (repair = false) =>
    migrate({ databaseUrl: account.url, directory: MIGRATIONS, log: () => {}, repair });

  it('an account without SUPER is refused before anything is changed, with the one statement that helps', async () => {
    const refused = attempt();
    await expect(refused).rejects.toThrow(MigrationError);
    await expect(refused).rejects.toThrow(
      /Nothing was changed\. .* run SET GLOBAL log_bin_trust_function_creators = 1/,
    );
    expect(await sql('SHOW TABLES')).toEqual([]);
    await sql('SET GLOBAL log_bin_trust_function_creators = 1');
    expect((await attempt()).applied).toContain(TRIGGERS);
  });

  it('tables of a row format with short keys are refused before anything is changed', async () => {
    await sql("SET GLOBAL innodb_default_row_format = 'compact'");
    await sql('SET GLOBAL log_bin_trust_function_creators = 1');
    try {
      await expect(attempt()).rejects.toThrow(
        /row format compact.* SET GLOBAL innodb_default_row_format = DYNAMIC/,
      );
      expect(await sql('SHOW TABLES')).toEqual([]);
    } finally {
      await sql("SET GLOBAL innodb_default_row_format = 'dynamic'");
    }
    expect((await attempt()).applied).toContain(TRIGGERS);
  });

  it('an attempt of an older version that stopped half-way goes on by --repair', async () => {
    const older = await mkdtemp(join(tmpdir(), 'usersync-older-'));
    const names = (await readdir(MIGRATIONS)).filter((name) => name <= TRIGGERS);
    for (const name of names) await cp(join(MIGRATIONS, name), join(older, name), { recursive: true });
    await migrate({ databaseUrl: database.url, directory: older, log: () => {} });
    await rm(older, { recursive: true });
    await sql('DROP TRIGGER audit_logs_refuse_update');
    await sql('DROP TRIGGER audit_logs_refuse_delete');
    await sql(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${TRIGGERS}'`);
    await expect(pendingMigrations(account.url, MIGRATIONS)).rejects.toThrow('failed half-way');
    await expect(attempt()).rejects.toThrow('npm run migrate -- --repair');
    await expect(attempt(true)).rejects.toThrow('SET GLOBAL log_bin_trust_function_creators = 1');
    await sql('SET GLOBAL log_bin_trust_function_creators = 1');
    expect((await attempt(true)).applied).toContain(TRIGGERS);
    expect(await sql("SHOW TRIGGERS LIKE 'audit_logs'")).toHaveLength(2);
  });
});

describe('an account', () => {
  it('that may not read the history of migrations is told so, and not that tables were left behind', async () => {
    const database = await freshDatabase();
    const account = await createAccount(database);
    try {
      await migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {} });
      await database.connection.query(`GRANT SELECT ON ${database.name}.sync_runs TO ${account.name}`);
      const refused = pendingMigrations(account.url, MIGRATIONS);
      await expect(refused).rejects.toThrow(/may not read _prisma_migrations.*Run the GRANT for that table/);
    } finally {
      await account.drop();
      await database.drop();
    }
  });

  it('that may not create triggers puts none back, and is told which right it lacks', async () => {
    const database = await freshDatabase();
    const account = await createAccount(database);
    try {
      await migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {} });
      await database.connection.query('DROP TRIGGER audit_logs_refuse_delete');
      const granted = `GRANT SELECT, INSERT, UPDATE ON ${database.name}.* TO ${account.name}`;
      await database.connection.query(granted);
      const options = { databaseUrl: account.url, directory: MIGRATIONS, log: () => {}, repair: true };
      await expect(migrate(options)).rejects.toThrow(
        /lacks TRIGGER, which .* GRANT TRIGGER ON|SUPER \(1419\)/,
      );
    } finally {
      await account.drop();
      await database.drop();
    }
  });

  it.each(['SELECT', 'INSERT', 'UPDATE'])(
    'without %s is refused before anything is changed',
    async (lacking) => {
      const database = await freshDatabase();
      const account = await createAccount(database);
      const rights = [
        'SELECT',
        'INSERT',
        'UPDATE',
        'DELETE',
        'CREATE',
        'ALTER',
        'INDEX',
        'REFERENCES',
        'TRIGGER',
      ];
      const granted = rights.filter((right) => right !== lacking).join(', ');
      try {
        await database.connection.query(`GRANT ${granted} ON ${database.name}.* TO ${account.name}`);
        const refused = migrate({ databaseUrl: account.url, directory: MIGRATIONS, log: () => {} });
        await expect(refused).rejects.toThrow(
          /(lacks \w+, which|may not read _prisma_migrations).*Nothing was changed|SUPER \(1419\)/,
        );
        expect(await database.connection.query('SHOW TABLES')).toEqual([]);
      } finally {
        await account.drop();
        await database.drop();
      }
    },
  );
});

describe('an account that may not create tables', () => {
  it('is refused before anything is changed, and the rights are named', async () => {
    const database = await freshDatabase();
    const account = await createAccount(database);
    try {
      await database.connection.query(`GRANT SELECT, INSERT ON ${database.name}.* TO ${account.name}`);
      const refused = migrate({ databaseUrl: account.url, directory: MIGRATIONS, log: () => {} });
      await expect(refused).rejects.toThrow(
        /lacks CREATE, ALTER, INDEX, .*Nothing was changed|SUPER \(1419\)/,
      );
      expect(await database.connection.query('SHOW TABLES')).toEqual([]);
    } finally {
      await account.drop();
      await database.drop();
    }
  });
});
