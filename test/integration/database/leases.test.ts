import { beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { LeaseLostError } from '../../../src/sync/failures/errors.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { someoneWaits } from './support/lock-wait.ts';
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
  rules,
  stage,
  statusOf,
  step,
  takingUp,
} from './support/runs.ts';
import { type BotProcess, useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm');

let second: BotProcess;
beforeEach(async () => {
  second ??= testbed.another();
  await testbed.sql(
    'UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR WHERE lease_until IS NOT NULL',
  );
});

const lapse = (runId: number) =>
  testbed.sql('UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = ?', [
    runId,
  ]);

const leaseOf = async (runId: number) => {
  const [row] = await testbed.sql<{ left: number }>(
    'SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), lease_until) AS `left` FROM sync_runs WHERE id = ?',
    [runId],
  );
  return row?.left ?? 0;
};

async function takenFrom({ run }: LeasedRun, by: BotProcess = second): Promise<LeasedRun> {
  await lapse(run.id);
  const taken = (await by.runs.takeOver(takingUp())).find(({ lease }) => lease.runId === run.id);
  if (taken === undefined) throw new Error('The run was not taken over');
  return taken;
}

describe('a lease', () => {
  it('lasts half a minute, and is as long again each time it is renewed', async () => {
    const { run, lease } = await openRun(testbed.bot, await testbed.location());
    expect(await leaseOf(run.id)).toBeGreaterThan(20e6);
    expect(await leaseOf(run.id)).toBeLessThanOrEqual(30e6);
    await lapse(run.id);
    expect(await testbed.bot.runs.renew(lease)).toBe(true);
    expect(await leaseOf(run.id)).toBeGreaterThan(20e6);
  });

  it('is not renewed once its run waits or has ended', async () => {
    const drafted = await draftRun(testbed.bot, await testbed.location(), [LIST]);
    const run = await present(testbed.bot, drafted);
    expect(await testbed.bot.runs.renew(drafted.lease)).toBe(false);
    const { lease } = await claim(testbed.bot, run);
    await testbed.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'));
    expect(await testbed.bot.runs.renew(lease)).toBe(false);
  });

  it('that is released by one process after the other uses up one attempt at most, and leaves nothing to the process before', async () => {
    const opened = await openRun(testbed.bot, await testbed.location());
    let held: LeasedRun = opened;
    for (const next of [second, testbed.another(), testbed.another()]) {
      await testbed.bot.runs.release(held.lease);
      const taken = (await next.runs.takeOver(takingUp())).find(({ run }) => run.id === opened.run.id);
      if (taken === undefined) throw new Error('The run was not taken over');
      expect(taken.lease.attempt).toBe(2);
      expect(await testbed.bot.runs.renew(held.lease)).toBe(false);
      held = taken;
    }
  });

  it('that was released is taken over at once', async () => {
    const { run, lease } = await openRun(testbed.bot, await testbed.location());
    await testbed.bot.runs.release(lease);
    expect((await second.runs.takeOver(takingUp())).map((taken) => taken.run.id)).toEqual([run.id]);
  });

  it('that has lapsed is taken by nobody while its process is writing the plan', async () => {
    const target = await testbed.location();
    const opened = await openRun(testbed.bot, target);
    for (const readNo of [1, 2]) await stage(testbed.bot, opened, readNo, LIST);
    await lapse(opened.run.id);
    const execution = await connect(testbed.database.url);
    await execution.beginTransaction();
    await execution.query('SELECT id FROM locations WHERE id = ? FOR UPDATE', [target.locationId]);
    const drafting = testbed.bot.plans.draft(opened.lease, { reads: [1, 2], rules: rules() });
    try {
      await someoneWaits(testbed);
      expect(await second.runs.takeOver(takingUp())).toEqual([]);
    } finally {
      await execution.rollback();
      await execution.end();
    }
    expect(await drafting).toMatchObject({ outcome: 'drafted', facts: { counts: { add: 1 } } });
  });

  it('that was given up so that its run waits is free for whoever looks within the same millisecond', async () => {
    let { lease } = await openRun(testbed.bot, await testbed.location());
    for (let look = 1; look <= 60; look += 1) {
      await testbed.bot.runs.wait(lease);
      const [taken] = await testbed.bot.runs.takeOver(takingUp({ free: { reading: 1, executing: 0 } }));
      if (taken === undefined) throw new Error(`Look ${look} found no run`);
      lease = taken.lease;
    }
  });

  it('is taken over only once it has lapsed', async () => {
    const { run } = await openRun(testbed.bot, await testbed.location());
    const claimed = await claimedRun(testbed.bot, await testbed.location(), LIST);
    expect(await second.runs.takeOver(takingUp())).toEqual([]);
    await Promise.all([run, claimed.run].map(({ id }) => lapse(id)));
    const taken = await second.runs.takeOver(takingUp());
    expect(taken.map((each) => each.run.id)).toEqual([claimed.run.id, run.id]);
  });
});

describe('a run that its own process forgot', () => {
  /** As if the lease had been renewed so many seconds ago. */
  const renewed = (runId: number, seconds: number) =>
    testbed.sql('UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE id = ?', [
      30 - seconds,
      runId,
    ]);
  const FREE = { reading: 5, executing: 5 };
  const takenBy = async (bot: BotProcess, underWay: readonly number[]) => {
    const taken = await bot.runs.takeOver(takingUp({ free: FREE, underWay }));
    return taken.map(({ run, lease }) => ({ id: run.id, attempt: lease.attempt }));
  };

  it('is taken up by it some seconds later, and by nobody else before its lease has run out', async () => {
    const { run } = await openRun(testbed.bot, await testbed.location());
    expect(await takenBy(testbed.bot, [])).toEqual([]);
    await renewed(run.id, 6);
    expect(await takenBy(second, [])).toEqual([]);
    expect(await takenBy(testbed.bot, [])).toEqual([{ id: run.id, attempt: 2 }]);
  });

  it('is not one that it works on', async () => {
    const { run, lease } = await claimedRun(testbed.bot, await testbed.location(), LIST);
    await renewed(run.id, 6);
    expect(await takenBy(testbed.bot, [run.id])).toEqual([]);
    expect(await testbed.bot.runs.renew(lease)).toBe(true);
  });
});

describe('a run that was taken over', () => {
  it.each(['reading', 'executing'] as const)(
    'stands where it stood, one attempt later: %s',
    async (status) => {
      const target = await testbed.location();
      const left =
        status === 'reading'
          ? await openRun(testbed.bot, target)
          : await claimedRun(testbed.bot, target, LIST);
      const taken = await takenFrom(left);
      expect(taken).toMatchObject({
        run: { id: left.run.id, status },
        lease: { owner: second.owner, attempt: 2 },
      });
      expect(await leaseOf(left.run.id)).toBeGreaterThan(20e6);
      expect((await takenFrom(taken, testbed.bot)).lease.attempt).toBe(3);
    },
  );

  it('belongs to one of several processes', async () => {
    const left = await openRun(testbed.bot, await testbed.location());
    await lapse(left.run.id);
    const takers = [testbed.bot, second, testbed.another(), testbed.another()];
    const taken = await Promise.all(takers.map(({ runs }) => runs.takeOver(takingUp())));
    expect(taken.flat()).toHaveLength(1);
  });

  const there = () => testbed.location();
  it.each<[string, () => Promise<Run | undefined>]>([
    ['ready', async () => readyRun(testbed.bot, await there(), LIST)],
    [
      'cancelled',
      async () => {
        const { id } = await readyRun(testbed.bot, await there(), LIST);
        return testbed.bot.runs.cancel(id, AYU, step('cancelled'));
      },
    ],
    [
      'failed',
      async () => {
        const { lease } = await openRun(testbed.bot, await there());
        return testbed.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'));
      },
    ],
    ['completed', async () => apply(testbed.bot, await claimedRun(testbed.bot, await there(), LIST))],
  ])('is not one that is %s, however old its lease is', async (status, begun) => {
    const run = await begun();
    if (run?.status !== status) throw new Error(`The run is ${run?.status}`);
    await lapse(run.id);
    expect(await second.runs.takeOver(takingUp())).toEqual([]);
    expect(await statusOf(testbed.bot, run)).toBe(status);
  });

  it('is not one whose execution is being written', async () => {
    const { run } = await claimedRun(testbed.bot, await testbed.location(), LIST);
    await lapse(run.id);
    await testbed.database.connection.beginTransaction();
    try {
      await testbed.sql('SELECT id FROM sync_runs WHERE id = ? FOR UPDATE', [run.id]);
      expect(await second.runs.takeOver(takingUp())).toEqual([]);
    } finally {
      await testbed.database.connection.rollback();
    }
    expect(await second.runs.takeOver(takingUp())).toMatchObject([{ run: { id: run.id } }]);
  });

  it.each<[string, (claimed: LeasedRun) => Promise<unknown>]>([
    ['stages no page', (old) => stage(testbed.bot, old, 1, LIST)],
    ['drafts no plan', ({ lease }) => testbed.bot.plans.draft(lease, { reads: [1], rules: rules() })],
    ['drafts no rollback', ({ lease, run }) => testbed.bot.plans.invert(lease, run.id, rules())],
    ['does not fail it', ({ lease }) => testbed.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'))],
  ])('is out of the hands of who read it: the old process %s', async (_, work) => {
    const left = await openRun(testbed.bot, await testbed.location());
    await takenFrom(left);
    await expect(work(left)).rejects.toThrow(LeaseLostError);
    expect(await testbed.bot.runs.renew(left.lease)).toBe(false);
    await testbed.bot.runs.release(left.lease);
    await testbed.bot.runs.wait(left.lease);
    expect(await leaseOf(left.run.id)).toBeGreaterThan(20e6);
    expect(await statusOf(testbed.bot, left.run)).toBe('reading');
  });

  it('is out of the hands of who planned it: the old process presents no plan', async () => {
    const drafted = await draftRun(testbed.bot, await testbed.location(), [LIST]);
    await takenFrom(drafted);
    await expect(present(testbed.bot, drafted)).rejects.toThrow(LeaseLostError);
    expect(await statusOf(testbed.bot, drafted.run)).toBe('reading');
  });

  it.each<[string, (claimed: LeasedRun) => Promise<unknown>]>([
    ['applies nothing', (old) => apply(testbed.bot, old)],
    ['does not fail it', ({ lease }) => testbed.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'))],
  ])('is out of the hands of who executed it: the old process %s', async (_, work) => {
    const left = await claimedRun(testbed.bot, await testbed.location(), LIST);
    await takenFrom(left);
    await expect(work(left)).rejects.toThrow(LeaseLostError);
    expect(await statusOf(testbed.bot, left.run)).toBe('executing');
  });

  it('is out of the hands of the same process’s earlier attempt, too', async () => {
    const left = await claimedRun(testbed.bot, await testbed.location(), LIST);
    const taken = await takenFrom(left, testbed.bot);
    await expect(apply(testbed.bot, left)).rejects.toThrow(LeaseLostError);
    expect((await apply(testbed.bot, taken)).status).toBe('completed');
  });
});
