import { beforeEach, describe, expect, it } from 'vitest';
import { createPlans } from '../../../src/database/plan/plans.ts';
import { locationIn } from '../../../src/database/reports/targets.ts';
import { createRuns } from '../../../src/database/runs/runs.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { maintainRuns } from '../../../src/sync/run/queue.ts';
import { listOf } from '../database/support/rows.ts';
import { apply, claimedRun, openRun, readyRun, statusOf, takingUp } from '../database/support/runs.ts';
import { AS_BY_DEFAULT, type BotProcess, useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';
import { queueOf } from './support/queue.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm');

let second: BotProcess;
beforeEach(() => {
  second ??= testbed.another();
});

/** Sweeps as the second process does, and waits for the work that it starts. */
async function swept(options: Parameters<typeof createCore>[1] = {}): Promise<number> {
  const { queue, started } = queueOf(second, createCore(second, options));
  await maintainRuns({ runs: second.runs, queue });
  await Promise.all(started);
  return started.length;
}

/** A process that is gone: its lease has run out on this attempt. */
async function left({ run }: LeasedRun, attempt: number): Promise<void> {
  await testbed.sql("UPDATE sync_runs SET lease_until = '2025-01-01', attempt = ? WHERE id = ?", [
    attempt,
    run.id,
  ]);
}

