import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { type LaravelShape, loadLaravel, UNIQUE_EMAIL } from '../../../sandbox/database/laravel-dump.ts';
import { seedLocations } from '../../../sandbox/database/seed-locations.ts';
import { protection } from '../../../src/cli/doctor/schema-checks.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { takeNamedLock } from '../../../src/database/presence/named-lock.ts';
import { register } from '../../../src/database/presence/processes.ts';
import { migrate } from '../../../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';
import { checksThat, type DoctorWorld, findingOf, startDoctorWorld } from './support/doctor-world.ts';

let world: DoctorWorld;
let database: FreshDatabase;

beforeAll(async () => {
  world = await startDoctorWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const examine = () => world.examine({ DATABASE_URL: database.url });
const laravel = (shape: LaravelShape = {}) =>
  loadLaravel(database.connection, { onlineUrl: world.urls, ...shape });
const migrated = () => migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {} });

/** Runs the statement that the doctor told, as it stands but for the address. */
async function obey(check: string): Promise<void> {
  const todo = findingOf(await examine(), check)?.todo ?? '';
  const statement = /(?:ALTER TABLE|UPDATE|INSERT INTO) .*$/.exec(todo)?.[0];
  if (statement === undefined) throw new Error(`No statement in: ${todo}`);
  const own = Object.entries(world.urls).find(([target]) => check.endsWith(` ${target}`))?.[1];
  await database.connection.query(statement.replace('https://ADDRESS', own ?? world.depot.url));
}

describe('an empty database', () => {
  it('fails for its migrations and tables, and what needs the tables is skipped', async () => {
    const findings = await examine();
    expect(checksThat('fail', findings)).toEqual(['migrations', 'tables users and locations']);
    expect(findingOf(findings, 'migrations')).toMatchObject({
      detail: expect.stringMatching(/^not applied: 20261101000000_laravel_tables, /),
      todo: expect.stringContaining('npm run migrate'),
    });
    expect(findingOf(findings, 'unique index of users')).toMatchObject({
      status: 'warn',
      detail: 'skipped, because the check "tables users and locations" failed',
    });
  });

  it('passes once it is migrated and has its locations', async () => {
    await migrated();
    expect(checksThat('fail', await examine())).toEqual([
      'location of dev',
      'location of test',
      'location of prod',
    ]);
    for (const target of ['dev', 'test', 'prod']) await obey(`location of ${target}`);
    const findings = await examine();
    expect([checksThat('fail', findings), checksThat('warn', findings)]).toEqual([[], []]);
  });
});

describe('a process of the bot that runs', () => {
  const CHECK = 'processes of usersync';

  it('is warned of where it has other settings, or uses another database server', async () => {
    await migrated();
    const db = openDatabase(database.url);
    const lock = await takeNamedLock(database.url, () => {});
    try {
      expect(findingOf(await examine(), CHECK)).toMatchObject({
        status: 'pass',
        detail: 'none is known to run',
      });
      const { marks } = parseConfig({ ...world.environment, BREAK_GLASS: 'off' });
      await register(db, 'running', { ...lock, settings: marks }, false);
      expect(findingOf(await examine(), CHECK)).toMatchObject({
        status: 'warn',
        detail: '1 of 1 have other settings than these: BREAK_GLASS',
        todo: expect.stringContaining('restart them'),
      });
      const same = await world.examine({ DATABASE_URL: database.url, BREAK_GLASS: 'off' });
      expect(findingOf(same, CHECK)).toMatchObject({ status: 'pass' });
      await register(db, 'far away', { ...lock, server: 'another', settings: marks }, false);
      const detail = '1 of 2 use another database server';
      const far = await world.examine({ DATABASE_URL: database.url, BREAK_GLASS: 'off' });
      expect(findingOf(far, CHECK)).toMatchObject({ status: 'warn', detail });
    } finally {
      await Promise.all([lock.end(), db.$disconnect()]);
    }
  });
});

