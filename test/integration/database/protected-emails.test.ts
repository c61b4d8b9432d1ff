import { describe, expect, it } from 'vitest';
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

  it('protect nobody who is present, and reactivate nobody', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'here@dkm': 'active', 'off@dkm': 'inactive' });
    const { plan, facts } = await draftRun(testbed.bot, target, [listOf('here@dkm')], ['*']);
    expect(plan).toEqual([]);
    expect(facts.counts).toMatchObject({ protected: 0, unchanged: 1, alreadyInactive: 1 });
  });
});
