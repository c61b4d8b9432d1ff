import { describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { someoneWaits } from './support/lock-wait.ts';
import { listOf } from './support/rows.ts';
import { apply, BUDI, claim, claimedRun, draftRun, present, takingUp } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm', 'back@dkm', 'stays@dkm');

async function populated(): Promise<Target> {
  const target = await testbed.location();
  await testbed.addUsers(target, {
    'back@dkm': 'inactive',
    'stays@dkm': 'active',
    'gone@dkm': 'active',
    'off@dkm': 'inactive',
    'admin@dkm': 'active',
  });
  return target;
}

async function executed(target: Target) {
  const drafted = await draftRun(testbed.bot, target, [LIST], ['admin@*']);
  const claimed = await claim(testbed.bot, await present(testbed.bot, drafted));
  return apply(testbed.bot, claimed);
}

describe('an executed plan', () => {
  it('changes the users that it names, and no other row of the table', async () => {
    const target = await populated();
    await populated();
    const earlier = await testbed.everyUser();
    await executed(target);
    const now = await testbed.everyUser();
    const then = new Map(earlier.map((user) => [user.id, user]));
    expect(now.filter(({ id }) => then.has(id))).toHaveLength(earlier.length);
    const touched = now.filter((user) => JSON.stringify(user) !== JSON.stringify(then.get(user.id)));
    expect(touched.map(({ email, status, location_id }) => [email, status, location_id])).toEqual([
      ['back@dkm', 'active', target.locationId],
      ['gone@dkm', 'inactive', target.locationId],
      ['new@dkm', 'active', target.locationId],
    ]);
  });

  it('dates what it touched with the database’s clock in UTC, and keeps when users were created', async () => {
    const target = await populated();
    const { confirmedAt, finishedAt } = await executed(target);
    const users = (await testbed.everyUser()).filter(({ location_id }) => location_id === target.locationId);
    const [created, old] = [
      users.filter(({ email }) => email === 'new@dkm'),
      new Date('2025-01-01T00:00:00Z'),
    ];
    expect(created).toHaveLength(1);
    expect(created.map((user) => user.created_at)).toEqual(created.map((user) => user.updated_at));
    for (const user of users.filter(({ email }) => email !== 'new@dkm')) expect(user.created_at).toEqual(old);
    const touched = users.filter((user) => user.updated_at.getTime() !== old.getTime());
    expect(touched.map(({ email }) => email)).toEqual(['back@dkm', 'gone@dkm', 'new@dkm']);
    for (const { updated_at } of touched) {
      // The column keeps whole seconds.
      expect(updated_at.getTime()).toBeGreaterThan((confirmedAt?.getTime() ?? Number.NaN) - 1000);
      expect(updated_at.getTime()).toBeLessThanOrEqual(finishedAt?.getTime() ?? Number.NaN);
    }
  });

  it('completes its run, frees the location, and says who did it', async () => {
    const target = await populated();
    const run = await executed(target);
    expect(run).toMatchObject({
      status: 'completed',
      confirmedBy: BUDI,
      counts: { add: 1, reactivate: 1, deactivate: 1 },
    });
    const [row] = await testbed.sql('SELECT executing_location_id, lease_until FROM sync_runs WHERE id = ?', [
      run.id,
    ]);
    expect(row).toEqual({ executing_location_id: null, lease_until: null });
    const trail = await testbed.sql(
      'SELECT step, actor_id, target FROM audit_logs WHERE run_id = ? ORDER BY seq',
      [run.id],
    );
    expect(trail.at(-1)).toEqual({ step: 'completed', actor_id: BUDI.id, target: target.name });
    const notices = await testbed.sql<{ kind: string }>(
      'SELECT kind FROM sync_outbox WHERE run_id = ? ORDER BY id',
      [run.id],
    );
    expect(notices.map(({ kind }) => kind)).toEqual(['message', 'message', 'thread']);
  });

  it('leaves nothing to do: the next plan for the same list is empty', async () => {
    const target = await populated();
    await executed(target);
    const { facts } = await draftRun(testbed.bot, target, [LIST], ['admin@*']);
    expect(facts.counts).toMatchObject({ add: 0, reactivate: 0, deactivate: 0, unchanged: 3, protected: 1 });
  });

  it.each([
    ['nobody outside it changed', 'DO ?', 1],
    ['somebody was added', "INSERT INTO users (location_id, email) VALUES (?, 'extra@dkm')", 2],
    [
      'a user was deactivated',
      "UPDATE users SET status = 'inactive' WHERE location_id = ? AND email = 'stays@dkm'",
      0,
    ],
    [
      'a user was renamed',
      "UPDATE users SET email = 'other@dkm' WHERE location_id = ? AND email = 'stays@dkm'",
      1,
    ],
    [
      'a user was touched',
      "UPDATE users SET updated_at = NOW() WHERE location_id = ? AND email = 'stays@dkm'",
      1,
    ],
    ['an inactive user was deleted', "DELETE FROM users WHERE location_id = ? AND email = 'off@dkm'", 1],
    [
      'a protected user was deactivated',
      "UPDATE users SET status = 'inactive' WHERE location_id = ? AND email = 'admin@dkm'",
      1,
    ],
  ])(
    'is executed, and counts as unchanged whom it then leaves active, where %s after the preview',
    async (_, change, unchanged) => {
      const target = await populated();
      const drafted = await draftRun(testbed.bot, target, [LIST], ['admin@*']);
      const claimed = await claim(testbed.bot, await present(testbed.bot, drafted));
      expect(claimed.run.counts.unchanged).toBe(1);
      await testbed.sql(change, [target.locationId]);
      const { status, counts } = await apply(testbed.bot, claimed);
      expect({ status, unchanged: counts.unchanged }).toEqual({ status: 'completed', unchanged });
    },
  );

  it('is executed although its own users were touched after the preview: their status is as shown', async () => {
    const target = await populated();
    const claimed = await claimedRun(testbed.bot, target, LIST);
    await testbed.sql('UPDATE users SET updated_at = NOW() WHERE location_id = ?', [target.locationId]);
    expect((await apply(testbed.bot, claimed)).status).toBe('completed');
    expect(await testbed.usersAt(target)).toMatchObject({ 'back@dkm': 'active', 'gone@dkm': 'inactive' });
  });

  it('waits for a preview of its location that is being drafted, whose counts would be of two pictures', async () => {
    const target = await populated();
    const claimed = await claimedRun(testbed.bot, target, LIST);
    const preview = await connect(testbed.database.url);
    await preview.beginTransaction();
    await preview.query('SELECT id FROM locations WHERE id = ? LOCK IN SHARE MODE', [target.locationId]);
    const executing = apply(testbed.bot, claimed);
    await someoneWaits(testbed).finally(() => preview.rollback());
    await preview.end();
    expect((await executing).status).toBe('completed');
  });

  it('lets the application add nobody at its location until it ends, so that no spelling slips in after the check', async () => {
    const target = await populated();
    const claimed = await claimedRun(testbed.bot, target, LIST);
    const [holding, adding] = [await connect(testbed.database.url), await connect(testbed.database.url)];
    await holding.beginTransaction();
    await holding.query("SELECT id FROM users WHERE location_id = ? AND email = 'gone@dkm' FOR UPDATE", [
      target.locationId,
    ]);
    const executing = apply(testbed.bot, claimed);
    try {
      await someoneWaits(testbed);
      await adding.query('SET SESSION innodb_lock_wait_timeout = 1');
      const added = adding.query("INSERT INTO users (location_id, email) VALUES (?, 'NEW@dkm\t')", [
        target.locationId,
      ]);
      await expect(added).rejects.toMatchObject({ errno: 1205 });
    } finally {
      await holding.rollback();
      await Promise.all([holding.end(), adding.end()]);
    }
    expect((await executing).status).toBe('completed');
  });

  it('is executed by the process that took it over', async () => {
    const target = await populated();
    const { lease } = await claimedRun(testbed.bot, target, LIST);
    await testbed.bot.runs.release(lease);
    const other = testbed.another();
    const [taken] = await other.runs.takeOver(takingUp());
    if (taken === undefined) throw new Error('Nothing was taken over');
    await apply(other, taken);
    expect(await testbed.usersAt(target)).toMatchObject({ 'new@dkm': 'active', 'gone@dkm': 'inactive' });
  });
});
