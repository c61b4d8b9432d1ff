import { afterEach, describe, expect, it, vi } from 'vitest';
import { depotClient, readDepot, targetAt } from '../../../sandbox/depot/client.ts';
import { createCrowd } from '../../../sandbox/depot/crowd.ts';
import { mostInASecond } from '../../../sandbox/depot/host.ts';
import { startDepotServer } from '../../../sandbox/depot/server.ts';
import type { CommonWindow } from '../../../src/depot-api/http/common-window.ts';
import { createLimiters, type Limiter } from '../../../src/depot-api/http/limiter.ts';
import type { SharedRates } from '../../../src/depot-api/http/shared-rates.ts';

const never = () => new AbortController().signal;
const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

afterEach(() => {
  vi.useRealTimers();
});

/** Rates shared through a Redis that answers so. */
const sharedBy = (redis: Pick<CommonWindow, 'enter' | 'leave'>): SharedRates => ({
  windowFor: () => ({ ...redis, forget: async () => {} }),
  onChange: () => {},
  isLost: () => false,
  forget: async () => {},
  stop: async () => {},
});

describe('the limiter of a depot server', () => {
  it('sends no more requests per second than allowed, and these at once', async () => {
    vi.useFakeTimers();
    const limiter = createLimiters({ maxConcurrent: 100, requestsPerSecond: 10, timeoutMs: 5_000 })(
      'https://one',
    );
    let sent = 0;
    const all = Array.from({ length: 30 }, () => limiter(async () => (sent += 1), never(), 5));
    await vi.advanceTimersByTimeAsync(1);
    expect([sent, vi.getTimerCount()]).toEqual([10, 1]);
    await vi.advanceTimersByTimeAsync(998);
    expect(sent).toBe(10);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toBe(30);
    await Promise.all(all);
  });

  it('sends no more than allowed to a server that stood still and sees all that was sent meanwhile at once', async () => {
    vi.useFakeTimers();
    const limiter = createLimiters({ maxConcurrent: 5, requestsPerSecond: 20, timeoutMs: 5_000 })(
      'https://one',
    );
    const goesOnAt = performance.now() + 3_000;
    const arrivals: number[] = [];
    const request = async () => {
      await passes(Math.max(0, goesOnAt - performance.now()));
      arrivals.push(performance.now());
      await passes(10);
    };
    const all = Array.from({ length: 40 }, () => limiter(request, never(), 5));
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(all);
    expect(mostInASecond(arrivals)).toBe(20);
  });

  it.each([
    ['was cancelled', async () => Promise.reject(new Error('cancelled'))],
    ['got no answer', async (unanswered: () => void) => unanswered()],
  ])('counts a request that %s from its end: the server may have seen it until then', async (_, end) => {
    vi.useFakeTimers();
    const rates = { maxConcurrent: 5, requestsPerSecond: 5, timeoutMs: 5_000 };
    const limiter = createLimiters(rates)('https://one');
    const arrivals: number[] = [];
    const answered = async () => {
      arrivals.push(performance.now());
      await passes(400);
    };
    const usual = Array.from({ length: 60 }, () => limiter(answered, never(), 5));
    await vi.advanceTimersByTimeAsync(30_000);
    await Promise.all(usual);
    // The server stood still, goes on, and sees them; right after that they end.
    const late = async (_rest: unknown, unanswered: () => void) => {
      await passes(2_000);
      arrivals.push(performance.now());
      await passes(1);
      await end(unanswered);
    };
    const all = [
      ...Array.from({ length: 5 }, () => limiter(late, never(), 5).catch(() => {})),
      ...Array.from({ length: 5 }, () => limiter(answered, never(), 5)),
    ];
    await vi.advanceTimersByTimeAsync(30_000);
    await Promise.all(all);
    expect(mostInASecond(arrivals)).toBe(5);
  });

  it('tells Redis how long ago the server has seen a request, by what it surely needs for an answer, and which rest it wants', async () => {
    vi.useFakeTimers();
    const [seenMs, restsMs]: [number[], number[]] = [[], []];
    const shared = sharedBy({
      enter: async () => ({ tickets: ['one'], waitMs: undefined }),
      leave: (_, ms, restMs) => {
        seenMs.push(ms);
        restsMs.push(restMs);
      },
    });
    const limiter = createLimiters(
      { maxConcurrent: 2, requestsPerSecond: 100, timeoutMs: 5_000 },
      shared,
    )('https://one');
    const taking = (ms: number) => limiter(async () => void vi.advanceTimersByTime(ms), never(), 5);
    for (let n = 0; n < 32; n += 1) await taking(50);
    await taking(80);
    expect([seenMs[0], seenMs.at(-1)]).toEqual([0, 50]);
    expect(Math.max(...restsMs)).toBeLessThan(1);
    await limiter(async (rest) => rest(300), never(), 5);
    expect(restsMs.at(-1)).toBe(300);
  });

  it('asks Redis for no more places than it fills: one for any number of logins, and none beside one', async () => {
    const wanted: number[] = [];
    const shared = sharedBy({
      enter: async (many) => {
        wanted.push(many);
        return { tickets: Array.from({ length: many }, String), waitMs: undefined };
      },
      leave: () => {},
    });
    const rates = { maxConcurrent: 4, requestsPerSecond: 100, timeoutMs: 5_000 };
    const limiter = createLimiters(rates, shared)('https://one');
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const logins = [1, 2, 3].map(() => limiter(() => held, never(), 0));
    await limiter(async () => {}, never(), 5);
    expect(wanted).toEqual([1, 1]);
    release();
    await Promise.all(logins);
    expect(wanted).toEqual([1, 1, 1, 1]);
  });

  it('asks Redis again when Redis says so, or at once where more requests came or a place became free', async () => {
    vi.useFakeTimers();
    const wanted: number[] = [];
    let becameFree = () => {};
    const redis = sharedBy({
      enter: async (many) => {
        wanted.push(many);
        // Else a limiter that asks without end would leave no time for this test to fail.
        if (wanted.length > 9) await new Promise(() => {});
        return { tickets: [], waitMs: 500 };
      },
      leave: () => {},
    });
    const shared: SharedRates = {
      ...redis,
      onChange: (listener) => {
        becameFree = listener;
      },
    };
    const rates = { maxConcurrent: 4, requestsPerSecond: 100, timeoutMs: 5_000 };
    const limiter = createLimiters(rates, shared)('https://one');
    const stop = new AbortController();
    const all = [1, 2].map(() => limiter(async () => {}, stop.signal, 5));
    await vi.advanceTimersByTimeAsync(499);
    expect(wanted).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(1);
    expect(wanted).toEqual([1, 2, 2]);
    becameFree();
    expect(wanted).toEqual([1, 2, 2, 2]);
    stop.abort(new Error('cancelled'));
    await expect(Promise.any(all)).rejects.toThrow();
  });

  it('gives a place back that Redis grants to a request which was cancelled meanwhile', async () => {
    const left: string[] = [];
    let grant = () => {};
    const shared = sharedBy({
      enter: () =>
        new Promise((resolve) => {
          grant = () => resolve({ tickets: ['one'], waitMs: undefined });
        }),
      leave: (ticket) => left.push(ticket),
    });
    const rates = { maxConcurrent: 4, requestsPerSecond: 100, timeoutMs: 5_000 };
    const stop = new AbortController();
    const request = createLimiters(rates, shared)('https://one')(async () => {}, stop.signal, 5);
    stop.abort(new Error('cancelled'));
    await expect(request).rejects.toThrow('cancelled');
    grant();
    await vi.waitFor(() => expect(left).toEqual(['one']));
  });

  it('gives places back that Redis grants while the server has come to want a rest, and sends after the rest', async () => {
    vi.useFakeTimers();
    const left: string[] = [];
    let grant = () => {};
    const shared = sharedBy({
      enter: (many) =>
        new Promise((resolve) => {
          const tickets = Array.from({ length: many }, (_, index) => `${performance.now()} ${index}`);
          grant = () => resolve({ tickets, waitMs: undefined });
        }),
      leave: (ticket) => left.push(ticket),
    });
    const rates = { maxConcurrent: 4, requestsPerSecond: 100, timeoutMs: 5_000 };
    const limiter = createLimiters(rates, shared)('https://one');
    let refuse = () => {};
    const refused = limiter(
      (rest) =>
        new Promise<void>((resolve) => {
          refuse = () => resolve(rest(3_000));
        }),
      never(),
      5,
    );
    grant();
    await vi.advanceTimersByTimeAsync(1);
    let sent = 0;
    const others = [1, 2, 3].map(() => limiter(async () => (sent += 1), never(), 5));
    refuse();
    await refused;
    grant();
    await vi.advanceTimersByTimeAsync(2_990);
    expect([sent, left.length]).toEqual([0, 2]);
    await vi.advanceTimersByTimeAsync(20);
    grant();
    await Promise.all(others);
    expect(sent).toBe(3);
  });

  it('lets a login go before pages that wait', async () => {
    vi.useFakeTimers();
    const limiter = createLimiters({ maxConcurrent: 1, requestsPerSecond: 10, timeoutMs: 5_000 })(
      'https://one',
    );
    const sequence: string[] = [];
    const send = (name: string, priority: 0 | 5) =>
      limiter(async () => sequence.push(name), never(), priority);
    const pages = ['page 1', 'page 2', 'page 3', 'page 4'].map((name) => send(name, 5));
    const all = [...pages, send('login', 0)];
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all(all);
    expect(sequence.indexOf('login')).toBeLessThan(sequence.indexOf('page 4'));
  });

  it('lets one login go at a time, and pages beside it', async () => {
    const limiter = createLimiters({ maxConcurrent: 4, requestsPerSecond: 100, timeoutMs: 5_000 })(
      'https://one',
    );
    const started: string[] = [];
    const ends: (() => void)[] = [];
    const job = (name: string) => () =>
      new Promise<void>((resolve) => {
        started.push(name);
        ends.push(resolve);
      });
    const all = [
      limiter(job('login 1'), never(), 0),
      limiter(job('login 2'), never(), 0),
      limiter(job('page'), never(), 5),
    ];
    expect(started).toEqual(['login 1', 'page']);
    ends[0]?.();
    await all[0];
    await vi.waitFor(() => expect(started).toEqual(['login 1', 'page', 'login 2']));
    for (const end of ends) end();
    await Promise.all(all);
  });

  it('lets a login of one server go while that of another hangs at the same origin', async () => {
    const limiter = createLimiters({ maxConcurrent: 4, requestsPerSecond: 100, timeoutMs: 5_000 })(
      'https://one',
    );
    const end = new AbortController();
    const hangs = () => new Promise<never>(() => {});
    const hanging = ['https://one/sby', 'https://one/sby'].map((server) =>
      limiter(hangs, end.signal, 0, server).catch(() => 'ended'),
    );
    expect(await limiter(async () => 'logged in', never(), 0, 'https://one/jkt')).toBe('logged in');
    end.abort();
    expect(await Promise.all(hanging)).toEqual(['ended', 'ended']);
  });

  it('is kept for one server and not shared with another', () => {
    const limiterFor = createLimiters({ maxConcurrent: 1, requestsPerSecond: 1, timeoutMs: 5_000 });
    expect(limiterFor('https://one')).toBe(limiterFor('https://one'));
    expect(limiterFor('https://one')).not.toBe(limiterFor('https://two'));
  });

  it('skips a job that was aborted while it waited or before, and tells so at once', async () => {
    const limiter = createLimiters({ maxConcurrent: 1, requestsPerSecond: 1_000, timeoutMs: 5_000 })(
      'https://one',
    );
    const stop = new AbortController();
    const first = await occupy(limiter);
    const job = vi.fn(async () => {});
    const second = limiter(job, stop.signal, 5);
    stop.abort(new Error('shutting down'));
    await expect(second).rejects.toThrow('shutting down');
    first.release();
    await limiter(async () => {}, never(), 5);
    await expect(limiter(job, stop.signal, 5)).rejects.toThrow('shutting down');
    expect(job).not.toHaveBeenCalled();
  });

  it('sleeps while as many requests are under way as may be', async () => {
    vi.useFakeTimers();
    const limiter = createLimiters({ maxConcurrent: 1, requestsPerSecond: 10, timeoutMs: 5_000 })(
      'https://one',
    );
    const first = await occupy(limiter);
    const second = limiter(async () => 'sent', never(), 5);
    expect(vi.getTimerCount()).toBe(0);
    first.release();
    await expect(second).resolves.toBe('sent');
  });

  it('keeps no place for requests that were cancelled while they waited', async () => {
    vi.useFakeTimers();
    const rates = { maxConcurrent: 9, requestsPerSecond: 2, timeoutMs: 5_000 };
    const limiter = createLimiters(rates)('https://one');
    let sent = 0;
    const send = (signal: AbortSignal) => limiter(async () => (sent += 1), signal, 5);
    const first = [send(never()), send(never())];
    const stop = new AbortController();
    const cancelled = [1, 2, 3].map(() => send(stop.signal));
    const last = [send(never()), send(never())];
    stop.abort(new Error('cancelled'));
    await expect(Promise.any(cancelled)).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(sent).toBe(4);
    await Promise.all([...first, ...last]);
  });

  it('holds for all runs at a server together', async () => {
    const server = await startDepotServer({ count: 35 });
    const crowd = createCrowd(3);
    server.faults.onRequest = async ({ page = 0 }) => {
      if (page > 1) await crowd.pass();
      return undefined;
    };
    const client = depotClient({ pageSize: 5, maxConcurrent: 3 });
    await Promise.all([readDepot(server.url, client), readDepot(server.url, client)]);
    expect(crowd.most()).toBe(3);
    await server.stop();
  });

  it('is free while a request waits to be repeated', async () => {
    const server = await startDepotServer({ count: 1 });
    const limited = depotClient({ maxConcurrent: 1 });
    const session = await limited.source.open(targetAt(server.url), never());
    let others = 0;
    server.faults.onRequest = async ({ page }) => {
      if (page === undefined || others > 0) return undefined;
      others += 1;
      return { status: 500 };
    };
    const both = [session.read('asc', async () => {}), readDepot(server.url, limited)];
    await expect(Promise.all(both)).resolves.toHaveLength(2);
    await server.stop();
  });
});

/** Takes the limiter's only slot until it is released. */
async function occupy(limiter: Limiter): Promise<{ release: () => void }> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await new Promise<void>((started) => {
    const job = () => {
      started();
      return held;
    };
    limiter(job, never(), 5).catch(() => {});
  });
  return { release };
}

describe('a place that comes free while the limiter looks', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is not missed: whoever waits gets it, though nothing else ends or comes', async () => {
    let [clock, passes] = [0, 0];
    vi.spyOn(performance, 'now').mockImplementation(() => {
      clock += passes;
      return clock;
    });
    const rates = { maxConcurrent: 1, requestsPerSecond: 1, timeoutMs: 1_000 };
    const limiterFor = createLimiters(rates);
    const { signal } = new AbortController();
    // The place is free from 1010 ms on. From one of these moments on, one look is before that, and the next one after.
    for (let at = 1_000; at <= 1_010; at += 1) {
      const limiter = limiterFor(`http://depot-${at}`);
      [clock, passes] = [0, 0];
      await limiter(async () => {}, signal, 5);
      [clock, passes] = [at, 2];
      expect(await limiter(async () => 'served', signal, 5)).toBe('served');
    }
  });
});
