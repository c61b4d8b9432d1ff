import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPlans } from '../../../src/database/plan/plans.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { NewUserDefaults } from '../../../src/sync/run/change.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, claimOf, openRun, rules, stage, step } from './support/runs.ts';
import { AS_BY_DEFAULT, useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

type Place = 'preview' | 'execute' | 'rollback';

let target: Target;

const USERS = readFileSync(
  fileURLToPath(
    new URL('../../../prisma/migrations/20261101000000_laravel_tables/migration.sql', import.meta.url),
  ),
  'utf8',
).replace(/^[\s\S]*?(?=CREATE TABLE IF NOT EXISTS `users`)/, '');

const LONG = `${'a'.repeat(60)}@dkm`;
const LIST = listOf('new@dkm', LONG, 'back@dkm', 'stays@dkm');

beforeEach(async () => {
  // Each case finds the table as the migration makes it.
  await testbed.sql('DROP TABLE IF EXISTS users, roles, logins');
  await testbed.sql(USERS.trim().replace(/;$/, ''));
  target = await testbed.location();
  await testbed.addUsers(target, { 'back@dkm': 'inactive', 'gone@dkm': 'active', 'stays@dkm': 'active' });
});
const unfit = (problem: string, column: string, type: unknown): object => ({
  code: 'users_unfit',
  columns: [{ problem, column, type }],
});
const refused = (refusal: string, number: unknown, words: RegExp) => ({
  code: 'database_refused',
  refusal,
  number,
  words: expect.stringMatching(words),
});
/** Refused where users are written, whose triggers are then named: any may be to blame. */
const refusedByTrigger = (refusal: string, number: unknown, words: RegExp) => ({
  ...refused(refusal, number, words),
  triggers: ['refusing'],
});
const LOGINS = 'CREATE TABLE logins (id BIGINT PRIMARY KEY) ENGINE=InnoDB';

type Case = readonly [what: string, changes: readonly string[], failures: Partial<Record<Place, object>>];

/** What an application's table refuses, and with which failure it is told where; a place that is not named goes well. */
const CASES: readonly Case[] = [
  [
    'a column that requires a value',
    ['ALTER TABLE users ADD name VARCHAR(50) NOT NULL'],
    {
      preview: unfit('demands_value', 'name', 'varchar(50)'),
      execute: unfit('demands_value', 'name', 'varchar(50)'),
    },
  ],
  [
    'an id that nobody numbers',
    ['ALTER TABLE users MODIFY id BIGINT UNSIGNED NOT NULL'],
    {
      preview: unfit('not_numbered', 'id', expect.stringMatching(/^bigint(\(20\))? unsigned$/)),
      execute: unfit('not_numbered', 'id', expect.stringMatching(/^bigint(\(20\))? unsigned$/)),
    },
  ],
  [
    'an id that is the same number for everybody',
    ['ALTER TABLE users MODIFY id BIGINT UNSIGNED NOT NULL DEFAULT 0'],
    {
      preview: unfit('not_numbered', 'id', expect.stringMatching(/^bigint(\(20\))? unsigned$/)),
      execute: unfit('not_numbered', 'id', expect.stringMatching(/^bigint(\(20\))? unsigned$/)),
    },
  ],
  [
    'an id that is numbered otherwise',
    [`ALTER TABLE users MODIFY id BIGINT UNSIGNED NOT NULL DEFAULT (UUID_SHORT() MOD 9000000000000000)`],
    {},
  ],
  [
    'an id that is no number',
    ['ALTER TABLE users MODIFY id CHAR(36) NOT NULL'],
    {
      preview: unfit('not_numbered', 'id', 'char(36)'),
      execute: unfit('not_numbered', 'id', 'char(36)'),
      rollback: unfit('not_numbered', 'id', 'char(36)'),
    },
  ],
  [
    'an email column that is too short',
    ['ALTER TABLE users MODIFY email VARCHAR(40) NOT NULL'],
    {
      preview: unfit('too_short', 'email', 'varchar(40)'),
      execute: unfit('too_short', 'email', 'varchar(40)'),
    },
  ],
  [
    'a status that is never inactive',
    ["UPDATE users SET status = 'active'", "ALTER TABLE users MODIFY status ENUM('active', 'gone') NOT NULL"],
    {
      preview: unfit('lacks_status', 'status', "enum('active','gone')"),
      execute: unfit('lacks_status', 'status', "enum('active','gone')"),
      rollback: unfit('lacks_status', 'status', "enum('active','gone')"),
    },
  ],
  [
    'an email column of another character set',
    ['ALTER TABLE users MODIFY email VARCHAR(255) CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci NOT NULL'],
    {
      preview: unfit('not_utf8mb4', 'email', expect.stringMatching(/^utf8(mb3)?_unicode_ci$/)),
      execute: unfit('not_utf8mb4', 'email', expect.stringMatching(/^utf8(mb3)?_unicode_ci$/)),
      rollback: unfit('not_utf8mb4', 'email', expect.stringMatching(/^utf8(mb3)?_unicode_ci$/)),
    },
  ],
  [
    'a status that is a number',
    ['UPDATE users SET status = 1', 'ALTER TABLE users MODIFY status TINYINT NOT NULL'],
    {
      preview: unfit('lacks_status', 'status', expect.stringMatching(/^tinyint(\(4\))?$/)),
      execute: unfit('lacks_status', 'status', expect.stringMatching(/^tinyint(\(4\))?$/)),
      rollback: unfit('lacks_status', 'status', expect.stringMatching(/^tinyint(\(4\))?$/)),
    },
  ],
  [
    'a status in a character set of two bytes',
    ['ALTER TABLE users MODIFY status VARCHAR(20) CHARACTER SET utf16 NOT NULL'],
    {},
  ],
  [
    'a location that is kept as text, where 8 and 8abc would be one',
    [
      'ALTER TABLE users DROP FOREIGN KEY users_location_id_foreign',
      'ALTER TABLE users MODIFY location_id VARCHAR(20) NOT NULL',
    ],
    {
      preview: unfit('not_whole', 'location_id', 'varchar(20)'),
      execute: unfit('not_whole', 'location_id', 'varchar(20)'),
      rollback: unfit('not_whole', 'location_id', 'varchar(20)'),
    },
  ],
  [
    'a location that is a decimal number',
    [
      'ALTER TABLE users DROP FOREIGN KEY users_location_id_foreign',
      'ALTER TABLE users MODIFY location_id DECIMAL(20, 0) NOT NULL',
    ],
    {},
  ],
  [
    'a time that is a number, as of an application that counts seconds',
    ['UPDATE users SET updated_at = NULL', 'ALTER TABLE users MODIFY updated_at BIGINT NULL'],
    {
      preview: unfit('not_a_time', 'updated_at', expect.stringMatching(/^bigint(\(20\))?$/)),
      execute: unfit('not_a_time', 'updated_at', expect.stringMatching(/^bigint(\(20\))?$/)),
      rollback: unfit('not_a_time', 'updated_at', expect.stringMatching(/^bigint(\(20\))?$/)),
    },
  ],
  [
    'no times, as of an application without timestamps()',
    ['ALTER TABLE users DROP COLUMN updated_at'],
    {
      preview: unfit('missing', 'updated_at', ''),
      execute: unfit('missing', 'updated_at', ''),
      rollback: unfit('missing', 'updated_at', ''),
    },
  ],
  [
    'a deleted_at whose default says that a user is deleted',
    [
      "ALTER TABLE users ADD deleted_at DATETIME NULL DEFAULT '9999-12-31 23:59:59'",
      'UPDATE users SET deleted_at = NULL',
    ],
    {
      preview: unfit('says_deleted', 'deleted_at', 'datetime'),
      execute: unfit('says_deleted', 'deleted_at', 'datetime'),
    },
  ],
  [
    'a deleted_at whose default says that nobody is deleted',
    ['ALTER TABLE users ADD deleted_at INT NOT NULL DEFAULT 0'],
    {},
  ],
  [
    'a column that the database computes',
    [
      'ALTER TABLE users DROP COLUMN updated_at',
      'ALTER TABLE users ADD updated_at TIMESTAMP AS (created_at) VIRTUAL',
    ],
    {
      preview: unfit('generated', 'updated_at', 'timestamp'),
      execute: unfit('generated', 'updated_at', 'timestamp'),
      rollback: unfit('generated', 'updated_at', 'timestamp'),
    },
  ],
  [
    'no number left for a new user',
    [
      'ALTER TABLE users MODIFY id TINYINT UNSIGNED NOT NULL AUTO_INCREMENT',
      'ALTER TABLE users AUTO_INCREMENT = 255',
    ],
    { execute: refused('value_not_taken', expect.stringMatching(/^(167|1467)$/), /./) },
  ],
  [
    'a second unique index',
    [
      "ALTER TABLE users ADD nick VARCHAR(20) NOT NULL DEFAULT 'none'",
      'UPDATE users SET nick = id',
      'ALTER TABLE users ADD UNIQUE INDEX only_one (nick)',
    ],
    { execute: refused('duplicate', '1062', /^Duplicate entry 'none' for key '(users\.)?only_one'$/) },
  ],
  [
    'a foreign key',
    [
      'CREATE TABLE roles (id INT PRIMARY KEY) ENGINE=InnoDB',
      'INSERT INTO roles VALUES (1)',
      'ALTER TABLE users ADD role_id INT NOT NULL DEFAULT 1',
      'ALTER TABLE users ALTER role_id SET DEFAULT 7',
      'ALTER TABLE users ADD CONSTRAINT odd_key FOREIGN KEY (role_id) REFERENCES roles (id)',
    ],
    { execute: refused('foreign_key', '1452', /foreign key constraint fails/) },
  ],
  [
    'a CHECK',
    [
      'UPDATE users SET updated_at = NULL',
      "ALTER TABLE users ADD CONSTRAINT odd_check CHECK (email NOT LIKE 'new%' OR updated_at IS NULL)",
    ],
    {
      execute: refused('check', expect.stringMatching(/^(4025|3819)$/), /odd_check/),
      rollback: refused('check', expect.stringMatching(/^(4025|3819)$/), /odd_check/),
    },
  ],
  ...[
    ['status', "state ENUM('active', 'inactive') NOT NULL"],
    ['location_id', 'site_id BIGINT UNSIGNED NOT NULL'],
  ].map(([name, other]): Case => {
    const gone = refused('table_missing', '1054', new RegExp(`^Unknown column '${name}'`));
    return [
      `no ${name}, as the application renamed it`,
      [`ALTER TABLE users CHANGE ${name} ${other}`],
      { preview: gone, execute: gone, rollback: gone },
    ];
  }),
  [
    'a trigger that signals',
    [
      "CREATE TRIGGER refusing BEFORE UPDATE ON users FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'ask <HR> & wait'",
    ],
    {
      execute: refusedByTrigger('trigger', '1644', /^ask <HR> & wait$/),
      rollback: refusedByTrigger('trigger', '1644', /^ask <HR> & wait$/),
    },
  ],
  ...[
    '45000',
    '45028',
    '2006',
    '1020',
    '1040',
    '1045',
    '1048',
    '1054',
    '1062',
    '1146',
    '1205',
    '1213',
    '1264',
    '1364',
    '1406',
    '1452',
  ].map(
    (number): Case => [
      `a trigger that signals with the number ${number}, which means something else`,
      [
        `CREATE TRIGGER refusing BEFORE UPDATE ON users FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'wait', MYSQL_ERRNO = ${number}`,
      ],
      {
        execute: refusedByTrigger('trigger', number, /^wait$/),
        rollback: refusedByTrigger('trigger', number, /^wait$/),
      },
    ],
  ),
  ...['1213', '1205', '3101'].map(
    (number): Case => [
      `a trigger that signals with number ${number} and state of a deadlock`,
      [
        `CREATE TRIGGER refusing BEFORE INSERT ON users FOR EACH ROW SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'wait', MYSQL_ERRNO = ${number}`,
      ],
      { execute: refusedByTrigger('trigger', number, /^wait$/) },
    ],
  ),
  ...[
    '1047',
    '1053',
    '1152',
    '1159',
    '1161',
    '1184',
    '1290',
    '1836',
    '1927',
    '2003',
    '2006',
    '2013',
    '3989',
    '4031',
    '9001',
  ].map(
    (number): Case => [
      `a trigger that signals with number ${number} and state of a lost connection`,
      [
        `CREATE TRIGGER refusing BEFORE INSERT ON users FOR EACH ROW SIGNAL SQLSTATE '08S01' SET MESSAGE_TEXT = 'wait', MYSQL_ERRNO = ${number}`,
      ],
      { execute: refusedByTrigger('trigger', number, /^wait$/) },
    ],
  ),
  [
    'a trigger that writes what a column does not take',
    ["CREATE TRIGGER refusing BEFORE UPDATE ON users FOR EACH ROW SET NEW.status = 'gone'"],
    {
      execute: refusedByTrigger('value_not_taken', '1265', /status/),
      rollback: refusedByTrigger('value_not_taken', '1265', /status/),
    },
  ],
  [
    'a trigger of an account that is gone',
    [
      "CREATE DEFINER = 'gone'@'localhost' TRIGGER refusing BEFORE UPDATE ON users FOR EACH ROW SET @seen = 1",
    ],
    {
      execute: refusedByTrigger('trigger', '1449', /gone/),
      rollback: refusedByTrigger('trigger', '1449', /gone/),
    },
  ],
  [
    'a trigger that names a table that is not there',
    ['CREATE TRIGGER refusing AFTER INSERT ON users FOR EACH ROW INSERT INTO logins VALUES (NEW.id)'],
    { execute: refusedByTrigger('trigger', '1146', /logins/) },
  ],
  [
    'a trigger that names a column that is not there',
    [
      LOGINS,
      'CREATE TRIGGER refusing AFTER UPDATE ON users FOR EACH ROW UPDATE logins SET seen = 1 WHERE id = NEW.id',
    ],
    {
      execute: refusedByTrigger('trigger', '1054', /seen/),
      rollback: refusedByTrigger('trigger', '1054', /seen/),
    },
  ],
  [
    'a trigger that calls what is not there',
    ['CREATE TRIGGER refusing AFTER INSERT ON users FOR EACH ROW CALL log_login(NEW.id)'],
    { execute: refusedByTrigger('trigger', '1305', /log_login/) },
  ],
  [
    'a trigger of an account that lacks a right on another table',
    [
      LOGINS,
      "CREATE USER IF NOT EXISTS 'poor'@'localhost'",
      "GRANT SELECT, TRIGGER ON users TO 'poor'@'localhost'",
      "CREATE DEFINER = 'poor'@'localhost' TRIGGER refusing AFTER INSERT ON users FOR EACH ROW INSERT INTO logins VALUES (NEW.id)",
    ],
    { execute: refusedByTrigger('trigger', '1142', /INSERT.*poor.*logins/) },
  ],
  [
    'a trigger that meets a unique index of another table',
    [
      LOGINS,
      'INSERT INTO logins VALUES (1)',
      'CREATE TRIGGER refusing AFTER INSERT ON users FOR EACH ROW INSERT INTO logins VALUES (1)',
    ],
    { execute: refusedByTrigger('duplicate', '1062', /PRIMARY/) },
  ],
];

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'went well',
    (error: { failure?: unknown }) => error.failure ?? error,
  );

