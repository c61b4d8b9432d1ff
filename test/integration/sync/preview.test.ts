import { describe, expect, it } from 'vitest';
import { ListMovedError } from '../../../src/sync/failures/errors.ts';
import { RunError } from '../../../src/sync/failures/failure.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { type Run, SYSTEM } from '../../../src/sync/run/run.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, apply, BUDI, claimedRun, planLines, takingUp } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { type Core, createCore } from './support/core.ts';
import { type ScriptedRead, scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

const running = new AbortController().signal;

async function requested(core: Core, target: Target, more = {}): Promise<LeasedRun> {
  const request = {
    target: target.name,
    channelId: 'C1',
    actor: AYU,
    requestKey: `${target.name} now`,
    ...more,
  };
  const opened = await core.preview.request(request);
  if (opened.outcome !== 'requested') throw new Error(`The preview was ${opened.outcome}`);
  return opened;
}

/** A preview of the scripted list, as it ended. */
async function previewed(
  target: Target,
  ...reads: readonly ScriptedRead[]
): Promise<{ run: Run; core: Core }> {
  const source = scriptedSource(...reads);
  const core = createCore(testbed.bot, { targets: [target], source, protectedEmails: ['admin@*'] });
  const opened = await requested(core, target);
  await core.preview.read(opened, running);
  const run = await testbed.bot.runs.find(opened.run.id);
  if (run === undefined) throw new Error('The run is gone');
  return { run, core };
}

const noticesOf = async ({ id }: Run) =>
  (
    await testbed.sql<{ kind: string }>('SELECT kind FROM sync_outbox WHERE run_id = ? ORDER BY id', [id])
  ).map(({ kind }) => kind);
const lastEntry = async ({ id }: Run) =>
  (
    await testbed.sql(
      'SELECT step, outcome, actor_id, reason FROM audit_logs WHERE run_id = ? ORDER BY seq DESC LIMIT 1',
      [id],
    )
  )[0];

describe('the list of a preview', () => {
  const asking = async (more = {}, isFull = false) => {
    const target = await testbed.location();
    const source = scriptedSource(whole(listOf('a@dkm')));
    const core = createCore(testbed.bot, { targets: [target], source, isFull });
    return { target, source, core, claimed: await requested(core, target, more) };
  };

  it('is asked for while the run is opened that a person waits for', async () => {
    const { target, source } = await asking();
    expect(source).toMatchObject({ prepared: [target.name], cancelled: [] });
  });

  it('is not asked for before a scheduled run, nor before one of many', async () => {
    const { source: scheduled } = await asking({ actor: SYSTEM });
    const { source: ofMany } = await asking({ batchId: 77 });
    expect([scheduled.prepared, ofMany.prepared]).toEqual([[], []]);
  });

  it('is not asked for before a run that must wait, since its process reads as many lists as it can', async () => {
    const { source } = await asking({}, true);
    expect(source.prepared).toEqual([]);
  });

  it('is not asked for any more once the request is refused, or cannot be stored', async () => {
    const { target, source, core } = await asking();
    const request = { target: target.name, channelId: 'C1', actor: BUDI, requestKey: 'a second one' };
    expect(await core.preview.request(request)).toMatchObject({ refusal: { code: 'being_read' } });
    expect(source.cancelled).toEqual([target.name]);
    const lost = { ...testbed.bot.runs, request: () => Promise.reject(new Error('no database')) };
    const unlucky = createCore({ ...testbed.bot, runs: lost }, { targets: [target], source });
    await expect(unlucky.preview.request(request)).rejects.toThrow('no database');
    expect(source.cancelled).toEqual([target.name, target.name]);
  });
});

describe('a preview', () => {
  it('is ready to be confirmed, with its plan', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'admin@dkm': 'active' });
    const { run, core } = await previewed(
      target,
      whole(listOf('a@dkm', 'b@dkm')),
      whole(listOf('b@dkm', 'a@dkm')),
    );
    expect(run).toMatchObject({
      status: 'ready',
      guard: { tripped: false },
      counts: { add: 1, protected: 1 },
    });
    expect(await planLines(testbed.bot, run.id)).toEqual(['add b@dkm', 'protected admin@dkm']);
    expect(await noticesOf(run)).toEqual(['message', 'list']);
    expect(await lastEntry(run)).toEqual({
      step: 'previewed',
      outcome: 'ready',
      actor_id: 'usersync',
      reason: `plan ${run.planHash}`,
    });
    expect(core.progress.calls).toEqual(['reading 2 of 2', 'reading 2 of 2', 'settle']);
  });

  it('takes the place of the one before it, although it finds nothing to change', async () => {
    const target = await testbed.location();
    const { run: before } = await previewed(target, whole(listOf('a@dkm')));
    await testbed.addUsers(target, { 'a@dkm': 'active' });
    const core = createCore(testbed.bot, {
      targets: [target],
      source: scriptedSource(whole(listOf('a@dkm'))),
    });
    const { run } = await requested(core, target, { requestKey: `${target.name} again` });
    expect(before.status).toBe('ready');
    await core.preview.read({ run, lease: { runId: run.id, owner: testbed.bot.owner, attempt: 1 } }, running);
    expect(await testbed.bot.runs.find(run.id)).toMatchObject({ status: 'completed' });
    expect(await testbed.bot.runs.find(before.id)).toMatchObject({ status: 'superseded', nextRunId: run.id });
  });

  it('deactivates nobody on one read: someone who came after it is looked for once more', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active' });
    const draft: typeof testbed.bot.plans.draft = async (lease, { reads, rules }) => {
      if (reads.length === 1) await testbed.addUsers(target, { 'late@dkm': 'active' });
      return testbed.bot.plans.draft(lease, { reads, rules });
    };
    const source = scriptedSource(whole(listOf('a@dkm')), whole(listOf('a@dkm', 'late@dkm')));
    const bot = { ...testbed.bot, plans: { ...testbed.bot.plans, draft } };
    const core = createCore(bot, { targets: [target], source });
    const opened = await requested(core, target);
    await core.preview.read(opened, running);
    expect(source.orders).toEqual(['asc', 'desc']);
    expect((await testbed.bot.runs.find(opened.run.id))?.counts).toMatchObject({
      deactivate: 0,
      unchanged: 2,
    });
  });

  it('is stopped by the guard where too many would go', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active' });
    const { run } = await previewed(target, whole(listOf('b@dkm')), whole(listOf('b@dkm')));
    expect(run.guard).toEqual({
      tripped: true,
      why: 'everyone',
      deactivate: 1,
      recentlyDeactivated: 0,
      active: 1,
    });
    expect(await lastEntry(run)).toMatchObject({ outcome: 'guard_tripped' });
  });

  it.each([
    ['on schedule lives until the next one is due', SYSTEM, 1_440, 1_440],
    ['on schedule ends no minute before the next one is due', SYSTEM, 100.1, 101],
    ['on schedule lives its time where the next one comes sooner', SYSTEM, 5, 30],
    ['that somebody asked for lives its time', AYU, 1_440, 30],
  ])('%s', async (_, actor, minutesToNext, minutes) => {
    const target = await testbed.location();
    const nextDue = (now: Date) => new Date(now.getTime() + minutesToNext * 60_000);
    const source = scriptedSource(whole(listOf('new@dkm')));
    const core = createCore(testbed.bot, { targets: [target], source, nextDue });
    const opened = await requested(core, target, { actor });
    await core.preview.read(opened, running);
    const { readyAt, expiresAt } = (await testbed.bot.runs.find(opened.run.id)) ?? {};
    expect(Math.round((Number(expiresAt) - Number(readyAt)) / 60_000)).toBe(minutes);
  });

  it('on schedule lives until the next day where the clock of its reader has not reached its own time yet', async () => {
    const target = await testbed.location();
    const own = new Date(Date.now() + 5_000);
    const nextDue = (now: Date) => (now < own ? own : new Date(own.getTime() + 86_400_000));
    const source = scriptedSource(whole(listOf('new@dkm')));
    const core = createCore(testbed.bot, { targets: [target], source, nextDue });
    const opened = await requested(core, target, { actor: SYSTEM });
    await core.preview.read(opened, running);
    const { readyAt, expiresAt } = (await testbed.bot.runs.find(opened.run.id)) ?? {};
    expect(Math.round((Number(expiresAt) - Number(readyAt)) / 3_600_000)).toBe(24);
  });

  it('is over at once where nothing has changed', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active' });
    const { run } = await previewed(target, whole(listOf('a@dkm')));
    expect(run).toMatchObject({ status: 'completed', counts: { unchanged: 1 } });
    expect(await noticesOf(run)).toEqual(['message']);
    expect(await lastEntry(run)).toMatchObject({ outcome: 'no_changes' });
  });

  it('that was begun by a process that died starts from the beginning', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'left@dkm': 'active' });
    const first = createCore(testbed.bot, { targets: [target] });
    const { run, lease } = await requested(first, target);
    await testbed.bot.staging.add(lease, 1, [{ page: 1, rows: listOf('left@dkm', 'x@dkm') }]);
    await testbed.bot.runs.release(lease);
    const other = testbed.another();
    const [taken] = await other.runs.takeOver(takingUp());
    if (taken === undefined) throw new Error('Nothing was taken over');
    const source = scriptedSource(whole(listOf('a@dkm', 'left@dkm')));
    await createCore(other, { targets: [target], source }).preview.read(taken, running);
    expect(await planLines(other, run.id)).toEqual(['add a@dkm']);
  });

  it('fails, and plans nothing, where the list does not stand still', async () => {
    const moved = { pages: [listOf('a@dkm')], error: new ListMovedError('x') };
    const target = await testbed.location();
    const { run, core } = await previewed(target, moved, moved, moved);
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'list_moved' } });
    expect(await planLines(testbed.bot, run.id)).toEqual([]);
    expect(await noticesOf(run)).toEqual(['message', 'thread']);
    expect(core.progress.calls.at(-1)).toBe('settle');
  });

  it('fails where the target’s location is gone', async () => {
    const target = await testbed.location();
    const core = createCore(testbed.bot, { targets: [target] });
    const opened = await requested(core, target);
    await testbed.sql('DELETE FROM locations WHERE id = ?', [target.locationId]);
    await core.preview.read(opened, running);
    expect(await testbed.bot.runs.find(opened.run.id)).toMatchObject({
      failure: { code: 'location_missing' },
    });
  });

  it('fails with the reason that the server’s client gives', async () => {
    class LoginError extends RunError {}
    const refused = new LoginError({ code: 'login_failed', reason: 'Unauthorized' }, 'Unauthorized');
    const target = await testbed.location();
    const source = { open: () => Promise.reject(refused) };
    const core = createCore(testbed.bot, { targets: [target], source });
    const opened = await requested(core, target);
    await core.preview.read(opened, running);
    const run = await testbed.bot.runs.find(opened.run.id);
    expect(run).toMatchObject({
      status: 'failed',
      failure: { code: 'login_failed', reason: 'Unauthorized' },
    });
  });

  it('is refused for a name that is no target, or whose location does not exist', async () => {
    const nowhere: Target = { name: 'nowhere', locationId: 0, locationName: '', baseUrl: '' };
    const core = createCore(testbed.bot, { targets: [nowhere] });
    for (const target of ['nowhere', 'unknown']) {
      const request = { target, channelId: 'C1', actor: AYU, requestKey: `for ${target}` };
      expect(await core.preview.request(request)).toEqual({
        outcome: 'refused',
        refusal: { code: 'location_missing', target },
      });
      const refused = await testbed.sql('SELECT actor_id, outcome FROM audit_logs WHERE target = ?', [
        target,
      ]);
      expect(refused).toEqual([{ actor_id: AYU.id, outcome: 'location_missing' }]);
    }
  });

  it('that nobody can be shown is given up', async () => {
    const target = await testbed.location();
    const core = createCore(testbed.bot, { targets: [target] });
    const opened = await requested(core, target);
    await core.preview.abandon(opened, 'not_in_channel');
    const run = await testbed.bot.runs.find(opened.run.id);
    expect(run).toMatchObject({
      status: 'failed',
      failure: { code: 'channel_unreachable', reason: 'not_in_channel' },
    });
  });
});

describe('the preview of a rollback', () => {
  it('takes the run back without reading the server', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active', 'stays@dkm': 'active' });
    const done = await apply(
      testbed.bot,
      await claimedRun(testbed.bot, target, listOf('new@dkm', 'stays@dkm')),
    );
    const core = createCore(testbed.bot, { targets: [target] });
    const opened = await requested(core, target, { reverts: done.id, actor: BUDI });
    await core.preview.read(opened, running);
    expect(await testbed.bot.runs.find(opened.run.id)).toMatchObject({
      status: 'ready',
      reverts: done.id,
      requestedBy: BUDI,
    });
    expect(await planLines(testbed.bot, opened.run.id)).toEqual([
      'reactivate gone@dkm',
      'deactivate new@dkm',
    ]);
  });
});
