import { describe, expect, it } from 'vitest';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from './support/rows.ts';
import {
  AYU,
  apply,
  claim,
  claimedRun,
  openRun,
  present,
  readyRun,
  rolledBack,
  rules,
  statusOf,
  step,
  without,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

async function synced(): Promise<{ target: Target; sync: Run }> {
  const target = await testbed.location();
  const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('new@dkm')));
  return { target, sync };
}

/** How runs stand, as `taken back by` and `done again by`. */
async function standing(...runs: readonly Run[]) {
  const found = await Promise.all(runs.map(({ id }) => testbed.bot.runs.find(id)));
  return found.map((run) => [run?.takenBackBy, run?.redoneBy]);
}

/** Runs whose message is to be edited, beside those that just ended. */
async function edits(...runs: readonly Run[]): Promise<readonly number[]> {
  const rows = await testbed.sql<{ id: number; n: number }>(
    "SELECT run_id AS id, COUNT(*) AS n FROM sync_outbox WHERE kind = 'message' GROUP BY run_id",
  );
  return runs.map(({ id }) => Number(rows.find((row) => Number(row.id) === id)?.n ?? 0));
}

/** Neither taken back nor done again. */
const NEITHER = [undefined, undefined];

describe('a completed rollback', () => {
  it('is written on the run that it took back, whose message is told so', async () => {
    const { target, sync } = await synced();
    const [before = 0] = await edits(sync);
    const back = await rolledBack(testbed.bot, target, sync);
    expect(await standing(sync, back)).toEqual([
      [back.id, undefined],
      [undefined, undefined],
    ]);
    expect(await edits(sync)).toEqual([before + 1]);
  });

  it('has the summary of its `/usersync all` edited, whether it is taken back or stands again', async () => {
    const { target, sync } = await synced();
    await testbed.sql('UPDATE sync_runs SET batch_id = 41 WHERE id = ?', [sync.id]);
    const back = await rolledBack(testbed.bot, target, sync);
    const delivered =
      "UPDATE sync_outbox SET closed_at = created_at WHERE kind = 'summary' AND run_id = ? AND closed_at IS NULL";
    expect(await testbed.sql(delivered, [sync.id])).toMatchObject({ affectedRows: 1 });
    await rolledBack(testbed.bot, target, back);
    expect(await testbed.sql(delivered, [sync.id])).toMatchObject({ affectedRows: 1 });
  });

  it('that finds nothing to take back leaves a plan waiting that was made before', async () => {
    const { target, sync } = await synced();
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE location_id = ?", [target.locationId]);
    const waiting = await readyRun(testbed.bot, target, listOf('new@dkm', 'other@dkm'));
    expect((await rolledBack(testbed.bot, target, sync)).status).toBe('completed');
    expect(await statusOf(testbed.bot, waiting)).toBe('ready');
  });

  it('that changes users takes the place of a plan that was made before', async () => {
    const { target, sync } = await synced();
    const waiting = await readyRun(testbed.bot, target, listOf('new@dkm', 'other@dkm'));
    const back = await rolledBack(testbed.bot, target, sync);
    expect(await testbed.bot.runs.find(waiting.id)).toMatchObject({
      status: 'superseded',
      nextRunId: back.id,
    });
  });

  it('that is taken back itself has the first run stand again, as often as that happens', async () => {
    const { target, sync } = await synced();
    const back = await rolledBack(testbed.bot, target, sync);
    const redone = await rolledBack(testbed.bot, target, back);
    expect(await standing(sync, back, redone)).toEqual([
      [undefined, redone.id],
      [redone.id, undefined],
      [undefined, undefined],
    ]);
    const undone = await rolledBack(testbed.bot, target, redone);
    expect(await standing(sync, back, redone)).toEqual([
      [undone.id, undefined],
      [undefined, undone.id],
      [undone.id, undefined],
    ]);
  });

  it('of an older version, which noted only who was left out, is taken back like any other', async () => {
    const { target, sync } = await synced();
    const back = await rolledBack(testbed.bot, target, sync);
    await testbed.sql('UPDATE sync_runs SET left_count = NULL WHERE id = ?', [back.id]);
    const redone = await rolledBack(testbed.bot, target, back);
    expect(await standing(sync, back)).toEqual([
      [undefined, redone.id],
      [redone.id, undefined],
    ]);
  });

  it('of a run that was done again takes back both', async () => {
    const { target, sync } = await synced();
    const back = await rolledBack(testbed.bot, target, sync);
    const redone = await rolledBack(testbed.bot, target, back);
    const again = await rolledBack(testbed.bot, target, sync);
    expect(await standing(sync, redone, again)).toEqual([
      [again.id, undefined],
      [again.id, undefined],
      [undefined, undefined],
    ]);
  });

  it('of a run that was done again is undone by taking back the first rollback, which is in force again', async () => {
    const { target, sync } = await synced();
    const back = await rolledBack(testbed.bot, target, sync);
    await rolledBack(testbed.bot, target, back);
    const again = await rolledBack(testbed.bot, target, sync);
    expect(await standing(back)).toEqual([[undefined, again.id]]);
    const last = await rolledBack(testbed.bot, target, back);
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active' });
    expect(await standing(sync, back, again)).toEqual([
      [undefined, last.id],
      [last.id, undefined],
      [last.id, undefined],
    ]);
  });

  it('that found nothing to change leaves everything as it was', async () => {
    const { target, sync } = await synced();
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE location_id = ?", [target.locationId]);
    const idle = await rolledBack(testbed.bot, target, sync);
    expect(idle.status).toBe('completed');
    expect(await standing(sync)).toEqual([[undefined, undefined]]);
  });

  it('from which users were left out leaves the run standing, so that the rest can be taken back', async () => {
    const target = await testbed.location();
    const list = listOf('one@dkm', 'two@dkm');
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
    const part = await rolledBack(testbed.bot, target, sync, ['two@dkm']);
    expect(await standing(sync, part)).toEqual([NEITHER, NEITHER]);
    expect((await testbed.bot.runs.standingSyncs([target.locationId])).map(({ id }) => id)).toEqual([
      sync.id,
    ]);
    const rest = await rolledBack(testbed.bot, target, sync);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'inactive', 'two@dkm': 'inactive' });
    expect(await standing(sync, part, rest)).toEqual([[rest.id, undefined], NEITHER, NEITHER]);
    const again = await rolledBack(testbed.bot, target, part);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'active', 'two@dkm': 'inactive' });
    expect(await standing(sync, part, rest)).toEqual([[rest.id, undefined], [again.id, undefined], NEITHER]);
  });

  it('that is taken back itself calls a run done again whose part that was taken back stands again', async () => {
    const target = await testbed.location();
    const list = listOf('one@dkm', 'two@dkm');
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
    const part = await rolledBack(testbed.bot, target, sync, ['two@dkm']);
    await rolledBack(testbed.bot, target, part);
    const back = await rolledBack(testbed.bot, target, sync);
    const redone = await rolledBack(testbed.bot, target, back);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'active', 'two@dkm': 'active' });
    expect(await standing(sync, back)).toEqual([
      [undefined, redone.id],
      [redone.id, undefined],
    ]);
  });

  it('is taken back as a whole where a later sync has done a part of that already', async () => {
    const target = await testbed.location();
    const list = listOf('one@dkm', 'two@dkm');
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
    const back = await rolledBack(testbed.bot, target, sync);
    await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('one@dkm')));
    const redone = await rolledBack(testbed.bot, target, back);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'active', 'two@dkm': 'active' });
    expect(await standing(sync, back, redone)).toEqual([
      [undefined, redone.id],
      [redone.id, undefined],
      NEITHER,
    ]);
  });

  it('that is taken back itself does not call a run done again of which another part stays taken back', async () => {
    const target = await testbed.location();
    const list = listOf('one@dkm', 'two@dkm');
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
    await rolledBack(testbed.bot, target, sync, ['two@dkm']);
    const rest = await rolledBack(testbed.bot, target, sync);
    const redone = await rolledBack(testbed.bot, target, rest);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'inactive', 'two@dkm': 'active' });
    expect(await standing(sync, rest)).toEqual([NEITHER, [redone.id, undefined]]);
    expect((await testbed.bot.runs.standingSyncs([target.locationId])).map(({ id }) => id)).toEqual([
      sync.id,
    ]);
  });

  it('that kept a protected user leaves the run standing, so that this one can be taken back later', async () => {
    const target = await testbed.location();
    const list = listOf('one@dkm', 'two@dkm');
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
    const part = await rolledBack(testbed.bot, target, sync, [], ['two@dkm']);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'inactive', 'two@dkm': 'active' });
    expect(part).toMatchObject({ counts: { protected: 1 }, leftInForce: 1 });
    expect(await standing(sync, part)).toEqual([NEITHER, NEITHER]);
    const rest = await rolledBack(testbed.bot, target, sync);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'inactive', 'two@dkm': 'inactive' });
    expect(rest.leftInForce).toBe(0);
    expect(await standing(sync, part, rest)).toEqual([[rest.id, undefined], NEITHER, NEITHER]);
  });

  it('that skipped a user of a later sync leaves the run standing, so that the user can be taken back after that one', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active', 'stays@dkm': 'active' });
    const sync = async (...emails: string[]) =>
      apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('stays@dkm', ...emails)));
    const first = await sync('new@dkm');
    const back = await sync('new@dkm', 'gone@dkm');
    const last = await sync('new@dkm');
    await rolledBack(testbed.bot, target, first);
    expect(await testbed.usersAt(target)).toMatchObject({ 'gone@dkm': 'inactive', 'new@dkm': 'inactive' });
    expect(await standing(first)).toEqual([NEITHER]);
    await rolledBack(testbed.bot, target, last);
    await rolledBack(testbed.bot, target, back);
    const rest = await rolledBack(testbed.bot, target, first);
    expect(await testbed.usersAt(target)).toMatchObject({ 'gone@dkm': 'active', 'new@dkm': 'inactive' });
    expect(await standing(first)).toEqual([[rest.id, undefined]]);
  });

  it('that skipped a user whom a later sync has set back leaves the run standing, too', async () => {
    const target = await testbed.location();
    const sync = async (...emails: string[]) =>
      apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('stays@dkm', ...emails)));
    await sync();
    const first = await sync('one@dkm', 'two@dkm');
    const later = await sync('two@dkm');
    const part = await rolledBack(testbed.bot, target, first);
    expect(part).toMatchObject({ counts: { deactivate: 1, skipped: 1 }, leftInForce: 1 });
    expect(await standing(first)).toEqual([NEITHER]);
    await rolledBack(testbed.bot, target, later);
    expect(await testbed.usersAt(target)).toMatchObject({ 'one@dkm': 'active', 'two@dkm': 'inactive' });
    const rest = await rolledBack(testbed.bot, target, first);
    expect(await testbed.usersAt(target)).toMatchObject({ 'one@dkm': 'inactive', 'two@dkm': 'inactive' });
    expect(await standing(first)).toEqual([[rest.id, undefined]]);
  });

  it('takes back the whole run where the application had set the others back already, deleted or moved them', async () => {
    const [target, elsewhere] = [await testbed.location(), await testbed.location()];
    await testbed.addUsers(target, { 'moved@dkm': 'active' });
    const sync = await apply(
      testbed.bot,
      await claimedRun(testbed.bot, target, listOf('one@dkm', 'two@dkm', 'three@dkm')),
    );
    await testbed.sql("UPDATE users SET location_id = ? WHERE email = 'moved@dkm'", [elsewhere.locationId]);
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE email = 'two@dkm' AND location_id = ?", [
      target.locationId,
    ]);
    await testbed.sql("DELETE FROM users WHERE email = 'three@dkm' AND location_id = ?", [target.locationId]);
    const back = await rolledBack(testbed.bot, target, sync);
    expect(back).toMatchObject({ counts: { deactivate: 1, skipped: 3 }, leftInForce: 0 });
    expect(await standing(sync)).toEqual([[back.id, undefined]]);
  });

  it('takes back the whole run where the application has set back what a later sync did', async () => {
    const target = await testbed.location();
    const sync = async (...emails: string[]) =>
      apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('stays@dkm', ...emails)));
    const first = await sync('one@dkm', 'two@dkm');
    const later = await sync();
    await testbed.sql("UPDATE users SET status = 'active' WHERE email = 'two@dkm' AND location_id = ?", [
      target.locationId,
    ]);
    const back = await rolledBack(testbed.bot, target, later);
    expect(back).toMatchObject({ counts: { reactivate: 1, skipped: 1 }, leftInForce: 0 });
    const rest = await rolledBack(testbed.bot, target, first, [], ['stays@dkm']);
    expect(await testbed.usersAt(target)).toMatchObject({ 'one@dkm': 'inactive', 'two@dkm': 'active' });
    expect(rest).toMatchObject({ counts: { deactivate: 1, skipped: 1, protected: 1 }, leftInForce: 1 });
    const last = await rolledBack(testbed.bot, target, first);
    expect(last.leftInForce).toBe(0);
    expect(await standing(first, later)).toEqual([
      [last.id, undefined],
      [back.id, undefined],
    ]);
  });

  it('completes also where the run that it takes back is gone, or the plan of that run is deleted', async () => {
    const confirmed = async () => {
      const target = await testbed.location();
      const list = listOf('one@dkm', 'two@dkm');
      const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
      const opened = await openRun(testbed.bot, target, { reverts: sync.id });
      const facts = await testbed.bot.plans.invert(opened.lease, sync.id, rules());
      const run = await present(testbed.bot, { ...opened, facts, plan: [] });
      return { sync, held: await claim(testbed.bot, await without(testbed.bot, run, ['two@dkm'])) };
    };
    const [gone, purged] = [await confirmed(), await confirmed()];
    await testbed.sql('DELETE FROM sync_runs WHERE id = ?', [gone.sync.id]);
    expect(await apply(testbed.bot, gone.held)).toMatchObject({ status: 'completed', leftInForce: 0 });
    await testbed.sql("DELETE FROM sync_changes WHERE run_id = ? AND email = 'two@dkm'", [purged.sync.id]);
    await apply(testbed.bot, purged.held);
    expect((await testbed.bot.runs.find(purged.held.run.id))?.leftInForce).toBe(1);
    expect(await standing(purged.sync)).toEqual([NEITHER]);
  });

  it('takes a user back whom a later sync changed, once that one was taken back for this user', async () => {
    const target = await testbed.location();
    const sync = async (...emails: string[]) =>
      apply(testbed.bot, await claimedRun(testbed.bot, target, listOf(...emails)));
    const first = await sync('one@dkm', 'two@dkm', 'stays@dkm');
    const later = await sync('stays@dkm', 'more@dkm');
    await rolledBack(testbed.bot, target, later, [], ['more@dkm']);
    expect(await standing(later)).toEqual([NEITHER]);
    await rolledBack(testbed.bot, target, first);
    expect(await testbed.usersAt(target)).toEqual({
      'one@dkm': 'inactive',
      'two@dkm': 'inactive',
      'stays@dkm': 'inactive',
      'more@dkm': 'active',
    });
  });

  it.each([
    ['after a redo that skipped the user', true],
    ['without a redo', false],
  ])(
    'leaves a user whom the application has activated since the run was taken back, %s',
    async (_, isRedone) => {
      const target = await testbed.location();
      const list = listOf('one@dkm', 'two@dkm');
      const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, list));
      const back = await rolledBack(testbed.bot, target, sync, isRedone ? [] : ['one@dkm']);
      await testbed.sql("UPDATE users SET status = 'active' WHERE email = 'two@dkm' AND location_id = ?", [
        target.locationId,
      ]);
      if (isRedone) await rolledBack(testbed.bot, target, back);
      const again = await rolledBack(testbed.bot, target, sync);
      expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'inactive', 'two@dkm': 'active' });
      expect(again).toMatchObject({ counts: { deactivate: 1, skipped: 1 }, leftInForce: 0 });
      expect(await standing(sync)).toEqual([[again.id, undefined]]);
    },
  );

  it('leaves a user whom the rollback of an earlier sync deactivated, and the application activated since', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'stays@dkm': 'active' });
    const sync = async (...emails: readonly string[]) =>
      apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('stays@dkm', ...emails)));
    const added = await sync('new@dkm');
    const back = await rolledBack(testbed.bot, target, await sync());
    await rolledBack(testbed.bot, target, added);
    await testbed.sql("UPDATE users SET status = 'active' WHERE location_id = ?", [target.locationId]);
    await rolledBack(testbed.bot, target, back);
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active', 'stays@dkm': 'active' });
  });

  it('leaves a user whom a later sync deactivated, and the application and no rollback activated since', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'stays@dkm': 'active' });
    const sync = async (...emails: readonly string[]) =>
      apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('stays@dkm', ...emails)));
    const added = await sync('new@dkm');
    const opened = await openRun(testbed.bot, target, { reverts: (await sync()).id });
    const facts = await testbed.bot.plans.invert(opened.lease, opened.run.reverts ?? 0, rules());
    const plan = await present(testbed.bot, { ...opened, facts, plan: [] });
    await testbed.bot.runs.cancel(plan.id, AYU, step('cancelled'));
    await testbed.sql("UPDATE users SET status = 'active' WHERE location_id = ?", [target.locationId]);
    await rolledBack(testbed.bot, target, added);
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active', 'stays@dkm': 'active' });
  });

  it('leaves a user whom the application deleted and a later sync added again', async () => {
    const target = await testbed.location();
    const sync = async (...emails: string[]) =>
      apply(testbed.bot, await claimedRun(testbed.bot, target, listOf(...emails)));
    const first = await sync('one@dkm', 'two@dkm');
    await testbed.sql("DELETE FROM users WHERE email = 'two@dkm' AND location_id = ?", [target.locationId]);
    await sync('one@dkm', 'two@dkm');
    await rolledBack(testbed.bot, target, first);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'inactive', 'two@dkm': 'active' });
  });

  it('leaves a user whom a later sync deactivated, and the application deleted and added again', async () => {
    const target = await testbed.location();
    const sync = async (...emails: string[]) =>
      apply(testbed.bot, await claimedRun(testbed.bot, target, listOf(...emails)));
    const first = await sync('one@dkm', 'two@dkm');
    await sync('one@dkm');
    await testbed.sql("DELETE FROM users WHERE location_id = ? AND email = 'two@dkm'", [target.locationId]);
    await testbed.addUsers(target, { 'two@dkm': 'active' });
    await rolledBack(testbed.bot, target, first);
    expect(await testbed.usersAt(target)).toEqual({ 'one@dkm': 'inactive', 'two@dkm': 'active' });
  });

  it('says nothing of other runs of the location', async () => {
    const { target, sync } = await synced();
    const later = await apply(
      testbed.bot,
      await claimedRun(testbed.bot, target, listOf('new@dkm', 'more@dkm')),
    );
    await rolledBack(testbed.bot, target, later);
    expect(await standing(sync)).toEqual([[undefined, undefined]]);
    expect((await testbed.bot.runs.standingSyncs([target.locationId])).map(({ id }) => id)).toEqual([
      sync.id,
    ]);
  });
});
