import { beforeEach, describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../../src/sync/errors.ts';
import type { Claimed } from '../../../src/sync/runs.ts';
import { type BotProcess, useRoom } from './support/room.ts';
import { listOf } from './support/rows.ts';
import {
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
} from './support/runs.ts';

const room = useRoom();

const LIST = listOf('new@dkm');

let second: BotProcess;
beforeEach(async () => {
  second ??= room.another();
  await room.sql(
    'UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR WHERE lease_until IS NOT NULL',
  );
});

const lapse = (runId: number) =>
  room.sql('UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = ?', [runId]);

const leaseOf = async (runId: number) => {
  const [row] = await room.sql<{ left: number }>(
    'SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), lease_until) AS `left` FROM sync_runs WHERE id = ?',
    [runId],
  );
  return row?.left ?? 0;
};

async function takenFrom({ run }: Claimed, by: BotProcess = second): Promise<Claimed> {
  await lapse(run.id);
  const taken = (await by.runs.takeOver(step('taken_over'))).find(({ lease }) => lease.runId === run.id);
  if (taken === undefined) throw new Error('The run was not taken over');
  return taken;
}

describe('a lease', () => {
  it('lasts half a minute, and is as long again each time it is renewed', async () => {
    const { run, lease } = await openRun(room.bot, await room.location());
    expect(await leaseOf(run.id)).toBeGreaterThan(20e6);
    expect(await leaseOf(run.id)).toBeLessThanOrEqual(30e6);
    await lapse(run.id);
    expect(await room.bot.runs.renew(lease)).toBe(true);
    expect(await leaseOf(run.id)).toBeGreaterThan(20e6);
  });

  it('is not renewed once its run waits or has ended', async () => {
    const drafted = await draftRun(room.bot, await room.location(), [LIST]);
    const run = await present(room.bot, drafted);
    expect(await room.bot.runs.renew(drafted.lease)).toBe(false);
    const { lease } = await claim(room.bot, run);
    await room.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'));
    expect(await room.bot.runs.renew(lease)).toBe(false);
  });

  it('that was released is taken over at once', async () => {
    const { run, lease } = await openRun(room.bot, await room.location());
    await room.bot.runs.release(lease);
    expect((await second.runs.takeOver(step('taken_over'))).map((taken) => taken.run.id)).toEqual([run.id]);
  });

  it('that was given up so that its run waits is free for whoever looks within the same millisecond', async () => {
    let { lease } = await openRun(room.bot, await room.location());
    for (let look = 1; look <= 60; look += 1) {
      await room.bot.runs.wait(lease);
      const [taken] = await room.bot.runs.takeOver(step('taken_over'), { reading: 1, executing: 0 });
      if (taken === undefined) throw new Error(`Look ${look} found no run`);
      lease = taken.lease;
    }
  });

  it('is taken over only once it has lapsed', async () => {
    await openRun(room.bot, await room.location());
    await claimedRun(room.bot, await room.location(), LIST);
    expect(await second.runs.takeOver(step('taken_over'))).toEqual([]);
  });
});

describe('a run that its own process forgot', () => {
  /** As if the lease had been renewed so many seconds ago. */
  const renewed = (runId: number, seconds: number) =>
    room.sql('UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE id = ?', [
      30 - seconds,
      runId,
    ]);
  const ROOM = { reading: 5, executing: 5 };
  const takenBy = async (bot: BotProcess, underWay: readonly number[]) => {
    const taken = await bot.runs.takeOver(step('taken_over'), ROOM, underWay);
    return taken.map(({ run, lease }) => ({ id: run.id, attempt: lease.attempt }));
  };

  it('is taken up by it some seconds later, and by nobody else before its lease has run out', async () => {
    const { run } = await openRun(room.bot, await room.location());
    expect(await takenBy(room.bot, [])).toEqual([]);
    await renewed(run.id, 6);
    expect(await takenBy(second, [])).toEqual([]);
    expect(await takenBy(room.bot, [])).toEqual([{ id: run.id, attempt: 2 }]);
  });

  it('is not one that it works on', async () => {
    const { run, lease } = await claimedRun(room.bot, await room.location(), LIST);
    await renewed(run.id, 6);
    expect(await takenBy(room.bot, [run.id])).toEqual([]);
    expect(await room.bot.runs.renew(lease)).toBe(true);
  });
});

describe('a run that was taken over', () => {
  it.each(['reading', 'executing'] as const)(
    'stands where it stood, one attempt later: %s',
    async (status) => {
      const target = await room.location();
      const left =
        status === 'reading' ? await openRun(room.bot, target) : await claimedRun(room.bot, target, LIST);
      const taken = await takenFrom(left);
      expect(taken).toMatchObject({
        run: { id: left.run.id, status },
        lease: { owner: second.owner, attempt: 2 },
      });
      expect(await leaseOf(left.run.id)).toBeGreaterThan(20e6);
      expect((await takenFrom(taken, room.bot)).lease.attempt).toBe(3);
    },
  );

  it('belongs to one of several processes', async () => {
    const left = await openRun(room.bot, await room.location());
    await lapse(left.run.id);
    const takers = [room.bot, second, room.another(), room.another()];
    const taken = await Promise.all(takers.map(({ runs }) => runs.takeOver(step('taken_over'))));
    expect(taken.flat()).toHaveLength(1);
  });

  it('may not be waiting or over, however old its lease is', async () => {
    const run = await readyRun(room.bot, await room.location(), LIST);
    await lapse(run.id);
    expect(await second.runs.takeOver(step('taken_over'))).toEqual([]);
  });

  it('is not one whose execution is being written', async () => {
    const { run } = await claimedRun(room.bot, await room.location(), LIST);
    await lapse(run.id);
    await room.database.connection.beginTransaction();
    try {
      await room.sql('SELECT id FROM sync_runs WHERE id = ? FOR UPDATE', [run.id]);
      expect(await second.runs.takeOver(step('taken_over'))).toEqual([]);
    } finally {
      await room.database.connection.rollback();
    }
  });

  it.each<[string, (claimed: Claimed) => Promise<unknown>]>([
    ['stages no page', (old) => stage(room.bot, old, 1, LIST)],
    ['drafts no plan', ({ lease }) => room.bot.plans.draft(lease, [1], rules())],
    ['drafts no rollback', ({ lease, run }) => room.bot.plans.invert(lease, run.id, rules())],
    ['fails it not', ({ lease }) => room.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'))],
  ])('is out of the hands of who read it: the old process %s', async (_, work) => {
    const left = await openRun(room.bot, await room.location());
    await takenFrom(left);
    await expect(work(left)).rejects.toThrow(LeaseLostError);
    expect(await room.bot.runs.renew(left.lease)).toBe(false);
    await room.bot.runs.release(left.lease);
    expect(await leaseOf(left.run.id)).toBeGreaterThan(20e6);
    expect(await statusOf(room.bot, left.run)).toBe('reading');
  });

  it('is out of the hands of who planned it: the old process presents no plan', async () => {
    const drafted = await draftRun(room.bot, await room.location(), [LIST]);
    await takenFrom(drafted);
    await expect(present(room.bot, drafted)).rejects.toThrow(LeaseLostError);
    expect(await statusOf(room.bot, drafted.run)).toBe('reading');
  });

  it.each<[string, (claimed: Claimed) => Promise<unknown>]>([
    ['applies nothing', (old) => apply(room.bot, old)],
    ['fails it not', ({ lease }) => room.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'))],
  ])('is out of the hands of who executed it: the old process %s', async (_, work) => {
    const left = await claimedRun(room.bot, await room.location(), LIST);
    await takenFrom(left);
    await expect(work(left)).rejects.toThrow(LeaseLostError);
    expect(await statusOf(room.bot, left.run)).toBe('executing');
  });

  it('is out of the hands of the same process’s earlier attempt, too', async () => {
    const left = await claimedRun(room.bot, await room.location(), LIST);
    const taken = await takenFrom(left, room.bot);
    await expect(apply(room.bot, left)).rejects.toThrow(LeaseLostError);
    expect((await apply(room.bot, taken)).status).toBe('completed');
  });
});
