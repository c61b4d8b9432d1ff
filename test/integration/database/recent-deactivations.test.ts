import { describe, expect, it } from 'vitest';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import {
  AYU,
  apply,
  claimedRun,
  draftRun,
  present,
  readyRun,
  rolledBack,
  rules,
  step,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const LIST = listOf('stays@dkm');

/** A location where a run has deactivated two users, and one more is active beside the one who stays. */
async function afterTwoWent(): Promise<{ target: Target; runId: number }> {
  const target = await testbed.location();
  await testbed.addUsers(target, { 'stays@dkm': 'active', 'gone1@dkm': 'active', 'gone2@dkm': 'active' });
  const claimed = await claimedRun(testbed.bot, target, LIST);
  await apply(testbed.bot, claimed);
  await testbed.addUsers(target, { 'gone3@dkm': 'active' });
  return { target, runId: claimed.run.id };
}

const found = async (runId: number) => {
  const run = await testbed.bot.runs.find(runId);
  if (run === undefined) throw new Error(`Run ${runId} is gone`);
  return run;
};

const recently = async (target: Target) =>
  (await draftRun(testbed.bot, target, [LIST])).facts.recentlyDeactivated;

describe('deactivations of the last 24 hours', () => {
  it('are those that runs executed at this location', async () => {
    const { target } = await afterTwoWent();
    expect(await recently(target)).toBe(2);
  });

  it('add up over several runs', async () => {
    const { target } = await afterTwoWent();
    await apply(testbed.bot, await claimedRun(testbed.bot, target, LIST));
    expect(await recently(target)).toBe(3);
  });

  it('are net: whoever is active again is not counted, and nobody is counted twice', async () => {
    const { target, runId } = await afterTwoWent();
    const back = await rolledBack(testbed.bot, target, await found(runId));
    expect(await recently(target)).toBe(0);
    await rolledBack(testbed.bot, target, back);
    expect(await recently(target)).toBe(2);
    await testbed.sql("UPDATE users SET status = 'active' WHERE location_id = ? AND email = 'gone1@dkm'", [
      target.locationId,
    ]);
    expect(await recently(target)).toBe(1);
    // Active elsewhere is not active here.
    const elsewhere = await testbed.location();
    await testbed.sql(
      "UPDATE users SET status = 'active', location_id = ? WHERE location_id = ? AND email = 'gone2@dkm'",
      [elsewhere.locationId, target.locationId],
    );
    expect(await recently(target)).toBe(1);
  });

  it('are not counted beside the same users of the plan that is executed', async () => {
    const target = await testbed.location();
    const users = Array.from({ length: 10 }, (_, n) => [`user${n}@dkm`, 'active'] as const);
    await testbed.addUsers(target, Object.fromEntries(users));
    const list = listOf(...users.slice(4).map(([email]) => email));
    const first = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
    await rolledBack(testbed.bot, target, first);
    const again = await claimedRun(testbed.bot, target, list);
    const limits = [{ count: 5, percent: 50 }];
    const done = await testbed.bot.plans.apply(again.lease, step('completed'), rules({ limits }));
    expect(done).toMatchObject({ status: 'completed', counts: { deactivate: 4 } });
  });

  it('are none at another location', async () => {
    await afterTwoWent();
    const other = await testbed.location();
    await testbed.addUsers(other, { 'stays@dkm': 'active' });
    expect(await recently(other)).toBe(0);
  });

  it('are not those of a run that only waited, was cancelled, or is still executing', async () => {
    const [waiting, cancelled, executing] = [
      await testbed.location(),
      await testbed.location(),
      await testbed.location(),
    ];
    for (const target of [waiting, cancelled, executing])
      await testbed.addUsers(target, { 'gone@dkm': 'active' });
    await readyRun(testbed.bot, waiting, LIST);
    await testbed.bot.runs.cancel((await readyRun(testbed.bot, cancelled, LIST)).id, AYU, step('cancelled'));
    // The application did what an admin has refused.
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE location_id = ?", [cancelled.locationId]);
    await claimedRun(testbed.bot, executing, LIST);
    expect([await recently(waiting), await recently(cancelled), await recently(executing)]).toEqual([
      0, 0, 0,
    ]);
  });

  it.each([
    ['still count after 23 hours and 59 minutes', '23:59', 2],
    ['count no longer after 24 hours', '24:00', 0],
  ])('%s', async (_, ago, expected) => {
    const { target, runId } = await afterTwoWent();
    await testbed.sql(
      'UPDATE sync_runs SET finished_at = UTC_TIMESTAMP(3) - INTERVAL ? HOUR_MINUTE WHERE id = ?',
      [ago, runId],
    );
    expect(await recently(target)).toBe(expected);
  });
});

describe('the numbers by which the guard judges a plan that waits', () => {
  it('are of whom it still would deactivate, without the protected users that it lists', async () => {
    const { target } = await afterTwoWent();
    await testbed.addUsers(target, { 'gone4@dkm': 'active', 'admin@dkm': 'active' });
    const run = await present(testbed.bot, await draftRun(testbed.bot, target, [LIST], ['admin@*']));
    expect(await testbed.bot.plans.guardFacts(run)).toEqual({
      deactivate: 2,
      recentlyDeactivated: 2,
      active: 4,
    });
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE location_id = ? AND email = 'gone4@dkm'", [
      target.locationId,
    ]);
    expect(await testbed.bot.plans.guardFacts(run)).toMatchObject({ deactivate: 1, active: 3 });
  });
});
