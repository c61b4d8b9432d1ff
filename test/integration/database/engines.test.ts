import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { foreignEngines, OWN_TABLES, SHARED_TABLES } from '../../../src/database/schema/engines.ts';
import { migrate } from '../../../src/database/schema/migrate.ts';
import type { Target } from '../../../src/sync/source.ts';
import { useRoom } from './support/room.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, draftRun, openRun, rules, statusOf } from './support/runs.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
const CONVERSION = '20261127070000_innodb';

const room = useRoom({ flags: ['--default-storage-engine=MyISAM'] });

const others = () =>
  foreignEngines((sql, values) => room.sql(sql, [...values]), [...SHARED_TABLES, ...OWN_TABLES]);
const keepBy = (engine: string, table: string) => room.sql(`ALTER TABLE ${table} ENGINE = ${engine}`);

describe('on a server whose engine for new tables cannot undo', () => {
  it('the first migration makes every table in InnoDB, those of the Laravel application too', async () => {
    expect(await room.sql('SELECT @@GLOBAL.default_storage_engine AS engine')).toEqual([
      { engine: 'MyISAM' },
    ]);
    expect(await others()).toEqual([]);
  });

  it.each(['MyISAM', 'Aria'])(
    'tables that an earlier version left in %s are converted by the next migration, rows and triggers kept',
    async (engine) => {
      const target = await room.location();
      await draftRun(room.bot, target, [listOf('a@dkm')]);
      const before = await room.sql('SELECT * FROM audit_logs ORDER BY seq');
      for (const table of OWN_TABLES) await keepBy(engine, table);
      await room.sql('DELETE FROM _prisma_migrations WHERE migration_name = ?', [CONVERSION]);
      const { applied } = await migrate({
        databaseUrl: room.database.url,
        directory: MIGRATIONS,
        log: () => {},
      });
      expect(applied).toEqual([CONVERSION]);
      expect(await others()).toEqual([]);
      expect(await room.sql('SELECT * FROM audit_logs ORDER BY seq')).toEqual(before);
      await expect(room.sql('DELETE FROM audit_logs')).rejects.toThrow(/never deleted/);
    },
  );

  it('no table of the bot is left out', async () => {
    const tables = await room.sql<Record<string, string>>('SHOW TABLES');
    const names = tables.flatMap((row) => Object.values(row)).filter((name) => name !== '_prisma_migrations');
    expect(names.sort()).toEqual([...SHARED_TABLES, ...OWN_TABLES].sort());
  });

  it('the conversion names every table of the bot', () => {
    const sql = readFileSync(`${MIGRATIONS}/${CONVERSION}/migration.sql`, 'utf8');
    for (const table of OWN_TABLES) expect(sql).toContain(`TABLE_NAME = '${table}'`);
  });
});

describe('a table that could not undo its part of a sync', () => {
  let target: Target;

  beforeEach(async () => {
    await room.sql('ALTER TABLE users DROP FOREIGN KEY IF EXISTS users_location_id_foreign');
    target = await room.location();
    await room.addUsers(target, { 'back@dkm': 'inactive', 'gone@dkm': 'active' });
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
      const claimed = await claimedRun(room.bot, target, listOf('new@dkm', 'back@dkm'));
      const opened = await openRun(room.bot, await room.location());
      const users = await room.usersAt(target);
      await keepBy(engine, table);
      try {
        const refusal = { failure: { code: 'not_transactional', tables: [{ table, engine }] } };
        await expect(room.bot.plans.draft(opened.lease, [1], rules())).rejects.toMatchObject(refusal);
        await expect(room.bot.plans.invert(opened.lease, claimed.run.id, rules())).rejects.toMatchObject(
          refusal,
        );
        for (const [, trigger] of failing) {
          await room.sql(`CREATE TRIGGER failing ${trigger}`);
          await expect(apply(room.bot, claimed)).rejects.toMatchObject(refusal);
          await room.sql('DROP TRIGGER failing');
        }
        expect(await room.usersAt(target)).toEqual(users);
      } finally {
        await keepBy('InnoDB', table);
      }
      expect(await statusOf(room.bot, claimed.run)).toBe('executing');
      await apply(room.bot, claimed);
      expect(await room.usersAt(target)).toEqual({
        'back@dkm': 'active',
        'gone@dkm': 'inactive',
        'new@dkm': 'active',
      });
    },
  );

  it.each(failing)(
    'in InnoDB, a write to %s that fails undoes all before it, and says so',
    async (_, trigger) => {
      const claimed = await claimedRun(room.bot, target, listOf('new@dkm', 'back@dkm'));
      const users = await room.usersAt(target);
      await room.sql(`CREATE TRIGGER failing ${trigger} SET MESSAGE_TEXT = 'not today'`);
      await expect(apply(room.bot, claimed)).rejects.toMatchObject({
        failure: { code: 'database_refused', refusal: 'trigger', number: '1644', words: 'not today' },
      });
      await room.sql('DROP TRIGGER failing');
      expect(await room.usersAt(target)).toEqual(users);
    },
  );
});
