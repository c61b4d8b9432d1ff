import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { createAudit } from '../../../src/database/audit/audit.ts';
import { verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { migrate, pendingMigrations } from '../../../src/database/schema/migrate.ts';
import { readMigrations } from '../../../src/database/schema/migrations.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';
import { AYU } from './support/runs.ts';

/** Other applications keep tables in the same database, and names that usersync would take. */
const NAMES = (await readdir(MIGRATIONS, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const sql = <Row = unknown>(statement: string, values?: unknown[]) => database.sql<Row>(statement, values);
const lines: string[] = [];
const apply = (directory = MIGRATIONS) => {
  lines.length = 0;
  return migrate({ databaseUrl: database.url, directory, log: (line) => void lines.push(line) });
};

/** Every table, view and trigger with its definition, and every row of what is not usersync's. */
async function everything() {
  const tables = await sql<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME',
  );
  const contents = [];
  for (const { name } of tables) {
    contents.push(await sql(`SHOW CREATE TABLE \`${name}\``), await sql(`SELECT * FROM \`${name}\``));
  }
  return { contents, triggers: await sql('SHOW TRIGGERS') };
}

const theirs = async (...tables: string[]) => {
  const contents = [];
  for (const name of tables)
    contents.push(await sql(`SHOW CREATE TABLE \`${name}\``), await sql(`SELECT * FROM \`${name}\``));
  return contents;
};

const AUDITS = `CREATE TABLE audit_logs (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, user_type VARCHAR(255) NULL,
  event VARCHAR(255) NOT NULL, old_values TEXT NULL, created_at TIMESTAMP NULL) ENGINE = MyISAM`;
const HEADS = 'CREATE TABLE audit_heads (id INT PRIMARY KEY, chief VARCHAR(20))';

describe('an application that has a table with a name of the audit log', () => {
  it.each<[string, string[], string[]]>([
    [
      'audit_logs',
      [AUDITS, "INSERT INTO audit_logs (event) VALUES ('created'), ('deleted')"],
      ['audit_logs'],
    ],
    ['audit_heads', [HEADS, "INSERT INTO audit_heads VALUES (1, 'Siti')"], ['audit_heads']],
    ['both', [AUDITS, HEADS], ['audit_logs', 'audit_heads']],
    ['a view of that name', ['CREATE VIEW audit_logs AS SELECT 1 AS id, 2 AS event'], ['audit_logs']],
    [
      'a trigger with the name of one',
      [
        'CREATE TABLE things (id INT PRIMARY KEY)',
        'CREATE TRIGGER audit_logs_refuse_update BEFORE UPDATE ON things FOR EACH ROW SET @x = 1',
      ],
      ['things'],
    ],
  ])('keeps it as it is, and the log goes into tables of its own: %s', async (_, statements, names) => {
    for (const statement of statements) await sql(statement);
    const [before, triggers] = [await theirs(...names), await sql('SHOW TRIGGERS')];
    expect(await pendingMigrations(database.url, MIGRATIONS)).toEqual(NAMES);
    expect((await apply()).applied).toEqual(NAMES);
    expect(lines[0]).toBe('the audit log goes into sync_audit_logs and sync_audit_heads');
    expect(await theirs(...names)).toEqual(before);
    for (const trigger of triggers) expect(await sql('SHOW TRIGGERS')).toContainEqual(trigger);
    expect(await sql("SHOW TRIGGERS LIKE 'sync_audit_logs'")).toHaveLength(2);
    expect((await apply()).applied).toEqual([]);
    expect(await pendingMigrations(database.url, MIGRATIONS)).toEqual([]);

    const db = openDatabase(database.url);
    try {
      const audit = createAudit(db);
      for (const runId of [1, 2, 1]) {
        await audit.append({ step: 'requested', actor: AYU, outcome: 'sync', runId, target: 'dev' });
      }
      expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 3 });
      expect(await createOverview(db, new Map()).steps(1)).toMatchObject({
        steps: [
          { step: 'requested', actorId: AYU.id, reason: undefined, at: expect.any(Date) },
          { step: 'requested' },
        ],
      });
      expect(await theirs(...names)).toEqual(before);
      await expect(sql("UPDATE sync_audit_logs SET outcome = 'x'")).rejects.toThrow('rows are never changed');
      await expect(sql('DELETE FROM sync_audit_logs')).rejects.toThrow('rows are never deleted');
      await sql('DROP TRIGGER sync_audit_logs_refuse_update');
      await sql("UPDATE sync_audit_logs SET outcome = 'x' WHERE seq = 2");
      expect(await verifyAudit(db)).toMatchObject({
        outcome: 'broken',
        seq: 2n,
        why: 'its content was changed',
      });
    } finally {
      await db.$disconnect();
    }
  });

  it('gets later migrations of those tables too', async () => {
    await sql(AUDITS);
    const directory = await mkdtemp(join(tmpdir(), 'usersync-migrations-'));
    await cp(MIGRATIONS, directory, { recursive: true });
    try {
      await apply(directory);
      const added = '99990101000000_added';
      await cp(join(MIGRATIONS, NAMES[0] ?? ''), join(directory, added), { recursive: true });
      await writeFile(
        join(directory, added, 'migration.sql'),
        'ALTER TABLE `audit_logs` ADD COLUMN `more` INT NULL;\n\nCREATE TABLE `audit_more` (\n  `id` INT NOT NULL\n);\n',
      );
      const before = await theirs('audit_logs');
      expect((await apply(directory)).applied).toEqual([added]);
      expect(await theirs('audit_logs')).toEqual(before);
      expect(await sql("SHOW COLUMNS FROM sync_audit_logs LIKE 'more'")).toHaveLength(1);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('keeps the usual names where they are free', async () => {
    await sql('CREATE TABLE audits (id INT PRIMARY KEY)');
    await apply();
    expect(await sql("SHOW TABLES LIKE 'sync\\_audit%'")).toEqual([]);
    expect(await sql("SHOW TABLES LIKE 'audit\\_%'")).toHaveLength(2);
  });
});

describe('an application that has another name which usersync needs', () => {
  it.each<[string, string[], string]>([
    ['a table', ['CREATE TABLE sync_runs (id INT PRIMARY KEY, what TEXT)'], 'table sync_runs'],
    ['a view', ['CREATE VIEW sync_outbox AS SELECT 1 AS id'], 'table sync_outbox'],
    ['the last table of all', ['CREATE TABLE sync_processes (id INT PRIMARY KEY)'], 'table sync_processes'],
    [
      'the names beside those of the audit log',
      [AUDITS, 'CREATE TABLE sync_audit_heads (id INT)'],
      'table sync_audit_heads',
    ],
  ])('is told so before anything is changed: %s', async (_, statements, what) => {
    for (const statement of statements) await sql(statement);
    const before = await everything();
    const told = `The database has a ${what} that is another application's. Nothing was changed`;
    await expect(apply()).rejects.toThrow(told);
    await expect(pendingMigrations(database.url, MIGRATIONS)).rejects.toThrow(told);
    expect(await everything()).toEqual(before);
  });

  it('has nothing dropped for it where an attempt was not recorded', async () => {
    await apply();
    await sql('DELETE FROM _prisma_migrations');
    const before = await everything();
    await expect(apply()).rejects.toThrow(
      "The database has usersync's table sync_runs, and no migration is recorded that made it. Nothing was changed.",
    );
    expect(await everything()).toEqual(before);
  });

  it('is told to drop a newer table that a restored backup left, and then migrates', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'usersync-migrations-'));
    try {
      await cp(MIGRATIONS, directory, { recursive: true });
      await apply(directory);
      const newer = '99990101000000_newer';
      await cp(join(MIGRATIONS, NAMES[0] ?? ''), join(directory, newer), { recursive: true });
      await writeFile(
        join(directory, newer, 'migration.sql'),
        'CREATE TABLE `sync_newer` (\n  `id` INT NOT NULL\n);\n',
      );
      await apply(directory);
      // A dump of the older database brings its migrations back, and does not name the newer table.
      await sql('DELETE FROM _prisma_migrations WHERE migration_name = ?', [newer]);
      await expect(apply(directory)).rejects.toThrow(
        'If a backup without it was restored, run: DROP TABLE `sync_newer`.',
      );
      await sql('DROP TABLE `sync_newer`');
      expect((await apply(directory)).applied).toEqual([newer]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

const HISTORY = `CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL,
  finished_at DATETIME(3), migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at DATETIME(3),
  started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0)`;

describe('a migration that failed half-way beside a table of somebody else', () => {
  it('goes on by --repair, and leaves that table alone', async () => {
    // As an earlier version left it, which looked at no names.
    const [first, second] = await readMigrations(MIGRATIONS);
    await sql(HISTORY);
    const made = [...(first?.statements ?? []), ...(second?.statements ?? [])];
    for (const statement of made.filter((each) => !each.includes('`audit_'))) await sql(statement);
    await sql(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES
      (UUID(), '${first?.checksum}', '${first?.name}', NOW()), (UUID(), '${second?.checksum}', '${second?.name}', NULL)`);
    await sql(AUDITS);
    const others = await sql('SHOW CREATE TABLE audit_logs');
    await expect(apply()).rejects.toThrow('npm run migrate -- --repair');
    await migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {}, repair: true });
    expect(await sql('SHOW CREATE TABLE audit_logs')).toEqual(others);
    expect(await sql('SELECT seq FROM sync_audit_heads')).toEqual([{ seq: 0 }]);
  });
});

describe('another Prisma application in the same database', () => {
  const rows = () =>
    sql(
      "SELECT * FROM _prisma_migrations WHERE migration_name IN ('0_init', '20990101000000_later', '20240101000000_broken') ORDER BY id",
    );

  beforeEach(async () => {
    await sql(HISTORY);
    await sql(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, logs) VALUES
      (UUID(), REPEAT('a', 64), '0_init', NOW(3), NULL), (UUID(), REPEAT('b', 64), '20990101000000_later', NOW(3), ''),
      ('by-hand', '', '20240101000000_broken', NULL, 'it failed')`);
  });

  it('keeps its rows, and stops neither a migration nor the start', async () => {
    const before = await rows();
    expect(await pendingMigrations(database.url, MIGRATIONS)).toEqual(NAMES);
    expect((await apply()).applied).toEqual(NAMES);
    expect(await rows()).toEqual(before);
    expect(await pendingMigrations(database.url, MIGRATIONS)).toEqual([]);
    expect((await apply()).applied).toEqual([]);
    expect(before).toHaveLength(3);
  });

  it('is told apart from a newer version of usersync, which stops the older one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'usersync-migrations-'));
    await cp(MIGRATIONS, directory, { recursive: true });
    try {
      await apply();
      const last = NAMES.at(-1) ?? '';
      await rm(join(directory, last), { recursive: true });
      await expect(pendingMigrations(database.url, directory)).rejects.toThrow(
        `the migration ${last}, which this version does not know`,
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
