import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/client.ts';
import { createPlans } from '../../../src/database/plan/plans.ts';
import { createRuns } from '../../../src/database/runs/runs.ts';
import { PrivilegeMissingError } from '../../../src/sync/failures/errors.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { type Account, createAccount } from '../cli/support/account.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, openRun, rules, stage } from './support/runs.ts';
import { AS_BY_DEFAULT, useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

let account: Account;
let target: Target;

beforeEach(async () => {
  account = await createAccount(testbed.database);
  target = await testbed.location();
  await testbed.addUsers(target, { 'gone@dkm': 'active', 'stays@dkm': 'active' });
});
afterEach(() => account.drop());

/** All that the bot does, but for what is done to one table. */
async function grantAllBut(table: string, rights: string): Promise<void> {
  const { name } = testbed.database;
  const tables = await testbed.sql<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  );
  for (const each of tables) {
    const granted = each.name === table ? rights : 'SELECT, INSERT, UPDATE, DELETE';
    await testbed.sql(`GRANT ${granted} ON ${name}.${each.name} TO ${account.name}`);
  }
}

/** Confirmed by an account that may do everything, executed by one that may not. */
async function executeWithTheAccount(): Promise<unknown> {
  const claimed = await claimedRun(testbed.bot, target, listOf('new@dkm', 'stays@dkm'));
  const db = openDatabase(`${account.url}&connectionLimit=2`);
  try {
    const bot = {
      ...testbed.bot,
      db,
      runs: createRuns(db, testbed.bot.owner),
      plans: createPlans(db, AS_BY_DEFAULT),
    };
    return await apply(bot, claimed).catch((error: unknown) => error);
  } finally {
    await db.$disconnect();
  }
}

describe('a right that the account of the bot lacks', () => {
  it.each([
    ['INSERT on users', 'users', 'SELECT, UPDATE', { right: 'INSERT', table: 'users' }],
    [
      'a column of users',
      'users',
      'SELECT, INSERT, UPDATE (updated_at)',
      { right: 'UPDATE', table: 'users', column: 'status' },
    ],
    [
      'SELECT on users',
      'users',
      'INSERT, UPDATE',
      { right: expect.stringContaining('SELECT'), table: 'users' },
    ],
    ['INSERT on audit_logs', 'audit_logs', 'SELECT', { right: 'INSERT', table: 'audit_logs' }],
  ])('is named by the failure: %s', async (_, table, rights, missing) => {
    await grantAllBut(table, rights);
    const error = await executeWithTheAccount();
    expect(error).toBeInstanceOf(PrivilegeMissingError);
    expect(error).toMatchObject({ failure: { code: 'privilege_missing', ...missing } });
    expect(await testbed.usersAt(target)).toEqual({ 'gone@dkm': 'active', 'stays@dkm': 'active' });
  });

  it('hides a column that demands a value, and the preview says so already where MariaDB does', async () => {
    const written = 'email, location_id, status, created_at, updated_at';
    await testbed.sql('ALTER TABLE users ADD name VARCHAR(50) NOT NULL');
    await grantAllBut('users', `SELECT (id, ${written}), INSERT (${written}), UPDATE (status, updated_at)`);
    const db = openDatabase(`${account.url}&connectionLimit=2`);
    try {
      const opened = await openRun(testbed.bot, target);
      for (const readNo of [1, 2])
        await stage(testbed.bot, opened, readNo, listOf('new@dkm', 'gone@dkm', 'stays@dkm'));
      const told = await createPlans(db, AS_BY_DEFAULT)
        .draft(opened.lease, { reads: [1, 2], rules: rules() })
        .catch((error: unknown) => error);
      const [server] = await testbed.sql<{ version: string }>('SELECT VERSION() AS version');
      expect(told).toMatchObject(
        server?.version.includes('MariaDB') === true
          ? { failure: { code: 'database_refused', refusal: 'value_missing', number: '1364' } }
          : { outcome: 'drafted' },
      );
    } finally {
      await db.$disconnect();
      await testbed.sql('ALTER TABLE users DROP COLUMN name');
    }
  });

  it('is named where a row of locations may not be locked, which MySQL asks UPDATE for', async () => {
    await grantAllBut('locations', 'SELECT');
    const outcome = await executeWithTheAccount();
    const [server] = await testbed.sql<{ version: string }>('SELECT VERSION() AS version');
    if (server?.version.includes('MariaDB') === true) expect(outcome).toMatchObject({ status: 'completed' });
    else {
      expect(outcome).toMatchObject({
        failure: { code: 'privilege_missing', right: 'UPDATE', table: 'locations' },
      });
    }
  });
});
