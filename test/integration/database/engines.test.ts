import { readFileSync } from 'node:fs';
import { SqlError } from 'mariadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { foreignEngines, OWN_TABLES } from '../../../src/database/audit/audit-tables.ts';
import { migrate } from '../../../src/database/schema/migrate.ts';
import { SHARED_TABLES } from '../../../src/database/schema/usable-tables.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, draftRun, openRun, rules, statusOf } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const CONVERSION = '20261127070000_innodb';
/** Made after the conversion, by migrations that name the engine themselves: no earlier version has left them otherwise. */
const LATER: Readonly<Record<string, string>> = {
  sync_approvals: '20261127140000_approvals',
  sync_absences: '20261127230000_by_rule',
  sync_pauses: '20261127230000_by_rule',
  sync_requests: '20261129190000_pauses_by_location',
};
const CONVERTED = OWN_TABLES.filter((table) => LATER[table] === undefined);

/** With GTID, MySQL refuses by itself to mix such a table into a transaction; without, it is for the bot to notice. */
const testbed = useTestbed({
  flags: ['--default-storage-engine=MyISAM', '--loose-gtid-mode=OFF', '--loose-enforce-gtid-consistency=OFF'],
});

const others = () =>
  foreignEngines((sql, values) => testbed.sql(sql, [...values]), [...SHARED_TABLES, ...OWN_TABLES]);
const keepBy = (engine: string, table: string) => testbed.sql(`ALTER TABLE ${table} ENGINE = ${engine}`);

/** ER_UNKNOWN_STORAGE_ENGINE, ER_TOO_LONG_KEY, ER_FK_CANNOT_CHANGE_ENGINE, ER_STORAGE_ENGINE_NOT_SUPPORTED's kin. */
const IMPOSSIBLE = [1286, 1071, 3776, 3161, 1217];

/** Has an engine keep the table; false where this server cannot, so that nobody finds it in that engine either. */
async function isKeptBy(engine: string, table: string): Promise<boolean> {
  try {
    await keepBy(engine, table);
    return true;
  } catch (error) {
    if (error instanceof SqlError && IMPOSSIBLE.includes(error.errno ?? 0)) return false;
    throw error;
  }
}

/** MySQL knows no `IF EXISTS` there. */
async function dropForeignKey(): Promise<void> {
  await testbed
    .sql('ALTER TABLE users DROP FOREIGN KEY users_location_id_foreign')
    .catch((error: unknown) => {
      if (!(error instanceof SqlError && error.errno === 1091)) throw error;
    });
}

describe('on a server whose engine for new tables cannot undo', () => {
  it('the first migration makes every table in InnoDB, those of the Laravel application too', async () => {
    expect(await testbed.sql('SELECT @@GLOBAL.default_storage_engine AS engine')).toEqual([
      { engine: 'MyISAM' },
    ]);
    expect(await others()).toEqual([]);
  });

  it.each(['MyISAM', 'Aria'])(
    'tables that an earlier version left in %s are converted by the next migration, rows and triggers kept',
    async (engine) => {
      const target = await testbed.location();
      await draftRun(testbed.bot, target, [listOf('a@dkm')]);
      const before = await testbed.sql('SELECT * FROM audit_logs ORDER BY seq');
      const kept: string[] = [];
      for (const table of CONVERTED) if (await isKeptBy(engine, table)) kept.push(table);
      expect((await others()).map(({ table }) => table).toSorted()).toEqual(kept.toSorted());
      await testbed.sql('DELETE FROM _prisma_migrations WHERE migration_name = ?', [CONVERSION]);
      const { applied } = await migrate({
        databaseUrl: testbed.database.url,
        directory: MIGRATIONS,
        log: () => {},
      });
      expect(applied).toEqual([CONVERSION]);
      expect(await others()).toEqual([]);
      expect(await testbed.sql('SELECT * FROM audit_logs ORDER BY seq')).toEqual(before);
      await expect(testbed.sql('DELETE FROM audit_logs')).rejects.toThrow(/never deleted/);
    },
  );

  it('no table of the bot is left out', async () => {
    const tables = await testbed.sql<Record<string, string>>('SHOW TABLES');
    const names = tables.flatMap((row) => Object.values(row)).filter((name) => name !== '_prisma_migrations');
    expect(names.sort()).toEqual([...SHARED_TABLES, ...OWN_TABLES].sort());
  });

  const sqlOf = (migration: string) => readFileSync(`${MIGRATIONS}/${migration}/migration.sql`, 'utf8');

  it('the conversion names every table of the bot that was there', () => {
    for (const table of CONVERTED) expect(sqlOf(CONVERSION)).toContain(`TABLE_NAME = '${table}'`);
  });

  it('a table that came later names its engine itself', () => {
    for (const [table, migration] of Object.entries(LATER)) {
      expect(sqlOf(migration)).toMatch(new RegExp(`CREATE TABLE \`${table}\` \\([^;]*\\) ENGINE = InnoDB`));
    }
  });
});

