import { describe, expect, it } from 'vitest';
import { beginWork } from '../../../src/slack/listeners/begin.ts';
import { en } from '../../../src/slack/text/en.ts';
import { DatabaseLostError } from '../../../src/sync/errors.ts';
import { createTurns } from '../../../src/sync/turns.ts';
import { useRoom } from '../database/support/room.ts';
import { openRun, step } from '../database/support/runs.ts';
import { createCore, recordLog } from '../sync/support/core.ts';

const room = useRoom();

describe('work on a run that was just claimed', () => {
  it.each([
    { when: 'starts where this process takes work', started: 'begun' },
    {
      when: 'is left at once to the next process where this one stops, and the person is told so',
      started: 'stopping',
    },
  ] as const)('$when', async ({ started }) => {
    const claimed = await openRun(room.bot, await room.location());
    const told: string[] = [];
    const tell = async (text: string) => told.push(text);
    const turns = createTurns({
      ...createCore(room.bot),
      runs: room.bot.runs,
      room: () => ({ reading: 1, executing: 1 }),
      start: () => started,
    });
    await beginWork({ turns, logger: recordLog() }, claimed, { t: en, tell });
    const stops = started === 'stopping';
    const taken = await room.another().runs.takeOver(step('taken_over'));
    expect(taken.map(({ run }) => run.id)).toEqual(stops ? [claimed.run.id] : []);
    expect(told).toEqual(stops ? [en.trouble.restarting(claimed.run.id)] : []);
  });

  it('is told to be on hold where the database is lost by now: the run was written', async () => {
    const claimed = await openRun(room.bot, await room.location());
    const told: string[] = [];
    const tell = async (text: string) => told.push(text);
    const begin = () => Promise.reject(new DatabaseLostError({ cause: undefined }));
    const turns = { room: () => ({ reading: 1, executing: 1 }), begin, takeUp: async () => {} };
    await beginWork({ turns, logger: recordLog() }, claimed, { t: en, tell });
    expect(told).toEqual([en.trouble.databaseLostDuringRun(claimed.run.id)]);
  });
});