describe('two locations with one address', () => {
  it('are warned of by both, for either would get the users of the other', async () => {
    await migrated();
    await seedLocations(database.url, { ...world.urls, test: `${world.depot.url}/` });
    const findings = await examine();
    expect(checksThat('warn', findings)).toEqual(['location of dev', 'location of test']);
    expect(findingOf(findings, 'location of test')).toMatchObject({
      detail: `Test (id 7), ${world.depot.url}, like Dev`,
      todo: expect.stringContaining('Correct online_url of one of them'),
    });
  });

  it('are one location under two names, and no mistake', async () => {
    await migrated();
    await seedLocations(database.url, world.urls);
    const changes = { DATABASE_URL: database.url, SYNC_TARGETS: 'dev,again=dev' };
    expect(checksThat('warn', await world.examine(changes))).toEqual([]);
  });
});

describe("a Laravel application's database", () => {
  it('fails for its unique(email) with the statement that changes it, and passes after that and the migration', async () => {
    await laravel();
    const findings = await examine();
    expect(checksThat('fail', findings)).toEqual(['migrations', 'unique index of users']);
    expect(findingOf(findings, 'unique index of users')).toEqual({
      status: 'fail',
      detail:
        'users_email_unique allows an email at one location only; no unique index over (email, location_id)',
      todo: 'Run, on a copy first (docs/existing-database.md): ALTER TABLE users DROP INDEX `users_email_unique`, ADD UNIQUE INDEX users_email_location_unique (email, location_id)',
    });
    await obey('unique index of users');
    await migrated();
    const after = await examine();
    expect([checksThat('fail', after), checksThat('warn', after)]).toEqual([[], []]);
    expect(findingOf(after, 'unique index of users')?.detail).toBe(
      'users_email_location_unique (email, location_id)',
    );
  });

  it('is to lose a unique(email) that stands beside the right index, and nothing more', async () => {
    await laravel({ unique: `${UNIQUE_EMAIL}, UNIQUE KEY \`both\` (\`location_id\`, \`email\`)` });
    const finding = findingOf(await examine(), 'unique index of users');
    expect(finding?.todo).toMatch(/ALTER TABLE users DROP INDEX `users_email_unique`$/);
    await obey('unique index of users');
    expect(findingOf(await examine(), 'unique index of users')?.status).toBe('pass');
  });

  it.each([
    [
      'compares the start of an email',
      'UNIQUE KEY `odd` (`email`(10), `location_id`)',
      'odd (email(10), location_id)',
    ],
    ['takes an email in another column', 'UNIQUE KEY `odd` (`lowered`)', 'odd (lowered)'],
    [
      'takes an email with something else than the location',
      'UNIQUE KEY `odd` (`email`, `tenant`)',
      'odd (email, tenant)',
    ],
  ])('is warned of for a further unique index that %s', async (_what, index, named) => {
    await laravel({
      columns:
        '`tenant` int NOT NULL DEFAULT 1, `lowered` varchar(255) AS (LOWER(email)) VIRTUAL, `deleted_at` timestamp NULL,',
      unique: `UNIQUE KEY \`both\` (\`email\`, \`location_id\`), UNIQUE KEY \`soft\` (\`email\`, \`deleted_at\`), ${index}`,
    });
    expect(findingOf(await examine(), 'unique index of users')).toMatchObject({
      status: 'warn',
      detail: `may refuse a user whom a depot server lists: ${named}`,
    });
  });

  it('is to lose a unique index over (email, status), which allows nobody to be active at two locations', async () => {
    await laravel({
      unique: 'UNIQUE KEY `both` (`email`, `location_id`), UNIQUE KEY `odd` (`status`, `email`)',
    });
    expect(findingOf(await examine(), 'unique index of users')?.detail).toBe(
      'odd allows an email at one location only',
    );
    await obey('unique index of users');
    expect(findingOf(await examine(), 'unique index of users')?.status).toBe('pass');
  });

  it.each(['int unsigned', 'bigint', 'time'])(
    'fails for a created_at of type %s, which holds no date',
    async (type) => {
      await laravel();
      await database.connection.query(`ALTER TABLE users MODIFY created_at ${type} NULL`);
      const finding = findingOf(await examine(), 'columns of users');
      expect(finding).toMatchObject({
        status: 'fail',
        detail: expect.stringMatching(new RegExp(`^users\\.created_at is ${type.split(' ')[0]}`)),
        todo: "The bot writes a date and time, as Laravel's timestamps() are made for. Change it to TIMESTAMP NULL together with the application.",
      });
      await database.connection.query('ALTER TABLE users MODIFY created_at VARCHAR(30) NULL');
      expect(findingOf(await examine(), 'columns of users')?.status).toBe('pass');
    },
  );

  it.each([
    ['MODIFY id CHAR(36) NOT NULL', /^locations\.id is char\(36\)$/],
    ['CHANGE location_name name VARCHAR(100)', /^locations has no location_name$/],
  ])('fails for locations after %s', async (change, detail) => {
    await laravel();
    await database.connection
      .query('ALTER TABLE users DROP FOREIGN KEY users_location_id_foreign')
      .catch(() => {});
    await database.connection.query(`ALTER TABLE locations ${change}`);
    const finding = findingOf(await examine(), 'tables users and locations');
    expect(finding).toMatchObject({ status: 'fail', detail: expect.stringMatching(detail) });
  });

  it('without any unique index is to be cleared of what stands twice first', async () => {
    await laravel({ unique: '' });
    await database.connection.query(
      "INSERT INTO users (email, location_id) VALUES ('VENDOR1@dkm', 8), ('ayu@example.com', 1)",
    );
    const finding = findingOf(await examine(), 'unique index of users');
    expect(finding?.todo).toMatch(/^1 email stands more than once at a location; clear that first/);
    await database.connection.query("DELETE FROM users WHERE email COLLATE utf8mb4_bin = 'VENDOR1@dkm'");
    await obey('unique index of users');
    expect(findingOf(await examine(), 'unique index of users')?.status).toBe('pass');
  });

  it.each<[string, LaravelShape, string, RegExp]>([
    [
      'in an engine that cannot undo',
      { engine: 'MyISAM' },
      'tables users and locations',
      /^users is kept by MyISAM, not InnoDB$/,
    ],
    [
      'whose emails are not utf8mb4',
      { email: 'CHARACTER SET latin1' },
      'collation of users.email',
      /latin1_swedish_ci.*utf8mb4/,
    ],
    [
      'whose users nobody numbers',
      { id: 'bigint unsigned NOT NULL' },
      'columns of users',
      /^users\.id is bigint(\(20\))? unsigned without AUTO_INCREMENT, so a new user would get no number$/,
    ],
    [
      'whose users all get the same number',
      { id: 'bigint unsigned NOT NULL DEFAULT 0' },
      'columns of users',
      /^users\.id is bigint(\(20\))? unsigned without AUTO_INCREMENT, so a new user would get no number$/,
    ],
    [
      'that demands what the bot does not know',
      {
        columns: '`name` varchar(255) NOT NULL, `password` varchar(255) NOT NULL, `phone` varchar(20) NULL,',
      },
      'columns of users',
      /^a new user needs a value for name \(varchar\(255\)\), password \(varchar\(255\)\), which/,
    ],
  ])('%s fails, and the statement told mends it', async (_what, shape, check, detail) => {
    await laravel(shape);
    expect(findingOf(await examine(), check)).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(detail),
    });
    await obey(check);
    expect(findingOf(await examine(), check)?.status).toBe('pass');
  });

  /** What the server knows of a column, and what the statement told is to change in it. */
  const columnOf = async (name: string, but: Readonly<Record<string, unknown>> = {}) => {
    const [column] = await database.sql<Record<string, unknown>>(
      `SELECT COLUMN_TYPE, IS_NULLABLE, CHARACTER_SET_NAME, COLLATION_NAME, COLUMN_DEFAULT, EXTRA, COLUMN_COMMENT
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = ?`,
      [name],
    );
    return { ...column, ...but };
  };

  it.each([
    ['CHARACTER SET latin1 COLLATE latin1_swedish_ci', 'utf8mb4_unicode_ci'],
    ['CHARACTER SET latin1 COLLATE latin1_general_cs', 'utf8mb4_bin'],
    ['CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci', 'utf8mb4_general_ci'],
    ['CHARACTER SET ascii COLLATE ascii_bin', 'utf8mb4_bin'],
  ])('lets an email column be utf8mb4 and keeps all else of it: %s', async (charset, collation) => {
    await laravel();
    for (const rest of [
      "NULL DEFAULT 'a, NOT NULL' COMMENT 'it''s `email`, NOT NULL'",
      "NOT NULL COMMENT ''",
    ]) {
      for (const type of ['varchar(320)', 'varchar(255)', 'char(200)']) {
        await database.sql(`ALTER TABLE users MODIFY email ${type} ${charset} ${rest}`);
        const before = await columnOf('email', { CHARACTER_SET_NAME: 'utf8mb4', COLLATION_NAME: collation });
        expect(findingOf(await examine(), 'collation of users.email')?.status).toBe('fail');
        await obey('collation of users.email');
        expect(await columnOf('email')).toEqual(before);
        expect(findingOf(await examine(), 'collation of users.email')?.status).toBe('pass');
      }
    }
  });

  it.each(['DYNAMIC', 'COMPACT', 'REDUNDANT'])(
    'lets a short email column be longer and keeps all else of it, in row format %s',
    async (format) => {
      await laravel({ unique: 'UNIQUE KEY `both` (`email`(100), `location_id`)' });
      await database.sql(
        `ALTER TABLE users DROP INDEX \`both\`, ROW_FORMAT = ${format},
           MODIFY email varchar(191) COLLATE utf8mb4_bin NULL DEFAULT 'x' COMMENT 'of the \`depot\`, NULL',
           ADD UNIQUE INDEX both_columns (email, location_id)`,
      );
      const before = await columnOf('email', { COLUMN_TYPE: 'varchar(255)' });
      await obey('columns of users');
      expect(await columnOf('email')).toEqual(before);
      expect(findingOf(await examine(), 'columns of users')?.status).toBe('pass');
    },
  );

  it('fails for a location that is kept as text', async () => {
    await laravel();
    await database.sql('ALTER TABLE users DROP FOREIGN KEY users_location_id_foreign');
    await database.sql('ALTER TABLE users MODIFY location_id VARCHAR(20) NOT NULL');
    expect(findingOf(await examine(), 'columns of users')).toMatchObject({
      status: 'fail',
      detail: 'users.location_id is varchar(20)',
      todo: expect.stringContaining('BIGINT UNSIGNED NOT NULL'),
    });
  });

  it('names an email that is no text as one for the application to change', async () => {
    await laravel();
    await database.sql('ALTER TABLE users MODIFY email VARBINARY(255) NOT NULL');
    expect(findingOf(await examine(), 'collation of users.email')?.todo).toMatch(
      /^Make it VARCHAR\(255\) in utf8mb4/,
    );
  });

  it.each(['NOT NULL', "NOT NULL DEFAULT '0'"])(
    'keeps the comment of an id %s that is to be numbered',
    async (rest) => {
      await laravel({ id: `bigint unsigned ${rest} COMMENT 'never, reused'` });
      await obey('columns of users');
      expect(await columnOf('id')).toMatchObject({
        COLUMN_COMMENT: 'never, reused',
        EXTRA: 'auto_increment',
      });
      expect(findingOf(await examine(), 'columns of users')?.status).toBe('pass');
    },
  );

  it.each(['text NOT NULL', 'varchar(1000) NOT NULL'])(
    'tells an index for an email column of %s',
    async (type) => {
      await laravel({ unique: '' });
      await database.sql(`ALTER TABLE users MODIFY email ${type}`);
      await obey('unique index of users');
      expect(findingOf(await examine(), 'unique index of users')?.status).toBe('pass');
    },
  );

  it.each([
    [
      'PARTITION BY HASH (id) PARTITIONS 2',
      'id',
      /^no unique index over \(email, location_id\); its partitions allow none$/,
    ],
    ['PARTITION BY KEY () PARTITIONS 2', 'id', /its partitions allow none$/],
    [
      'PARTITION BY LIST (location_id MOD 2) (PARTITION p0 VALUES IN (0), PARTITION p1 VALUES IN (1))',
      'id, location_id',
      /^no unique index over \(email, location_id\)$/,
    ],
    [
      'PARTITION BY KEY (location_id) PARTITIONS 2',
      'id, location_id',
      /^no unique index over \(email, location_id\)$/,
    ],
  ])('of partitions %s is to get its index in a way that works', async (partitions, key, detail) => {
    await laravel({ unique: '' });
    await database.sql('ALTER TABLE users DROP FOREIGN KEY users_location_id_foreign');
    await database.sql(`ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (${key})`);
    await database.sql(`ALTER TABLE users ${partitions}`);
    expect(findingOf(await examine(), 'unique index of users')?.detail).toMatch(detail);
    await obey('unique index of users');
    expect(findingOf(await examine(), 'unique index of users')?.status).toBe('pass');
    await migrated();
    expect(checksThat('fail', await examine())).toEqual([]);
  });

  it.each([
    ['that can be written to', 'SELECT * FROM people'],
    ['that cannot', 'SELECT DISTINCT * FROM people'],
  ])('whose users are a view %s fails, and no statement is told that cannot work', async (_, select) => {
    await laravel({ unique: 'UNIQUE KEY `both` (`email`, `location_id`)' });
    await migrated();
    await database.sql('RENAME TABLE users TO people');
    await database.sql(`CREATE VIEW users AS ${select}`);
    const findings = await examine();
    expect(checksThat('fail', findings)).toEqual(['tables users and locations']);
    expect(findingOf(findings, 'tables users and locations')).toEqual({
      status: 'fail',
      detail: 'a view: users',
      todo: expect.stringMatching(
        /^A sync locks, adds and undoes rows of the table itself: let the table have that name/,
      ),
    });
    await database.sql('DROP VIEW users');
    await database.sql('RENAME TABLE people TO users');
    expect(checksThat('fail', await examine())).toEqual([]);
  });

  it('whose times the database computes fails for that alone', async () => {
    await laravel({ unique: 'UNIQUE KEY `both` (`email`, `location_id`)' });
    await migrated();
    await database.sql('ALTER TABLE users DROP COLUMN updated_at');
    await database.sql('ALTER TABLE users ADD updated_at TIMESTAMP AS (created_at) VIRTUAL');
    expect(checksThat('fail', await examine())).toEqual(['columns of users']);
  });

  it('keeps collation and comment of a column that is to be allowed to be empty', async () => {
    await laravel({ columns: "`nick` varchar(50) COLLATE utf8mb4_bin NOT NULL COMMENT 'it''s odd'," });
    expect(findingOf(await examine(), 'columns of users')?.todo).toMatch(
      /MODIFY `nick` varchar\(50\) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'it''s odd'$/,
    );
    await obey('columns of users');
    expect(findingOf(await examine(), 'columns of users')?.status).toBe('pass');
  });

  it('keeps the CHECK of a column, which an ALTER to NULL would drop without a word', async () => {
    await laravel({
      columns:
        "`nick` varchar(50) NOT NULL, `role` varchar(10) NOT NULL, CONSTRAINT `known` CHECK (`role` IN ('', 'admin', 'user')), `prefs` longtext NOT NULL CHECK (`prefs` = '' OR JSON_VALID(`prefs`)),",
    });
    const todo = findingOf(await examine(), 'columns of users')?.todo;
    expect(todo).toMatch(
      /, or give role, prefs a DEFAULT together with the application: a change to NULL may lose the CHECK there\. As for the others, .*ALTER TABLE users MODIFY `nick` varchar\(50\)( COLLATE utf8mb4_unicode_ci)? NULL$/,
    );
    await obey('columns of users');
    expect(findingOf(await examine(), 'columns of users')?.todo).not.toMatch(/ALTER|others/);
    const given = { DATABASE_URL: database.url, NEW_USER_DEFAULTS: '{"role":"user","prefs":"{}"}' };
    expect(findingOf(await world.examine(given), 'columns of users')?.status).toBe('pass');
  });

  it('counts users left alone in a table that has a column named reason', async () => {
    await laravel({ columns: '`reason` varchar(50) NULL, `deleted_at` timestamp NULL,' });
    await migrated();
    await database.connection.query("UPDATE users SET deleted_at = '2025-03-01' LIMIT 1");
    expect(findingOf(await examine(), 'users left alone')?.detail).toMatch(/^1 deleted/);
  });

  it('passes with columns of its own that may be left out', async () => {
    await laravel({
      columns:
        "`name` varchar(255) NOT NULL DEFAULT '', `phone` varchar(20), `initial` char(1) AS (LEFT(`email`, 1)),",
    });
    expect(findingOf(await examine(), 'columns of users')?.status).toBe('pass');
  });

  it.each([
    ["MODIFY status ENUM('on', 'off') NOT NULL", /^users\.status is enum\('on','off'\)/],
    ['DROP COLUMN updated_at', /^missing: updated_at$/],
  ])('fails after %s', async (change, detail) => {
    await laravel({ unique: '' });
    await database.connection.query('DELETE FROM users');
    await database.connection.query(`ALTER TABLE users ${change}`);
    expect(findingOf(await examine(), 'columns of users')?.detail).toMatch(detail);
  });

  it('fails for an online_url that credentials may not be sent to, and says how to change it', async () => {
    await laravel({ onlineUrl: 'jkt.web.com' });
    expect(findingOf(await examine(), 'location of dev')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('online_url of Dev is no https address'),
    });
    await obey('location of dev');
    expect(findingOf(await examine(), 'location of dev')?.detail).toBe(`Dev (id 8), ${world.depot.url}`);
  });
});