describe('a view in the place of users', () => {
  it.each(['SELECT * FROM people', 'SELECT DISTINCT * FROM people'])(
    'makes no plan and executes none, and is told as one: %s',
    async (select) => {
      const target = await testbed.location();
      const claimed = await claimedRun(testbed.bot, target, listOf('new@dkm'));
      const opened = await openRun(testbed.bot, await testbed.location());
      await testbed.sql('RENAME TABLE users TO people');
      await testbed.sql(`CREATE VIEW users AS ${select}`);
      const refusal = {
        failure: { code: 'not_transactional', tables: [{ table: 'users', engine: 'VIEW' }] },
      };
      try {
        await expect(
          testbed.bot.plans.draft(opened.lease, { reads: [1], rules: rules() }),
        ).rejects.toMatchObject(refusal);
        await expect(apply(testbed.bot, claimed)).rejects.toMatchObject(refusal);
      } finally {
        await testbed.sql('DROP VIEW users');
        await testbed.sql('RENAME TABLE people TO users');
      }
      await apply(testbed.bot, claimed);
      expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active' });
    },
  );
});

describe('a table that could not undo its part of a sync', () => {
  let target: Target;

  beforeEach(async () => {
    await dropForeignKey();
    target = await testbed.location();
    await testbed.addUsers(target, { 'back@dkm': 'inactive', 'gone@dkm': 'active' });
  });

  /** Writes of an execution that fail, in order: each leaves what was written before it to be undone. */
  const FAILING = {
    users: "BEFORE INSERT ON users FOR EACH ROW SIGNAL SQLSTATE '45000'",
    sync_runs: "BEFORE UPDATE ON sync_runs FOR EACH ROW SIGNAL SQLSTATE '45000'",
    sync_outbox: "BEFORE INSERT ON sync_outbox FOR EACH ROW SIGNAL SQLSTATE '45000'",
    audit_logs: "BEFORE INSERT ON audit_logs FOR EACH ROW SIGNAL SQLSTATE '45000'",
    audit_heads: "BEFORE UPDATE ON audit_heads FOR EACH ROW SIGNAL SQLSTATE '45000'",
  };
  const failing = Object.entries(FAILING);
  const kept = [...SHARED_TABLES, ...OWN_TABLES].flatMap((table) =>
    ['MyISAM', 'Aria'].map((engine) => [table, engine] as const),
  );

  it.each(kept)(
    '%s in %s: no plan is made, and none is executed, whichever write would fail',
    async (table, engine) => {
      const claimed = await claimedRun(testbed.bot, target, listOf('new@dkm', 'back@dkm'));
      const opened = await openRun(testbed.bot, await testbed.location());
      const users = await testbed.usersAt(target);
      if (!(await isKeptBy(engine, table))) {
        expect(await others()).toEqual([]);
        return;
      }
      try {
        const refusal = { failure: { code: 'not_transactional', tables: [{ table, engine }] } };
        await expect(
          testbed.bot.plans.draft(opened.lease, { reads: [1], rules: rules() }),
        ).rejects.toMatchObject(refusal);
        await expect(testbed.bot.plans.invert(opened.lease, claimed.run.id, rules())).rejects.toMatchObject(
          refusal,
        );
        for (const [, trigger] of failing) {
          await testbed.sql(`CREATE TRIGGER failing ${trigger}`);
          const refused = await apply(testbed.bot, claimed).catch((error: unknown) => error);
          await testbed.sql('DROP TRIGGER failing');
          expect(refused).toMatchObject(refusal);
        }
        expect(await testbed.usersAt(target)).toEqual(users);
      } finally {
        await keepBy('InnoDB', table);
      }
      expect(await statusOf(testbed.bot, claimed.run)).toBe('executing');
      await apply(testbed.bot, claimed);
      expect(await testbed.usersAt(target)).toEqual({
        'back@dkm': 'active',
        'gone@dkm': 'inactive',
        'new@dkm': 'active',
      });
    },
  );

  it.each(failing)(
    'in InnoDB, a write to %s that fails undoes all before it, and says so',
    async (_, trigger) => {
      const claimed = await claimedRun(testbed.bot, target, listOf('new@dkm', 'back@dkm'));
      const users = await testbed.usersAt(target);
      await testbed.sql(`CREATE TRIGGER failing ${trigger} SET MESSAGE_TEXT = 'not today'`);
      await expect(apply(testbed.bot, claimed)).rejects.toMatchObject({
        failure: { code: 'database_refused', refusal: 'trigger', number: '1644', words: 'not today' },
      });
      await testbed.sql('DROP TRIGGER failing');
      expect(await testbed.usersAt(target)).toEqual(users);
    },
  );
});
