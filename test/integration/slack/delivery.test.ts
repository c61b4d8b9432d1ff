import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../../sandbox/process/until.ts';
import { store } from '../../../sandbox/strict-slack/chat.ts';
import { startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { createBatches } from '../../../src/database/runs/request.ts';
import { boltLogger } from '../../../src/process/logger.ts';
import { createSlackClient } from '../../../src/slack/connect/client.ts';
import { DIRECT } from '../../../src/slack/connect/network.ts';
import { createDelivery } from '../../../src/slack/tell/delivery.ts';
import { DatabaseLostError } from '../../../src/sync/failures/errors.ts';
import { NOT_ASKED } from '../../../src/sync/ports/ports.ts';
import type { Notice, Outbox } from '../../../src/sync/ports/steps.ts';
import { listOf } from '../database/support/rows.ts';
import {
  AYU,
  apply,
  claimedRun,
  factsOf,
  openRun,
  readyRun,
  rules,
  stage,
  step,
} from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore } from '../sync/support/core.ts';
import { plainShowing } from './support/showing.ts';

const testbed = useTestbed();

/** A Slack, and what tells it of the runs. */
async function startDelivery(outbox: Outbox = testbed.bot.outbox, editing?: { timeoutMs: number }) {
  const slack = await startStrictSlack();
  const logger = pino({ level: 'silent' });
  const { plans } = testbed.bot;
  const client = createSlackClient({ ...slack, logger: boltLogger(logger) });
  const delivery = createDelivery({
    ...testbed.bot,
    ...createCore(testbed.bot),
    outbox,
    batches: createBatches(testbed.bot.db, testbed.bot.owner),
    client,
    editClient: createSlackClient({ ...slack, ...editing, logger: boltLogger(logger) }),
    reportRefused: () => {},
    readersOf: NOT_ASKED,
    network: DIRECT,
    showing: plainShowing(plans),
    logger,
  });
  return { slack, delivery };
}

it('An edit to which Slack never answers as soon as its first try must have it is told at the second one', async () => {
  await testbed.sql('DELETE FROM sync_outbox');
  const run = await readyRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
  // Shorter than any answer takes.
  const { slack, delivery } = await startDelivery(testbed.bot.outbox, { timeoutMs: 1 });
  const { goOn, gone } = gate();
  slack.fail('chat.update', { until: gone, times: Number.POSITIVE_INFINITY });
  const { ts } = store(slack.workspace, { channel: run.channelId, text: 'The list is being read' });
  await testbed.bot.runs.attachMessage(run, ts);
  await delivery.settle();
  goOn();
  await testbed.sql('UPDATE sync_outbox SET next_attempt_at = UTC_TIMESTAMP(3)');
  await delivery.settle();
  await slack.stop();
  expect(slack.calls.at(-1)?.method).toBe('chat.update');
  const tries = "SELECT attempts, closed_at IS NOT NULL AS told FROM sync_outbox WHERE kind = 'message'";
  expect(await testbed.sql(tries)).toEqual([{ attempts: 2, told: 1 }]);
});

/** Something that others wait for until it goes on. */
function gate() {
  let goOn = () => {};
  const gone = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  return { goOn: () => goOn(), gone };
}

it('The outbox leaves Slack alone for as long as Slack asks to, however much is due', async () => {
  for (let n = 0; n < 12; n += 1) await readyRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
  const { slack, delivery } = await startDelivery();
  slack.fail('conversations.history', { retryAfter: 30, times: 100 });
  await delivery.settle();
  await delivery.settle();
  await slack.stop();
  expect(slack.calls.filter(({ method }) => method === 'conversations.history')).toHaveLength(5);
  const [untried] = await testbed.sql<{ n: number }>(
    'SELECT COUNT(*) AS n FROM sync_outbox WHERE attempts = 0',
  );
  expect(untried?.n).toBe(7);
});

it.each([0, 0.5])(
  'The outbox asks Slack once in a second at most, though Slack asks to wait %s s',
  async (retryAfter) => {
    await testbed.sql('DELETE FROM sync_outbox');
    await readyRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
    const { slack, delivery } = await startDelivery();
    slack.fail('conversations.history', { retryAfter, times: 100 });
    await delivery.settle();
    await slack.stop();
    expect(slack.calls.filter(({ method }) => method === 'conversations.history')).toHaveLength(1);
  },
);

it('The outbox does not tell Slack the same again and again where it cannot be written that it was told', async () => {
  await testbed.sql('DELETE FROM sync_outbox');
  await readyRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
  const close = () => Promise.reject(new DatabaseLostError({ cause: 'a test' }));
  const { slack, delivery } = await startDelivery({ ...testbed.bot.outbox, close, postpone: close });
  await delivery.settle();
  await slack.stop();
  const tries = await testbed.sql<{ attempts: number }>('SELECT attempts FROM sync_outbox');
  expect(tries).toEqual([{ attempts: 1 }]);
});

