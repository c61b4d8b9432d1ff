import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOverview } from '../../../src/database/reports/overview.ts';
import type { FoundUser } from '../../../src/sync/ports/overview.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import {
  apply,
  claim,
  claimedRun,
  factsOf,
  openRun,
  present,
  readyRun,
  rolledBack,
  rules,
  stage,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const overviewOf = (...targets: Target[]) =>
  createOverview(testbed.bot.db, new Map(targets.map(({ name }) => [name, name.toUpperCase()])));

const sync = async (target: Target, ...emails: string[]) =>
  apply(testbed.bot, await claimedRun(testbed.bot, target, listOf(...emails)));

const lines = (users: readonly FoundUser[]) =>
  users.map(({ email, target, status, lastChange }) => [email, target, status, lastChange?.run.id]);

describe('users that are looked for', () => {
  it('are found at every target, with the run that changed them last, and by whom it was confirmed', async () => {
    const [one, other] = [await testbed.location(), await testbed.location()];
    await testbed.addUsers(one, { 'stays@dkm': 'active', 'gone@dkm': 'active' });
    const first = await sync(one, 'stays@dkm', 'new@dkm');
    const second = await sync(other, 'new@dkm');
    const third = await sync(one, 'stays@dkm');
    await readyRun(testbed.bot, one, listOf('stays@dkm', 'new@dkm'));
    const { users, total, isTotalCapped } = await overviewOf(one, other).find('@dkm', 20);
    expect(lines(users)).toEqual([
      ['gone@dkm', one.name, 'inactive', first.id],
      ['new@dkm', one.name, 'inactive', third.id],
      ['new@dkm', other.name, 'active', second.id],
      ['stays@dkm', one.name, 'active', undefined],
    ]);
    expect([total, isTotalCapped]).toEqual([4, false]);
    expect(users[1]?.lastChange).toMatchObject({
      statusAfter: 'inactive',
      run: { confirmedBy: third.confirmedBy, finishedAt: third.finishedAt },
    });
    expect(users[1]?.updatedAt?.getTime()).toBeLessThanOrEqual(third.finishedAt?.getTime() ?? 0);
  });

  it('have a rollback as the run that changed them, and no plan that was not executed', async () => {
    const target = await testbed.location();
    const run = await sync(target, 'back@dkm');
    const back = await rolledBack(testbed.bot, target, run);
    const { users } = await overviewOf(target).find('back@dkm', 20);
    expect(lines(users)).toEqual([['back@dkm', target.name, 'inactive', back.id]]);
  });

  it('have the run that finished last, whatever its number', async () => {
    const target = await testbed.location();
    const first = await sync(target, 'late@dkm');
    const slow = await openRun(testbed.bot, target);
    await rolledBack(testbed.bot, target, first);
    for (const readNo of [1, 2]) await stage(testbed.bot, slow, readNo, listOf('late@dkm'));
    const facts = await factsOf(testbed.bot.plans.draft(slow.lease, { reads: [1, 2], rules: rules() }));
    const run = await present(testbed.bot, { ...slow, facts, plan: [] });
    await apply(testbed.bot, await claim(testbed.bot, run));
    const { users } = await overviewOf(target).find('late@dkm', 20);
    expect(lines(users)).toEqual([['late@dkm', target.name, 'active', run.id]]);
  });

  it('are not sought in older runs where the newest ones are all that can be searched in time', async () => {
    const target = await testbed.location();
    const first = await sync(target, 'old@long');
    const second = await sync(target, 'old@long', 'new@long');
    const found = async () => {
      const { users, isSearchCut } = await overviewOf(target).find('@long', 20);
      return [...users.map(({ lastChange }) => lastChange?.run.id), isSearchCut];
    };
    expect(await found()).toEqual([second.id, first.id, false]);
    await testbed.sql('UPDATE sync_runs SET kept_count = 300000 WHERE id = ?', [second.id]);
    expect(await found()).toEqual([second.id, undefined, true]);
  });

  it('come in the one order of emails, an exact match first, and as many as are asked for', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, {
      'user10@find': 'active',
      'user2@find': 'active',
      'user1@find': 'active',
      'a-user1@find': 'active',
    });
    const overview = overviewOf(target);
    const emails = async (text: string, limit = 20) =>
      (await overview.find(text, limit)).users.map(({ email }) => email);
    expect(await emails('user')).toEqual(['a-user1@find', 'user1@find', 'user2@find', 'user10@find']);
    expect(await emails('user1@find')).toEqual(['user1@find', 'a-user1@find']);
    expect(await overview.find('user', 1)).toMatchObject({ total: 4, users: [{ email: 'a-user1@find' }] });
  });

  it('are taken by the letter where the text has signs of a pattern', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, {
      'a_b@sign': 'active',
      'axb@sign': 'active',
      '50%@sign': 'active',
      'bang!@sign': 'active',
      "o'hara@sign": 'active',
      'back\\slash@sign': 'active',
    });
    const overview = overviewOf(target);
    for (const [text, email] of [
      ['a_b', 'a_b@sign'],
      ['0%@', '50%@sign'],
      ['!@', 'bang!@sign'],
      ["o'", "o'hara@sign"],
      ['\\', 'back\\slash@sign'],
    ] as const) {
      expect((await overview.find(text, 20)).users.map((user) => user.email)).toEqual([email]);
    }
    expect((await overview.find('%', 20)).total).toBe(1);
    expect((await overview.find('_', 20)).total).toBe(1);
    expect((await overview.find('x'.repeat(5_000), 20)).total).toBe(0);
  });

  it('are the same in capitals where the column says so, and only there', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'Anna@CASE': 'active' });
    const overview = overviewOf(target);
    expect((await overview.find('anna@case', 20)).total).toBe(1);
    const as = (collation: string) =>
      testbed.sql(`ALTER TABLE users MODIFY email VARCHAR(255) COLLATE ${collation} NOT NULL`);
    try {
      await as('utf8mb4_bin');
      expect((await overview.find('anna@case', 20)).total).toBe(0);
      expect((await overview.find('Anna@', 20)).total).toBe(1);
    } finally {
      await as('utf8mb4_unicode_ci');
    }
  });

  it('are of targets alone, and left alone where they are neither active nor inactive', async () => {
    const [one, foreign] = [await testbed.location(), await testbed.location()];
    await testbed.addUsers(one, { 'kept@place': 'active' });
    await testbed.addUsers(foreign, { 'other@place': 'active' });
    expect(lines((await overviewOf(one).find('@place', 20)).users)).toEqual([
      ['kept@place', one.name, 'active', undefined],
    ]);
    expect(await createOverview(testbed.bot.db, new Map([['no', 'where']])).find('@place', 20)).toEqual({
      total: 0,
      isTotalCapped: false,
      isSearchCut: false,
      users: [],
    });
  });

  it('are not counted to the end where they are very many', async () => {
    const target = await testbed.location();
    const emails = Array.from({ length: 1_200 }, (_, n) => [`crowd${n}@many`, 'active'] as const);
    await testbed.addUsers(target, Object.fromEntries(emails));
    const found = await overviewOf(target).find('@many', 20);
    expect([found.total, found.isTotalCapped, found.users.length]).toEqual([1_000, true, 20]);
  });
});

