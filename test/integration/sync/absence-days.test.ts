import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, apply, claim } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';
import { type ScriptedRead, scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

const STAYING = Array.from({ length: 20 }, (_, n) => `stays${n}@dkm`);
const without = (...left: readonly string[]) =>
  whole(listOf(...STAYING.filter((email) => !left.includes(email))));

let target: Target;
beforeEach(async () => {
  target = await populated();
});

async function populated(): Promise<Target> {
  const location = await testbed.location();
  await testbed.addUsers(location, Object.fromEntries(STAYING.map((email) => [email, 'active' as const])));
  return location;
}

/** A preview on a day of March 2026, by a server whose reads all bring `read`. */
async function previewOn(
  day: number,
  read: ScriptedRead,
  { hour = 2, days = 3, protectedEmails = [] as readonly string[] } = {},
): Promise<Run> {
  const at = new Date(Date.UTC(2026, 2, day, hour));
  const bot = testbed.another({ at, absenceDays: days });
  const core = createCore(bot, {
    targets: [target],
    protectedEmails,
    source: scriptedSource(...Array.from({ length: 4 }, () => read)),
  });
  const requestKey = `${target.name} ${day} ${hour}`;
  const requested = await core.preview.request({
    target: target.name,
    channelId: 'C1',
    actor: AYU,
    requestKey,
  });
  if (requested.outcome !== 'requested') throw new Error(requested.outcome);
  await core.preview.read(requested, new AbortController().signal);
  const run = await bot.runs.find(requested.run.id);
  if (run === undefined) throw new Error('The run is gone');
  return run;
}

const proposed = async (run: Run) =>
  (await testbed.bot.plans.list(run.id, 'deactivate', 0, 100)).map(({ email }) => email);
const kept = async (run: Run) =>
  (await testbed.bot.plans.list(run.id, 'kept', 0, 100)).map(({ email, detail }) => `${email} ${detail}`);

describe('where a user must be absent on three days', () => {
  it('proposes nobody before the third day, and shows the evidence', async () => {
    for (const day of [1, 2]) {
      const run = await previewOn(day, without('stays0@dkm'));
      expect(await proposed(run)).toEqual([]);
      expect(await kept(run)).toEqual(['stays0@dkm absent_shortly']);
      expect(run).toMatchObject({ status: 'completed', absence: { days: 3, proposed: 0, waiting: 1 } });
    }
    const run = await previewOn(3, without('stays0@dkm', 'stays1@dkm'));
    expect(await proposed(run)).toEqual(['stays0@dkm']);
    expect(await kept(run)).toEqual(['stays1@dkm absent_shortly']);
    expect(run).toMatchObject({ status: 'ready', absence: { days: 3, proposed: 1, waiting: 1 } });
    expect(run.counts).toMatchObject({ deactivate: 1, kept: 1, unchanged: 18 });
  });

  it('counts a day once, however often its list is read', async () => {
    for (const hour of [1, 2, 3, 4]) {
      expect(await proposed(await previewOn(1, without('stays0@dkm'), { hour }))).toEqual([]);
    }
  });

  it('needs no days in a row, but begins anew with whoever was seen in between', async () => {
    await previewOn(1, without('stays0@dkm', 'stays1@dkm'));
    await previewOn(4, without('stays0@dkm', 'stays1@dkm'));
    await previewOn(5, without('stays1@dkm'));
    const run = await previewOn(6, without('stays0@dkm', 'stays1@dkm'));
    expect(await proposed(run)).toEqual(['stays1@dkm']);
    expect(await kept(run)).toEqual(['stays0@dkm absent_shortly']);
  });

  it('begins anew at one location, and not at the others', async () => {
    const here = target;
    for (const day of [1, 2]) await previewOn(day, without('stays0@dkm'));
    target = await populated();
    await previewOn(1, without('stays0@dkm'));
    await previewOn(2, without());
    target = here;
    expect(await proposed(await previewOn(3, without('stays0@dkm')))).toEqual(['stays0@dkm']);
  });

  it('begins anew where everybody was seen, and where a user came back on the same day', async () => {
    await previewOn(1, without('stays0@dkm'));
    await previewOn(2, without('stays0@dkm'));
    await previewOn(2, without(), { hour: 3 });
    expect(await proposed(await previewOn(3, without('stays0@dkm')))).toEqual([]);
  });

  it.each([
    ['failed', { pages: [listOf('stays1@dkm')], error: new Error('the server is gone') }],
    ['proves no absence', { ...without('stays0@dkm'), end: 'unknown' as const }],
  ])('counts no day by a read that %s', async (_, read: ScriptedRead) => {
    await previewOn(1, without('stays0@dkm'));
    await previewOn(2, without('stays0@dkm'));
    await previewOn(3, read);
    const [row] = await testbed.sql('SELECT days FROM sync_absences WHERE location_id = ?', [
      target.locationId,
    ]);
    expect(row).toEqual({ days: 2 });
  });

  it('is not fooled by a clock that goes back', async () => {
    await previewOn(5, without('stays0@dkm'));
    await previewOn(4, without('stays0@dkm'));
    expect(await proposed(await previewOn(5, without('stays0@dkm'), { hour: 4 }))).toEqual([]);
  });

  it('counts on after a clock that was ahead, and no more days than the calendar has', async () => {
    await previewOn(200, without('stays0@dkm'));
    for (const [day, hour] of [
      [1, 1],
      [2, 1],
      [1, 2],
      [2, 2],
    ] as const)
      expect(await proposed(await previewOn(day, without('stays0@dkm'), { hour }))).toEqual([]);
    expect(await proposed(await previewOn(3, without('stays0@dkm')))).toEqual(['stays0@dkm']);
  });

  it('begins anew for a user who was deactivated, and whom somebody made active again', async () => {
    for (const day of [1, 2]) await previewOn(day, without('stays0@dkm'));
    const run = await previewOn(3, without('stays0@dkm'));
    const bot = testbed.another({ at: new Date(Date.UTC(2026, 2, 3, 2)) });
    await apply(bot, await claim(bot, run));
    await testbed.sql("UPDATE users SET status = 'active' WHERE email = 'stays0@dkm' AND location_id = ?", [
      target.locationId,
    ]);
    expect(await proposed(await previewOn(4, without('stays0@dkm')))).toEqual([]);
  });

  it('begins anew where the setting was off for a while', async () => {
    await previewOn(1, without('stays0@dkm'));
    await previewOn(2, without('stays0@dkm'));
    await previewOn(3, without(), { days: 0 });
    expect(await proposed(await previewOn(4, without('stays0@dkm')))).toEqual([]);
  });

  it('shows the evidence of what is left where the plan is adjusted', async () => {
    for (const day of [1, 2]) await previewOn(day, without('stays0@dkm', 'stays1@dkm'));
    const run = await previewOn(3, without('stays0@dkm', 'stays1@dkm', 'stays2@dkm'));
    expect(run.absence).toEqual({ days: 3, proposed: 2, waiting: 1 });
    const { runs } = testbed.another({ at: new Date(Date.UTC(2026, 2, 3, 2)) });
    const adjusted = await runs.adjust(run.id, {
      actor: AYU,
      omission: { emails: ['stays0@dkm'], actions: [] },
      requestKey: `adjust ${run.id}`,
      rules: run.rules ?? { limits: [], protectedEmails: [], people: 1 },
    });
    expect(adjusted).toMatchObject({ run: { absence: { days: 3, proposed: 1, waiting: 1 } } });
  });

  it('begins anew with a user who was protected meanwhile', async () => {
    await previewOn(1, without('stays0@dkm'));
    await previewOn(2, without('stays0@dkm'));
    expect(
      await proposed(await previewOn(3, without('stays0@dkm'), { protectedEmails: ['stays0@*'] })),
    ).toEqual([]);
    expect(await proposed(await previewOn(4, without('stays0@dkm')))).toEqual([]);
  });

  it.each([
    ['everybody', without()],
    ['the user, and misses another one', without('stays1@dkm')],
  ])('begins anew where an attempt that ended missed the user, and the next one sees %s', async (_, next) => {
    const { id } = await previewOn(1, without('stays0@dkm'));
    // As by an attempt whose process died behind its draft.
    await testbed.sql('UPDATE sync_absences SET run_id = ? WHERE run_id = ?', [id + 1, id]);
    expect((await previewOn(2, next)).id).toBe(id + 1);
    await previewOn(3, without('stays0@dkm'));
    expect(await proposed(await previewOn(4, without('stays0@dkm')))).toEqual([]);
  });

  it('counts nothing where the setting is off', async () => {
    expect(await proposed(await previewOn(1, without('stays0@dkm'), { days: 0 }))).toEqual(['stays0@dkm']);
    expect(
      await testbed.sql('SELECT 1 FROM sync_absences WHERE location_id = ?', [target.locationId]),
    ).toEqual([]);
  });
});