describe('the history of migrations', () => {
  it('fails where a migration was edited after it was applied', async () => {
    await migrated();
    await database.connection.query('UPDATE _prisma_migrations SET checksum = ? LIMIT 1', ['0'.repeat(64)]);
    expect(findingOf(await examine(), 'migrations')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/was edited after it was applied\.$/),
      todo: expect.stringMatching(/^Restore its file/),
    });
  });
});

describe('users whom a pattern protects', () => {
  it('are counted among so many users alone, which is said', async () => {
    await laravel();
    const db = openDatabase(database.url);
    const found = (most?: number) => protection(db, ['*', 'nobody@dkm'], most);
    expect((await found()).detail).toMatch(/^users protected by each pattern: \*: \d+, nobody@dkm: 0$/);
    expect(await found(1)).toMatchObject({
      status: 'warn',
      detail: 'users protected by each pattern: *: 2, nobody@dkm: 0, or more: 1 users were looked at',
    });
    await db.$disconnect();
  });
});

describe('users whom no sync changes', () => {
  it('are counted by why', async () => {
    await laravel({ columns: '`deleted_at` timestamp NULL,' });
    expect(findingOf(await examine(), 'users left alone')).toMatchObject({
      status: 'pass',
      detail: 'none: every user is active or inactive',
    });
    await database.connection.query("UPDATE users SET deleted_at = '2025-01-01' WHERE id = 1");
    await database.connection.query("UPDATE users SET status = '' WHERE id = 2");
    expect(findingOf(await examine(), 'users left alone')).toMatchObject({
      status: 'pass',
      detail:
        '1 deleted (deleted_at is set), 1 of a status that is neither active nor inactive; no sync counts or changes them',
    });
  });
});

