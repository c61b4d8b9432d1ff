import { describe, expect, it, vi } from 'vitest';
import { createDigestReports, createOverview } from '../../../src/database/reports/overview.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import {
  AYU,
  apply,
  claim,
  claimedRun,
  draftRun,
  openRun,
  present,
  readyRun,
  rolledBack,
  step,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const overviewOf = (...targets: Target[]) =>
  createOverview(testbed.bot.db, new Map(targets.map(({ name }) => [name, name.toUpperCase()])));

async function failedRun(target: Target): Promise<number> {
  const { run, lease } = await openRun(testbed.bot, target);
  await testbed.bot.runs.fail(lease, { code: 'list_moved' }, step('failed'));
  return run.id;
}

describe('the overview of targets', () => {
  it('has them in the order in which they were asked for, those without a location too', async () => {
    const [one, other] = [await testbed.location(), await testbed.location()];
    const found = await overviewOf(one, other).targets([other.name, 'nowhere', one.name]);
    expect(found.map(({ target, locationName }) => [target, locationName])).toEqual([
      [other.name, other.locationName],
      ['nowhere', undefined],
      [one.name, one.locationName],
    ]);
  });

  it('has those that may need somebody where it has not all, still in the order asked for', async () => {
    const [quiet, unused] = [await testbed.location(), await testbed.location()];
    const [failed, working] = [await testbed.location(), await testbed.location()];
    const waiting = await testbed.location();
    await testbed.addUsers(waiting, { 'a@dkm': 'active' });
    await failedRun(quiet);
    await apply(testbed.bot, await claimedRun(testbed.bot, quiet, listOf('b@dkm')));
    await failedRun(failed);
    await openRun(testbed.bot, working);
    await readyRun(testbed.bot, waiting, listOf('a@dkm', 'c@dkm'));
    const overview = overviewOf(quiet, unused, failed, working, waiting);
    const names = [quiet.name, unused.name, failed.name, working.name, waiting.name, 'nowhere'];
    const shown = async (most: number) => (await overview.targets(names, most)).map(({ target }) => target);
    expect(await shown(1)).toEqual([waiting.name]);
    expect(await shown(2)).toEqual([working.name, waiting.name]);
    expect(await shown(5)).toEqual([quiet.name, failed.name, working.name, waiting.name, 'nowhere']);
    expect(await shown(6)).toEqual(names);
    expect(await overview.targets(names, 1)).toMatchObject([{ active: 1 }]);
  });

  it('counts the users of each, and those that changed since the last sync', async () => {
    const [one, other] = [await testbed.location(), await testbed.location()];
    await apply(testbed.bot, await claimedRun(testbed.bot, one, listOf('a@dkm', 'b@dkm')));
    await testbed.addUsers(one, { 'old@dkm': 'inactive' });
    await testbed.sql("UPDATE users SET updated_at = NOW() + INTERVAL 1 HOUR WHERE email = 'b@dkm'");
    await testbed.addUsers(other, { 'c@dkm': 'active' });
    const [first, second] = await overviewOf(one, other).targets([one.name, other.name]);
    expect(first).toMatchObject({ active: 2, inactive: 1, changedSince: 1, moreThan: undefined });
    expect(second).toMatchObject({ active: 1, inactive: 0, changedSince: 0, lastSync: undefined });
  });

  it('counts fewer of each where many targets are asked for', async () => {
    const target = await testbed.location();
    const emails = Array.from({ length: 12 }, (_, n) => [`many${n}@dkm`, 'active'] as const);
    await testbed.addUsers(target, Object.fromEntries(emails));
    const nowhere = Array.from({ length: 19_999 }, (_, n) => `nowhere${n}`);
    const [found] = await overviewOf(target).targets([target.name, ...nowhere]);
    expect(found).toMatchObject({ moreThan: 10 });
  });

  it('has the newest run of each kind, and a failure only until something completes', async () => {
    const target = await testbed.location();
    const overview = overviewOf(target);
    await failedRun(target);
    const failed = await failedRun(target);
    const pending = await readyRun(testbed.bot, target, listOf('new@dkm'));
    const [before] = await overview.targets([target.name]);
    expect([before?.lastFailed?.id, before?.pending?.id]).toEqual([failed, pending.id]);
    const { run } = await claimedRun(testbed.bot, target, listOf('new@dkm'));
    await testbed.sql(
      "UPDATE sync_runs SET status = 'completed', finished_at = UTC_TIMESTAMP(3) WHERE id = ?",
      [run.id],
    );
    const [after] = await overview.targets([target.name]);
    expect([after?.lastSync?.id, after?.lastFailed]).toEqual([run.id, undefined]);
  });

  it('has no failure that came before something completed, though the failed run has the higher number', async () => {
    const target = await testbed.location();
    const waiting = await readyRun(testbed.bot, target, listOf('new@dkm'));
    const failed = await failedRun(target);
    const lastFailed = async () => (await overviewOf(target).targets([target.name]))[0]?.lastFailed?.id;
    expect(await lastFailed()).toBe(failed);
    await apply(testbed.bot, await claim(testbed.bot, waiting));
    expect(await lastFailed()).toBe(undefined);
  });

  it('has the run that failed last, though an earlier failure has the higher number', async () => {
    const target = await testbed.location();
    const slow = await claimedRun(testbed.bot, target, listOf('new@dkm'));
    await failedRun(target);
    await testbed.bot.runs.fail(slow.lease, { code: 'list_moved' }, step('failed'));
    const [found] = await overviewOf(target).targets([target.name]);
    expect(found?.lastFailed?.id).toBe(slow.run.id);
  });

  it('knows syncs only where it tells the last one: a rollback is none, whatever it changed', async () => {
    const target = await testbed.location();
    const overview = overviewOf(target);
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('back@dkm')));
    const back = await rolledBack(testbed.bot, target, sync);
    const idle = await rolledBack(testbed.bot, target, sync);
    expect([back.counts.deactivate, idle.status, idle.counts.deactivate]).toEqual([1, 'completed', 0]);
    const [found] = await overview.targets([target.name]);
    expect([found?.lastSync?.id, found?.lastSync?.takenBackBy]).toEqual([sync.id, back.id]);
    expect([found?.changedSince, found?.rolledBackSince]).toEqual([0, undefined]);
    expect([...(await overview.lastSyncs([target.name]))]).toEqual([[target.name, sync.finishedAt]]);
  });

  it('counts from the last sync who changed, also before a rollback, and none of those whom the rollback changed', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'own@dkm': 'active' });
    const list = listOf('own@dkm', 'one@dkm', 'two@dkm');
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
    await testbed.sql('UPDATE sync_runs SET finished_at = finished_at - INTERVAL 2 HOUR WHERE id = ?', [
      sync.id,
    ]);
    const touch = (email: string, when: string) =>
      testbed.sql(
        `UPDATE users SET updated_at = UTC_TIMESTAMP() ${when} WHERE location_id = ? AND email = ?`,
        [target.locationId, email],
      );
    await touch('own@dkm', '- INTERVAL 1 HOUR');
    await rolledBack(testbed.bot, target, sync);
    const [found] = await overviewOf(target).targets([target.name]);
    expect(found?.changedSince).toBe(1);
    await touch('two@dkm', '+ INTERVAL 1 HOUR');
    const [later] = await overviewOf(target).targets([target.name]);
    expect(later?.changedSince).toBe(2);
  });

  it('tells of a rollback that came after the last sync', async () => {
    const target = await testbed.location();
    const overview = overviewOf(target);
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('back@dkm')));
    const idle = await present(testbed.bot, await draftRun(testbed.bot, target, [listOf('back@dkm')]));
    const back = await rolledBack(testbed.bot, target, sync);
    const [found] = await overview.targets([target.name]);
    expect([idle.status, found?.lastSync?.id, found?.rolledBackSince?.id]).toEqual([
      'completed',
      idle.id,
      back.id,
    ]);
  });

  it('hides nothing behind a rollback that found nothing to take back', async () => {
    const target = await testbed.location();
    const overview = overviewOf(target);
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('new@dkm')));
    await testbed.sql(
      "UPDATE users SET status = 'inactive', updated_at = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE location_id = ?",
      [target.locationId],
    );
    await testbed.sql('UPDATE sync_runs SET finished_at = finished_at + INTERVAL 2 HOUR WHERE id = ?', [
      (await rolledBack(testbed.bot, target, sync)).id,
    ]);
    const [found] = await overview.targets([target.name]);
    expect(found?.changedSince).toBe(1);
  });

  it('tells of the newest run that is executed or read', async () => {
    const target = await testbed.location();
    const overview = overviewOf(target);
    const executing = await claimedRun(testbed.bot, target, listOf('new@dkm'));
    expect((await overview.targets([target.name]))[0]?.working?.id).toBe(executing.run.id);
    const reading = await openRun(testbed.bot, target);
    expect((await overview.targets([target.name]))[0]?.working?.id).toBe(reading.run.id);
  });

  it('keeps the last error of a sync until a sync is completed, whatever was taken back since', async () => {
    const target = await testbed.location();
    const overview = overviewOf(target);
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('new@dkm')));
    const failed = await failedRun(target);
    await rolledBack(testbed.bot, target, sync);
    const [found] = await overview.targets([target.name]);
    expect(found?.lastFailed?.id).toBe(failed);
  });

  it('says when each was synced last, and nothing of those that never were', async () => {
    const [one, other] = [await testbed.location(), await testbed.location()];
    const { finishedAt } = await apply(testbed.bot, await claimedRun(testbed.bot, one, listOf('x@dkm')));
    const times = await overviewOf(one, other).lastSyncs([one.name, other.name, 'nowhere']);
    expect([...times]).toEqual([[one.name, finishedAt]]);
  });
});

