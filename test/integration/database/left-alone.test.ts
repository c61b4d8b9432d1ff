import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countLeftAlone } from '../../../src/database/plan/eligibility.ts';
import { createOverview } from '../../../src/database/reports/overview.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import {
  apply,
  claim,
  claimedRun,
  draftRun,
  factsOf,
  openRun,
  planLines,
  present,
  rules,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

let target: Target;

const alter = (change: string) => testbed.sql(`ALTER TABLE users ${change}`);

/** Statuses and columns of an application that knows more than active and inactive, and how a user comes to one. */
const ODD: readonly (readonly [what: string, shape: string, becomes: string, reason: string])[] = [
  ['soft-deleted', 'ADD deleted_at TIMESTAMP NULL', "deleted_at = '2025-03-01'", 'deleted'],
  [
    'soft-deleted while inactive',
    'ADD deleted_at DATETIME NULL',
    "deleted_at = NOW(), status = 'inactive'",
    'deleted',
  ],
  ['soft-deleted by a flag', "ADD deleted_at BIT(1) NOT NULL DEFAULT b'0'", "deleted_at = b'1'", 'deleted'],
  [
    'suspended',
    "MODIFY status ENUM('active', 'inactive', 'suspended') NOT NULL",
    "status = 'suspended'",
    'odd_status',
  ],
  ['without a status', "MODIFY status ENUM('active', 'inactive') NULL", 'status = NULL', 'odd_status'],
  ['of the empty status that an enum has', "COMMENT = ''", "status = ''", 'odd_status'],
  ['of a status in other letters', 'MODIFY status VARCHAR(20) NOT NULL', "status = 'Active'", 'odd_status'],
  ['with a number below 0', 'MODIFY id BIGINT NOT NULL AUTO_INCREMENT', 'id = -id', 'negative_id'],
];

const WITHOUT_INDEXES = 'DROP INDEX users_email_location_unique, DROP INDEX users_email_index';
const WITH_INDEXES =
  'ADD UNIQUE INDEX users_email_location_unique (email, location_id), ADD INDEX users_email_index (email)';

beforeEach(async () => {
  target = await testbed.location();
});
afterEach(async () => {
  await testbed.sql("SET SESSION sql_mode = ''");
  await testbed.sql('DELETE FROM users');
  const byStart = await testbed.sql("SHOW INDEX FROM users WHERE Key_name = 'by_start'");
  if (byStart.length > 0)
    await alter(`MODIFY email VARCHAR(255) NOT NULL, DROP INDEX by_start, ${WITH_INDEXES}`);
  // MySQL has no IF EXISTS for a column.
  const added = await testbed.sql("SHOW COLUMNS FROM users LIKE 'deleted_at'");
  await alter(`${added.length > 0 ? 'DROP COLUMN deleted_at, ' : ''}MODIFY email VARCHAR(255) NOT NULL`);
  await alter("MODIFY status ENUM('active', 'inactive') NOT NULL DEFAULT 'active'");
  await alter('MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT');
});

async function withOdd(shape: string, becomes: string): Promise<void> {
  await testbed.sql("SET SESSION sql_mode = ''");
  await alter(shape);
  await testbed.addUsers(target, { 'odd@dkm': 'active', 'stays@dkm': 'active', 'was@dkm': 'inactive' });
  await testbed.sql(`UPDATE users SET ${becomes} WHERE location_id = ? AND email = 'odd@dkm'`, [
    target.locationId,
  ]);
}

const rowOf = async (email: string) => testbed.sql('SELECT * FROM users WHERE email = ?', [email]);