describe('NEW_USER_DEFAULTS', () => {
  const look = async (setting: string) =>
    findingOf(
      await world.examine({ DATABASE_URL: database.url, NEW_USER_DEFAULTS: setting }),
      'columns of users',
    );

  it('gives values to columns that demand one, and is shown', async () => {
    await laravel({ columns: '`name` varchar(255) NOT NULL, `password` varchar(255) NOT NULL,' });
    expect(await look('{"name":"{localpart}"}')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^a new user needs a value for password \(/),
      todo: expect.stringContaining('NEW_USER_DEFAULTS'),
    });
    expect(await look('{"name":"{localpart}","password":"!"}')).toMatchObject({
      status: 'pass',
      detail: 'as the bot needs them; NEW_USER_DEFAULTS gives new users name, password',
    });
    expect(await look('{"name":"x","password":"!","surname":"y"}')).toMatchObject({
      status: 'fail',
      detail: 'NEW_USER_DEFAULTS names surname, which cannot be given a value',
    });
  });

  it.each([
    ['username varchar(50) NOT NULL', 'username', '{"username":"{localpart}"}', 'warn'],
    ['username varchar(50) NOT NULL', 'username, location_id', '{"username":"{localpart}"}', 'warn'],
    ['username varchar(50) NOT NULL', 'username', '{"username":"{email}"}', 'warn'],
    ['username varchar(50) NOT NULL', 'username, location_id', '{"username":"{email}"}', 'pass'],
    ['uuid char(36) NOT NULL', 'uuid', '{"uuid":"-"}', 'fail'],
    ['uuid char(36) NOT NULL', 'location_id, uuid', '{"UUID":"-"}', 'fail'],
    ["nick varchar(50) NOT NULL DEFAULT 'none'", 'nick', '{}', 'fail'],
    ["nick varchar(50) NULL DEFAULT 'none'", 'nick', '{"nick":null}', 'pass'],
    ['nick varchar(50) NULL', 'nick', '{}', 'pass'],
    ["made varchar(50) NOT NULL DEFAULT (LOWER('X'))", 'made', '{}', 'pass'],
  ])('may meet a unique index: %s, UNIQUE (%s), %s: %s', async (column, key, setting, status) => {
    await laravel({ unique: 'UNIQUE KEY `both` (`email`, `location_id`)' });
    await database.connection.query('DELETE FROM users');
    await database.connection.query(`ALTER TABLE users ADD ${column}, ADD UNIQUE KEY odd (${key})`);
    const changes = { DATABASE_URL: database.url, NEW_USER_DEFAULTS: setting };
    const named = `odd (${key.split(', ').sort().join(', ')})`;
    const detail = {
      fail: `takes one new user only, because all get the same value: ${named}`,
      warn: `may refuse a user whom a depot server lists: ${named}`,
    }[status];
    expect(findingOf(await world.examine(changes), 'unique index of users')).toMatchObject(
      detail === undefined ? { status } : { status, detail },
    );
  });

  it.each([
    ["DATETIME NOT NULL DEFAULT '1970-01-01 00:00:00'", false],
    ['TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP', false],
    ['TIMESTAMP NULL', true],
    ['INT NOT NULL DEFAULT 0', true],
    ["BIT(1) NOT NULL DEFAULT b'0'", true],
    ["BIT(1) NOT NULL DEFAULT b'1'", false],
    ["VARCHAR(20) NOT NULL DEFAULT ''", true],
  ])('may have to say that a new user is not deleted: deleted_at %s', async (type, fits) => {
    await laravel();
    await database.connection.query(`ALTER TABLE users ADD deleted_at ${type}`);
    const deleted = {
      status: 'fail',
      detail: expect.stringMatching(/^a new user would count as deleted, by the value that deleted_at \(/),
    };
    expect(findingOf(await examine(), 'columns of users')).toMatchObject(fits ? { status: 'pass' } : deleted);
    expect((await look('{"deleted_at":0}'))?.status).toBe('pass');
    expect(await look('{"deleted_at":"1970-01-01 00:00:00"}')).toMatchObject(deleted);
  });

  it('is no reason to pass an email column that is too short', async () => {
    await laravel();
    await database.connection.query('ALTER TABLE users MODIFY email VARCHAR(100) NOT NULL');
    expect(findingOf(await examine(), 'columns of users')).toMatchObject({
      status: 'warn',
      detail: 'users.email takes 100 characters, and a depot server may list up to 255',
    });
  });
});