/** Everybody, before what may be refused. */
let before: Awaited<ReturnType<typeof testbed.everyUser>>;

/** Brings a run to that place, lets the table become what it is, and says how the place ends. */
async function reach(place: Place, changes: readonly string[]): Promise<unknown> {
  const become = async () => {
    for (const change of changes) await testbed.sql(change);
    before = await testbed.everyUser();
  };
  if (place === 'preview') {
    await become();
    const opened = await openRun(testbed.bot, target);
    for (const readNo of [1, 2]) await stage(testbed.bot, opened, readNo, LIST);
    return outcome(testbed.bot.plans.draft(opened.lease, { reads: [1, 2], rules: rules() }));
  }
  const claimed = await claimedRun(testbed.bot, target, LIST);
  if (place === 'execute') {
    await become();
    return outcome(apply(testbed.bot, claimed));
  }
  await apply(testbed.bot, claimed);
  await become();
  const opened = await openRun(testbed.bot, target);
  return outcome(revert(opened, claimed.run.id));
}

/** Takes a run back, from its preview to its execution. */
async function revert(opened: Awaited<ReturnType<typeof openRun>>, runId: number): Promise<void> {
  const { counts, hash } = await testbed.bot.plans.invert(opened.lease, runId, rules());
  const plan = { counts, hash, guard: { tripped: false } } as const;
  const { run } = await testbed.bot.runs.present(opened.lease, plan, 30, step('previewed'));
  const claim = await testbed.bot.runs.claim(
    claimOf(run.id, { id: 'U-BUDI', name: 'Budi' }, undefined, step('confirmed'), rules()),
  );
  if (claim.outcome !== 'claimed') throw new Error(claim.outcome);
  await apply(testbed.bot, claim);
}

