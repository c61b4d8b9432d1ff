import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotAsWrittenError } from '../../../src/sync/failures/errors.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

let target: Target;

beforeEach(async () => {
  target = await testbed.location();
  await testbed.addUsers(target, { 'back@dkm': 'inactive', 'gone@dkm': 'active', 'stays@dkm': 'active' });
});
afterEach(() => testbed.sql('DROP TRIGGER IF EXISTS keeps'));

const LIST = listOf('new@dkm', 'back@dkm', 'stays@dkm');

describe('a plan that the database changes while it is written is undone as a whole, and the trigger named, where', () => {
  it.each([
    ['status is kept at an update', 'BEFORE UPDATE', 'SET NEW.status = OLD.status', ['back@dkm', 'gone@dkm']],
    [
      'nobody may be deactivated',
      'BEFORE UPDATE',
      "SET NEW.status = IF(NEW.status = 'inactive', OLD.status, NEW.status)",
      ['gone@dkm'],
    ],
    ['a new user begins inactive', 'BEFORE INSERT', "SET NEW.status = 'inactive'", ['new@dkm']],
    ['a new user gets another email', 'BEFORE INSERT', "SET NEW.email = CONCAT('x', NEW.email)", ['new@dkm']],
    ['an email is put into capitals', 'BEFORE INSERT', 'SET NEW.email = UPPER(NEW.email)', ['new@dkm']],
    [
      'a new user comes to another location',
      'BEFORE INSERT',
      'SET NEW.location_id = NEW.location_id + 1',
      ['new@dkm'],
    ],
    [
      'users are moved to another location',
      'BEFORE UPDATE',
      'SET NEW.location_id = NEW.location_id + 1',
      ['back@dkm', 'gone@dkm'],
    ],
    [
      'an email is put into capitals at an update',
      'BEFORE UPDATE',
      'SET NEW.email = UPPER(NEW.email)',
      ['back@dkm', 'gone@dkm'],
    ],
  ])('%s', async (_, event, body, emails) => {
    await testbed.location();
    const claimed = await claimedRun(testbed.bot, target, LIST);
    const before = await testbed.everyUser();
    await testbed.sql(`CREATE TRIGGER keeps ${event} ON users FOR EACH ROW ${body}`);
    const error = await apply(testbed.bot, claimed).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotAsWrittenError);
    expect(error).toMatchObject({
      failure: { code: 'not_as_written', total: emails.length, emails, triggers: ['keeps'] },
    });
    expect(await testbed.everyUser()).toEqual(before);
  });

  it.each([
    ['a new user is marked as deleted', 'BEFORE INSERT', ['new@dkm']],
    ['whoever is changed is marked as deleted', 'BEFORE UPDATE', ['back@dkm', 'gone@dkm']],
  ])('%s', async (_, event, emails) => {
    await testbed.sql('ALTER TABLE users ADD deleted_at DATETIME NULL');
    const claimed = await claimedRun(testbed.bot, target, LIST);
    const before = await testbed.everyUser();
    await testbed.sql(`CREATE TRIGGER keeps ${event} ON users FOR EACH ROW SET NEW.deleted_at = NOW()`);
    await expect(apply(testbed.bot, claimed)).rejects.toMatchObject({
      failure: { code: 'not_as_written', total: emails.length, emails, triggers: ['keeps'] },
    });
    expect(await testbed.everyUser()).toEqual(before);
    await testbed.sql('DROP TRIGGER keeps');
    await testbed.sql('ALTER TABLE users DROP COLUMN deleted_at');
  });

  it('a status becomes none at all', async () => {
    await testbed.sql("ALTER TABLE users MODIFY status ENUM('active', 'inactive') NULL");
    const claimed = await claimedRun(testbed.bot, target, LIST);
    const before = await testbed.everyUser();
    await testbed.sql('CREATE TRIGGER keeps BEFORE UPDATE ON users FOR EACH ROW SET NEW.status = NULL');
    await expect(apply(testbed.bot, claimed)).rejects.toMatchObject({
      failure: { code: 'not_as_written', total: 2, emails: ['back@dkm', 'gone@dkm'], triggers: ['keeps'] },
    });
    expect(await testbed.everyUser()).toEqual(before);
  });
});

describe('a plan is applied, and what is told stands in the table, where', () => {
  it('a trigger sets its session otherwise, which lasts no longer than the writes', async () => {
    const bot = testbed.another({ connections: 1 });
    const claimed = await claimedRun(bot, target, LIST);
    const session = () =>
      bot.db
        .$queryRaw`SELECT @@group_concat_max_len AS longest, @@time_zone AS zone, @@autocommit AS commits`;
    const before = await session();
    await testbed.sql(`CREATE TRIGGER keeps BEFORE UPDATE ON users FOR EACH ROW
      SET SESSION group_concat_max_len = 10, SESSION time_zone = '+07:00'`);
    expect((await apply(bot, claimed)).status).toBe('completed');
    expect(await session()).toEqual(before);
  });

  it('a trigger does something else', async () => {
    const claimed = await claimedRun(testbed.bot, target, LIST);
    await testbed.sql(
      "CREATE TRIGGER keeps BEFORE UPDATE ON users FOR EACH ROW SET NEW.created_at = '2001-01-01'",
    );
    expect(await apply(testbed.bot, claimed)).toMatchObject({
      counts: { add: 1, reactivate: 1, deactivate: 1 },
    });
    expect(await testbed.usersAt(target)).toEqual({
      'back@dkm': 'active',
      'gone@dkm': 'inactive',
      'stays@dkm': 'active',
      'new@dkm': 'active',
    });
  });
});
