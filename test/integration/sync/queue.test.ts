import { beforeEach, describe, expect, it } from 'vitest';
import { createBatches } from '../../../src/database/runs/request.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import { createQueue } from '../../../src/sync/run/queue.ts';
import type { Actor } from '../../../src/sync/run/run.ts';
import { listOf } from '../database/support/rows.ts';
import {
  AYU,
  BUDI,
  claimedRun,
  claimOf,
  openRun,
  readyRun,
  rules,
  runDraft,
  statusOf,
  step,
  takingUp,
} from '../database/support/runs.ts';
import { type BotProcess, useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';
import { queueOf } from './support/queue.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm');
const FULL = { reading: 0, executing: 0 };

let other: BotProcess;
beforeEach(async () => {
  other ??= testbed.another();
  await testbed.sql("UPDATE sync_runs SET status = 'failed' WHERE status IN ('reading', 'executing')");
});

/** A process that has no room for a run, which therefore waits. */
async function letWait(claimed: LeasedRun) {
  const core = createCore(testbed.bot);
  const { queue } = queueOf(testbed.bot, core, FULL);
  expect(await queue.start(claimed)).toBe('waits');
  return core;
}

/** Who has capacity: takes up what it can, and does it to the end. Returns how many runs it began. */
async function takenUp(capacity: { reading: number; executing: number }, targets: LeasedRun[]) {
  const source = scriptedSource(...targets.map(() => whole(LIST)));
  const places = targets.map(({ run }) => ({ ...run, name: run.target, baseUrl: '' }));
  const { queue, started } = queueOf(other, createCore(other, { targets: places, source }), capacity);
  await queue.startWaiting();
  await Promise.all(started);
  return started.length;
}

describe('a run for which its process has no room', () => {
  it('says that it waits and for how many, and holds no lease', async () => {
    const before = await openRun(testbed.bot, await testbed.location());
    const claimed = await openRun(testbed.bot, await testbed.location());
    const { progress } = await letWait(claimed);
    expect(progress.calls).toEqual(['waiting behind 1']);
    expect(await testbed.bot.runs.find(claimed.run.id)).toMatchObject({ status: 'reading', waits: true });
    expect(await testbed.bot.runs.renew(claimed.lease)).toBe(false);
    expect(await testbed.bot.runs.find(before.run.id)).toMatchObject({ waits: false });
  });

  it.each(['reading', 'executing'] as const)(
    'goes on wherever there is room first, as its first attempt: %s',
    async (status) => {
      const target = await testbed.location();
      const claimed =
        status === 'reading'
          ? await openRun(testbed.bot, target)
          : await claimedRun(testbed.bot, target, LIST);
      await letWait(claimed);
      expect(await takenUp({ reading: 1, executing: 1 }, [claimed])).toBe(1);
      expect(await statusOf(other, claimed.run)).toBe(status === 'reading' ? 'ready' : 'completed');
      const [row] = await testbed.sql('SELECT attempt FROM sync_runs WHERE id = ?', [claimed.run.id]);
      expect(row).toEqual({ attempt: 1 });
      const taken = "SELECT seq FROM audit_logs WHERE step = 'taken_over' AND run_id = ?";
      expect(await testbed.sql(taken, [claimed.run.id])).toEqual([]);
    },
  );

  it('is neither taken up nor counted as an attempt where there is none', async () => {
    const claimed = await openRun(testbed.bot, await testbed.location());
    await letWait(claimed);
    expect(await takenUp({ reading: 0, executing: 5 }, [])).toBe(0);
    const [row] = await testbed.sql('SELECT attempt, lease_owner FROM sync_runs WHERE id = ?', [
      claimed.run.id,
    ]);
    expect(row).toEqual({ attempt: 0, lease_owner: null });
  });
});

async function openRunOf(requestedBy: Actor): Promise<LeasedRun> {
  const draft = runDraft(await testbed.location(), { requestedBy });
  const requested = await testbed.bot.runs.request(draft, step('requested'));
  if (requested.outcome !== 'requested') throw new Error('The run was requested before');
  return requested;
}

async function fourThatWait(): Promise<LeasedRun[]> {
  const waiting: LeasedRun[] = [];
  for (let n = 0; n < 4; n += 1) {
    const claimed = await openRun(testbed.bot, await testbed.location());
    await letWait(claimed);
    waiting.push(claimed);
  }
  return waiting;
}

describe('a run that a process works on', () => {
  it('is taken up by no look of that process until the work ends, and then if it still holds the run', async () => {
    const claimed = await openRun(testbed.bot, await testbed.location());
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const core = createCore(testbed.bot);
    const { queue, started } = queueOf(testbed.bot, {
      ...core,
      preview: { ...core.preview, read: () => held },
    });
    expect(await queue.start(claimed)).toBe('started');
    // As where one renewal came late.
    await testbed.sql('UPDATE sync_runs SET lease_until = lease_until - INTERVAL 6 SECOND WHERE id = ?', [
      claimed.run.id,
    ]);
    await queue.startWaiting();
    expect(started).toHaveLength(1);
    release();
    await Promise.all(started);
    await queue.startWaiting();
    expect(started).toHaveLength(2);
  });

  it('is free for others at once where the process stops before it begins', async () => {
    const claimed = await openRun(testbed.bot, await testbed.location());
    const queue = createQueue({
      ...createCore(testbed.bot),
      runs: testbed.bot.runs,
      workers: { free: () => ({ reading: 1, executing: 1 }), start: () => 'stopping' },
    });
    expect(await queue.start(claimed)).toBe('stopping');
    const taken = await other.runs.takeOver(takingUp());
    expect(taken.map(({ run }) => run.id)).toEqual([claimed.run.id]);
  });

  it('is still its own while it says that the run waits: whoever goes on edits the message later', async () => {
    const claimed = await openRun(testbed.bot, await testbed.location());
    const core = createCore(testbed.bot);
    const held: boolean[] = [];
    const waiting = async () => void held.push(await testbed.bot.runs.renew(claimed.lease));
    const progress = { ...core.progress, waiting };
    await queueOf(testbed.bot, { ...core, progress }, FULL).queue.start(claimed);
    expect(held).toEqual([true]);
  });
});