describe.each(CASES)('where the table has %s', (what, changes, failures) => {
  // A long email cannot be made to fit once it is there.
  const places = (['preview', 'execute', 'rollback'] as const).filter(
    (place) => place !== 'rollback' || !what.startsWith('an email column'),
  );
  it.each(places)('a run at its %s ends with why, and changes nobody else', async (place) => {
    const elsewhere = await testbed.location();
    await testbed.addUsers(elsewhere, { 'other@dkm': 'active' });
    const told = await reach(place, changes);
    expect(told).toEqual(failures[place] ?? 'went well');
    const other = (users: typeof before) => users.filter(({ email }) => email === 'other@dkm');
    expect(other(before)).toHaveLength(1);
    expect(other(await testbed.everyUser())).toEqual(other(before));
  });

  if (failures.execute !== undefined) {
    it('nothing is kept of an execution that was refused', async () => {
      await reach('execute', changes);
      expect(await testbed.everyUser()).toEqual(before);
    });
  }
});

it('a rollback that the table cannot take is refused at its preview, before anybody confirms it', async () => {
  const { id } = await apply(testbed.bot, await claimedRun(testbed.bot, target, LIST));
  await testbed.sql('ALTER TABLE users DROP COLUMN updated_at');
  const { lease } = await openRun(testbed.bot, target);
  await expect(testbed.bot.plans.invert(lease, id, rules())).rejects.toMatchObject({
    failure: unfit('missing', 'updated_at', ''),
  });
});

