import fc from 'fast-check';
import type { Connection } from 'mariadb';
import { describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { until } from '../../../sandbox/process/until.ts';
import { openDatabase, reaching } from '../../../src/database/client.ts';
import { openInspection } from '../../../src/database/schema/inspect.ts';
import { sessionDeviations } from '../../../src/database/session.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, openRun, rolledBack, stage } from './support/runs.ts';
import { type Testbed, useTestbed } from './support/testbed.ts';

/** Emails with every character that some `sql_mode` reads in another way. */
const ODD = ["o'brien@dkm", 'a"b@dkm', 'back\\slash@dkm', 'a||b@dkm', 'percent%_@dkm', '`tick`@dkm'];
/** A page of more than a megabyte. */
const LARGE_PAGE = 12_000;

/** A whole sync and its way back, on a database that was migrated on this server. */
async function syncsAndTakesBack(testbed: Testbed): Promise<void> {
  const bot = testbed.another();
  const target = await testbed.location();
  const before = { 'back@dkm': 'inactive', 'gone@dkm': 'active', "gone's\\@dkm": 'active' } as const;
  await testbed.addUsers(target, before);
  const run = await apply(bot, await claimedRun(bot, target, listOf(...ODD, 'back@dkm')));
  const added = Object.fromEntries(ODD.map((email) => [email, 'active']));
  const synced = { ...added, 'back@dkm': 'active', 'gone@dkm': 'inactive', "gone's\\@dkm": 'inactive' };
  expect(await testbed.usersAt(target)).toEqual(synced);
  await rolledBack(bot, target, run);
  const takenBack = Object.fromEntries(ODD.map((email) => [email, 'inactive']));
  expect(await testbed.usersAt(target)).toEqual({ ...takenBack, ...before });
}

async function deviations(testbed: Testbed) {
  const inspection = await openInspection(testbed.database.url);
  return sessionDeviations(inspection.ask).finally(() => inspection.close());
}

/** Seconds between the newest row of the bot's and now, by the clock of a session of the application. */
async function newestAge(testbed: Testbed, zone: string): Promise<number> {
  const application = await connect(testbed.database.url);
  try {
    await application.query(`SET time_zone = ${zone}`);
    const [row] = await application.query(
      'SELECT TIMESTAMPDIFF(SECOND, MAX(created_at), NOW()) AS age FROM users',
    );
    return Number(row.age);
  } finally {
    await application.end();
  }
}

/** A server that was given is set as it is. */
const GIVEN = process.env['TEST_DATABASE_URL'];

/** `loose-` leaves an option aside where the server does not know it. */
const SERVERS: readonly (readonly [name: string, flags: readonly string[]])[] = [
  [
    'as strict as can be, in Jakarta’s time, with GTID',
    [
      '--sql-mode=ANSI,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE,TRADITIONAL,NO_AUTO_VALUE_ON_ZERO',
      '--default-time-zone=+07:00',
      '--max-allowed-packet=1M',
      '--log-bin=binlog',
      '--server-id=7',
      '--log-bin-trust-function-creators=1',
      '--loose-sql-require-primary-key=ON',
      '--loose-innodb-force-primary-key=ON',
      '--loose-gtid-mode=ON',
      '--loose-enforce-gtid-consistency=ON',
      '--loose-gtid-strict-mode=ON',
    ],
  ],
  ['as loose as can be', ['--sql-mode=', '--max-allowed-packet=1M', '--default-time-zone=-11:00']],
  [
    // A client that is believed to speak GBK could hide a quote behind half a character.
    'that takes every client for Chinese',
    [
      '--character-set-server=gbk',
      '--collation-server=gbk_chinese_ci',
      '--loose-skip-character-set-client-handshake',
      '--max-allowed-packet=1M',
    ],
  ],
];

/** Pieces that end a text, or hide its end, where client and server disagree about it. */
const PIECES = [
  "'",
  '"',
  '\\',
  '\0',
  '?',
  '-- ',
  '/*',
  '*/',
  ';',
  '`',
  '\n',
  '\x1a',
  'a',
  '¿',
  '縗',
  '表',
  '\u{1f600}',
];

describe.skipIf(GIVEN).each(SERVERS)('a server %s', (_, flags) => {
  const testbed = useTestbed({ flags });

  it('is one that sessions are set up on as the bot needs them', async () => {
    expect(await deviations(testbed)).toEqual([]);
  });

  it('is migrated, and a sync goes well there and back, whatever the emails are', () =>
    syncsAndTakesBack(testbed));

  it('takes every text for what it is, whatever the text holds', async () => {
    const { db } = testbed.bot;
    const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(texts, texts, async (one, other) => {
        const rows = await db.$queryRaw`SELECT ${one} AS one, ${other} AS other`;
        expect(rows).toEqual([{ one, other }]);
      }),
    );
  });

  it('takes a page that is larger than its packets', async () => {
    const opened = await openRun(testbed.bot, await testbed.location());
    const emails = Array.from({ length: LARGE_PAGE }, (_each, n) => `${'x'.repeat(80)}${n}@dkm`);
    await stage(testbed.bot, opened, 1, listOf(...emails));
    expect(await testbed.bot.staging.countDistinct(opened.run.id, 1)).toBe(LARGE_PAGE);
  });

  it.each(['@@GLOBAL.time_zone', "'+00:00'", "'+09:30'"])(
    'shows the application the right time of a new user, where its session is in %s',
    async (zone) => {
      await syncsAndTakesBack(testbed);
      const age = await newestAge(testbed, zone);
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(600);
    },
  );
});

