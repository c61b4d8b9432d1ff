import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../../src/sync/failures/errors.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from './support/rows.ts';
import {
  apply,
  claim,
  claimedRun,
  type DraftedRun,
  openRun,
  planLines,
  present,
  rules,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

/** A location where a run added, reactivated and deactivated. */
async function synced(): Promise<{ target: Target; done: Run }> {
  const target = await testbed.location();
  await testbed.addUsers(target, { 'back@dkm': 'inactive', 'gone@dkm': 'active', 'stays@dkm': 'active' });
  const claimed = await claimedRun(testbed.bot, target, listOf('new@dkm', 'back@dkm', 'stays@dkm'));
  return { target, done: await apply(testbed.bot, claimed) };
}

async function inverse(
  target: Target,
  done: Run,
  protectedEmails: readonly string[] = [],
): Promise<DraftedRun> {
  const opened = await openRun(testbed.bot, target);
  const facts = await testbed.bot.plans.invert(opened.lease, done.id, rules({ protectedEmails }));
  return { ...opened, facts, plan: await planLines(testbed.bot, opened.run.id) };
}

describe('the plan that takes a run back', () => {
  it('does the opposite of each of its changes', async () => {
    const { target, done } = await synced();
    const { plan, facts } = await inverse(target, done);
    expect(plan).toEqual(['reactivate gone@dkm', 'deactivate back@dkm', 'deactivate new@dkm']);
    expect(facts).toMatchObject({
      active: 3,
      counts: { reactivate: 1, deactivate: 2, unchanged: 1, source: 0 },
    });
  });

  it('leaves out a user whom a later sync has changed, which is in force, also where the status is the same again', async () => {
    const { target, done } = await synced();
    const here = listOf('new@dkm', 'back@dkm', 'stays@dkm', 'gone@dkm');
    await apply(testbed.bot, await claimedRun(testbed.bot, target, here));
    const last = await apply(testbed.bot, await claimedRun(testbed.bot, target, here.slice(0, 3)));
    expect(await testbed.usersAt(target)).toMatchObject({ 'gone@dkm': 'inactive' });
    const { plan } = await inverse(target, done);
    expect(plan).toEqual(['deactivate back@dkm', 'deactivate new@dkm', 'skipped gone@dkm']);
    expect((await inverse(target, last)).plan).toEqual(['reactivate gone@dkm']);
  });

  it('leaves every status as it was before the run; whom the run added stays, inactive', async () => {
    const { target, done } = await synced();
    await apply(
      testbed.bot,
      await claim(testbed.bot, await present(testbed.bot, await inverse(target, done))),
    );
    expect(await testbed.usersAt(target)).toEqual({
      'back@dkm': 'inactive',
      'gone@dkm': 'active',
      'stays@dkm': 'active',
      'new@dkm': 'inactive',
    });
  });

  it.each([
    [
      'was deactivated since',
      "UPDATE users SET status = 'inactive' WHERE location_id = ? AND email = 'back@dkm'",
      'back@dkm',
    ],
    [
      'was activated since',
      "UPDATE users SET status = 'active' WHERE location_id = ? AND email = 'gone@dkm'",
      'gone@dkm',
    ],
    [
      'was renamed since',
      "UPDATE users SET email = 'GONE@dkm' WHERE location_id = ? AND email = 'gone@dkm'",
      'gone@dkm',
    ],
    ['was deleted since', "DELETE FROM users WHERE location_id = ? AND email = 'new@dkm'", 'new@dkm'],
    [
      'stands at another location since',
      "UPDATE users SET location_id = location_id + 1 WHERE location_id = ? AND email = 'gone@dkm'",
      'gone@dkm',
    ],
  ])('skips a user who %s, and says so', async (_, change, email) => {
    const { target, done } = await synced();
    await testbed.location();
    await testbed.sql(change, [target.locationId]);
    const { plan, run } = await inverse(target, done);
    expect(plan).toHaveLength(3);
    const skipped = await testbed.bot.plans.list(run.id, 'skipped', 0, 10);
    expect(skipped.map((change) => [change.email, change.detail])).toEqual([[email, 'changed_since']]);
  });

  it('changes nobody where only a part of the changes is still kept, because the rest could never be taken back', async () => {
    const { target, done } = await synced();
    await testbed.sql('DELETE FROM sync_changes WHERE run_id = ? ORDER BY seq LIMIT 1', [done.id]);
    const { plan, facts } = await inverse(target, done);
    expect(plan).toEqual([]);
    expect(facts.counts).toMatchObject({ reactivate: 0, deactivate: 0 });
  });

  it('keeps protected users active', async () => {
    const { target, done } = await synced();
    const { plan, facts } = await inverse(target, done, ['new@*']);
    expect(plan).toEqual(['reactivate gone@dkm', 'deactivate back@dkm', 'protected new@dkm']);
    expect(facts.counts).toMatchObject({ protected: 1, deactivate: 1 });
  });

  it('can itself be taken back', async () => {
    const { target, done } = await synced();
    const after = await testbed.usersAt(target);
    const back = await apply(
      testbed.bot,
      await claim(testbed.bot, await present(testbed.bot, await inverse(target, done))),
    );
    await apply(
      testbed.bot,
      await claim(testbed.bot, await present(testbed.bot, await inverse(target, back))),
    );
    expect(await testbed.usersAt(target)).toEqual(after);
  });

  it('is the same when it is drafted again, as by a process that goes on with the run of a dead one', async () => {
    const { target, done } = await synced();
    const { lease, facts, run, plan } = await inverse(target, done);
    expect(await testbed.bot.plans.invert(lease, done.id, rules())).toEqual(facts);
    expect(await planLines(testbed.bot, run.id)).toEqual(plan);
  });

  it('is refused without the lease', async () => {
    const { target, done } = await synced();
    const { lease } = await openRun(testbed.bot, target);
    const inverting = testbed.bot.plans.invert({ ...lease, attempt: 2 }, done.id, rules());
    await expect(inverting).rejects.toThrow(LeaseLostError);
  });
});