it('The outbox is left to the others once it is closed, whatever is queued by work that ends late', async () => {
  await testbed.sql('DELETE FROM sync_outbox');
  const { slack, delivery } = await startDelivery();
  testbed.bot.outbox.hold(true);
  await delivery.close();
  await readyRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
  await delivery.settle();
  await delivery.kick();
  await slack.stop();
  expect(slack.calls).toEqual([]);
  const claimed = await testbed.sql('SELECT id FROM sync_outbox WHERE lease_owner IS NOT NULL');
  expect(claimed).toEqual([]);
});

it('No outcome begins with the end of an edit while as many are told already as may be at once', async () => {
  const notice = (id: number, kind: 'thread' | 'message', next?: Notice): Notice => ({
    ...{ id, kind, next, runId: 0, attempts: 1, ageSeconds: 0, toldTo: [], lostAnswers: 0 },
  });
  // One more than there are places, as a look may find that began before the last one was taken.
  const threads = [1, 2, 3, 4, 5, 6].map((id) => notice(id, 'thread'));
  const edits = [11, 12].map((id) => notice(id, 'message', notice(id + 10, 'thread')));
  let due: readonly Notice[] = [...threads, ...edits];
  const ended: number[] = [];
  const { slack, delivery } = await startDelivery({
    ...testbed.bot.outbox,
    claimDue: async () => {
      const found = due;
      due = [];
      return found;
    },
    close: ({ id, kind }) => {
      if (kind === 'message') ended.push(id);
      return kind === 'thread' ? new Promise(() => {}) : Promise.resolve();
    },
    closeAndClaim: () => Promise.reject(new Error('There is no place for it')),
  });
  await delivery.kick();
  await until(() => ended.length === edits.length, { failure: () => 'The edits were not ended' });
  await slack.stop();
  expect(ended).toEqual([11, 12]);
});

it('A process that stops begins no outcome that it has claimed with the end of an edit', async () => {
  await testbed.sql('DELETE FROM sync_outbox');
  const claimed = await claimedRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
  await testbed.sql('DELETE FROM sync_outbox');
  await apply(testbed.bot, claimed);
  const { outbox, owner } = testbed.bot;
  let isClaimed = false;
  const held = gate();
  const { slack, delivery } = await startDelivery({
    ...outbox,
    closeAndClaim: async (...asked) => {
      isClaimed = await outbox.closeAndClaim(...asked);
      await held.gone;
      return isClaimed;
    },
  });
  await delivery.kick();
  await until(() => isClaimed, { failure: () => 'The outcome was not claimed' });
  const closed = delivery.close();
  held.goOn();
  await closed;
  await delivery.settle();
  await slack.stop();
  expect(slack.calls.filter(({ args }) => 'thread_ts' in args)).toEqual([]);
  expect(await testbed.sql('SELECT kind, lease_owner FROM sync_outbox WHERE closed_at IS NULL')).toEqual([
    { kind: 'thread', lease_owner: owner },
  ]);
});

/** A Slack, what tells it of a run, and the run, which this process has confirmed and not yet applied. It holds what it writes. */
async function startHolding(changed: Partial<Outbox> = {}) {
  await testbed.sql('DELETE FROM sync_outbox');
  const { bot } = testbed;
  const claimed = await claimedRun(bot, await testbed.location(), listOf('new@dkm'));
  await testbed.sql("UPDATE sync_runs SET channel_id = 'C0DEVSUP01' WHERE id = ?", [claimed.run.id]);
  const { slack, delivery } = await startDelivery({ ...bot.outbox, ...changed });
  await delivery.settle();
  onTestFinished(() => bot.outbox.hold(false));
  bot.outbox.hold(true);
  const repliesOf = () => slack.calls.filter(({ args }) => 'thread_ts' in args);
  return { slack, delivery, claimed, repliesOf };
}

/** A run that has ended while the edit of its message is under way, until `edited.goOn()`. */
async function startEditing() {
  const { slack, delivery, claimed, repliesOf } = await startHolding();
  const edited = gate();
  slack.fail('chat.update', { until: edited.gone });
  await apply(testbed.bot, claimed);
  await delivery.kick();
  return { slack, delivery, repliesOf, edited };
}

