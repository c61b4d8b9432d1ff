import { describe, expect, it } from 'vitest';
import { startWork } from '../../../src/slack/listeners/begin.ts';
import { en } from '../../../src/slack/text/en.ts';
import { DatabaseLostError, DatabaseRefusedError } from '../../../src/sync/failures/errors.ts';
import { createQueue } from '../../../src/sync/run/queue.ts';
import { openRun, takingUp } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore, recordLog } from '../sync/support/core.ts';

const testbed = useTestbed();

describe('work on a run that was just claimed', () => {
  it.each([
    { when: 'starts where this process takes work', started: 'started' },
    {
      when: 'is left at once to the next process where this one stops, and the person is told so',
      started: 'stopping',
    },
  ] as const)('$when', async ({ started }) => {
    const claimed = await openRun(testbed.bot, await testbed.location());
    const told: string[] = [];
    const tell = async (text: string) => told.push(text);
    const queue = createQueue({
      ...createCore(testbed.bot),
      runs: testbed.bot.runs,
      workers: { free: () => ({ reading: 1, executing: 1 }), start: () => started },
    });
    await startWork({ queue, logger: recordLog() }, claimed, { t: en, tell });
    const stops = started === 'stopping';
    const taken = await testbed.another().runs.takeOver(takingUp());
    expect(taken.map(({ run }) => run.id)).toEqual(stops ? [claimed.run.id] : []);
    expect(told).toEqual(stops ? [en.trouble.restarting(claimed.run.id)] : []);
  });

  it('leaves it to the caller to tell the person, where one sentence is enough for several runs', async () => {
    const claimed = await openRun(testbed.bot, await testbed.location());
    const told: string[] = [];
    const queue = {
      free: () => ({ reading: 1, executing: 1 }),
      start: async () => 'stopping' as const,
      startWaiting: async () => {},
    };
    const tell = async (text: string) => told.push(text);
    const onStopping = async () => void told.push('once');
    await startWork({ queue, logger: recordLog() }, claimed, { t: en, tell, onStopping });
    expect(told).toEqual(['once']);
  });

  it.each([
    {
      trouble: 'is lost',
      error: new DatabaseLostError({ cause: undefined }),
      words: 'The database cannot be reached, so run',
    },
    {
      trouble: 'refuses',
      error: new DatabaseRefusedError('lock_wait', '1205', 'Lock wait timeout', {}),
      words: 'The database refused: Lock wait timeout (1205). Run',
    },
  ])('is told to be on hold where the database $trouble by now: the run was written', async (failing) => {
    const claimed = await openRun(testbed.bot, await testbed.location());
    const told: string[] = [];
    const tell = async (text: string) => told.push(text);
    const start = () => Promise.reject(failing.error);
    const queue = { free: () => ({ reading: 1, executing: 1 }), start, startWaiting: async () => {} };
    await startWork({ queue, logger: recordLog() }, claimed, { t: en, tell });
    expect(told).toEqual([expect.stringContaining(`${failing.words} ${claimed.run.id} is on hold.`)]);
  });
});