describe('a user who is neither active nor inactive', () => {
  it.each(ODD)('%s: is left alone, whether the list has them or not', async (_, shape, becomes, reason) => {
    await withOdd(shape, becomes);
    const before = await rowOf('odd@dkm');
    for (const list of [listOf('stays@dkm', 'odd@dkm', 'new@dkm'), listOf('stays@dkm', 'new2@dkm')]) {
      const drafted = await draftRun(testbed.bot, target, [list]);
      expect(drafted.plan.filter((line) => line.endsWith(' odd@dkm'))).toEqual(['kept odd@dkm']);
      const [kept] = await testbed.bot.plans.list(drafted.run.id, 'kept', 0, 10);
      expect(kept).toMatchObject({ detail: reason, statusBefore: undefined });
      expect(drafted.facts).toMatchObject({
        active: list.length === 3 ? 1 : 2,
        counts: {
          add: 1,
          reactivate: 0,
          deactivate: list.length === 3 ? 0 : 1,
          kept: 1,
          unchanged: 1,
          alreadyInactive: 1,
        },
      });
      await apply(testbed.bot, await claim(testbed.bot, await present(testbed.bot, drafted)));
    }
    expect(await rowOf('odd@dkm')).toEqual(before);
  });

  it.each(ODD)(
    '%s: is not added a second time, however the list or the table spells them',
    async (_, shape, becomes) => {
      await withOdd(shape, becomes);
      await testbed.sql("UPDATE users SET email = ' Odd@dkm' WHERE email = 'odd@dkm'");
      const { plan } = await draftRun(testbed.bot, target, [listOf('odd@dkm', 'stays@dkm')]);
      expect(plan).toEqual(['kept  Odd@dkm']);
    },
  );

  it.each(ODD)(
    '%s: is no rival of a user under another spelling, who comes back or stays',
    async (_, shape, becomes) => {
      await withOdd(shape, becomes);
      const leftAlone = async (odd: string, user: string, status: 'active' | 'inactive') => {
        await testbed.sql("DELETE FROM users WHERE email LIKE '%was@dkm' OR email LIKE '%lead@dkm'");
        await testbed.sql("UPDATE users SET email = ? WHERE email NOT IN ('stays@dkm')", [odd]);
        await testbed.addUsers(target, { [user]: status });
        const { plan } = await draftRun(testbed.bot, target, [listOf('lead@dkm', 'stays@dkm')]);
        expect(plan.filter((line) => line === `kept ${odd}`)).toHaveLength(1);
        await testbed.sql('UPDATE users SET email = ? WHERE email = ?', ['odd@dkm', odd]);
        return plan.filter((line) => line !== `kept ${odd}`);
      };
      for (const [odd, user] of [
        ['lead@dkm', '\tlead@dkm'],
        ['\tlead@dkm', 'lead@dkm'],
        ['\tlead@dkm', '\nlead@dkm'],
      ] as const) {
        expect(await leftAlone(odd, user, 'inactive')).toEqual([`reactivate ${user}`]);
        expect(await leftAlone(odd, user, 'active')).toEqual([]);
      }
    },
  );

  it.each(ODD)('%s since the preview: the plan is stale', async (_, shape, becomes) => {
    await withOdd(shape, "email = 'odd@dkm'");
    const claimed = await claimedRun(testbed.bot, target, listOf('stays@dkm'));
    await testbed.sql(`UPDATE users SET ${becomes} WHERE email = 'odd@dkm'`);
    const before = await testbed.everyUser();
    await expect(apply(testbed.bot, claimed)).rejects.toMatchObject({
      failure: { code: 'stale', total: 1, emails: ['odd@dkm'] },
    });
    expect(await testbed.everyUser()).toEqual(before);
  });

  it.each(ODD)('%s: is not changed by a rollback', async (_, shape, becomes) => {
    await withOdd(shape, "email = 'odd@dkm'");
    const claimed = await claimedRun(testbed.bot, target, listOf('stays@dkm', 'new@dkm'));
    await apply(testbed.bot, claimed);
    await testbed.sql(`UPDATE users SET ${becomes} WHERE email IN ('odd@dkm', 'new@dkm')`);
    const opened = await openRun(testbed.bot, target);
    const facts = await testbed.bot.plans.invert(opened.lease, claimed.run.id, rules());
    expect(await planLines(testbed.bot, opened.run.id)).toEqual(['skipped new@dkm', 'skipped odd@dkm']);
    expect(facts.counts).toMatchObject({ reactivate: 0, deactivate: 0, unchanged: 1 });
  });

  it('is listed only where the user stands, and not in the plans of other locations', async () => {
    await withOdd('ADD deleted_at TIMESTAMP NULL', "deleted_at = '2025-03-01'");
    const elsewhere = await testbed.location();
    await testbed.addUsers(elsewhere, { 'deleted@dkm': 'active', 'stays@dkm': 'active' });
    await testbed.sql("UPDATE users SET deleted_at = '2025-03-01' WHERE email = 'deleted@dkm'");
    expect((await draftRun(testbed.bot, target, [listOf('stays@dkm')])).plan).toEqual(['kept odd@dkm']);
    expect((await draftRun(testbed.bot, elsewhere, [listOf('stays@dkm')])).plan).toEqual([
      'kept deleted@dkm',
    ]);
  });

  it.each(ODD)('%s: is counted and listed as such', async (_, shape, becomes) => {
    await withOdd(shape, becomes);
    const overview = createOverview(testbed.bot.db, new Map([['here', target.name]]));
    expect(await overview.targets(['here'])).toMatchObject([{ active: 1, inactive: 1, leftAlone: 1 }]);
    const all = await overview.users({ target: 'here', status: undefined, text: undefined }, 10);
    expect(Object.fromEntries(all.users.map(({ email, status }) => [email, status]))).toEqual({
      'odd@dkm': 'left_alone',
      'stays@dkm': 'active',
      'was@dkm': 'inactive',
    });
    const { total } = await overview.users({ target: 'here', status: 'active', text: undefined }, 10);
    expect(total).toBe(1);
  });

  it('without an email, or with blanks for one: is left alone, and no preview fails for it', async () => {
    await alter('MODIFY email VARCHAR(255) NULL');
    await testbed.addUsers(target, { 'stays@dkm': 'active', 'gone@dkm': 'active' });
    await testbed.sql(
      "INSERT INTO users (location_id, email, status) VALUES (?, NULL, 'active'), (?, NULL, 'inactive'), (?, '  ', 'active')",
      [target.locationId, target.locationId, target.locationId],
    );
    const { facts, plan, ...claimed } = await draftRun(testbed.bot, target, [listOf('stays@dkm')]);
    expect(plan).toEqual(
      ['deactivate gone@dkm', 'kept users.id …', 'kept users.id …', 'kept users.id …'].map((line) =>
        expect.stringMatching(line.replace('…', '\\d+')),
      ),
    );
    expect(facts).toMatchObject({
      active: 2,
      counts: { deactivate: 1, kept: 3, unchanged: 1, alreadyInactive: 0 },
    });
    await apply(
      testbed.bot,
      await claim(testbed.bot, await present(testbed.bot, { ...claimed, facts, plan })),
    );
    const overview = createOverview(testbed.bot.db, new Map([['here', target.name]]));
    const { users } = await overview.users({ target: 'here', status: undefined, text: undefined }, 10);
    expect(users.map(({ status }) => status).sort()).toEqual([
      'active',
      'inactive',
      'left_alone',
      'left_alone',
      'left_alone',
    ]);
  });

  it('with an id beyond every signed number is a user as any other', async () => {
    await alter('AUTO_INCREMENT = 18446744073709551600');
    await testbed.addUsers(target, { ' Odd@dkm': 'inactive', 'stays@dkm': 'active', 'gone@dkm': 'active' });
    const drafted = await draftRun(testbed.bot, target, [listOf('stays@dkm', 'odd@dkm')]);
    expect(drafted.plan).toEqual(['reactivate  Odd@dkm', 'deactivate gone@dkm']);
    await apply(testbed.bot, await claim(testbed.bot, await present(testbed.bot, drafted)));
    await testbed.sql('DELETE FROM users');
    await alter('AUTO_INCREMENT = 1');
  });

  it.each(['VARCHAR(320)', 'TEXT'])(
    'with an email of more than 255 characters is left alone: %s',
    async (type) => {
      const long = (begin: string) => begin.padEnd(300, 'x');
      await alter(
        `${WITHOUT_INDEXES}, MODIFY email ${type} NOT NULL, ADD UNIQUE INDEX by_start (email(300), location_id)`,
      );
      await testbed.addUsers(target, {
        [long('here@dkm')]: 'active',
        [long(' THERE@dkm')]: 'inactive',
        ['padded@dkm'.padStart(300)]: 'active',
        'stays@dkm': 'active',
        'gone@dkm': 'active',
      });
      const list = listOf('stays@dkm', 'new@dkm', 'padded@dkm', long('here@dkm').slice(0, 255));
      const { facts, plan, ...drafted } = await draftRun(testbed.bot, target, [list]);
      const named = expect.stringMatching(/^kept users\.id \d+$/);
      const added = long('here@dkm').slice(0, 255);
      expect(plan).toEqual([`add ${added}`, 'add new@dkm', 'deactivate gone@dkm', named, named, named]);
      const kept = await testbed.bot.plans.list(drafted.run.id, 'kept', 0, 10);
      expect(kept.map(({ detail }) => detail)).toEqual(Array(3).fill('long_email'));
      expect(facts).toMatchObject({ active: 2, counts: { kept: 3, unchanged: 1, alreadyInactive: 0 } });
      await apply(
        testbed.bot,
        await claim(testbed.bot, await present(testbed.bot, { ...drafted, facts, plan })),
      );
      expect(await countLeftAlone(testbed.bot.db)).toEqual(new Map([['long_email', 3]]));
      const overview = createOverview(testbed.bot.db, new Map([['here', target.name]]));
      const { users } = await overview.users({ target: 'here', status: undefined, text: undefined }, 10);
      expect(users.filter(({ status }) => status === 'left_alone').map(({ email }) => email)).toEqual(
        kept.map(({ email }) => email),
      );
    },
  );

  it.each(['', ' ', '\t', '\r', '\r\n', '\u00a0', '\ufeff', '\u200b'])(
    'with %j for an email is left alone',
    async (blank) => {
      await testbed.addUsers(target, { 'stays@dkm': 'active', superadmin: 'active' });
      await testbed.sql("INSERT INTO users (location_id, email, status) VALUES (?, ?, 'active')", [
        target.locationId,
        blank,
      ]);
      const { facts, plan } = await draftRun(testbed.bot, target, [listOf('stays@dkm', 'superadmin')]);
      expect(plan).toEqual([expect.stringMatching(/^kept users\.id \d+$/)]);
      expect(facts).toMatchObject({ active: 2, counts: { kept: 1, unchanged: 2 } });
    },
  );

  it.each([
    ['DATETIME NULL', "'0000-00-00 00:00:00'"],
    ['INT NOT NULL DEFAULT 0', '0'],
    ["BIT(1) NOT NULL DEFAULT b'0'", "b'0'"],
    ["BIT(64) NOT NULL DEFAULT b'0'", "b'0'"],
    ["VARCHAR(20) NOT NULL DEFAULT ''", "''"],
  ])('with a deletion date of zero was never deleted: %s', async (type, zero) => {
    await withOdd(`ADD deleted_at ${type}`, `deleted_at = ${zero}`);
    const { plan } = await draftRun(testbed.bot, target, [listOf('stays@dkm')]);
    expect(plan).toEqual(['deactivate odd@dkm']);
  });

  it('is no active user: a list without any usable email is not refused for them', async () => {
    await alter('ADD deleted_at DATETIME NULL');
    await testbed.addUsers(target, { 'odd@dkm': 'active' });
    await testbed.sql('UPDATE users SET deleted_at = NOW()');
    const opened = await openRun(testbed.bot, target);
    const drafted = await factsOf(testbed.bot.plans.draft(opened.lease, { reads: [1, 2], rules: rules() }));
    expect(drafted.counts).toMatchObject({ kept: 1, deactivate: 0 });
  });
});