it('A run that has ended is told without a look at the outbox, message first', async () => {
  let looks = 0;
  const claimDue: Outbox['claimDue'] = (...asked) => {
    looks += 1;
    return testbed.bot.outbox.claimDue(...asked);
  };
  const { slack, delivery, claimed } = await startHolding({ claimDue });
  const looksBefore = looks;
  await apply(testbed.bot, claimed);
  await delivery.kick();
  expect(looks).toBe(looksBefore);
  await delivery.settle();
  await slack.stop();
  const told = slack.calls.slice(-2).map(({ method, args }) => [method, 'thread_ts' in args]);
  expect(told).toEqual([
    ['chat.update', false],
    ['chat.postMessage', true],
  ]);
  expect(await testbed.sql('SELECT attempts FROM sync_outbox WHERE closed_at IS NULL')).toEqual([]);
});

it('The outcome of a run waits two seconds at most for the edit that this process makes of its message', async () => {
  const { slack, delivery, repliesOf, edited } = await startEditing();
  await testbed.sql('UPDATE sync_outbox SET created_at = created_at - INTERVAL 2 SECOND');
  await delivery.kick();
  await until(() => repliesOf().length > 0, { failure: () => 'The outcome was not told' });
  expect(await testbed.sql('SELECT id FROM sync_outbox WHERE last_error IS NOT NULL')).toEqual([]);
  edited.goOn();
  await delivery.settle();
  await slack.stop();
  expect(repliesOf()).toHaveLength(1);
});

it('An outcome whose telling takes longer than the edit before it is told once', async () => {
  const { slack, delivery, claimed, repliesOf } = await startHolding();
  const [edited, posted] = [gate(), gate()];
  slack.fail('chat.update', { until: edited.gone });
  slack.fail('chat.postMessage', { until: posted.gone, times: 2 });
  await apply(testbed.bot, claimed);
  await delivery.kick();
  await testbed.sql('UPDATE sync_outbox SET created_at = created_at - INTERVAL 2 SECOND');
  await delivery.kick();
  const isTelling = () => slack.calls.some(({ args }) => 'thread_ts' in args);
  await until(isTelling, { failure: () => 'The outcome was not begun' });
  edited.goOn();
  const open = () => testbed.sql("SELECT id FROM sync_outbox WHERE kind = 'message' AND closed_at IS NULL");
  await until(async () => (await open()).length === 0, { failure: () => 'The edit did not end' });
  await delivery.kick();
  posted.goOn();
  await delivery.settle();
  await slack.stop();
  expect(repliesOf()).toHaveLength(1);
});

it('A run of which a look has told is not told again by what was held', async () => {
  let isAnswered = false;
  const takeHeld = () => (isAnswered ? testbed.bot.outbox.takeHeld() : []);
  const { slack, delivery, claimed, repliesOf } = await startHolding({ takeHeld });
  await apply(testbed.bot, claimed);
  await delivery.settle();
  isAnswered = true;
  await delivery.settle();
  await slack.stop();
  expect(repliesOf()).toHaveLength(1);
});

it('What is being told is not told again where a look finds it that began before', async () => {
  let isHanging = false;
  const [answered, edited] = [gate(), gate()];
  const claimDue: Outbox['claimDue'] = async (...asked) => {
    if (isHanging) await answered.gone;
    return testbed.bot.outbox.claimDue(...asked);
  };
  const { slack, delivery, claimed } = await startHolding({ claimDue });
  const editsOf = () => slack.calls.filter(({ method }) => method === 'chat.update');
  const before = editsOf().length;
  slack.fail('chat.update', { until: edited.gone, times: 2 });
  isHanging = true;
  const looking = delivery.kick();
  await apply(testbed.bot, claimed);
  void delivery.kick();
  await until(() => editsOf().length > before, { failure: () => 'The edit was not begun' });
  answered.goOn();
  await looking;
  edited.goOn();
  await delivery.settle();
  await slack.stop();
  expect(editsOf()).toHaveLength(before + 1);
});

it('A run that ends while Slack wants no more edits is not edited before', async () => {
  const { slack, delivery, claimed } = await startHolding();
  const next = await claimedRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
  await testbed.sql("UPDATE sync_runs SET channel_id = 'C0DEVSUP01' WHERE id = ?", [next.run.id]);
  await delivery.settle();
  slack.fail('chat.update', { retryAfter: 30, times: 100 });
  const limited = () => slack.calls.filter(({ method }) => method === 'chat.update').length;
  const before = limited();
  for (const each of [claimed, next]) {
    await apply(testbed.bot, each);
    await delivery.settle();
  }
  await slack.stop();
  expect(limited()).toBe(before + 1);
});

