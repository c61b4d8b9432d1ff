import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mariadb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { connect } from '../../../sandbox/database/database-server.ts';
import { startTcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { createAudit } from '../../../src/database/audit/audit.ts';
import { OWN_TABLES } from '../../../src/database/audit/audit-tables.ts';
import { verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { createPlans } from '../../../src/database/plan/plans.ts';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { migrate, pendingMigrations } from '../../../src/database/schema/migrate.ts';
import { MigrationError, readMigrations } from '../../../src/database/schema/migrations.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';
import { SYSTEM } from '../../../src/sync/run/run.ts';
import { createAccount } from '../cli/support/account.ts';
import { AS_BY_DEFAULT } from './support/testbed.ts';

const NAMES = (await readdir(MIGRATIONS, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const LAST = NAMES.at(-1) ?? '';
const ADDED = '99990101000000_added';

let database: FreshDatabase;
let directory: string;

beforeEach(async () => {
  database = await freshDatabase();
  directory = await mkdtemp(join(tmpdir(), 'usersync-migrations-'));
  await cp(MIGRATIONS, directory, { recursive: true });
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const apply = (log: (line: string) => void = () => {}) =>
  migrate({ databaseUrl: database.url, directory, log });
const repair = () => migrate({ databaseUrl: database.url, directory, log: () => {}, repair: true });
const sql = <Row = unknown>(statement: string) => database.sql<Row>(statement);
const history = () =>
  sql<Record<string, unknown>>('SELECT * FROM _prisma_migrations ORDER BY migration_name, started_at');
const tables = async () =>
  (
    await sql<{ name: string }>(
      'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
    )
  )
    .map(({ name }) => name)
    .sort();

async function addMigration(statements: string, name = ADDED): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'migration.sql'), statements);
}

describe('an empty database', () => {
  it('gets every table, the triggers and the end of the audit chain, and says what was applied', async () => {
    const lines: string[] = [];
    expect(await apply((line) => lines.push(line))).toEqual({ applied: NAMES });
    expect(lines).toEqual(NAMES.map((name) => `applied ${name}`));
    expect(await tables()).toEqual([...OWN_TABLES, '_prisma_migrations', 'locations', 'users'].sort());
    expect(await sql('SELECT id, seq, hash FROM audit_heads')).toEqual([
      { id: 1, seq: 0, hash: '0'.repeat(64) },
    ]);
    expect(await sql("SHOW TRIGGERS LIKE 'audit_logs'")).toHaveLength(2);
  });

  it('gets nothing on a server that only speaks MySQL’s protocol, and says so', async () => {
    const version = (sent: Buffer) =>
      sent.includes('VERSION()')
        ? Buffer.from(sent.toString('latin1').replace('VERSION()', "'8-TiDB-'"), 'latin1')
        : sent;
    const url = new URL(database.url);
    const proxy = await startTcpProxy(Number(url.port), version);
    url.port = String(proxy.port);
    try {
      const migrating = migrate({ databaseUrl: url.href, directory, log: () => {} });
      await expect(migrating).rejects.toThrow(
        'The server is 8-TiDB-, and usersync needs MySQL or MariaDB itself.',
      );
      expect(await tables()).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });

  it('gets the two shared tables as the contract has them', async () => {
    await apply();
    const shared = "TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('locations', 'users')";
    const columns = await sql<{ place: string; type: string; nullable: string }>(
      `SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) AS place, COLUMN_TYPE AS type, IS_NULLABLE AS nullable
       FROM information_schema.COLUMNS WHERE ${shared} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    );
    // MariaDB tells how wide a number is shown, too.
    expect(columns.map(({ place, type, nullable }) => [place, type.replace('(20)', ''), nullable])).toEqual([
      ['locations.id', 'bigint unsigned', 'NO'],
      ['locations.location_code', 'varchar(10)', 'NO'],
      ['locations.location_name', 'varchar(100)', 'NO'],
      ['locations.online_url', 'varchar(255)', 'NO'],
      ['locations.created_at', 'timestamp', 'YES'],
      ['locations.updated_at', 'timestamp', 'YES'],
      ['users.id', 'bigint unsigned', 'NO'],
      ['users.email', 'varchar(255)', 'NO'],
      ['users.location_id', 'bigint unsigned', 'NO'],
      ['users.status', "enum('active','inactive')", 'NO'],
      ['users.created_at', 'timestamp', 'YES'],
      ['users.updated_at', 'timestamp', 'YES'],
    ]);
    const indexes = await sql<{ name: string; columns: string; loose: number }>(
      `SELECT INDEX_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS columns, MAX(NON_UNIQUE) AS loose
       FROM information_schema.STATISTICS WHERE ${shared} GROUP BY TABLE_NAME, INDEX_NAME ORDER BY TABLE_NAME, INDEX_NAME`,
    );
    expect(indexes.map(({ name, columns, loose }) => [name, columns, Number(loose)])).toEqual([
      ['locations_location_code_unique', 'location_code', 0],
      ['PRIMARY', 'id', 0],
      ['PRIMARY', 'id', 0],
      ['users_email_index', 'email', 1],
      ['users_email_location_unique', 'email,location_id', 0],
      ['users_location_id_index', 'location_id', 1],
      ['users_status_index', 'status', 1],
    ]);
    await sql("INSERT INTO locations (location_code, location_name, online_url) VALUES ('dev', 'Dev', '')");
    await sql("INSERT INTO users (email, location_id) VALUES ('a@dkm', 1)");
    expect(await sql('SELECT status FROM users')).toEqual([{ status: 'active' }]);
    await expect(sql("INSERT INTO users (email, location_id) VALUES ('b@dkm', 9)")).rejects.toMatchObject({
      errno: 1452,
    });
  });

  it('keeps a history as Prisma writes it', async () => {
    await apply();
    const rows = await history();
    expect(rows.map((row) => row['migration_name'])).toEqual(NAMES);
    for (const row of rows) {
      const file = await readFile(join(MIGRATIONS, String(row['migration_name']), 'migration.sql'));
      expect(row).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        checksum: createHash('sha256').update(file).digest('hex'),
        finished_at: expect.any(Date),
        started_at: expect.any(Date),
        applied_steps_count: 1,
        logs: null,
        rolled_back_at: null,
      });
    }
    expect(new Set(rows.map((row) => row['id'])).size).toBe(rows.length);
  });

  it('gets nothing more from a second time', async () => {
    await apply();
    const before = await history();
    expect(await apply()).toEqual({ applied: [] });
    expect(await history()).toEqual(before);
  });

  it('has a migration wait half a minute for its tables, as the bot is silent meanwhile', async () => {
    await addMigration('CREATE TABLE waited AS SELECT @@SESSION.lock_wait_timeout AS seconds;\n');
    await apply();
    expect(await sql('SELECT seconds FROM waited')).toEqual([{ seconds: 30 }]);
  });

  it('is migrated once by processes that start at the same time', async () => {
    const results = await Promise.all([apply(), apply(), apply()]);
    expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 0, NAMES.length]);
    expect(await history()).toHaveLength(NAMES.length);
  });

  it('tells what is pending, and is not touched by that', async () => {
    expect(await pendingMigrations(database.url, directory)).toEqual(NAMES);
    expect(await tables()).toEqual([]);
    await apply();
    expect(await pendingMigrations(database.url, directory)).toEqual([]);
    await addMigration('CREATE TABLE added (id INT);\n');
    expect(await pendingMigrations(database.url, directory)).toEqual([ADDED]);
    expect(await apply()).toEqual({ applied: [ADDED] });
  });
});

describe('a table that a transaction has open', () => {
  const WAITING = '99990102000000_waiting';
  const MORE = 'ALTER TABLE `sync_runs` ADD COLUMN `more` INT NULL;\n';
  let reader: Connection;

  beforeEach(async () => {
    await apply();
    reader = await connect(database.url);
    await reader.beginTransaction();
    await reader.query('SELECT id FROM sync_runs');
    // The next migration waits a second only.
    await addMigration('SET SESSION lock_wait_timeout = 1;\n');
  });
  afterEach(() => reader.end());

  it('ends the migration, which names the transaction’s connection, did nothing, and is applied once it is over', async () => {
    await addMigration(MORE, WAITING);
    await expect(apply()).rejects.toMatchObject({
      what: `The migration ${WAITING} failed: Lock wait timeout exceeded; try restarting transaction.`,
      next: expect.stringMatching(
        new RegExp(
          `^Its table is in use.*: connection ${reader.threadId} of root@.*end it. Nothing of it was done. Then run: npm run migrate$`,
        ),
      ),
    });
    expect(await pendingMigrations(database.url, directory)).toEqual([WAITING]);
    await reader.rollback();
    expect(await apply()).toEqual({ applied: [WAITING] });
    expect(await sql("SHOW COLUMNS FROM sync_runs LIKE 'more'")).toHaveLength(1);
  });

  it('ends one that has begun half-way: --repair goes on', async () => {
    await addMigration(`CREATE TABLE \`made\` (id INT);\n\n${MORE}`, WAITING);
    await expect(apply()).rejects.toThrow(/of root@.*npm run migrate -- --repair$/);
    await expect(apply()).rejects.toThrow(`${WAITING} failed half-way`);
    await reader.rollback();
    expect(await repair()).toEqual({ applied: [WAITING] });
    expect(await sql("SHOW COLUMNS FROM sync_runs LIKE 'more'")).toHaveLength(1);
  });

  it('is looked up by an administrator, where the account may not see whose transaction it is', async () => {
    const account = await createAccount(database);
    try {
      await sql(`GRANT ALL ON ${database.name}.* TO ${account.name}`);
      await addMigration(MORE, WAITING);
      const migrating = migrate({ databaseUrl: account.url, directory, log: () => {} });
      await expect(migrating).rejects.toThrow('an administrator sees whose it is by SHOW PROCESSLIST');
    } finally {
      await account.drop();
    }
  });
});

describe('a history that does not fit', () => {
  it('stops where a migration was edited after it was applied', async () => {
    await apply();
    const file = join(directory, LAST, 'migration.sql');
    await writeFile(file, `${await readFile(file, 'utf8')}-- a harmless comment\n`);
    await expect(apply()).rejects.toThrow(MigrationError);
    await expect(apply()).rejects.toThrow(`${LAST} was edited after it was applied`);
    await expect(pendingMigrations(database.url, directory)).rejects.toThrow('was edited');
  });

  it('stops where the database knows a migration that this version does not', async () => {
    await apply();
    await rm(join(directory, LAST), { recursive: true });
    await expect(apply()).rejects.toThrow(`the migration ${LAST}, which this version does not know`);
  });

  it('says which migration failed and why, stops from then on, and applies nothing after it', async () => {
    await addMigration('CREATE TABLE half (id INT);\n\nCREATE TABLE half (id INT);\n');
    await expect(apply()).rejects.toThrow(
      /99990101000000_added failed: .*half.* exists\. Nobody has to undo anything/,
    );
    const row = (await history()).at(-1);
    expect(row).toMatchObject({ migration_name: ADDED, finished_at: null, applied_steps_count: 0 });
    expect(row?.['logs']).toMatch(/half/);
    await expect(apply()).rejects.toThrow(`${ADDED} failed half-way`);
    await expect(pendingMigrations(database.url, directory)).rejects.toThrow('failed half-way');
  });

  it.each([0, 1, 2, 3, 99])(
    'goes on by --repair where a migration was interrupted after statement %i, as if it had not been',
    async (interruptedAfter) => {
      const clean = await freshDatabase();
      await migrate({ databaseUrl: clean.url, directory: MIGRATIONS, log: () => {} });
      const shapes = (tables: readonly string[], at: FreshDatabase) =>
        Promise.all(tables.map((table) => at.sql(`SHOW CREATE TABLE ${table}`)));
      try {
        await rm(directory, { recursive: true });
        await sql(`CREATE TABLE _prisma_migrations LIKE ${clean.name}._prisma_migrations`);
        for (const { name, checksum, statements } of await readMigrations(MIGRATIONS)) {
          await cp(join(MIGRATIONS, name), join(directory, name), { recursive: true });
          await sql(
            `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (UUID(), '${checksum}', '${name}')`,
          );
          for (const statement of statements.slice(0, interruptedAfter)) await sql(statement);
          await expect(apply()).rejects.toThrow('npm run migrate -- --repair');
          expect(await repair()).toEqual({ applied: [name] });
        }
        expect(await shapes(OWN_TABLES, database)).toEqual(await shapes(OWN_TABLES, clean));
        expect(await sql('SELECT * FROM audit_heads')).toHaveLength(1);
        expect(await apply()).toEqual({ applied: [] });
      } finally {
        await clean.drop();
      }
    },
  );

  it('keeps what was written meanwhile, whatever was interrupted', async () => {
    await apply();
    await sql(
      "INSERT INTO sync_processes (owner, lock_name, server, server_started_at, seen_at) VALUES ('one', 'lock', 'server', NOW(), NOW())",
    );
    await sql(
      "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '20261127020000_processes'",
    );
    await repair();
    expect(await sql('SELECT owner FROM sync_processes')).toHaveLength(1);
    expect(await apply()).toEqual({ applied: [] });
  });

  it('goes on where a failed migration was marked as rolled back, as Prisma marks it', async () => {
    await addMigration('CREATE TABLE half (id INT);\n\nCREATE TABLE half (id INT);\n');
    await expect(apply()).rejects.toThrow('failed');
    await sql('DROP TABLE half');
    await sql('UPDATE _prisma_migrations SET rolled_back_at = NOW() WHERE finished_at IS NULL');
    await addMigration('CREATE TABLE half (id INT);\n');
    expect(await apply()).toEqual({ applied: [ADDED] });
    expect(await apply()).toEqual({ applied: [] });
  });

  it('is taken as it is where Prisma wrote it', async () => {
    await apply();
    await sql("UPDATE _prisma_migrations SET id = UUID(), logs = '', applied_steps_count = 0");
    expect(await apply()).toEqual({ applied: [] });
  });
});

describe('a database of the version before source_id and facts', () => {
  const DATA_AS_COLUMNS = '20261127100000_data_as_columns';

  it('keeps its plans and a whole audit chain, and both go on', async () => {
    const later = NAMES.filter((name) => name >= DATA_AS_COLUMNS);
    for (const name of later) await rm(join(directory, name), { recursive: true });
    await apply();
    const old = [
      '1',
      '2026-11-20T10:00:00.000Z',
      'superseded',
      'superseded',
      'usersync',
      'usersync',
      7,
      'dev',
      null,
    ];
    const hash = createHash('sha256')
      .update(JSON.stringify([...old, 'by run 8', '0'.repeat(64)]))
      .digest('hex');
    await sql(`INSERT INTO audit_logs (seq, at, step, outcome, actor_id, actor_name, run_id, target, reason, prev_hash, hash)
      VALUES (1, '2026-11-20 10:00:00.000', 'superseded', 'superseded', 'usersync', 'usersync', 7, 'dev', 'by run 8',
              REPEAT('0', 64), '${hash}')`);
    await sql(`UPDATE audit_heads SET seq = 1, hash = '${hash}'`);
    await sql(
      "INSERT INTO sync_changes (run_id, seq, action, email, detail) VALUES (7, 1, 'skipped', '', 'id_user 7: no_email')",
    );

    await cp(MIGRATIONS, directory, { recursive: true });
    expect((await apply()).applied).toEqual(later);
    const db = openDatabase(database.url);
    try {
      const facts = { kind: 'superseded', byRunId: 9 } as const;
      await createAudit(db).append({
        step: 'superseded',
        actor: SYSTEM,
        outcome: 'superseded',
        runId: 7,
        facts,
      });
      expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 2 });
      expect(await createOverview(db, new Map()).steps(7)).toMatchObject({
        steps: [
          { reason: 'by run 8', facts: undefined },
          { reason: undefined, facts },
        ],
      });
      expect(await createPlans(db, AS_BY_DEFAULT).list(7, 'skipped', 0, 10)).toMatchObject([
        { detail: 'id_user 7: no_email' },
      ]);
    } finally {
      await db.$disconnect();
    }
  });
});

describe('a database of the version in which a pause had its target alone as a key', () => {
  it('keeps its pauses, whether they name a location or not, and takes one of another location beside them', async () => {
    for (const name of NAMES.filter((each) => each >= '20261201100000_pauses_without_location'))
      await rm(join(directory, name), { recursive: true });
    await apply();
    const pause = (target: string, locationId: number | null) =>
      sql(`INSERT INTO sync_pauses (target, location_id, paused_by_id, paused_by_name, paused_at)
           VALUES ('${target}', ${locationId}, 'U1', 'Ayu', NOW())`);
    await pause('*', null);
    await pause('dev', 8);
    await cp(MIGRATIONS, directory, { recursive: true });
    await apply();
    await pause('dev', 9);
    const rows = await sql<{ target: string; locationId: bigint | number }>(
      'SELECT target, location_id AS locationId FROM sync_pauses ORDER BY target, location_id',
    );
    expect(rows.map(({ target, locationId }) => [target, Number(locationId)])).toEqual([
      ['*', 0],
      ['dev', 8],
      ['dev', 9],
    ]);
  });
});

describe('a database of the version that marked a run as taken back by a rollback in part', () => {
  /** Completed runs in order: which run each takes back, and how many users were left out. */
  const RUNS = [
    [1, null, 0],
    [2, 1, 3],
    // A rollback that is taken back in part stands itself.
    [3, null, 0],
    [4, 3, 0],
    [5, 4, 3],
    // One part, the rest, and the part again.
    [6, null, 0],
    [7, 6, 3],
    [8, 6, 0],
    [9, 7, 0],
    // One part, the rest, and the rest again.
    [10, null, 0],
    [11, 10, 3],
    [12, 10, 0],
    [13, 12, 0],
    // Nothing in part.
    [14, null, 3],
    [15, 14, 0],
    [16, 15, 0],
  ] as const;
  const MARKS: Readonly<Record<number, readonly [takenBackBy: number | null, redoneBy: number | null]>> = {
    3: [4, null],
    6: [8, null],
    7: [9, null],
    12: [13, null],
    14: [null, 16],
    15: [16, null],
  };
  const marks = async () => {
    const rows = await sql<Record<'id' | 'takenBackBy' | 'redoneBy', bigint | number | null>>(
      'SELECT id, taken_back_by_id AS takenBackBy, redone_by_id AS redoneBy FROM sync_runs ORDER BY id',
    );
    const plain = (id: bigint | number | null) => (id === null ? null : Number(id));
    return rows.map(({ id, takenBackBy, redoneBy }) => [Number(id), plain(takenBackBy), plain(redoneBy)]);
  };

  it('has these runs stand again, so that the rest can be taken back, and keeps all other marks', async () => {
    for (const name of NAMES.filter((each) => each >= '20261127110000_taken_back'))
      await rm(join(directory, name), { recursive: true });
    await apply();
    for (const [id, reverts, omitted] of RUNS)
      await sql(`INSERT INTO sync_runs (id, target, location_id, location_name, status, channel_id, request_key,
          requested_by_id, requested_by_name, requested_at, finished_at, add_count, omitted_count, reverts_run_id)
        VALUES (${id}, 'dev', 8, 'Dev', 'completed', 'C1', 'key ${id}', 'U1', 'Ayu', NOW(),
          '2026-11-20' + INTERVAL ${id} HOUR, 1, ${omitted}, ${reverts})`);
    await cp(MIGRATIONS, directory, { recursive: true });
    await apply();
    const expected = RUNS.map(([id]) => [id, ...(MARKS[id] ?? [null, null])]);
    expect(await marks()).toEqual(expected);
    const again = await readFile(
      join(MIGRATIONS, '20261129200000_taken_back_in_part', 'migration.sql'),
      'utf8',
    );
    for (const statement of again.split(';\n').filter((each) => each.includes('UPDATE')))
      await sql(statement);
    expect(await marks()).toEqual(expected);
  });
});