describe.each([
  ['numbers with a sign', 'MODIFY id INT NOT NULL AUTO_INCREMENT, MODIFY location_id INT NOT NULL'],
  [
    'small numbers',
    'MODIFY id MEDIUMINT UNSIGNED NOT NULL AUTO_INCREMENT, MODIFY location_id SMALLINT UNSIGNED NOT NULL',
  ],
  ['decimal locations', 'MODIFY location_id DECIMAL(20, 0) NOT NULL'],
  ['times kept as text', 'MODIFY created_at VARCHAR(19) NULL, MODIFY updated_at VARCHAR(19) NULL'],
])('in a table with %s', (_, shape) => {
  const alter = (change: string) => testbed.sql(`ALTER TABLE users ${change}`);
  const foreign = 'users_location_id_foreign';
  beforeAll(() => alter(`DROP FOREIGN KEY ${foreign}, ${shape}`));
  afterAll(() =>
    alter(`MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, MODIFY location_id BIGINT UNSIGNED NOT NULL,
      MODIFY created_at TIMESTAMP NULL, MODIFY updated_at TIMESTAMP NULL,
      ADD CONSTRAINT ${foreign} FOREIGN KEY (location_id) REFERENCES locations (id)`),
  );

  it('users have their target, their time and the run that changed them last', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@shape': 'active' });
    const run = await sync(target, 'new@shape');
    const overview = overviewOf(target);
    const { users: found } = await overview.find('@shape', 20);
    expect(lines(found)).toEqual([
      ['gone@shape', target.name, 'inactive', run.id],
      ['new@shape', target.name, 'active', run.id],
    ]);
    const filter = { target: target.name, status: undefined, text: undefined };
    const { users: listed } = await overview.users(filter, 20);
    expect(listed.map((user) => user.target)).toEqual([target.name, target.name]);
    for (const { updatedAt } of [...found, ...listed]) expect(updatedAt).toEqual(expect.any(Date));
    expect(await overview.targets([target.name])).toMatchObject([
      { active: 1, inactive: 1, changedSince: 0 },
    ]);
  });
});