it('An edit that ends after the outbox was closed leaves the outcome to others', async () => {
  const { slack, delivery, repliesOf, edited } = await startEditing();
  await delivery.close();
  edited.goOn();
  await delivery.drain();
  await slack.stop();
  expect(repliesOf()).toEqual([]);
  const open = await testbed.sql(
    'SELECT kind, lease_owner, attempts FROM sync_outbox WHERE closed_at IS NULL',
  );
  expect(open).toEqual([{ kind: 'thread', lease_owner: null, attempts: 0 }]);
});

it('An outcome that could not be claimed with the end of an edit is told by a look', async () => {
  const closeAndClaim: Outbox['closeAndClaim'] = async (notice) => {
    await testbed.bot.outbox.close(notice);
    return false;
  };
  const { slack, delivery, claimed, repliesOf } = await startHolding({ closeAndClaim });
  await apply(testbed.bot, claimed);
  await delivery.settle();
  await slack.stop();
  expect(repliesOf()).toHaveLength(1);
});

it('An outcome that Slack did not take for a day is left to the status, as told to nobody', async () => {
  const { slack, delivery, claimed } = await startHolding();
  testbed.bot.outbox.hold(false);
  await apply(testbed.bot, claimed);
  await testbed.sql('UPDATE sync_outbox SET created_at = created_at - INTERVAL 25 HOUR');
  slack.fail('chat.postMessage', { error: 'service_unavailable', times: 9 });
  await delivery.settle();
  await slack.stop();
  const { named } = await testbed.bot.outbox.untold();
  expect(named).toMatchObject([{ run: { id: claimed.run.id }, reason: 'service_unavailable' }]);
});

it('A look that the database does not answer holds up no run that ends meanwhile', async () => {
  let isHanging = false;
  const answered = gate();
  const claimDue: Outbox['claimDue'] = async (...asked) => {
    if (isHanging) await answered.gone;
    return testbed.bot.outbox.claimDue(...asked);
  };
  const { slack, delivery, claimed, repliesOf } = await startHolding({ claimDue });
  isHanging = true;
  const looking = delivery.kick();
  await apply(testbed.bot, claimed);
  void delivery.kick();
  await until(() => repliesOf().length > 0, { failure: () => 'The run was not told' });
  answered.goOn();
  await looking;
  await delivery.settle();
  await slack.stop();
  expect(repliesOf()).toHaveLength(1);
});

/** A plan of two users, shown, and Adjust with one of them left out. */
async function startAdjusting() {
  await testbed.sql('DELETE FROM sync_outbox');
  const { bot } = testbed;
  const opened = await openRun(bot, await testbed.location(), { channelId: 'C0DEVSUP01' });
  await stage(bot, opened, 1, listOf('new1@dkm', 'new2@dkm'));
  const { counts, hash } = await factsOf(bot.plans.draft(opened.lease, { reads: [1], rules: rules() }));
  const plan = { counts, hash, guard: { tripped: false } } as const;
  const { run } = await bot.runs.present(opened.lease, plan, 30, step('previewed', ['message']));
  const { slack, delivery } = await startDelivery();
  await delivery.settle();
  const adjust = async () => {
    const adjusted = await bot.runs.adjust(run.id, {
      ...{ actor: AYU, requestKey: `shorter ${run.id}`, rules: rules() },
      omission: { emails: ['new1@dkm'], actions: [] },
    });
    expect(adjusted.outcome).toBe('adjusted');
  };
  const shown = () => slack.messages('C0DEVSUP01').map(({ text }) => text);
  return { slack, delivery, run, adjust, shown };
}

it('A late notice of a plan does not overwrite the shorter plan that Adjust has put in its place', async () => {
  const { slack, delivery, run, adjust, shown } = await startAdjusting();
  await adjust();
  await delivery.settle();
  await testbed.bot.runs.showAgain(run.id);
  await delivery.settle();
  await slack.stop();
  expect(shown()).toEqual([expect.stringContaining('1 user will be added')]);
});

it('An edit that was on its way to Slack when Adjust put a shorter plan in its place is followed by that plan', async () => {
  const { slack, delivery, run, adjust, shown } = await startAdjusting();
  const late = gate();
  slack.fail('chat.update', { until: late.gone });
  await testbed.bot.runs.showAgain(run.id);
  void delivery.kick();
  await until(() => slack.calls.some(({ method }) => method === 'chat.update'), {
    failure: () => 'The longer plan was not sent',
  });
  await adjust();
  void delivery.kick();
  await until(() => shown()[0]?.includes('1 user will be added') === true, {
    failure: () => 'The shorter plan was not shown',
  });
  late.goOn();
  await delivery.settle();
  await slack.stop();
  expect(shown()).toEqual([expect.stringContaining('1 user will be added')]);
});