describe('a unique index that is not as it should be', () => {
  const NONE = 'ALTER TABLE users DROP INDEX users_email_location_unique';
  const RIGHT = 'ADD UNIQUE INDEX users_email_location_unique (email, location_id)';
  const BY_START = 'ADD UNIQUE INDEX users_email_location_unique (email(255), location_id)';
  const UNBOUND = 'ALTER TABLE users DROP FOREIGN KEY users_location_id_foreign';

  it.each<[string, readonly string[], object]>([
    ['in the table of the contract', [NONE], { code: 'index_missing', statement: RIGHT }],
    [
      'where an email is text',
      [NONE, 'ALTER TABLE users DROP INDEX users_email_index, MODIFY email TEXT NOT NULL'],
      { code: 'index_missing', statement: BY_START },
    ],
    [
      'in an old row format',
      [NONE, 'ALTER TABLE users DROP INDEX users_email_index, ROW_FORMAT = COMPACT'],
      { code: 'index_missing', statement: `ROW_FORMAT = DYNAMIC, ${RIGHT}` },
    ],
    [
      'where partitions allow none',
      [UNBOUND, NONE, 'ALTER TABLE users PARTITION BY HASH (id) PARTITIONS 2'],
      { code: 'index_missing', statement: `${RIGHT} REMOVE PARTITIONING` },
    ],
    [
      'where an email may stand only once at all',
      [NONE, 'ALTER TABLE users ADD UNIQUE INDEX `one email` (email)'],
      { code: 'index_in_the_way', index: 'one email', statement: `DROP INDEX \`one email\`, ${RIGHT}` },
    ],
    [
      'where only that is wrong',
      ['ALTER TABLE users ADD UNIQUE INDEX one_email (email)'],
      { code: 'index_in_the_way', index: 'one_email', statement: 'DROP INDEX `one_email`' },
    ],
  ])('is told with the statement that mends it %s', async (_, changes, failure) => {
    await testbed.sql('DELETE FROM users');
    const told = await reach('preview', changes);
    expect(told).toEqual({
      ...failure,
      statement: `ALTER TABLE users ${'statement' in failure && failure.statement}`,
    });
    await testbed.sql(String(told instanceof Object && 'statement' in told && told.statement));
    expect(await reach('preview', [])).toBe('went well');
  });
});