describe('a round of housekeeping', () => {
  it('takes over the runs of dead processes although a preview cannot be ended', async () => {
    const opened = await openRun(testbed.bot, await testbed.location());
    await left(opened, 1);
    const { queue, started } = queueOf(second, createCore(second));
    const runs = { ...second.runs, expireDue: () => Promise.reject(new Error('a row that nobody can read')) };
    await expect(maintainRuns({ runs, queue })).rejects.toThrow('a row that nobody can read');
    expect(started).toHaveLength(1);
    await Promise.all(started);
  });

  it('reads again for a run whose process died while it read', async () => {
    const target = await testbed.location();
    const opened = await openRun(testbed.bot, target);
    await left(opened, 1);
    expect(await swept({ targets: [target], source: scriptedSource(whole(LIST)) })).toBe(1);
    expect(await statusOf(second, opened.run)).toBe('ready');
  });

  it.each([
    ['a read', openRun, { code: 'location_missing', unnamed: true }],
    [
      'an execution',
      (bot: BotProcess, target: Target) => claimedRun(bot, target, LIST),
      { code: 'location_changed' },
    ],
  ])(
    'leaves %s to processes that have its target, and says so only where none has',
    async (_, begin, failure) => {
      const [target, other] = [await testbed.location(), await testbed.location()];
      const { run } = await begin(testbed.bot, target);
      const lapsed = (seconds: number) =>
        testbed.sql('UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) - INTERVAL ? SECOND WHERE id = ?', [
          seconds,
          run.id,
        ]);
      const locationOf = locationIn(new Map([[other.name, other.name]]));
      const elsewhere = {
        ...second,
        runs: createRuns(second.db, second.owner, [other.name]),
        plans: createPlans(second.db, { ...AS_BY_DEFAULT, locationOf }),
      };
      const look = async () => {
        const { queue, started } = queueOf(elsewhere, createCore(elsewhere, { targets: [other] }));
        await maintainRuns({ runs: elsewhere.runs, queue });
        await Promise.all(started);
        return testbed.bot.runs.find(run.id);
      };
      await lapsed(59);
      expect(await look()).toMatchObject({ status: run.status });
      await lapsed(61);
      const { run: busy } = await begin(testbed.bot, other);
      expect(await look()).toMatchObject({ status: run.status });
      await testbed.sql("UPDATE sync_runs SET status = 'failed' WHERE id = ?", [busy.id]);
      // What this process works on itself shows no other one that might have the target.
      const { run: own } = await begin(second, await testbed.location());
      expect(await look()).toMatchObject({ status: 'failed', failure });
      await testbed.sql("UPDATE sync_runs SET status = 'failed' WHERE id = ?", [own.id]);
    },
  );

  it('takes a rollback over at once whose target its settings do not name, for it reads no list', async () => {
    const target = await testbed.location();
    const sync = await apply(testbed.bot, await claimedRun(testbed.bot, target, LIST));
    const opened = await openRun(testbed.bot, target, { reverts: sync.id });
    await testbed.bot.runs.release(opened.lease);
    const taken = await createRuns(second.db, second.owner, ['another']).takeOver(takingUp());
    expect(taken.map(({ run }) => run.id)).toEqual([opened.run.id]);
    await testbed.sql("UPDATE sync_runs SET status = 'failed' WHERE id = ?", [opened.run.id]);
  });

  it('does not let a run wait behind runs of targets that its process cannot read', async () => {
    const [target, other] = [await testbed.location(), await testbed.location()];
    const foreign = await openRun(testbed.bot, target);
    await testbed.bot.runs.wait(foreign.lease);
    const { run } = await openRun(testbed.bot, other);
    const knowing = (...names: string[]) => createRuns(second.db, second.owner, names);
    expect(await knowing(other.name).othersWait(run)).toBe(false);
    expect(await knowing(other.name, target.name).othersWait(run)).toBe(true);
    await testbed.sql("UPDATE sync_runs SET status = 'failed' WHERE id IN (?, ?)", [foreign.run.id, run.id]);
  });

  it.each([1, 2])(
    'executes a run whose process died before it committed, after %i attempts too',
    async (attempt) => {
      const target = await testbed.location();
      const claimed = await claimedRun(testbed.bot, target, LIST);
      await left(claimed, attempt);
      expect(await swept()).toBe(1);
      expect(await statusOf(second, claimed.run)).toBe('completed');
      expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active' });
    },
  );

  it('executes nothing within a freeze that began after Confirm, unless an admin confirmed alone', async () => {
    const frozenUntil = () => new Date('2100-01-01');
    const target = await testbed.location();
    const claimed = await claimedRun(testbed.bot, target, LIST);
    await left(claimed, 1);
    expect(await swept({ frozenUntil })).toBe(1);
    expect(await second.runs.find(claimed.run.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'held_back', by: 'freeze' },
    });
    expect(await testbed.usersAt(target)).toEqual({});
    const alone = await claimedRun(testbed.bot, target, LIST);
    await testbed.sql('UPDATE sync_runs SET alone = TRUE WHERE id = ?', [alone.run.id]);
    await left(alone, 1);
    await swept({ frozenUntil });
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active' });
  });

  it('leaves a run alone whose process died after it committed', async () => {
    const claimed = await claimedRun(testbed.bot, await testbed.location(), LIST);
    await apply(testbed.bot, claimed);
    expect(await swept()).toBe(0);
  });

  it.each(['reading', 'executing'] as const)(
    'gives up a run that ended three processes: %s',
    async (status) => {
      const target = await testbed.location();
      const claimed =
        status === 'reading'
          ? await openRun(testbed.bot, target)
          : await claimedRun(testbed.bot, target, LIST);
      await left(claimed, 3);
      expect(await swept()).toBe(0);
      expect(await testbed.bot.runs.find(claimed.run.id)).toMatchObject({
        status: 'failed',
        failure: { code: 'interrupted', attempts: 3 },
      });
      expect(await testbed.usersAt(target)).toEqual({});
      const notices = await testbed.sql(
        'SELECT kind FROM sync_outbox WHERE run_id = ? ORDER BY id DESC LIMIT 2',
        [claimed.run.id],
      );
      expect(notices).toEqual([{ kind: 'thread' }, { kind: 'message' }]);
    },
  );

  it('ends previews whose time is over, and has their messages edited', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    await swept();
    expect(await statusOf(second, run)).toBe('expired');
    const notices = await testbed.sql('SELECT kind FROM sync_outbox WHERE run_id = ?', [run.id]);
    expect(notices).toEqual([{ kind: 'message' }, { kind: 'message' }]);
  });

  it('does nothing where nothing is to be done', async () => {
    const [reading, waiting] = [
      await openRun(testbed.bot, await testbed.location()),
      await readyRun(testbed.bot, await testbed.location(), LIST),
    ];
    expect(await swept()).toBe(0);
    expect([await statusOf(second, reading.run), await statusOf(second, waiting)]).toEqual([
      'reading',
      'ready',
    ]);
  });
});
