import { describe, expect, it } from 'vitest';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { listOf } from './support/rows.ts';
import { draftRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

describe('PROTECTED_EMAILS', () => {
  const protect = async (patterns: readonly string[], ...emails: string[]) => {
    const target = await testbed.location();
    const users = ['here@else.where', ...emails];
    await testbed.addUsers(target, Object.fromEntries(users.map((email) => [email, 'active'])));
    return (await draftRun(testbed.bot, target, [listOf('here@else.where')], patterns)).plan;
  };

  it('keep whom one of them names, with * for any characters', async () => {
    const plan = await protect(['*@hq.example', 'root@*'], 'a@hq.example', 'root@dkm', 'a@hq.example.com');
    expect(plan).toEqual(['deactivate a@hq.example.com', 'protected a@hq.example', 'protected root@dkm']);
  });

  it.each([
    ['%@dkm', 'a@dkm', '%@dkm'],
    ['a_c@dkm', 'abc@dkm', 'a_c@dkm'],
    ['a!c@dkm', 'ac@dkm', 'a!c@dkm'],
    ['a\\%@dkm', 'ab@dkm', 'a\\%@dkm'],
    ["o'neil@dkm", 'oneil@dkm', "o'neil@dkm"],
    ['!*@dkm', 'x@dkm', '!x@dkm'],
  ])('take %s literally but for *', async (pattern, other, meant) => {
    expect(await protect([pattern], other, meant)).toEqual([`deactivate ${other}`, `protected ${meant}`]);
  });

  it.each([
    ['strauss@dkm', 'strauß@dkm'],
    ['strauß@dkm', 'strauss@dkm'],
    ['*@strauß.example', 'x@strauss.example'],
    ['str*@strauß.example', 'strauss@strauss.example'],
    ['jose\u0301@dkm', 'josé@dkm'],
    ['josé@dkm', 'jose\u0301@dkm'],
    ['*@josé.example', 'x@jose\u0301.example'],
    ['boss@dkm', 'boss@dkm\u200b'],
    ['boss@dkm', 'bo\u200bss@dkm'],
    ['bo\u200bss@dkm', 'boss@dkm'],
    ['*@hq.example', 'x@hq.example\ufeff'],
    ['*@hq.example', 'x@hq.ex\u00adample'],
    ['boss@dkm', 'boss @dkm'],
    ['Boss@DKM', '\u00a0BOSS@dkm\r'],
    ['i\u0307nci@dkm', 'İnci@dkm'],
    ['İnci@dkm', 'i\u0307nci@dkm'],
    ['İnci@dkm', 'İnci@dkm\u200b'],
    ['*b*ß*', 'xbyssz@dkm'],
  ])('compare as a list is compared: %j protects %j', async (pattern, email) => {
    expect(await protect([pattern], 'other@dkm', email)).toEqual([
      'deactivate other@dkm',
      `protected ${email}`,
    ]);
  });

  it.each([
    ['*s@dkm', 'boss@dkn'],
    ['s*', 'boss@dkm'],
    ['*@dkm', 'a@dkm.example'],
    ['a*c@dkm', 'ab@dkm'],
    ['a@dkm', 'aa@dkm'],
    ['\u200b*', 'anna@dkm'],
    ['\u00ad*', 'anna@dkm'],
    ['*\u0301', 'anna@dkm'],
    ['*\ufe0f*', 'anna@dkm'],
    ['\u200b', 'anna@dkm'],
    // The weights of "j@" contain those of "t", between two of them.
    ['*t*', 'raj@dkm'],
  ])('leave others alone: %j does not protect %j', async (pattern, email) => {
    expect(await protect([pattern], email)).toEqual([`deactivate ${email}`]);
  });

  it('are counted one by one as they protect, at every location and in every status, as far as asked', async () => {
    await testbed.sql('DELETE FROM users');
    const [one, other] = [await testbed.location(), await testbed.location()];
    await testbed.addUsers(one, {
      'Boss@hq.example': 'active',
      'bo\u200bss@dkm': 'inactive',
      'x@dkm': 'active',
    });
    await testbed.addUsers(other, { 'boss@dkm': 'active' });
    const { protection } = createOverview(testbed.bot.db, new Map());
    const patterns = ['boss@*', '*@dkm', '*@hq.example', 'bos@dkm', '*'];
    const counted = async (most: number) =>
      (await protection(patterns, most)).map(({ users, moreThan }) => [users, moreThan]);
    expect(await counted(4)).toEqual([3, 3, 1, 0, 4].map((users) => [users, undefined]));
    expect((await counted(2)).at(-1)).toEqual([3, 2]);
    expect(await protection([], 4)).toEqual([]);
  });

  it('protect nobody who is present, and reactivate nobody', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'here@dkm': 'active', 'off@dkm': 'inactive' });
    const { plan, facts } = await draftRun(testbed.bot, target, [listOf('here@dkm')], ['*']);
    expect(plan).toEqual([]);
    expect(facts.counts).toMatchObject({ protected: 0, unchanged: 1, alreadyInactive: 1 });
  });

  it('are read in the letters of the column: a Turkish I is no i', async () => {
    await testbed.sql('DELETE FROM users');
    await testbed.sql('ALTER TABLE users MODIFY email VARCHAR(255) COLLATE utf8mb4_turkish_ci NOT NULL');
    expect(await protect(['INFO@dkm'], 'INFO@dkm\u200b')).toEqual(['protected INFO@dkm\u200b']);
    expect(await protect(['budi@*'], 'BUDI@DKM')).toEqual(['protected BUDI@DKM']);
  });
});
