import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  DatabaseLostError,
  DatabaseRefusedError,
  ListMovedError,
} from '../../../src/sync/failures/errors.ts';
import type { LeasedRun, Runs } from '../../../src/sync/ports/runs.ts';
import { SYSTEM } from '../../../src/sync/run/run.ts';
import { workOn } from '../../../src/sync/run/work.ts';
import { entriesOn } from '../../support/signal-entries.ts';
import { AYU, openRun, rules, takingUp } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { recordLog, recordProgress } from './support/core.ts';

const testbed = useTestbed();

/** Works on a fresh run; tells what was left of it. */
async function workedOn(
  work: (claimed: LeasedRun, stop: AbortController, signal: AbortSignal) => Promise<void>,
  ports: { readonly runs?: Partial<Runs> } = {},
) {
  const claimed = await openRun(testbed.bot, await testbed.location());
  const [progress, logger, stop] = [recordProgress(), recordLog(), new AbortController()];
  const runs = { ...testbed.bot.runs, ...ports.runs };
  await workOn({ runs, progress, logger }, claimed, stop.signal, (signal) => work(claimed, stop, signal));
  const run = await testbed.bot.runs.find(claimed.run.id);
  return { claimed, run, progress: progress.calls, log: logger.lines };
}

describe('work on a run', () => {
  it('leaves nothing behind on the signal with which the process stops', async () => {
    const stop = new AbortController();
    const claimed = await openRun(testbed.bot, await testbed.location());
    const ports = { runs: testbed.bot.runs, progress: recordProgress(), logger: recordLog() };
    const meanwhile: number[] = [];
    for (let n = 0; n < 10; n += 1)
      await workOn(ports, claimed, stop.signal, async () => void meanwhile.push(entriesOn(stop.signal)));
    expect(meanwhile).toEqual(Array(10).fill(1));
    expect(entriesOn(stop.signal)).toBe(0);
  });

  it('has ended for all that it began, done or failed', async () => {
    const signals: AbortSignal[] = [];
    await workedOn(async (_claimed, _stop, signal) => void signals.push(signal));
    await workedOn(async (_claimed, _stop, signal) => {
      signals.push(signal);
      throw new ListMovedError('12 different users instead of 13');
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('work on a run that is cut short', () => {
  it('fails the run, with the reason that a person can act on, once no progress is under way any more', async () => {
    const { run, progress, log } = await workedOn(async () => {
      throw new ListMovedError('12 different users instead of 13');
    });
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'list_moved' } });
    expect(progress).toEqual(['settle']);
    expect(log).toEqual([]);
    const [entry] = await testbed.sql(
      'SELECT outcome, reason FROM audit_logs WHERE run_id = ? AND step = ?',
      [run?.id, 'failed'],
    );
    expect(entry).toMatchObject({
      outcome: 'list_moved',
      reason: expect.stringContaining('12 different users'),
    });
  });

  it.each([
    ['somebody asked for it', AYU, ['message', 'thread']],
    ['it is scheduled, since nobody waits for it', SYSTEM, ['message', 'thread', 'call']],
  ])('tells of the failure where %s', async (_, requestedBy, kinds) => {
    const claimed = await openRun(testbed.bot, await testbed.location(), { requestedBy });
    const ports = { runs: testbed.bot.runs, progress: recordProgress(), logger: recordLog() };
    await workOn(ports, claimed, new AbortController().signal, () => Promise.reject(new Error('anything')));
    const told = 'SELECT kind FROM sync_outbox WHERE run_id = ? ORDER BY id';
    expect(await testbed.sql(told, [claimed.run.id])).toEqual(kinds.map((kind) => ({ kind })));
  });

  it('fails the run as unexpected where the error says nothing to a person', async () => {
    const { run } = await workedOn(async () => {
      throw new TypeError('undefined is not a function');
    });
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'unexpected' } });
  });

  it('leaves the run alone where another process has it', async () => {
    const { run, progress, log } = await workedOn(async ({ lease }) => {
      await testbed.bot.runs.release(lease);
      await testbed.another().runs.takeOver(takingUp());
      await testbed.bot.plans.draft(lease, { reads: [1], rules: rules() });
    });
    expect(run?.status).toBe('reading');
    expect(log).toEqual(['warn: another process took the run over']);
    // A late edit of its own may stand where the other one's should: the message is shown again.
    expect(progress).toEqual(['settle']);
    const notices = await testbed.sql('SELECT kind FROM sync_outbox WHERE run_id = ?', [run?.id]);
    expect(notices).toEqual([{ kind: 'message' }]);
  });

  it('leaves the run alone where another process took it over before the failure was written', async () => {
    const { run, log } = await workedOn(async ({ lease }) => {
      await testbed.bot.runs.release(lease);
      await testbed.another().runs.takeOver(takingUp());
      throw new ListMovedError('12 different users instead of 13');
    });
    expect(run?.status).toBe('reading');
    expect(log).toEqual(['warn: the work on the run failed', 'warn: another process took the run over']);
    const notices = await testbed.sql('SELECT kind FROM sync_outbox WHERE run_id = ?', [run?.id]);
    expect(notices).toEqual([{ kind: 'message' }]);
  });

  it('leaves the run to whoever comes when its lease is over where the database is lost, and says so', async () => {
    const { run, progress } = await workedOn(async () => {
      throw new DatabaseLostError({ cause: new Error('ECONNREFUSED') });
    });
    expect(run?.status).toBe('reading');
    expect(progress).toEqual(['databaseLost']);
  });

  it('does not say that the run is on hold where another process ended it while this one stood still', async () => {
    const { run, progress, log } = await workedOn(async ({ lease }) => {
      await testbed.bot.runs.release(lease);
      const other = testbed.another();
      for (const taken of await other.runs.takeOver(takingUp()))
        await workOn(
          { runs: other.runs, progress: recordProgress(), logger: recordLog() },
          taken,
          new AbortController().signal,
          () => Promise.reject(new ListMovedError('12 different users instead of 13')),
        );
      throw new DatabaseLostError({ cause: new Error('the server gave the connection up') });
    });
    expect(run?.status).toBe('failed');
    expect(progress).toEqual(['settle']);
    expect(log.at(-1)).toBe('warn: another process took the run over');
  });

  it('says why where the database refuses the failure too, as a full disk does', async () => {
    const full = () => new DatabaseRefusedError('disk_full', '1114', 'The table is full', {});
    const { run, progress } = await workedOn(
      async () => {
        throw full();
      },
      { runs: { fail: () => Promise.reject(full()) } },
    );
    expect(run?.status).toBe('reading');
    expect(progress).toEqual(['settle', 'databaseLost']);
  });

  it('hands the run back at once where this process stops', async () => {
    const { claimed, run, progress } = await workedOn(async (_, stop, signal) => {
      stop.abort();
      signal.throwIfAborted();
    });
    expect(run?.status).toBe('reading');
    expect(progress).toEqual(['settle']);
    const taken = await testbed.another().runs.takeOver(takingUp());
    expect(taken.map(({ lease }) => lease.runId)).toEqual([claimed.run.id]);
  });

  it('hands the run back once no edit is on its way any more, where this process stops', async () => {
    const stop = new AbortController();
    const order: string[] = [];
    const edit = async () => void order.push('edited');
    const progress = { ...recordProgress(), settle: () => Promise.resolve().then(edit) };
    const release = async () => void order.push('released');
    const claimed = await openRun(testbed.bot, await testbed.location());
    const ports = { runs: { ...testbed.bot.runs, release }, progress, logger: recordLog() };
    await workOn(ports, claimed, stop.signal, async (signal) => {
      stop.abort();
      signal.throwIfAborted();
    });
    expect(order).toEqual(['edited', 'released']);
  });

  it.each<[string, Partial<Runs>]>([
    ['fail', { fail: () => Promise.reject(new DatabaseLostError({ cause: undefined })) }],
    ['release', { release: () => Promise.reject(new DatabaseLostError({ cause: undefined })) }],
  ])('never throws, even where the run cannot be %sed', async (port, runs) => {
    const { run, log, progress } = await workedOn(
      async (_, stop) => {
        if (port === 'release') stop.abort();
        throw new Error('anything');
      },
      { runs },
    );
    expect(run?.status).toBe('reading');
    expect(log.at(-1)).toMatch(/will run out$/);
    expect(progress).toEqual(port === 'fail' ? ['settle', 'databaseLost'] : ['settle']);
  });
});

