import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { until } from '../../../sandbox/process/until.ts';
import { startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { boltLogger } from '../../../src/process/logger.ts';
import { createSlackClient } from '../../../src/slack/connect/client.ts';
import { createAnnouncer } from '../../../src/slack/tell/announcer.ts';
import { CHANNEL } from '../../support/strict-conversation.ts';
import { openRun } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { plainShowing } from './support/showing.ts';

/** Cancel on the message of a read with which a process goes on, after another one or a wait for capacity. */

const testbed = useTestbed();

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

/** A process that goes on with a read for which people have waited so long, and the edits of its message. */
async function goingOn({ waitedMs }: { readonly waitedMs: number }) {
  const slack = await startStrictSlack();
  const logger = pino({ level: 'silent' });
  const client = createSlackClient({ ...slack, logger: boltLogger(logger) });
  const { bot } = testbed;
  const announcer = createAnnouncer({
    client,
    editClient: client,
    runs: bot.runs,
    logger,
    showing: plainShowing(bot.plans),
  });
  const { run } = await openRun(bot, await testbed.location());
  const { ts: messageTs } = await client.chat.postMessage({ channel: CHANNEL, text: 'Reading' });
  const shown = { ...run, channelId: CHANNEL, messageTs, requestedAt: new Date(Date.now() - waitedMs) };
  const edits = () => slack.calls.filter(({ method }) => method === 'chat.update');
  const edited = async () => {
    await until(() => edits().length > 0, { failure: () => 'no edit' });
    return JSON.stringify(edits());
  };
  return { run: shown, announcer, edited, stop: slack.stop };
}

it('stands at once where people have waited for a minute already', async () => {
  const { run, announcer, edited, stop } = await goingOn({ waitedMs: 61_000 });
  announcer.reading(run, 10, 25);
  expect(await edited()).toContain('cancel_run');
  await stop();
});

it('comes after a minute where no page does', async () => {
  const { run, announcer, edited, stop } = await goingOn({ waitedMs: 5_000 });
  announcer.reading(run);
  vi.advanceTimersByTime(60_000);
  expect(await edited()).toContain('cancel_run');
  announcer.done(run);
  await stop();
});

it('does not come once the work has ended', async () => {
  const { run, announcer, stop } = await goingOn({ waitedMs: 0 });
  announcer.reading(run);
  announcer.done(run);
  expect(vi.getTimerCount()).toBe(0);
  await stop();
});