describe('runs that wait', () => {
  it('have their turn in the order in which they came, no more of them than there is room for', async () => {
    const waiting = await fourThatWait();
    expect(await takenUp({ reading: 3, executing: 0 }, waiting)).toBe(3);
    const statuses = await Promise.all(waiting.map(({ run }) => statusOf(other, run)));
    expect(statuses).toEqual(['ready', 'ready', 'ready', 'reading']);
  });

  it('are taken by one look at a time: none is taken without room for it and put back behind the others', async () => {
    const waiting = await fourThatWait();
    const targets = waiting.map(({ run }) => ({ ...run, name: run.target, baseUrl: '' }));
    const core = createCore(other, { targets, source: scriptedSource(...targets.map(() => whole(LIST))) });
    const { queue, started } = queueOf(other, core, { reading: 1, executing: 0 });
    await Promise.all([queue.startWaiting(), queue.startWaiting(), queue.startWaiting()]);
    await Promise.all(started);
    expect(core.progress.calls.filter((call) => call.startsWith('waiting'))).toEqual([]);
  });

  it('to be read leave alone the room of those that were confirmed', async () => {
    const reading = await openRun(testbed.bot, await testbed.location());
    const executing = await claimedRun(testbed.bot, await testbed.location(), LIST);
    await letWait(reading);
    await letWait(executing);
    expect(await takenUp({ reading: 0, executing: 1 }, [])).toBe(1);
    expect(await statusOf(other, executing.run)).toBe('completed');
    expect(await statusOf(other, reading.run)).toBe('reading');
  });

  it('of one person have no turn twice before another person has one', async () => {
    const mine = await fourThatWait();
    const theirs = await openRunOf(BUDI);
    await letWait(theirs);
    expect(
      await takenUp(
        { reading: 2, executing: 0 },
        [mine[0], theirs].filter((each) => each !== undefined),
      ),
    ).toBe(2);
    const statuses = await Promise.all([...mine, theirs].map(({ run }) => statusOf(other, run)));
    expect(statuses).toEqual(['ready', 'reading', 'reading', 'reading', 'ready']);
  });

  it('to be executed have their turn by who confirmed them, and whoever came first goes first', async () => {
    const waiting = async (by: Actor) => {
      const { id } = await readyRun(testbed.bot, await testbed.location(), LIST);
      const claimed = await testbed.bot.runs.claim(claimOf(id, by, undefined, step('confirmed'), rules()));
      if (claimed.outcome !== 'claimed') throw new Error(claimed.outcome);
      await letWait(claimed);
      return id;
    };
    const mine = [await waiting(BUDI), await waiting(BUDI), await waiting(BUDI)];
    const theirs = await waiting(AYU);
    const taken = await other.runs.takeOver(takingUp({ free: { reading: 0, executing: 3 } }));
    expect(taken.map(({ run }) => run.id)).toEqual([mine[0], theirs, mine[1]]);
  });

  it('show it in the summary of their batch when they have their turn', async () => {
    const target = await testbed.location();
    const asked = { targets: [target.name], channelId: 'C1', actor: AYU, requestKey: target.name };
    const batchId = await createBatches(testbed.bot.db, testbed.bot.owner).open(asked);
    const claimed = await openRun(testbed.bot, target, { batchId });
    await letWait(claimed);
    await testbed.sql('UPDATE sync_outbox SET closed_at = UTC_TIMESTAMP(3) WHERE closed_at IS NULL');
    await other.runs.takeOver(takingUp());
    const notices = 'SELECT kind FROM sync_outbox WHERE run_id = ? AND closed_at IS NULL';
    expect(await testbed.sql(notices, [claimed.run.id])).toEqual([{ kind: 'summary' }]);
  });

  it('have their turn after whoever has none in work', async () => {
    const atWork = await openRunOf(AYU);
    const mine = await openRunOf(AYU);
    const theirs = await openRunOf(BUDI);
    await letWait(mine);
    await letWait(theirs);
    expect(await takenUp({ reading: 1, executing: 0 }, [theirs])).toBe(1);
    const statuses = await Promise.all([atWork, mine, theirs].map(({ run }) => statusOf(other, run)));
    expect(statuses).toEqual(['reading', 'reading', 'ready']);
  });

  it('are not overtaken by one that comes at the moment when there is room', async () => {
    const waiting = await openRunOf(AYU);
    await letWait(waiting);
    const late = await openRunOf(AYU);
    const targets = [waiting, late].map(({ run }) => ({ ...run, name: run.target, baseUrl: '' }));
    const source = scriptedSource(whole(LIST), whole(LIST));
    const { queue, started } = queueOf(other, createCore(other, { targets, source }), {
      reading: 1,
      executing: 0,
    });
    const { lease } = late;
    await testbed.sql('UPDATE sync_runs SET lease_owner = ? WHERE id = ?', [other.owner, late.run.id]);
    expect(await queue.start({ ...late, lease: { ...lease, owner: other.owner } })).toBe('waits');
    await Promise.all(started);
    expect(await Promise.all([waiting, late].map(({ run }) => statusOf(other, run)))).toEqual([
      'ready',
      'reading',
    ]);
  });
});
