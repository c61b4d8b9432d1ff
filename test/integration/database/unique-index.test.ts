import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { inTransaction } from '../../../src/database/client.ts';
import { requireUsableTables } from '../../../src/database/plan/users-fit.ts';
import { IndexInTheWayError, IndexMissingError } from '../../../src/sync/failures/errors.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, draftRun, openRun, rules, stage } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const OF_CONTRACT = 'users_email_location_unique';

afterEach(async () => {
  await testbed
    .sql('ALTER TABLE users DROP INDEX IF EXISTS one_email')
    .catch(() => dropWhereThere('one_email'));
  await testbed.sql('DELETE FROM users');
  if (!(await has(OF_CONTRACT))) {
    await testbed.sql(`ALTER TABLE users ADD CONSTRAINT ${OF_CONTRACT} UNIQUE (email, location_id)`);
  }
});

const has = async (index: string) =>
  (await testbed.sql('SHOW INDEX FROM users WHERE Key_name = ?', [index])).length > 0;

/** MySQL has no IF EXISTS for an index. */
async function dropWhereThere(index: string): Promise<void> {
  if (await has(index)) await testbed.sql(`ALTER TABLE users DROP INDEX ${index}`);
}

describe('an index with an expression, which MySQL knows', () => {
  it('is none over the columns alone: it stands in nobody’s way, and does not suffice', async () => {
    const [server] = await testbed.sql<{ version: string }>('SELECT VERSION() AS version');
    // MariaDB has no expressions in an index; a column that it computes is a column.
    const isMariadb = server?.version.includes('MariaDB') === true;
    const part = isMariadb ? 'part' : '(LOWER(status))';
    if (isMariadb) await testbed.sql('ALTER TABLE users ADD part VARCHAR(20) AS (LOWER(status)) PERSISTENT');
    try {
      await testbed.sql(`ALTER TABLE users ADD UNIQUE INDEX one_email (email(100), ${part})`);
      await draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')]);
      await testbed.sql(
        `ALTER TABLE users DROP INDEX ${OF_CONTRACT}, DROP INDEX one_email, ADD UNIQUE INDEX one_email (email(100), location_id, ${part})`,
      );
      const drafting = draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')]);
      await expect(drafting).rejects.toThrow(IndexMissingError);
    } finally {
      await dropWhereThere('one_email');
      if (isMariadb) await testbed.sql('ALTER TABLE users DROP COLUMN part');
    }
  });
});

describe('an index of another table, as Laravel keeps password_reset_tokens', () => {
  it('is none of users: it stands in nobody’s way, and does not suffice', async () => {
    await testbed.sql('CREATE TABLE password_reset_tokens (email VARCHAR(191) PRIMARY KEY, location_id INT)');
    try {
      await draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')]);
      await testbed.sql('ALTER TABLE password_reset_tokens ADD UNIQUE INDEX theirs (email, location_id)');
      await testbed.sql(`ALTER TABLE users DROP INDEX ${OF_CONTRACT}`);
      const drafting = draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')]);
      await expect(drafting).rejects.toThrow(IndexMissingError);
    } finally {
      await testbed.sql('DROP TABLE password_reset_tokens');
    }
  });
});

/** MariaDB puts the end of a row's period into each unique index of such a table. MySQL keeps no history. */
describe.skipIf(process.env['USYNC_TEST_SERVER']?.startsWith('mysql'))(
  'a users table that keeps its history',
  () => {
    it.each([
      ['hidden', 'ADD SYSTEM VERSIONING', 'DROP SYSTEM VERSIONING'],
      [
        'named',
        'ADD begun TIMESTAMP(6) AS ROW START, ADD ended TIMESTAMP(6) AS ROW END, ADD PERIOD FOR SYSTEM_TIME (begun, ended), ADD SYSTEM VERSIONING',
        'DROP COLUMN begun, DROP COLUMN ended, DROP PERIOD FOR SYSTEM_TIME, DROP SYSTEM VERSIONING',
      ],
    ])('takes a plan, with the columns of its period %s', async (_, begin, end) => {
      await testbed.sql(`ALTER TABLE users ${begin}`);
      try {
        const claimed = await claimedRun(testbed.bot, await testbed.location(), listOf('a@dkm'));
        await apply(testbed.bot, claimed);
        expect(await testbed.everyUser()).toMatchObject([{ email: 'a@dkm' }]);
      } finally {
        await testbed.sql(
          `SET STATEMENT system_versioning_alter_history = KEEP FOR ALTER TABLE users ${end}`,
        );
      }
    });
  },
);

