import { describe, expect, it } from 'vitest';
import { beginWork } from '../../src/slack/begin-work.ts';
import { en } from '../../src/slack/text/en.ts';
import { useRoom } from '../database/support/room.ts';
import { openRun, step } from '../database/support/runs.ts';

const room = useRoom();

describe('work on a run that was just claimed', () => {
  it.each([
    { when: 'starts where this process takes work', takes: true },
    {
      when: 'is left at once to the next process where this one stops, and the person is told so',
      takes: false,
    },
  ])('$when', async ({ takes }) => {
    const claimed = await openRun(room.bot, await room.location());
    const told: string[] = [];
    const tell = async (text: string) => told.push(text);
    const desk = { runs: room.bot.runs, start: () => takes };
    await beginWork(desk, claimed, async () => {}, { t: en, tell });
    const taken = await room.another().runs.takeOver(step('taken_over'));
    expect(taken.map(({ run }) => run.id)).toEqual(takes ? [] : [claimed.run.id]);
    expect(told).toEqual(takes ? [] : [en.trouble.restarting(claimed.run.id)]);
  });
});