describe('the previews that a digest says are waiting', () => {
  it.each([-1, 1])(
    "expire by the database's clock, whatever the process's clock says: %i day off",
    async (days) => {
      const [waits, expired] = [await testbed.location(), await testbed.location()];
      const waiting = await readyRun(testbed.bot, waits, listOf('new@dkm'));
      const over = await readyRun(testbed.bot, expired, listOf('new@dkm'));
      await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [over.id]);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
      try {
        const found = (await createDigestReports(testbed.bot.db).waiting(100)).map(({ id }) => id);
        expect([found.includes(waiting.id), found.includes(over.id)]).toEqual([true, false]);
      } finally {
        vi.useRealTimers();
      }
    },
  );
});

describe('the history of a target', () => {
  it('has the runs of its location from before it was renamed, and none of another location', async () => {
    const [target, other] = [await testbed.location(), await testbed.location()];
    const [before, , after] = [
      await readyRun(testbed.bot, target, listOf('a@dkm')),
      await readyRun(testbed.bot, other, listOf('a@dkm')),
      await readyRun(testbed.bot, { ...target, name: 'renamed' }, listOf('a@dkm')),
    ];
    const overview = createOverview(testbed.bot.db, new Map([['renamed', target.name]]));
    const ids = async (beforeId?: number) =>
      (await overview.history('renamed', beforeId, 10)).map(({ id }) => id);
    expect(await ids()).toEqual([after.id, before.id]);
    expect(await ids(after.id)).toEqual([before.id]);
  });

  it('is there although no location has it any more', async () => {
    const target = await testbed.location();
    const { id } = await readyRun(testbed.bot, target, listOf('a@dkm'));
    const overview = createOverview(testbed.bot.db, new Map([[target.name, 'nowhere']]));
    expect((await overview.history(target.name, undefined, 10)).map((run) => run.id)).toEqual([id]);
  });
});