describe('the indexes of users', () => {
  it('stop a plan where an email may stand only once at all, and the index is named', async () => {
    await testbed.sql('ALTER TABLE users ADD UNIQUE INDEX one_email (email)');
    const drafting = draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')]);
    await expect(drafting).rejects.toThrow(IndexInTheWayError);
    await expect(drafting).rejects.toMatchObject({
      failure: { code: 'index_in_the_way', index: 'one_email' },
    });
  });

  it('stop an execution where that index came after the preview, and nothing is written', async () => {
    const claimed = await claimedRun(testbed.bot, await testbed.location(), listOf('a@dkm'));
    await testbed.sql('ALTER TABLE users ADD UNIQUE INDEX one_email (email)');
    await expect(apply(testbed.bot, claimed)).rejects.toThrow(IndexInTheWayError);
    expect(await testbed.everyUser()).toEqual([]);
  });

  it('stop a plan where nothing keeps an email from standing twice at one location', async () => {
    await testbed.sql(`ALTER TABLE users DROP INDEX ${OF_CONTRACT}`);
    const drafting = draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')]);
    await expect(drafting).rejects.toThrow(IndexMissingError);
  });

  it.each([
    ['over the two columns the other way round', 'UNIQUE INDEX one_email (location_id, email)'],
    ['in upper case', 'UNIQUE INDEX one_email (EMAIL, LOCATION_ID)'],
  ])('suffice %s', async (_, index) => {
    await testbed.sql(`ALTER TABLE users DROP INDEX ${OF_CONTRACT}, ADD ${index}`);
    const { plan } = await draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')]);
    expect(plan).toEqual(['add a@dkm']);
  });

  it.each([
    ['is wider', 'UNIQUE INDEX one_email (email, location_id, status)'],
    ['is not unique', 'INDEX one_email (email, location_id)'],
  ])('do not suffice where the only one over them %s', async (_, index) => {
    await testbed.sql(`ALTER TABLE users DROP INDEX ${OF_CONTRACT}, ADD ${index}`);
    await expect(draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')])).rejects.toThrow(
      IndexMissingError,
    );
  });

  it('leave the plan as it was where they stop a new draft', async () => {
    const target = await testbed.location();
    const opened = await openRun(testbed.bot, target);
    await stage(testbed.bot, opened, 1, listOf('a@dkm'));
    await testbed.bot.plans.draft(opened.lease, { reads: [1], rules: rules() });
    await testbed.sql('ALTER TABLE users ADD UNIQUE INDEX one_email (email)');
    await expect(testbed.bot.plans.draft(opened.lease, { reads: [1], rules: rules() })).rejects.toThrow(
      IndexInTheWayError,
    );
    expect(await testbed.bot.plans.list(opened.run.id, undefined, 0, 10)).toHaveLength(1);
  });
});

describe('a users table that is not utf8mb4', () => {
  it('stops a plan and says so', async () => {
    await testbed.sql('ALTER TABLE users MODIFY email VARCHAR(255) CHARACTER SET latin1 NOT NULL');
    await expect(draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')])).rejects.toThrow(
      /latin1_swedish_ci.*utf8mb4/,
    );
  });
});

describe('a users table that is not there', () => {
  it('is told as such, and not as an index that is missing', async () => {
    const target = await testbed.location();
    await testbed.sql('RENAME TABLE users TO users_elsewhere');
    const drafted = await draftRun(testbed.bot, target, [listOf('a@dkm')]).catch((error: unknown) => error);
    await testbed.sql('RENAME TABLE users_elsewhere TO users');
    expect(drafted).toMatchObject({ failure: { code: 'database_refused', number: '1146' } });
  });
});

describe('an ALTER TABLE that comes once a transaction has looked at users', () => {
  it('waits for its end, so that all that was found stays true', async () => {
    await testbed.sql('ALTER TABLE users ADD COLUMN deleted_at TIMESTAMP NULL');
    const admin = await connect(testbed.database.url);
    await admin.query('SET SESSION lock_wait_timeout = 1');
    try {
      await inTransaction(testbed.bot.db, async (tx) => {
        await requireUsableTables(tx);
        await expect(admin.query('ALTER TABLE users FORCE')).rejects.toMatchObject({ errno: 1205 });
      });
    } finally {
      await admin.end();
      await testbed.sql('ALTER TABLE users DROP COLUMN deleted_at');
    }
  });
});