describe.skipIf(GIVEN)('a server that ends connections which do nothing for a second', () => {
  const testbed = useTestbed({ flags: ['--wait-timeout=1', '--interactive-timeout=1'] });

  it('is no trouble: what comes after goes over others', async () => {
    await testbed.sql('SET wait_timeout = 600');
    const idle = async () => {
      const rows = await testbed.sql<{ db: string | null; Command: string }>('SHOW PROCESSLIST');
      return rows.filter(({ db, Command }) => db === testbed.database.name && Command === 'Sleep').length;
    };
    const { bot } = testbed;
    const target = await testbed.location();
    const claimed = await claimedRun(bot, target, listOf('new@dkm'));
    expect(await idle()).toBeGreaterThan(0);
    await until(async () => (await idle()) === 0, {
      failure: () => 'the end of the idle connections',
    });
    await apply(bot, claimed);
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active' });
  });
});

describe.skipIf(GIVEN)('a server with a few connections, all of them used up', () => {
  const testbed = useTestbed({ flags: ['--max-connections=10', '--loose-extra-max-connections=1'] });

  it('is told of as such, and served again once one is free', async () => {
    const target = await testbed.location();
    // An account without the right to the connection that is kept for administrators.
    const { name } = testbed.database;
    await testbed.sql(`CREATE USER ${name} IDENTIFIED BY 'guest'`);
    await testbed.sql(`GRANT ALL ON ${name}.* TO ${name}`);
    const url = new URL(testbed.database.url);
    [url.username, url.password] = [name, 'guest'];
    const taken: Connection[] = [];
    for (;;) {
      const connection = await connect(url.href).catch(() => undefined);
      if (connection === undefined) break;
      taken.push(connection);
    }
    url.search = '?acquireTimeout=1000&minimumIdle=0';
    const db = openDatabase(url.href);
    try {
      const ask = () => reaching(() => db.$queryRaw`SELECT 1`);
      await expect(ask()).rejects.toMatchObject({ why: 'too_many_connections' });
      for (const connection of taken) await connection.end();
      await until(() => ask().then(Boolean, () => false), {
        failure: () => 'a connection for the bot',
      });
    } finally {
      await db.$disconnect();
    }
    await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('new@dkm')));
  });
});

describe.skipIf(GIVEN)('a server that knows names of tables in small letters alone', () => {
  const testbed = useTestbed({ flags: ['--lower-case-table-names=1'] });

  it('is migrated, and a sync goes well there and back', () => syncsAndTakesBack(testbed));
});

describe('an application that has triggers and foreign keys of its own on users', () => {
  const testbed = useTestbed({ flags: [] });

  it('sees each change of a sync, and keeps what belongs to it', async () => {
    await testbed.sql(
      'CREATE TABLE seen (email VARCHAR(255), status VARCHAR(10), id BIGINT AUTO_INCREMENT PRIMARY KEY)',
    );
    for (const event of ['INSERT', 'UPDATE']) {
      await testbed.sql(
        `CREATE TRIGGER seen_${event} AFTER ${event} ON users FOR EACH ROW INSERT INTO seen (email, status) VALUES (NEW.email, NEW.status)`,
      );
    }
    await testbed.sql(
      'CREATE TABLE desks (id BIGINT AUTO_INCREMENT PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id))',
    );
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active' });
    await testbed.sql('INSERT INTO desks (user_id) SELECT id FROM users');
    await testbed.sql('DELETE FROM seen');
    await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('new@dkm')));
    const seen = await testbed.sql<{ email: string; status: string }>(
      'SELECT email, status FROM seen ORDER BY email',
    );
    expect(seen).toEqual([
      { email: 'gone@dkm', status: 'inactive' },
      { email: 'new@dkm', status: 'active' },
    ]);
    expect(await testbed.sql('SELECT COUNT(*) AS n FROM desks JOIN users ON users.id = user_id')).toEqual([
      { n: 1 },
    ]);
  });
});
