import { describe, expect, it } from 'vitest';
import type { Requested } from '../../../src/sync/ports/runs.ts';
import { listOf } from './support/rows.ts';
import { AYU, claim, openRun, readyRun, runDraft, statusOf, step } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm');

const outcomes = (requests: readonly Requested[]) => requests.map(({ outcome }) => outcome).sort();

describe('a request', () => {
  it('opens a run that reads, and leases it to the process', async () => {
    const target = await testbed.location();
    const requested = await testbed.bot.runs.request(
      runDraft(target, { channelId: 'C9' }),
      step('requested'),
    );
    expect(requested).toMatchObject({
      outcome: 'requested',
      lease: { owner: testbed.bot.owner, attempt: 1 },
      run: {
        status: 'reading',
        target: target.name,
        locationId: target.locationId,
        locationName: target.locationName,
        channelId: 'C9',
        requestedBy: AYU,
        messageTs: undefined,
      },
    });
  });

  it('that is delivered several times at once makes one run', async () => {
    const draft = runDraft(await testbed.location(), { requestKey: 'trigger 1' });
    const processes = [testbed.bot, testbed.another(), testbed.another()];
    const requests = await Promise.all(
      [...processes, ...processes].map(({ runs }) => runs.request(draft, step('requested'))),
    );
    expect(outcomes(requests)).toEqual([
      'repeated',
      'repeated',
      'repeated',
      'repeated',
      'repeated',
      'requested',
    ]);
    expect(await testbed.sql("SELECT id FROM sync_runs WHERE request_key = 'trigger 1'")).toHaveLength(1);
  });

  it('that is delivered again later makes no second run', async () => {
    const draft = runDraft(await testbed.location());
    await testbed.bot.runs.request(draft, step('requested'));
    expect(await testbed.bot.runs.request(draft, step('requested'))).toEqual({ outcome: 'repeated' });
  });

  it('keeps names of people as they are, and cuts those that are too long', async () => {
    const name = `Ayu 😀\\'" ${'x'.repeat(300)}`;
    const draft = runDraft(await testbed.location(), { requestedBy: { id: 'U1', name } });
    const requested = await testbed.bot.runs.request(draft, step('requested'));
    if (requested.outcome !== 'requested') throw new Error('repeated');
    expect(requested.run.requestedBy.name).toBe(name.slice(0, 255));
  });

  it('remembers the message that shows its run', async () => {
    const { run } = await openRun(testbed.bot, await testbed.location());
    await testbed.bot.runs.attachMessage(run, '1700000000.000100');
    expect((await testbed.bot.runs.find(run.id))?.messageTs).toBe('1700000000.000100');
  });

  it('keeps one message: a second one, of a process that knew of none, does not take its place', async () => {
    const { run } = await openRun(testbed.bot, await testbed.location());
    const [first, second] = ['1700000000.000100', '1700000000.000200'] as const;
    expect(await testbed.bot.runs.attachMessage(run, first)).toBe(true);
    expect(await testbed.another().runs.attachMessage(run, second)).toBe(false);
    expect(await testbed.bot.runs.attachMessage(run, first)).toBe(true);
    expect((await testbed.bot.runs.find(run.id))?.messageTs).toBe(first);
    expect(await testbed.bot.runs.attachMessage(run, second, first)).toBe(true);
    expect((await testbed.bot.runs.find(run.id))?.messageTs).toBe(second);
  });

  it('brings the file of a plan to the thread of a message that takes the place of another, unless it is under way', async () => {
    const filesOf = (runId: number) =>
      testbed.sql("SELECT closed_at FROM sync_outbox WHERE run_id = ? AND kind = 'list'", [runId]);
    const { run: reading } = await openRun(testbed.bot, await testbed.location());
    const ready = await readyRun(testbed.bot, await testbed.location(), LIST);
    const attach = async (...times: [string, string?]) => {
      for (const run of [reading, ready])
        expect(await testbed.bot.runs.attachMessage(run, ...times)).toBe(true);
    };
    await attach('1700000000.000100');
    expect(await filesOf(ready.id)).toEqual([]);
    await attach('1700000000.000200', '1700000000.000100');
    await attach('1700000000.000300', '1700000000.000200');
    expect(await filesOf(ready.id)).toEqual([{ closed_at: null }]);
    expect(await filesOf(reading.id)).toEqual([]);
  });

  it('for a run that nobody knows finds none', async () => {
    expect(await testbed.bot.runs.find(4_000_000_000)).toBeUndefined();
  });
});

describe('a request that follows a failed run', () => {
  it('is served once, however many follow at once, and the failed run names its successor', async () => {
    const target = await testbed.location();
    const { run, lease } = await openRun(testbed.bot, target);
    await testbed.bot.runs.fail(lease, { code: 'list_moved' }, step('failed'));
    const processes = [testbed.bot, testbed.another(), testbed.another()];
    const requests = await Promise.all(
      processes.map(({ runs }) => runs.request(runDraft(target, { follows: run.id }), step('requested'))),
    );
    expect(outcomes(requests)).toEqual(['repeated', 'repeated', 'requested']);
    const successor = requests.find((each) => each.outcome === 'requested');
    expect((await testbed.bot.runs.find(run.id))?.nextRunId).toBe(successor?.run.id);
    const opened = await testbed.sql('SELECT id FROM sync_runs WHERE location_id = ?', [target.locationId]);
    expect(opened).toHaveLength(2);
  });

  it('uses up one run number, however many follow at once', async () => {
    const target = await testbed.location();
    const { run, lease } = await openRun(testbed.bot, target);
    await testbed.bot.runs.fail(lease, { code: 'list_moved' }, step('failed'));
    const processes = [testbed.bot, testbed.another(), testbed.another()];
    await Promise.all(
      processes.map(({ runs }) => runs.request(runDraft(target, { follows: run.id }), step('requested'))),
    );
    const next = await openRun(testbed.bot, await testbed.location());
    expect(next.run.id).toBe(run.id + 2);
  });

  it('has the failed run’s message edited', async () => {
    const target = await testbed.location();
    const { run, lease } = await openRun(testbed.bot, target);
    await testbed.bot.runs.fail(lease, { code: 'list_moved' }, step('failed'));
    await testbed.bot.runs.request(runDraft(target, { follows: run.id }), step('requested'));
    expect(await testbed.sql('SELECT kind FROM sync_outbox WHERE run_id = ?', [run.id])).toEqual([
      { kind: 'message' },
    ]);
  });
});

describe('a run that is cancelled', () => {
  it('waits no longer, and says who ended it', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    const cancelled = await testbed.bot.runs.cancel(run.id, AYU, step('cancelled'));
    expect(cancelled).toMatchObject({ status: 'cancelled', cancelledBy: AYU, finishedAt: expect.any(Date) });
    expect(await testbed.bot.runs.cancel(run.id, AYU, step('cancelled'))).toBeUndefined();
  });

  it('is cancelled or executed, never both', async () => {
    for (let n = 0; n < 10; n += 1) {
      const run = await readyRun(testbed.bot, await testbed.location(), LIST);
      const [claimed, cancelled] = await Promise.all([
        claim(testbed.bot, run).catch(() => undefined),
        testbed.bot.runs.cancel(run.id, AYU, step('cancelled')),
      ]);
      expect([claimed, cancelled].filter((each) => each !== undefined)).toHaveLength(1);
      expect(await statusOf(testbed.bot, run)).toBe(claimed === undefined ? 'cancelled' : 'executing');
    }
  });
});
