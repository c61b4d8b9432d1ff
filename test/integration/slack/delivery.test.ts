import { pino } from 'pino';
import { expect, it } from 'vitest';
import { startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { createBatches } from '../../../src/database/runs/batches.ts';
import { boltLogger } from '../../../src/process/logger.ts';
import { createSlackClient } from '../../../src/slack/connect/client.ts';
import { createDelivery } from '../../../src/slack/tell/delivery.ts';
import { en } from '../../../src/slack/text/en.ts';
import { DatabaseLostError } from '../../../src/sync/errors.ts';
import type { Outbox } from '../../../src/sync/outbox.ts';
import { useRoom } from '../database/support/room.ts';
import { listOf } from '../database/support/rows.ts';
import { readyRun } from '../database/support/runs.ts';
import { createCore } from '../sync/support/core.ts';

const room = useRoom();

/** A Slack, and what tells it of the room's runs. */
async function startDelivery(outbox: Outbox = room.bot.outbox) {
  const slack = await startStrictSlack();
  const logger = pino({ level: 'silent' });
  const { plans } = room.bot;
  const client = createSlackClient({ ...slack, logger: boltLogger(logger) });
  const delivery = createDelivery({
    ...room.bot,
    ...createCore(room.bot),
    outbox,
    batches: createBatches(room.bot.db),
    client,
    editClient: client,
    reportRefused: () => {},
    showing: {
      ...{ t: en, plans, guardLimits: { count: 5, percent: 20 }, twoPersonTargets: [], quietLine: true },
      linkOf: () => undefined,
    },
    logger,
  });
  return { slack, delivery };
}

it('The outbox leaves Slack alone for as long as Slack asks to, however much is due', async () => {
  for (let n = 0; n < 12; n += 1) await readyRun(room.bot, await room.location(), listOf('new@dkm'));
  const { slack, delivery } = await startDelivery();
  slack.fail('conversations.history', { retryAfter: 30, times: 100 });
  await delivery.settle();
  await delivery.settle();
  await slack.stop();
  expect(slack.calls.filter(({ method }) => method === 'conversations.history')).toHaveLength(5);
  const [untried] = await room.sql<{ n: number }>('SELECT COUNT(*) AS n FROM sync_outbox WHERE attempts = 0');
  expect(untried?.n).toBe(7);
});

it('The outbox does not tell Slack the same again and again where it cannot be written that it was told', async () => {
  await room.sql('DELETE FROM sync_outbox');
  await readyRun(room.bot, await room.location(), listOf('new@dkm'));
  const close = () => Promise.reject(new DatabaseLostError({ cause: 'a test' }));
  const { slack, delivery } = await startDelivery({ ...room.bot.outbox, close, postpone: close });
  await delivery.settle();
  await slack.stop();
  const tries = await room.sql<{ attempts: number }>('SELECT attempts FROM sync_outbox');
  expect(tries).toEqual([{ attempts: 1 }]);
});
