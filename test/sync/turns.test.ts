import { beforeEach, describe, expect, it } from 'vitest';
import type { Claimed } from '../../src/sync/ports.ts';
import { type BotProcess, useRoom } from '../database/support/room.ts';
import { listOf } from '../database/support/rows.ts';
import { claimedRun, openRun, statusOf } from '../database/support/runs.ts';
import { createCore } from './support/core.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';
import { turnsOf } from './support/turns.ts';

const room = useRoom();

const LIST = listOf('new@dkm');
const FULL = { reading: 0, executing: 0 };

let other: BotProcess;
beforeEach(async () => {
  other ??= room.another();
  await room.sql("UPDATE sync_runs SET status = 'failed' WHERE status IN ('reading', 'executing')");
});

/** A process that has no room for a run, which therefore waits. */
async function letWait(claimed: Claimed) {
  const core = createCore(room.bot);
  const { turns } = turnsOf(room.bot, core, FULL);
  expect(await turns.begin(claimed)).toBe('waits');
  return core;
}

/** Who has room: takes up what it can, and does it to the end. Returns how many runs it began. */
async function takenUp(capacity: { reading: number; executing: number }, targets: Claimed[]) {
  const source = scriptedSource(...targets.map(() => whole(LIST)));
  const places = targets.map(({ run }) => ({ ...run, name: run.target, baseUrl: '' }));
  const { turns, started } = turnsOf(other, createCore(other, { targets: places, source }), capacity);
  await turns.takeUp();
  await Promise.all(started);
  return started.length;
}

describe('a run for which its process has no room', () => {
  it('says that it waits and for how many, and holds no lease', async () => {
    const before = await openRun(room.bot, await room.location());
    const claimed = await openRun(room.bot, await room.location());
    const { progress } = await letWait(claimed);
    expect(progress.calls).toEqual(['waiting behind 1']);
    expect(await room.bot.runs.find(claimed.run.id)).toMatchObject({ status: 'reading', waits: true });
    expect(await room.bot.runs.renew(claimed.lease)).toBe(false);
    expect(await room.bot.runs.find(before.run.id)).toMatchObject({ waits: false });
  });

  it.each(['reading', 'executing'] as const)(
    'goes on wherever there is room first, as its first attempt: %s',
    async (status) => {
      const target = await room.location();
      const claimed =
        status === 'reading' ? await openRun(room.bot, target) : await claimedRun(room.bot, target, LIST);
      await letWait(claimed);
      expect(await takenUp({ reading: 1, executing: 1 }, [claimed])).toBe(1);
      expect(await statusOf(other, claimed.run)).toBe(status === 'reading' ? 'ready' : 'completed');
      const [row] = await room.sql('SELECT attempt FROM sync_runs WHERE id = ?', [claimed.run.id]);
      expect(row).toEqual({ attempt: 1 });
      const taken = "SELECT seq FROM audit_logs WHERE step = 'taken_over' AND run_id = ?";
      expect(await room.sql(taken, [claimed.run.id])).toEqual([]);
    },
  );

  it('is neither taken up nor counted as an attempt where there is none', async () => {
    const claimed = await openRun(room.bot, await room.location());
    await letWait(claimed);
    expect(await takenUp({ reading: 0, executing: 5 }, [])).toBe(0);
    const [row] = await room.sql('SELECT attempt, lease_owner FROM sync_runs WHERE id = ?', [claimed.run.id]);
    expect(row).toEqual({ attempt: 0, lease_owner: null });
  });
});

async function fourThatWait(): Promise<Claimed[]> {
  const waiting: Claimed[] = [];
  for (let n = 0; n < 4; n += 1) {
    const claimed = await openRun(room.bot, await room.location());
    await letWait(claimed);
    waiting.push(claimed);
  }
  return waiting;
}

describe('runs that wait', () => {
  it('have their turn in the order in which they came, no more of them than there is room for', async () => {
    const waiting = await fourThatWait();
    expect(await takenUp({ reading: 3, executing: 0 }, waiting)).toBe(3);
    const statuses = await Promise.all(waiting.map(({ run }) => statusOf(other, run)));
    expect(statuses).toEqual(['ready', 'ready', 'ready', 'reading']);
  });

  it('are taken by one look at a time: none is taken without room and put back behind the others', async () => {
    const waiting = await fourThatWait();
    const targets = waiting.map(({ run }) => ({ ...run, name: run.target, baseUrl: '' }));
    const core = createCore(other, { targets, source: scriptedSource(...targets.map(() => whole(LIST))) });
    const { turns, started } = turnsOf(other, core, { reading: 1, executing: 0 });
    await Promise.all([turns.takeUp(), turns.takeUp(), turns.takeUp()]);
    await Promise.all(started);
    expect(core.progress.calls.filter((call) => call.startsWith('waiting'))).toEqual([]);
  });

  it('to be read leave the room of those that were confirmed alone', async () => {
    const reading = await openRun(room.bot, await room.location());
    const executing = await claimedRun(room.bot, await room.location(), LIST);
    await letWait(reading);
    await letWait(executing);
    expect(await takenUp({ reading: 0, executing: 1 }, [])).toBe(1);
    expect(await statusOf(other, executing.run)).toBe('completed');
    expect(await statusOf(other, reading.run)).toBe('reading');
  });
});
