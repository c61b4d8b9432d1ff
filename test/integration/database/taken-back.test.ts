import { describe, expect, it } from 'vitest';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun, readyRun, rolledBack, statusOf } from './support/runs.ts';
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

  it('that finds nothing to take back leaves a plan waiting that was made before', async () => {
    const { target, sync } = await synced();
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE location_id = ?", [target.locationId]);
    const waiting = await readyRun(testbed.bot, target, listOf('new@dkm', 'other@dkm'));
    expect((await rolledBack(testbed.bot, target, sync)).status).toBe('completed');
    expect(await statusOf(testbed.bot, waiting)).toBe('ready');
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