describe('columns that demand a value', () => {
  const plansWith = (values: NewUserDefaults) =>
    createPlans(testbed.bot.db, { ...AS_BY_DEFAULT, newUser: values });
  const demanding = () =>
    testbed.sql(
      'ALTER TABLE users ADD name VARCHAR(255) NOT NULL, ADD password VARCHAR(255) NOT NULL, ADD role_id INT NOT NULL',
    );

  it('get what NEW_USER_DEFAULTS says, with the email or its first part filled in as data', async () => {
    await demanding();
    const odd = "o'{email}`$&\\@dkm";
    const claimed = await claimedWith(
      new Map<string, string | number>([
        ['name', '{localpart} of {email}; "x"'],
        ['password', '!'],
        ['role_id', 3],
      ]),
      odd,
    );
    await claimed();
    expect(
      await testbed.sql('SELECT email, name, password, role_id FROM users WHERE email = ?', [odd]),
    ).toEqual([{ email: odd, name: `o'{email}\`$&\\ of ${odd}; "x"`, password: '!', role_id: 3 }]);
  });

  it('are named where NEW_USER_DEFAULTS leaves one out, or names one that is not there', async () => {
    await demanding();
    const opened = await openRun(testbed.bot, target);
    for (const readNo of [1, 2]) await stage(testbed.bot, opened, readNo, LIST);
    const plans = plansWith(
      new Map([
        ['name', 'x'],
        ['PASSWORD', '!'],
        ['surname', 'y'],
      ]),
    );
    await expect(plans.draft(opened.lease, { reads: [1, 2], rules: rules() })).rejects.toMatchObject({
      failure: {
        code: 'users_unfit',
        columns: [
          { problem: 'unknown', column: 'surname' },
          { problem: 'demands_value', column: 'role_id' },
        ],
      },
    });
  });

  async function claimedWith(values: NewUserDefaults, email: string) {
    const plans = plansWith(values);
    const opened = await openRun(testbed.bot, target);
    for (const readNo of [1, 2])
      await stage(testbed.bot, opened, readNo, listOf(email, 'back@dkm', 'stays@dkm'));
    const drafted = await plans.draft(opened.lease, { reads: [1, 2], rules: rules() });
    if (drafted.outcome !== 'drafted') throw new Error(drafted.outcome);
    const { counts, hash } = drafted.facts;
    const plan = { counts, hash, guard: { tripped: false } } as const;
    const { run } = await testbed.bot.runs.present(opened.lease, plan, 30, step('previewed'));
    const claim = await testbed.bot.runs.claim(
      claimOf(run.id, { id: 'U-BUDI', name: 'Budi' }, undefined, step('confirmed'), rules()),
    );
    if (claim.outcome !== 'claimed') throw new Error(claim.outcome);
    return () => plans.apply(claim.lease, step('completed'), rules());
  }
});