describe('work on a run that comes to its end', () => {
  it('leaves everything as the work left it', async () => {
    const { run, progress, log } = await workedOn(async () => {});
    expect(run?.status).toBe('reading');
    expect([...progress, ...log]).toEqual([]);
  });

  it('counts as done though this process was told to stop meanwhile', async () => {
    const { claimed } = await workedOn(async (_, stop) => stop.abort());
    expect(await testbed.bot.runs.renew(claimed.lease)).toBe(true);
    expect(await testbed.another().runs.takeOver(takingUp())).toEqual([]);
  });
});

describe('the lease of work that takes long', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  const untilAborted = (signal: AbortSignal) =>
    new Promise<void>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('the request was cut')), { once: true }),
    );

  it('is renewed again and again, also where one renewal fails', async () => {
    const renew = vi.fn<Runs['renew']>().mockResolvedValue(true);
    renew.mockRejectedValueOnce(new Error('a blink'));
    const { claimed, log } = await workedOn(() => vi.advanceTimersByTimeAsync(30_000).then(() => {}), {
      runs: { renew },
    });
    expect(renew.mock.calls).toEqual([[claimed.lease], [claimed.lease], [claimed.lease]]);
    expect(log).toEqual(['warn: the lease could not be renewed; trying again']);
  });

  it('is prolonged by one statement at a time, though that waits for the work’s own transaction', async () => {
    const renew = vi.fn<Runs['renew']>(() => new Promise(() => {}));
    await workedOn(() => vi.advanceTimersByTimeAsync(60_000).then(() => {}), { runs: { renew } });
    expect(renew).toHaveBeenCalledOnce();
  });

  it('stops the work where it was lost, and leaves the run alone', async () => {
    const { run, log } = await workedOn(
      async (_, __, signal) => {
        const aborted = untilAborted(signal);
        await Promise.all([vi.advanceTimersByTimeAsync(10_000), aborted]);
      },
      { runs: { renew: () => Promise.resolve(false) } },
    );
    expect(run?.status).toBe('reading');
    expect(log).toEqual(['warn: another process took the run over']);
  });

  it('is renewed no more once the work is done', async () => {
    const renew = vi.fn<Runs['renew']>().mockResolvedValue(true);
    await workedOn(async () => {}, { runs: { renew } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(renew).not.toHaveBeenCalled();
  });
});
