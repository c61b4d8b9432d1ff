import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { query } from '../../../sandbox/database/database-server.ts';
import { loadLaravel } from '../../../sandbox/database/laravel-dump.ts';
import { makeDepotUser } from '../../../sandbox/depot/users.ts';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { slackPerson } from '../../../sandbox/strict-slack/slack-person.ts';
import { startBot } from '../../../sandbox/worlds/bot.ts';
import { TABLES } from '../../../src/database/schema/inspect-privileges.ts';
import { migrate } from '../../../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';
import { preview, reply, settled } from '../../support/strict-conversation.ts';
import { checksThat, type DoctorWorld, findingOf, startDoctorWorld } from '../cli/support/doctor-world.ts';
import { type OwnNames, sqlOfPage } from '../cli/support/sql-of-page.ts';

let world: DoctorWorld;
let database: FreshDatabase;
let names: OwnNames;

beforeEach(async () => {
  [world, database] = await Promise.all([startDoctorWorld(), freshDatabase()]);
  const suffix = randomBytes(4).toString('hex');
  names = { database: database.name, bot: `bot_${suffix}`, migrator: `migrator_${suffix}` };
});
afterEach(async () => {
  for (const user of [names.bot, names.migrator])
    await database.connection.query(`DROP USER IF EXISTS '${user}'@'%'`);
  await Promise.all([database.drop(), world.stop()]);
});

const sql = <Row>(statement: string, values?: unknown[]) => database.sql<Row>(statement, values);

/** Carries out a block of the page as it stands there; the rows of its last statement. */
async function carryOut(block: string): Promise<unknown[]> {
  const statements = sqlOfPage(names).get(block);
  if (statements === undefined) throw new Error(`The page has no block "${block}"`);
  let rows: unknown[] = [];
  for (const statement of statements) rows = await sql(statement);
  return rows;
}

function urlAs(user: string, password: string): string {
  const url = new URL(database.url);
  url.username = user;
  url.password = password;
  url.searchParams.set('allowPublicKeyRetrieval', 'true');
  return url.href;
}
const asBot = () => urlAs(names.bot, 'another-long-password');
const asMigrator = () => urlAs(names.migrator, 'a-long-password');
const examine = (url = database.url) => world.examine({ DATABASE_URL: url });

/** Steps 1 to 6 of the page. */
async function bringIn(): Promise<void> {
  await loadLaravel(database.connection, { onlineUrl: world.urls });
  expect(await carryOut('index: before')).toEqual([]);
  await carryOut('index: change');
  await migrateByPage();
  await carryOut('bot');
}

/** Steps 4 and 5: where the server writes a binary log, its administrator allows the triggers meanwhile. */
async function migrateByPage(): Promise<void> {
  await carryOut('migrator');
  await carryOut('triggers');
  await migrate({ databaseUrl: asMigrator(), directory: MIGRATIONS, log: () => {} });
  await sql('SET GLOBAL log_bin_trust_function_creators = 0');
}

