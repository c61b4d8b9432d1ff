import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/database/client.ts';
import { createBatches } from '../../../src/database/runs/request.ts';
import { enqueue, record } from '../../../src/database/transition.ts';
import type { Notice, Places, RunNotice } from '../../../src/sync/ports/steps.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from './support/rows.ts';
import { AYU, apply, claimedRun, openRun, readyRun, runDraft, step } from './support/runs.ts';
import { type BotProcess, useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

let second: BotProcess;
/** What the processes of a test have claimed, and are telling. */
let underWay: number[] = [];
beforeEach(async () => {
  second ??= testbed.another();
  underWay = [];
  await testbed.sql('DELETE FROM sync_outbox');
});

/** A run of which Slack must be told these. */
async function runWith(...kinds: RunNotice[]): Promise<Run> {
  const requested = await testbed.bot.runs.request(
    runDraft(await testbed.location()),
    step('requested', kinds),
  );
  if (requested.outcome !== 'requested') throw new Error('The run was requested before');
  return requested.run;
}

const places = (each: number): Places => ({
  ...{ thread: each, message: each, list: each, summary: each },
  ...{ call: each, digest: each },
});

/** Claims what is due, `each` of a kind at most. */
async function due(each: number, bot: BotProcess = testbed.bot): Promise<readonly Notice[]> {
  const notices = await bot.outbox.claimDue(places(each), underWay);
  underWay.push(...notices.map(({ id }) => id));
  return notices;
}

async function oneDue(bot?: BotProcess): Promise<Notice> {
  const [notice] = await due(1, bot);
  if (notice === undefined) throw new Error('No notice is due');
  return notice;
}

const kinds = (notices: readonly Notice[]) => notices.map(({ kind }) => kind);
const claimable = async (bot?: BotProcess) => kinds(await due(10, bot));

describe('notices', () => {
  it('come with their run, kind, age and how often they were tried', async () => {
    const run = await runWith('message');
    await testbed.sql('UPDATE sync_outbox SET created_at = UTC_TIMESTAMP(3) - INTERVAL 90 SECOND');
    const notice = await oneDue();
    expect(notice).toMatchObject({ runId: run.id, kind: 'message', attempts: 1 });
    expect(notice.ageSeconds).toBeGreaterThanOrEqual(90);
  });

  it('of one run and kind come in the order in which they were written, one after the other', async () => {
    const { id } = await runWith('message', 'message');
    const first = await oneDue();
    expect(await claimable(second)).toEqual([]);
    await testbed.bot.outbox.close(first);
    const next = await oneDue();
    expect([first.runId, next.runId]).toEqual([id, id]);
    expect(next.id).toBeGreaterThan(first.id);
  });

  it('of an execution’s message are first its own process’s, whose last edit may be under way', async () => {
    const claimed = await claimedRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
    await testbed.sql('DELETE FROM sync_outbox');
    testbed.bot.outbox.hold(true);
    await apply(testbed.bot, claimed);
    testbed.bot.outbox.hold(false);
    await testbed.sql('UPDATE sync_outbox SET lease_until = lease_until + INTERVAL 1 HOUR');
    expect(await claimable(second)).not.toContain('message');
    expect(await claimable()).toContain('message');
  });

  it('of a message come before the thread and the file of the same run', async () => {
    await runWith('message', 'thread', 'list');
    const message = await oneDue();
    expect(message.kind).toBe('message');
    expect(await claimable(second)).toEqual([]);
    await testbed.bot.outbox.close(message);
    expect(await claimable()).toEqual(['thread', 'list']);
  });

  it.each(['under way', 'postponed'])(
    'of how a run ended wait two seconds at most for an edit that is %s',
    async (how) => {
      await runWith('message', 'thread', 'list');
      const message = await oneDue();
      if (how === 'postponed') await testbed.bot.outbox.postpone(message, 'x', 3600);
      expect(await claimable()).toEqual([]);
      await testbed.sql('UPDATE sync_outbox SET created_at = created_at - INTERVAL 2 SECOND');
      expect(await claimable()).toEqual(['thread']);
    },
  );

  it('of one kind are none of the business of another: a file that waits holds up nothing', async () => {
    await runWith('list', 'message', 'thread');
    const [file] = (await due(1)).filter(({ kind }) => kind === 'list');
    expect(file).toBeDefined();
    await testbed.sql('UPDATE sync_outbox SET created_at = created_at - INTERVAL 2 SECOND');
    expect(await claimable(second)).toEqual(['thread']);
  });

  it('of several runs come side by side: how runs ended first, then the oldest, as many of a kind as there are places', async () => {
    const runs = [await runWith('message'), await runWith('message'), await runWith('message')];
    const ended = await runWith('thread');
    expect((await due(2)).map(({ runId }) => runId)).toEqual([ended.id, runs[0]?.id, runs[1]?.id]);
    expect((await oneDue()).runId).toBe(runs[2]?.id);
  });

  it('of a kind for which there is no place are left to others', async () => {
    await runWith('thread');
    await runWith('message');
    const none = await testbed.bot.outbox.claimDue({ ...places(5), message: 0 }, []);
    expect(kinds(none)).toEqual(['thread']);
    expect(await testbed.bot.outbox.claimDue(places(0), [])).toEqual([]);
    expect(await claimable(second)).toEqual(['message']);
  });

  it('remember who was told directly, so that a later try tells nobody twice', async () => {
    await runWith('thread');
    const notice = await oneDue();
    expect(notice.toldTo).toEqual([]);
    await testbed.bot.outbox.toldTo(notice, 'U0AYU');
    await testbed.bot.outbox.toldTo(notice, 'U0BUDI');
    await testbed.bot.outbox.postpone(notice, 'x', 0);
    expect((await oneDue(second)).toldTo).toEqual(['U0AYU', 'U0BUDI']);
  });

  it('remember the last ones of many who were told, as many as there is place for', async () => {
    await runWith('thread');
    const notice = await oneDue();
    const told = Array.from({ length: 2_010 }, (_, n) => `?U0123456789ABC${1_000 + n}`);
    for (const id of told) await testbed.bot.outbox.toldTo(notice, id);
    await testbed.bot.outbox.postpone(notice, 'x', 0);
    expect((await oneDue(second)).toldTo).toEqual(told.slice(-2_000));
  });

  it('are claimed by one process each, however many look at once', async () => {
    for (let n = 0; n < 12; n += 1) await runWith('message', 'thread');
    // However long that took: a thread that has waited two seconds for its message waits no longer.
    await testbed.sql('UPDATE sync_outbox SET created_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR');
    const processes = [testbed.bot, second, ...Array.from({ length: 4 }, () => testbed.another())];
    const looks = await Promise.all(processes.map((process) => due(5, process)));
    expect(underWay.length).toBeGreaterThanOrEqual(5);
    expect(new Set(underWay).size).toBe(underWay.length);
    expect(kinds(looks.flat())).not.toContain('thread');
    for (const look of looks) expect(look.length).toBeLessThanOrEqual(5);
  });

  it('that were claimed and not delivered are due again once the claim has lapsed', async () => {
    await runWith('message');
    await oneDue();
    expect(await claimable(second)).toEqual([]);
    await testbed.sql('UPDATE sync_outbox SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
    // Its process may have posted it before it died.
    expect(await oneDue(second)).toMatchObject({ attempts: 2, lostAnswers: 1 });
  });

  it('that a process claimed and is not telling are due again at once, to that process alone', async () => {
    await runWith('message', 'thread');
    await oneDue();
    underWay = [];
    expect(await claimable(second)).toEqual([]);
    expect(await oneDue()).toMatchObject({ kind: 'message', attempts: 2, lostAnswers: 0 });
  });

  it('that were postponed come back when their time has come, and hold up the later ones of their kind until then', async () => {
    await runWith('message', 'message');
    await testbed.bot.outbox.postpone(await oneDue(), 'ratelimited', 3600);
    expect(await claimable()).toEqual([]);
    const [row] = await testbed.sql('SELECT last_error FROM sync_outbox ORDER BY id LIMIT 1');
    expect(row).toEqual({ last_error: 'ratelimited' });
    await testbed.sql(
      'UPDATE sync_outbox SET next_attempt_at = UTC_TIMESTAMP(3) WHERE last_error IS NOT NULL',
    );
    const again = await oneDue(second);
    expect(again).toMatchObject({ kind: 'message', attempts: 2 });
    await second.outbox.close(again);
    expect(await claimable()).toEqual(['message']);
  });

  it('that were postponed for no time are due at once, to any process', async () => {
    await runWith('message');
    await testbed.bot.outbox.postpone(await oneDue(), 'x'.repeat(2000), 0);
    expect(await claimable(second)).toEqual(['message']);
  });

  it('that are closed stay closed, whatever a process that was late says of them', async () => {
    await runWith('message');
    const notice = await oneDue();
    await testbed.bot.outbox.close(notice);
    await testbed.bot.outbox.postpone(notice, 'late', 0);
    await second.outbox.postpone(notice, 'late', 0);
    expect(await claimable()).toEqual([]);
  });

  it('are neither closed nor postponed by a process that has lost its claim', async () => {
    await runWith('message');
    const notice = await oneDue();
    await testbed.sql('UPDATE sync_outbox SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
    await oneDue(second);
    await testbed.bot.outbox.close(notice);
    await testbed.bot.outbox.postpone(notice, 'late', 3600);
    const [row] = await testbed.sql('SELECT closed_at, last_error, lease_owner FROM sync_outbox');
    expect(row).toEqual({ closed_at: null, last_error: null, lease_owner: second.owner });
  });

  it('are none where nothing was written', async () => {
    await openRun(testbed.bot, await testbed.location());
    expect(await claimable()).toEqual([]);
  });
});

describe('the outcome of a run', () => {
  it('is claimed with the end of the edit for which it waits, by the process that edits', async () => {
    await runWith('message', 'thread');
    const message = await oneDue();
    const next = message.next;
    if (next === undefined) throw new Error('Nothing waits for the edit');
    expect(next).toMatchObject({ kind: 'thread', attempts: 1, runId: message.runId });
    expect(await testbed.bot.outbox.closeAndClaim(message, next)).toBe(true);
    expect(await claimable(second)).toEqual([]);
    const rows = await testbed.sql('SELECT kind, attempts, lease_owner FROM sync_outbox');
    expect(rows).toEqual([
      { kind: 'message', attempts: 1, lease_owner: null },
      { kind: 'thread', attempts: 1, lease_owner: testbed.bot.owner },
    ]);
    await testbed.bot.outbox.close(next);
    expect(await testbed.sql('SELECT id FROM sync_outbox WHERE closed_at IS NULL')).toEqual([]);
  });

  it('is left to the process that has claimed it after two seconds', async () => {
    await runWith('message', 'thread');
    const message = await oneDue();
    await testbed.sql('UPDATE sync_outbox SET created_at = created_at - INTERVAL 2 SECOND');
    expect(await claimable(second)).toEqual(['thread']);
    if (message.next === undefined) throw new Error('Nothing waits for the edit');
    expect(await testbed.bot.outbox.closeAndClaim(message, message.next)).toBe(false);
    const [thread] = await testbed.sql("SELECT lease_owner, attempts FROM sync_outbox WHERE kind = 'thread'");
    expect(thread).toEqual({ lease_owner: second.owner, attempts: 1 });
  });

  it('waits for the newest edit if several are due', async () => {
    await runWith('message', 'message', 'thread');
    expect((await oneDue()).next).toBeUndefined();
  });
});

describe('notices that a process holds, whose work wrote them', () => {
  beforeEach(() => testbed.bot.outbox.hold(true));
  afterEach(() => testbed.bot.outbox.hold(false));

  /** A run whose plan is to be applied; nothing about it waits for Slack. */
  async function confirmed() {
    const claimed = await claimedRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
    testbed.bot.outbox.takeHeld();
    await testbed.sql('DELETE FROM sync_outbox');
    return claimed;
  }
  const rows = () =>
    testbed.sql('SELECT kind, attempts, lease_owner, closed_at FROM sync_outbox ORDER BY id');

  it('are the edits of messages, claimed as they are written; with the outcome that waits for it, unclaimed', async () => {
    const run = await apply(testbed.bot, await confirmed());
    const [message, ...others] = testbed.bot.outbox.takeHeld();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ kind: 'message', attempts: 1, runId: run.id, run });
    expect(message?.next).toMatchObject({ kind: 'thread', attempts: 1, runId: run.id });
    expect(await rows()).toEqual([
      { kind: 'message', attempts: 1, lease_owner: testbed.bot.owner, closed_at: null },
      { kind: 'thread', attempts: 0, lease_owner: null, closed_at: null },
    ]);
    expect(testbed.bot.outbox.takeHeld()).toEqual([]);
    expect(await claimable(second)).toEqual([]);
  });

  it('hold up no outcome for more than two seconds: any process tells it then', async () => {
    await apply(testbed.bot, await confirmed());
    await testbed.sql('UPDATE sync_outbox SET created_at = created_at - INTERVAL 2 SECOND');
    expect(await claimable(second)).toEqual(['thread']);
  });

  it('are left to a look that ended since their transaction began, which may have told them', async () => {
    const claimed = await confirmed();
    await apply(testbed.bot, claimed);
    await due(10);
    expect(testbed.bot.outbox.takeHeld()).toEqual([]);
    await inTransaction(testbed.bot.db, async (tx) => {
      await record(tx, claimed.run.id, step('failed', ['message']), testbed.bot.owner);
      await testbed.bot.outbox.claimDue(places(10), []);
    });
    expect(testbed.bot.outbox.takeHeld()).toEqual([]);
  });

  it('come without their run where it goes on: it may change before they are told', async () => {
    await testbed.sql('DELETE FROM sync_outbox');
    await readyRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
    expect(testbed.bot.outbox.takeHeld()).toMatchObject([{ kind: 'message', run: undefined }]);
  });

  it('are no more than claimed where an earlier one is open, which another process may be telling', async () => {
    const claimed = await confirmed();
    await second.runs.showAgain(claimed.run.id);
    const earlier = await oneDue(second);
    await apply(testbed.bot, claimed);
    expect(testbed.bot.outbox.takeHeld()).toEqual([]);
    expect(await claimable()).toEqual([]);
    await second.outbox.close(earlier);
    expect((await oneDue()).kind).toBe('message');
  });

  it('wait for no transaction that writes notices of another run', async () => {
    const [one, other] = [await runWith(), await runWith()];
    const { bot } = testbed;
    await inTransaction(second.db, async (tx) => {
      await enqueue(tx, other.id, ['message']);
      await inTransaction(bot.db, (its) => record(its, one.id, step('failed', ['message']), bot.owner));
    });
    expect(bot.outbox.takeHeld()).toMatchObject([{ kind: 'message', runId: one.id }]);
  });

  it('are none of a process that delivers nothing, such as a command line: any process tells what it did', async () => {
    const claimed = await confirmed();
    testbed.bot.outbox.hold(false);
    await apply(testbed.bot, claimed);
    expect(testbed.bot.outbox.takeHeld()).toEqual([]);
    expect(await claimable(second)).toEqual(['message']);
  });

  it('are due again if the process tells them not, after a crash to any other', async () => {
    await apply(testbed.bot, await confirmed());
    expect(await oneDue()).toMatchObject({ kind: 'message', attempts: 2, lostAnswers: 0 });
    await testbed.sql('UPDATE sync_outbox SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
    expect(await oneDue(second)).toMatchObject({ kind: 'message', attempts: 3 });
  });

  it('are none after a transaction that did not commit', async () => {
    const { run, lease } = await confirmed();
    const undone = inTransaction(testbed.bot.db, async (tx) => {
      await record(tx, run.id, step('failed', ['message', 'thread']), lease.owner);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(testbed.bot.outbox.takeHeld()).toEqual([]);
  });
});

describe('runs of which nobody could be told', () => {
  it('are named for a week with the word of Slack, the newest first, five at most, and the others are counted', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      ids.unshift((await runWith('thread')).id);
      await testbed.bot.outbox.close(await oneDue(), `word_${n}`);
    }
    await runWith('thread');
    await testbed.bot.outbox.close(await oneDue());
    const { named, more } = await second.outbox.untold();
    expect(more).toBe(1);
    expect(named.map(({ run, reason }) => [run.id, reason])).toEqual(
      ids.slice(0, 5).map((id, index) => [id, `word_${5 - index}`]),
    );
    await testbed.sql('UPDATE sync_outbox SET closed_at = closed_at - INTERVAL 7 DAY');
    expect(await second.outbox.untold()).toEqual({ named: [], more: 0 });
  });
});

describe('the backlog', () => {
  it('is what nobody has closed, claimed or not, as old as the oldest of it', async () => {
    expect(await testbed.bot.outbox.backlog()).toEqual({ notices: 0, oldestSeconds: 0 });
    await runWith('message', 'thread');
    await runWith('message');
    await testbed.sql('UPDATE sync_outbox SET created_at = UTC_TIMESTAMP(3) - INTERVAL id MINUTE');
    await testbed.bot.outbox.close(await oneDue());
    const [left] = await testbed.sql<{ oldest: number }>(
      'SELECT MAX(id) * 60 AS oldest FROM sync_outbox WHERE closed_at IS NULL',
    );
    const backlog = await second.outbox.backlog();
    expect(backlog.notices).toBe(2);
    expect(backlog.oldestSeconds).toBeGreaterThanOrEqual(Number(left?.oldest));
  });
});

describe('the summary of a batch', () => {
  it('is due once, however many of its runs have changed since it was written', async () => {
    const draft = async () => runDraft(await testbed.location(), { batchId: 77 });
    for (let n = 0; n < 3; n += 1) await testbed.bot.runs.request(await draft(), step('requested'));
    expect(await claimable()).toEqual(['summary']);
  });

  it('is written again after a change that the process which delivers it could not see yet', async () => {
    const { run } = await openBatchRun(78);
    await inTransaction(testbed.bot.db, async (tx) => {
      await record(tx, run.id, step('taken_over'));
      for (const notice of await due(10, second)) await second.outbox.close(notice);
    });
    expect(await claimable()).toEqual(['summary']);
  });

  it('is written again after a change that comes while it is delivered', async () => {
    const { run } = await openBatchRun(79);
    const delivered = await oneDue();
    await inTransaction(testbed.bot.db, (tx) => record(tx, run.id, step('taken_over')));
    await testbed.bot.outbox.close(delivered);
    expect(await claimable()).toEqual(['summary']);
  });

  it('that stands in the channel already is edited a little later, together with what changes until then', async () => {
    const batches = createBatches(testbed.bot.db, testbed.bot.owner);
    const request = { targets: ['dev'], channelId: 'C1', actor: AYU, requestKey: 'trigger' };
    const batchId = await batches.open(request);
    if (batchId === undefined) throw new Error('The batch was opened before');
    const { run } = await openBatchRun(batchId);
    await testbed.bot.outbox.close(await oneDue());
    await batches.attachMessage(batchId, '1700000000.000100');
    await inTransaction(testbed.bot.db, (tx) => record(tx, run.id, step('taken_over')));
    expect(await claimable()).toEqual([]);
    await testbed.sql('UPDATE sync_outbox SET next_attempt_at = next_attempt_at - INTERVAL 2 SECOND');
    expect(await claimable()).toEqual(['summary']);
  });

  async function openBatchRun(batchId: number) {
    const opened = await testbed.bot.runs.request(
      runDraft(await testbed.location(), { batchId }),
      step('requested'),
    );
    if (opened.outcome !== 'requested') throw new Error('The run was requested before');
    return opened;
  }
});
