import { expect, it } from 'vitest';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { compareEmails } from '../../../src/sync/run/change.ts';
import { listOf } from './support/rows.ts';
import { draftRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const IN_ORDER = ['admin@dkm', 'user1@dkm', 'user2@dkm', 'user10@dkm', 'user10@dkn', 'user2x@dkm'];
const MIXED = ['user10@dkn', 'user2x@dkm', 'user10@dkm', 'user1@dkm', 'admin@dkm', 'user2@dkm'];

it('a plan, a list of users and the unchanged have one order, in which user2 stands before user10', async () => {
  const target = await testbed.location();
  const { plan } = await draftRun(testbed.bot, target, [listOf(...MIXED)]);
  expect(plan).toEqual(IN_ORDER.map((email) => `add ${email}`));
  await testbed.addUsers(target, Object.fromEntries(MIXED.map((email) => [email, 'active'])));
  const leaving = await draftRun(testbed.bot, target, [listOf('stays@dkm')]);
  expect(leaving.plan.slice(1)).toEqual(IN_ORDER.map((email) => `deactivate ${email}`));
  const overview = createOverview(testbed.bot.db, new Map([[target.name, target.name]]));
  const { users } = await overview.users({ target: target.name, status: undefined, text: undefined }, 100);
  expect(users.map(({ email }) => email)).toEqual(IN_ORDER);
  expect(MIXED.toSorted(compareEmails)).toEqual(IN_ORDER);
});