describe('the page on existing databases', () => {
  it('leads from a Laravel database to one where every check passes, with the accounts that it makes', async () => {
    await bringIn();
    const findings = await examine(asBot());
    expect([checksThat('fail', findings), checksThat('warn', findings)]).toEqual([[], []]);
    expect(findingOf(findings, 'privileges to migrate')?.detail).toContain('nothing is to be migrated');
  });

  it('has the account of the bot find that nothing is to be migrated', async () => {
    await bringIn();
    expect(await migrate({ databaseUrl: asBot(), directory: MIGRATIONS, log: () => {} })).toEqual({
      applied: [],
    });
  });

  it('leads to a first sync, which those privileges are enough for', async () => {
    await bringIn();
    const { slack, depot, environment } = world;
    depot.users.push({ ...makeDepotUser(151), email: 'ayu@example.com' });
    const bot = await startBot({ ...environment, SLACK_MODE: 'http', DATABASE_URL: asBot() });
    const place = { slack, bot, sql };
    try {
      const ayu = slackPerson(slack, `http://127.0.0.1:${bot.port}/slack/events`, AYU.id);
      const message = await preview(place, ayu, 'test');
      await ayu.click(message, 'confirm_run');
      expect((await reply(place, message)).text).toBe(
        'Sync completed successfully! 150 users added, 1 user reactivated, 0 users deactivated, 0 users unchanged.',
      );
      await settled(place);
      expect(await carryOut('rehearsal')).toContainEqual(
        expect.objectContaining({ location_id: 7, status: 'active', 'COUNT(*)': 151 }),
      );
    } finally {
      await bot.stop();
    }
  });

  describe('where the application has a table audit_logs of its own', () => {
    const AUDITS = 'CREATE TABLE audit_logs (id INT PRIMARY KEY, event VARCHAR(20)) ENGINE = MyISAM';
    /** The statements of step 6, with the names that step 5 says. */
    const carryOutAside = async () => {
      for (const statement of sqlOfPage(names).get('bot') ?? []) {
        await sql(statement.replaceAll('.audit_', '.sync_audit_'));
      }
    };

    beforeEach(async () => {
      await loadLaravel(database.connection, { onlineUrl: world.urls });
      await sql(AUDITS);
      await sql("INSERT INTO audit_logs VALUES (1, 'theirs')");
      await carryOut('index: change');
      await migrateByPage();
    });

    it('leads to one where every check passes, and to a sync that leaves that table alone', async () => {
      await carryOutAside();
      expect(checksThat('fail', await examine(asBot()))).toEqual([]);
      const { slack, environment } = world;
      const bot = await startBot({ ...environment, SLACK_MODE: 'http', DATABASE_URL: asBot() });
      const place = { slack, bot, sql };
      try {
        const ayu = slackPerson(slack, `http://127.0.0.1:${bot.port}/slack/events`, AYU.id);
        const message = await preview(place, ayu, 'test');
        await ayu.click(message, 'confirm_run');
        expect((await reply(place, message)).text).toContain('Sync completed successfully!');
        await settled(place);
      } finally {
        await bot.stop();
      }
      expect(await sql('SELECT step FROM sync_audit_logs ORDER BY seq')).toEqual(
        ['requested', 'previewed', 'confirmed', 'completed'].map((step) => ({ step })),
      );
      expect(await sql('SELECT * FROM audit_logs')).toEqual([{ id: 1, event: 'theirs' }]);
    });

    it('has doctor name the grants that are missing by the names that are there', async () => {
      await sql(`CREATE USER '${names.bot}'@'%' IDENTIFIED BY 'another-long-password'`);
      await sql(`GRANT SELECT ON ${names.database}._prisma_migrations TO '${names.bot}'@'%'`);
      const { todo = '' } = findingOf(await examine(asBot()), 'privileges') ?? {};
      expect(todo).toContain(`.sync_audit_logs TO '${names.bot}'`);
      expect(todo).not.toMatch(/\.audit_/);
    });
  });

  it('needs the right to change locations on MySQL alone', async () => {
    await bringIn();
    await sql(`REVOKE UPDATE ON ${names.database}.locations FROM '${names.bot}'@'%'`);
    const [server] = await sql<{ version: string }>('SELECT VERSION() AS version');
    const failing = server?.version.includes('MariaDB') ? [] : ['privileges'];
    expect(checksThat('fail', await examine(asBot()))).toEqual(failing);
  });

  it('lets nobody with the account of the bot change or remove what is in the audit log', async () => {
    await bringIn();
    for (const statement of [
      'DELETE FROM audit_logs',
      "UPDATE audit_logs SET step = ''",
      'TRUNCATE audit_logs',
      'DROP TABLE audit_logs',
    ])
      await expect(query(asBot(), statement)).rejects.toThrow(/command denied/);
  });

  it('has statements that mend columns, collation and engine', async () => {
    await loadLaravel(database.connection, {
      columns: '`name` varchar(255) NOT NULL, `password` varchar(255) NOT NULL,',
      email: 'CHARACTER SET latin1',
      engine: 'MyISAM',
      onlineUrl: world.urls,
    });
    expect(checksThat('fail', await examine())).toContain('tables users and locations');
    await carryOut('engine');
    expect(checksThat('fail', await examine())).toEqual([
      'migrations',
      'columns of users',
      'unique index of users',
      'collation of users.email',
    ]);
    await carryOut('columns');
    await carryOut('collation');
    expect(checksThat('fail', await examine())).toEqual(['migrations', 'unique index of users']);
  });

  it('has a change of the index that InnoDB makes while the table is in use', async () => {
    await loadLaravel(database.connection);
    const [statement = ''] = sqlOfPage(names).get('index: change') ?? [];
    await sql(`${statement}, ALGORITHM=INPLACE, LOCK=NONE`);
    expect(findingOf(await examine(), 'unique index of users')?.status).toBe('pass');
  });

  it('finds what stands twice before the index is changed', async () => {
    await loadLaravel(database.connection, { unique: '' });
    await sql("INSERT INTO users (email, location_id) VALUES ('VENDOR1@dkm', 8)");
    expect(await carryOut('index: before')).toHaveLength(1);
  });

  it('knows what lets a server with binary logging create triggers', async () => {
    const [statement = ''] = sqlOfPage(names).get('triggers') ?? [];
    const variable = /GLOBAL (\w+) = 1/.exec(statement)?.[1];
    expect(await sql(`SELECT @@GLOBAL.${variable}`)).toHaveLength(1);
  });

  it('leads back: only the Laravel application is left, its rows and indexes as they were', async () => {
    await loadLaravel(database.connection, { onlineUrl: world.urls });
    const before = await everythingThere();
    await sql('DROP TABLE users, locations, migrations');
    await bringIn();
    expect(await carryOut('back: before')).toEqual([]);
    await carryOut('back: index');
    await carryOut('back: tables');
    expect(await everythingThere()).toEqual(before);
  });

  it('finds what keeps the old index from coming back', async () => {
    await bringIn();
    await sql("INSERT INTO users (email, location_id) VALUES ('vendor1@dkm', 7)");
    expect(await carryOut('back: before')).toHaveLength(1);
    await expect(carryOut('back: index')).rejects.toThrow(/Duplicate entry/);
  });

  it("names every table in the grants and, but for the application's own, in the way back", async () => {
    const page = sqlOfPage(names);
    const granted = (page.get('bot') ?? []).flatMap((each) => / ON \w+\.(\w+) /.exec(each)?.[1] ?? []);
    expect(granted.toSorted()).toEqual(TABLES.toSorted());
    const dropped = (page.get('back: tables')?.[0] ?? '').replace('DROP TABLE IF EXISTS', '').split(',');
    expect(dropped.map((name) => name.trim()).toSorted()).toEqual(
      TABLES.filter((name) => name !== 'users' && name !== 'locations').toSorted(),
    );
  });
});

/** Tables, their definitions and the rows of `users` and `locations`. */
async function everythingThere(): Promise<unknown> {
  const tables = await sql<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
  );
  const indexes = await sql(
    `SELECT TABLE_NAME AS name, INDEX_NAME AS indexed, NON_UNIQUE AS many, COLUMN_NAME AS col FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2, SEQ_IN_INDEX`,
  );
  return {
    tables,
    indexes,
    users: await sql('SELECT * FROM users'),
    locations: await sql('SELECT * FROM locations'),
  };
}