describe('the steps of a run', () => {
  it('are all there, its end too, where many requests for it were refused', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), listOf('a@dkm'));
    for (let n = 0; n < 150; n += 1) {
      const actor = { id: 'U1', name: 'Ayu' };
      await testbed.bot.audit.append({ step: 'refused', actor, outcome: 'frozen', runId: run.id });
    }
    await testbed.bot.runs.cancel(run.id, { id: 'U1', name: 'Ayu' }, step('cancelled'));
    const { steps } = await overviewOf().steps(run.id);
    expect(steps).toHaveLength(153);
    expect(steps.at(-1)).toMatchObject({ step: 'cancelled' });
  });

  it('begin with its request, not with that of somebody who typed its number before it was there', async () => {
    const target = await testbed.location();
    const { run } = await openRun(testbed.bot, target);
    const refused = { step: 'refused', actor: AYU, outcome: 'run_not_found', runId: run.id + 1 } as const;
    await testbed.bot.audit.append(refused);
    const next = await openRun(testbed.bot, await testbed.location());
    expect(next.run.id).toBe(run.id + 1);
    await testbed.bot.audit.append(refused);
    const { total, steps } = await overviewOf().steps(next.run.id);
    expect([total, ...steps.map((each) => each.step)]).toEqual([2, 'requested', 'refused']);
  });

  it('are counted also beyond those that a modal could show', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), listOf('a@dkm'));
    await testbed.sql(
      `INSERT INTO audit_logs (seq, at, step, outcome, actor_id, actor_name, run_id, prev_hash, hash)
       WITH RECURSIVE n AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM n WHERE n < 59)
       SELECT 1000000 + 60 * n.n + m.n, NOW(3), 'refused', 'frozen', 'U1', 'Ayu', ?, '', '' FROM n JOIN n m`,
      [run.id],
    );
    const { total, steps } = await overviewOf().steps(run.id);
    expect([total, steps.length]).toEqual([3_602, 3_000]);
  });
});
