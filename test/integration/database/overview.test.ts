import { describe, expect, it } from 'vitest';
import { createOverview } from '../../../src/database/reports/overview.ts';
import type { Target } from '../../../src/sync/source.ts';
import { useRoom } from './support/room.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, openRun, readyRun, step } from './support/runs.ts';

const room = useRoom();

const overviewOf = (...targets: Target[]) =>
  createOverview(room.bot.db, new Map(targets.map(({ name }) => [name, name.toUpperCase()])));

describe('the overview of targets', () => {
  it('has them in the order in which they were asked for, those without a location too', async () => {
    const [one, other] = [await room.location(), await room.location()];
    const found = await overviewOf(one, other).targets([other.name, 'nowhere', one.name]);
    expect(found.map(({ target, locationName }) => [target, locationName])).toEqual([
      [other.name, other.locationName],
      ['nowhere', undefined],
      [one.name, one.locationName],
    ]);
  });

  it('counts the users of each, and those that changed since the last sync', async () => {
    const [one, other] = [await room.location(), await room.location()];
    await apply(room.bot, await claimedRun(room.bot, one, listOf('a@dkm', 'b@dkm')));
    await room.addUsers(one, { 'old@dkm': 'inactive' });
    await room.sql("UPDATE users SET updated_at = NOW() + INTERVAL 1 HOUR WHERE email = 'b@dkm'");
    await room.addUsers(other, { 'c@dkm': 'active' });
    const [first, second] = await overviewOf(one, other).targets([one.name, other.name]);
    expect(first).toMatchObject({ active: 2, inactive: 1, changedSince: 1, moreThan: undefined });
    expect(second).toMatchObject({ active: 1, inactive: 0, changedSince: 0, lastCompleted: undefined });
  });

  it('counts fewer of each where many targets are asked for', async () => {
    const target = await room.location();
    const emails = Array.from({ length: 12 }, (_, n) => [`many${n}@dkm`, 'active'] as const);
    await room.addUsers(target, Object.fromEntries(emails));
    const nowhere = Array.from({ length: 19_999 }, (_, n) => `nowhere${n}`);
    const [found] = await overviewOf(target).targets([target.name, ...nowhere]);
    expect(found).toMatchObject({ moreThan: 10 });
  });

  it('has the newest run of each kind, and a failure only until something completes', async () => {
    const target = await room.location();
    const overview = overviewOf(target);
    const fail = async () => {
      const { run, lease } = await openRun(room.bot, target);
      await room.bot.runs.fail(lease, { code: 'list_moved' }, step('failed'));
      return run.id;
    };
    await fail();
    const failed = await fail();
    const pending = await readyRun(room.bot, target, listOf('new@dkm'));
    const [before] = await overview.targets([target.name]);
    expect([before?.lastFailed?.id, before?.pending?.id]).toEqual([failed, pending.id]);
    const { run } = await claimedRun(room.bot, target, listOf('new@dkm'));
    await room.sql("UPDATE sync_runs SET status = 'completed' WHERE id = ?", [run.id]);
    const [after] = await overview.targets([target.name]);
    expect([after?.lastCompleted?.id, after?.lastFailed]).toEqual([run.id, undefined]);
  });

  it('says when each was synced last, and nothing of those that never were', async () => {
    const [one, other] = [await room.location(), await room.location()];
    const { finishedAt } = await apply(room.bot, await claimedRun(room.bot, one, listOf('x@dkm')));
    const times = await overviewOf(one, other).lastSyncs([one.name, other.name, 'nowhere']);
    expect([...times]).toEqual([[one.name, finishedAt]]);
  });
});
