import { beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { LeaseLostError } from '../../../src/sync/failures/errors.ts';
import { PlanAlteredError, StalePlanError } from '../../../src/sync/failures/stale-errors.ts';
import type { Lease, LeasedRun } from '../../../src/sync/ports/runs.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Rules } from '../../../src/sync/rules/rules.ts';
import { someoneWaits } from './support/lock-wait.ts';
import { listOf } from './support/rows.ts';
import { apply, claim, claimedRun, draftRun, rules, statusOf, step, takingUp } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

let target: Target;
let claimed: LeasedRun;

beforeEach(async () => {
  target = await testbed.location();
  await testbed.addUsers(target, { 'back@dkm': 'inactive', 'gone1@dkm': 'active', 'gone2@dkm': 'active' });
  claimed = await claimedRun(testbed.bot, target, listOf('new1@dkm', 'new2@dkm', 'back@dkm'));
});

/** Everything that an execution writes. */
const written = async () => ({
  users: await testbed.everyUser(),
  runs: await testbed.sql('SELECT * FROM sync_runs ORDER BY id'),
  audit: await testbed.sql('SELECT * FROM audit_logs ORDER BY seq'),
  notices: await testbed.sql('SELECT * FROM sync_outbox ORDER BY id'),
});

/** Tries to execute; fails the test where anything was written. */
async function refusal(lease: Lease = claimed.lease, changed: Partial<Rules> = {}): Promise<unknown> {
  const before = await written();
  const applying = testbed.bot.plans.apply(lease, step('completed'), rules(changed));
  const outcome = await applying.catch((error: unknown) => error);
  expect(await written()).toEqual(before);
  expect(await statusOf(testbed.bot, claimed.run)).toBe('executing');
  return outcome;
}

const stale = (...emails: string[]) => ({ failure: { code: 'stale', total: emails.length, emails } });

describe('a plan is stale, and changes nothing, where meanwhile', () => {
  it.each([
    ['a user to add was added', "INSERT INTO users (location_id, email) VALUES (?, 'new1@dkm')", 'new1@dkm'],
    [
      'one was added in upper case',
      "INSERT INTO users (location_id, email) VALUES (?, 'NEW2@dkm')",
      'new2@dkm',
    ],
    [
      'one was added and is inactive',
      "INSERT INTO users (location_id, email, status) VALUES (?, 'new1@dkm', 'inactive')",
      'new1@dkm',
    ],
    [
      'a user to deactivate was deactivated',
      "UPDATE users SET status = 'inactive' WHERE location_id = ? AND email = 'gone1@dkm'",
      'gone1@dkm',
    ],
    [
      'a user to reactivate was reactivated',
      "UPDATE users SET status = 'active' WHERE location_id = ? AND email = 'back@dkm'",
      'back@dkm',
    ],
    [
      'an email was renamed',
      "UPDATE users SET email = 'other@dkm' WHERE location_id = ? AND email = 'gone2@dkm'",
      'gone2@dkm',
    ],
    [
      'an email was renamed in its case alone',
      "UPDATE users SET email = 'Gone2@dkm' WHERE location_id = ? AND email = 'gone2@dkm'",
      'gone2@dkm',
    ],
    ['a user was deleted', "DELETE FROM users WHERE location_id = ? AND email = 'gone1@dkm'", 'gone1@dkm'],
  ])('%s', async (_, change, email) => {
    await testbed.sql(change, [target.locationId]);
    const error = await refusal();
    expect(error).toBeInstanceOf(StalePlanError);
    expect(error).toMatchObject(stale(email));
  });

  it('a user moved to another location', async () => {
    const elsewhere = await testbed.location();
    await testbed.sql("UPDATE users SET location_id = ? WHERE location_id = ? AND email = 'gone1@dkm'", [
      elsewhere.locationId,
      target.locationId,
    ]);
    expect(await refusal()).toMatchObject(stale('gone1@dkm'));
  });

  it('several of these happened: all are counted, in the order of the plan', async () => {
    await testbed.sql("DELETE FROM users WHERE location_id = ? AND email = 'gone2@dkm'", [target.locationId]);
    await testbed.sql("UPDATE users SET status = 'active' WHERE location_id = ?", [target.locationId]);
    await testbed.addUsers(target, { 'new2@dkm': 'active' });
    expect(await refusal()).toMatchObject(stale('new2@dkm', 'back@dkm', 'gone2@dkm'));
  });

  it('dozens changed: all are counted, the first ten named', async () => {
    const many = Array.from({ length: 30 }, (_, n) => `many${String(n).padStart(2, '0')}@dkm`);
    target = await testbed.location();
    claimed = await claimedRun(testbed.bot, target, listOf(...many));
    await testbed.addUsers(target, Object.fromEntries(many.slice(5).map((email) => [email, 'active'])));
    expect(await refusal()).toMatchObject({ failure: { total: 25, emails: many.slice(5, 15) } });
  });

  it.each([
    [
      'deactivates',
      "UPDATE users SET status = 'inactive' WHERE location_id = ? AND email = 'gone1@dkm'",
      'gone1@dkm',
    ],
    ['adds', "INSERT INTO users (location_id, email) VALUES (?, 'new1@dkm')", 'new1@dkm'],
  ])(
    'a transaction that %s a user of the plan commits while the plan waits for it',
    async (_, change, email) => {
      const laravel = await connect(testbed.database.url);
      await laravel.beginTransaction();
      await laravel.query(change, [target.locationId]);
      const outcome = apply(testbed.bot, claimed).catch((error: unknown) => error);
      await someoneWaits(testbed).finally(() => laravel.commit());
      await laravel.end();
      expect(await outcome).toMatchObject(stale(email));
      expect(await testbed.usersAt(target)).not.toHaveProperty('new2@dkm');
    },
  );
});

describe('a plan that adds users is refused, and changes nothing, where', () => {
  it.each([
    ['is gone', 'DELETE FROM locations WHERE id = ?'],
    ['has another id', 'UPDATE locations SET id = id + 1000 WHERE id = ?'],
  ])('the row of its location %s', async (_, change) => {
    target = await testbed.location();
    claimed = await claimedRun(testbed.bot, target, listOf('new1@dkm'));
    await testbed.sql(change, [target.locationId]);
    expect(await refusal()).toMatchObject({ failure: { code: 'location_changed' } });
  });
});

describe('a plan that the guard stops is refused, and changes nothing, where', () => {
  const limits = [{ count: 1, percent: 10 }];
  const facts = { deactivate: 2, recentlyDeactivated: 0, active: 2 };

  it('a limit is lower by now: the numbers are those from before the plan', async () => {
    expect(await refusal(claimed.lease, { limits })).toMatchObject({
      failure: { code: 'guard_tripped', ...facts },
    });
  });

  it('its preview asked for a reason, and nobody gave one', async () => {
    await testbed.bot.runs.fail(claimed.lease, { code: 'unexpected' }, step('failed'));
    const { lease, facts: planned } = await draftRun(testbed.bot, target, [listOf('new1@dkm')]);
    const guard = { tripped: true, why: 'everyone', ...facts } as const;
    const plan = { counts: planned.counts, hash: planned.hash, guard };
    const { run } = await testbed.bot.runs.present(lease, plan, 30, step('previewed'));
    claimed = await claim(testbed.bot, run);
    expect(await refusal(claimed.lease, { limits })).toMatchObject({
      failure: { code: 'guard_tripped', ...facts },
    });
  });
});

describe('a stored plan that was altered is refused, and changes nothing, where', () => {
  it.each([
    ['an email is another one', "UPDATE sync_changes SET email = 'evil@dkm' WHERE run_id = ? AND seq = 1"],
    ['an action is another one', "UPDATE sync_changes SET action = 'protected' WHERE run_id = ? AND seq = 4"],
    ['a user is another one', 'UPDATE sync_changes SET user_id = user_id + 1 WHERE run_id = ? AND seq = 4'],
    [
      'a status is another one',
      "UPDATE sync_changes SET status_after = 'inactive' WHERE run_id = ? AND seq = 3",
    ],
    ['a change is missing', 'DELETE FROM sync_changes WHERE run_id = ? AND seq = 2'],
    [
      'a change was put in',
      "INSERT INTO sync_changes (run_id, seq, action, email, status_after) VALUES (?, 6, 'add', 'evil@dkm', 'active')",
    ],
    ['all are missing', 'DELETE FROM sync_changes WHERE run_id = ?'],
  ])('%s', async (_, change) => {
    await testbed.sql(change, [claimed.run.id]);
    expect(await refusal()).toBeInstanceOf(PlanAlteredError);
  });
});

describe('an execution without the lease is refused, and changes nothing, where it', () => {
  it('is another process’s', async () => {
    const owner = '00000000-0000-4000-8000-000000000000';
    expect(await refusal({ ...claimed.lease, owner })).toBeInstanceOf(LeaseLostError);
  });

  it('was taken over, even by the same process', async () => {
    // Those of the tests before may have lapsed.
    await testbed.sql(
      'UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR WHERE lease_until IS NOT NULL',
    );
    await testbed.bot.runs.release(claimed.lease);
    const [taken] = await testbed.bot.runs.takeOver(takingUp());
    expect(taken?.lease).toMatchObject({ runId: claimed.run.id, owner: testbed.bot.owner });
    expect(await refusal()).toBeInstanceOf(LeaseLostError);
  });

  it('has been used already', async () => {
    await apply(testbed.bot, claimed);
    const before = await written();
    await expect(apply(testbed.bot, claimed)).rejects.toThrow(LeaseLostError);
    expect(await written()).toEqual(before);
  });
});
