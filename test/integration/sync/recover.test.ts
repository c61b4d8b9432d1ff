import { beforeEach, describe, expect, it } from 'vitest';
import type { Claimed } from '../../../src/sync/runs.ts';
import { sweep } from '../../../src/sync/turns.ts';
import { type BotProcess, useRoom } from '../database/support/room.ts';
import { listOf } from '../database/support/rows.ts';
import { apply, claimedRun, openRun, readyRun, statusOf } from '../database/support/runs.ts';
import { createCore } from './support/core.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';
import { turnsOf } from './support/turns.ts';

const room = useRoom();

const LIST = listOf('new@dkm');

let second: BotProcess;
beforeEach(() => {
  second ??= room.another();
});

/** Sweeps as the second process does, and waits for the work that it starts. */
async function swept(options: Parameters<typeof createCore>[1] = {}): Promise<number> {
  const { turns, started } = turnsOf(second, createCore(second, options));
  await sweep({ runs: second.runs, turns });
  await Promise.all(started);
  return started.length;
}

/** A process that is gone: its lease has run out on this attempt. */
async function left({ run }: Claimed, attempt: number): Promise<void> {
  await room.sql("UPDATE sync_runs SET lease_until = '2025-01-01', attempt = ? WHERE id = ?", [
    attempt,
    run.id,
  ]);
}

describe('a sweep', () => {
  it('reads again for a run whose process died while it read', async () => {
    const target = await room.location();
    const opened = await openRun(room.bot, target);
    await left(opened, 1);
    expect(await swept({ targets: [target], source: scriptedSource(whole(LIST)) })).toBe(1);
    expect(await statusOf(second, opened.run)).toBe('ready');
  });

  it.each([1, 2])(
    'executes a run whose process died before it committed, after %i attempts too',
    async (attempt) => {
      const target = await room.location();
      const claimed = await claimedRun(room.bot, target, LIST);
      await left(claimed, attempt);
      expect(await swept()).toBe(1);
      expect(await statusOf(second, claimed.run)).toBe('completed');
      expect(await room.usersAt(target)).toEqual({ 'new@dkm': 'active' });
    },
  );

  it('leaves a run alone whose process died after it committed', async () => {
    const claimed = await claimedRun(room.bot, await room.location(), LIST);
    await apply(room.bot, claimed);
    expect(await swept()).toBe(0);
  });

  it.each(['reading', 'executing'] as const)(
    'gives up a run that ended three processes: %s',
    async (status) => {
      const target = await room.location();
      const claimed =
        status === 'reading' ? await openRun(room.bot, target) : await claimedRun(room.bot, target, LIST);
      await left(claimed, 3);
      expect(await swept()).toBe(0);
      expect(await room.bot.runs.find(claimed.run.id)).toMatchObject({
        status: 'failed',
        failure: { code: 'interrupted', attempts: 3 },
      });
      expect(await room.usersAt(target)).toEqual({});
      const notices = await room.sql(
        'SELECT kind FROM sync_outbox WHERE run_id = ? ORDER BY id DESC LIMIT 2',
        [claimed.run.id],
      );
      expect(notices).toEqual([{ kind: 'thread' }, { kind: 'message' }]);
    },
  );

  it('ends previews whose time is over, and has their messages edited', async () => {
    const run = await readyRun(room.bot, await room.location(), LIST);
    await room.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    await swept();
    expect(await statusOf(second, run)).toBe('expired');
    const notices = await room.sql('SELECT kind FROM sync_outbox WHERE run_id = ?', [run.id]);
    expect(notices).toEqual([{ kind: 'message' }, { kind: 'message' }]);
  });

  it('does nothing where nothing is to be done', async () => {
    const [reading, waiting] = [
      await openRun(room.bot, await room.location()),
      await readyRun(room.bot, await room.location(), LIST),
    ];
    expect(await swept()).toBe(0);
    expect([await statusOf(second, reading.run), await statusOf(second, waiting)]).toEqual([
      'reading',
      'ready',
    ]);
  });
});
