import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../../sandbox/process/redis.ts';
import { until } from '../../../sandbox/process/until.ts';
import { createLimiters, type Limiter } from '../../../src/depot-api/http/limiter.ts';
import { createSharedRates, type SharedRates } from '../../../src/depot-api/http/shared-rates.ts';
import type { Logger } from '../../../src/sync/ports/ports.ts';

const ORIGIN = 'https://dev.example.com';
const RATES = { maxConcurrent: 3, requestsPerSecond: 1000, timeoutMs: 500 };
const signal = new AbortController().signal;

describe('depot rate limits shared through Redis', () => {
  let redis: RedisServer;
  let lines: string[];
  let processes: { readonly owner: string; readonly shared: SharedRates; readonly limiter: Limiter }[];

  const logger: Logger = {
    debug: () => {},
    info: (_, message) => lines.push(message),
    warn: (_, message) => lines.push(message),
    error: (_, message) => lines.push(message),
  };
  const startProcess = (rates = RATES) => {
    const owner = randomUUID();
    const shared = createSharedRates(redis.url, logger, owner);
    return { owner, shared, limiter: createLimiters(rates, shared)(ORIGIN) };
  };
  const said = (pattern: RegExp, times: number) =>
    until(() => lines.filter((line) => pattern.test(line)).length >= times, {
      failure: () => `${pattern} ${times} times in:\n${lines.join('\n')}`,
    });

  test('are kept by each process alone where Redis is silent, after the first wait for it', async () => {
    const at = new URL(redis.url);
    let isSilent = false;
    const wire = createServer((near) => {
      const far = connect(Number(at.port), at.hostname);
      near.on('data', (bytes) => isSilent || far.write(bytes)).on('close', () => far.destroy());
      far.on('data', (bytes) => isSilent || near.write(bytes));
      for (const socket of [near, far]) socket.on('error', () => {});
    });
    await once(wire.listen(0, '127.0.0.1'), 'listening');
    const address = wire.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const shared = createSharedRates(`redis://127.0.0.1:${port}`, logger);
    const limiter = createLimiters(RATES, shared)(ORIGIN);
    try {
      await said(/are shared through Redis/, 3);
      isSilent = true;
      for (let n = 0; n < 20; n += 1) await limiter(async () => n, signal, 5);
      expect(lines.filter((line) => line.startsWith('a rate limit in Redis went wrong'))).toHaveLength(1);
      expect(lines.filter((line) => line.startsWith('Redis is lost'))).toHaveLength(1);
    } finally {
      await shared.stop();
      wire.close();
    }
  });

  beforeEach(async () => {
    lines = [];
    redis = await startRedis();
    processes = [startProcess(), startProcess()];
    await said(/are shared through Redis/, 2);
  });
  afterEach(async () => {
    await Promise.all(processes.map(({ shared }) => shared.stop()));
    await redis.stop();
  });

  /** How many requests were under way at once when each limiter was given fifteen. */
  const mostAtOnce = async (limiters: readonly Limiter[]) => {
    let running = 0;
    let most = 0;
    const job = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    await Promise.all(
      limiters.flatMap((limiter) => Array.from({ length: 15 }, () => limiter(job, signal, 5))),
    );
    return most;
  };

  test('hold for two processes together', async () => {
    expect(await mostAtOnce(processes.map(({ limiter }) => limiter))).toBe(RATES.maxConcurrent);
  });

  test('may be such as divide no second into whole milliseconds', async () => {
    const third = startProcess({ ...RATES, requestsPerSecond: 300 });
    processes.push(third);
    await said(/are shared through Redis/, 3);
    expect(await mostAtOnce([third.limiter])).toBe(RATES.maxConcurrent);
  });

  test('are those of the settings, whatever was set before', async () => {
    await mostAtOnce(processes.map(({ limiter }) => limiter));
    const fresh = startProcess({ ...RATES, maxConcurrent: 1 });
    processes.push(fresh);
    await said(/are shared through Redis/, 3);
    expect(await mostAtOnce([fresh.limiter])).toBe(1);
  });

  test('are not taken up for ever by the requests of a process that died', async () => {
    const [dying, other] = processes;
    if (dying === undefined || other === undefined) throw new Error('There are no two processes');
    let underWay = 0;
    const never = async () => {
      underWay += 1;
      await new Promise(() => {});
    };
    for (let n = 0; n < RATES.maxConcurrent; n += 1) dying.limiter(never, signal, 5).catch(() => {});
    await until(() => underWay === RATES.maxConcurrent, {
      failure: () => 'three requests are under way',
    });
    await dying.shared.stop();
    expect(await other.limiter(async () => 'sent', signal, 5)).toBe('sent');
  });

  test.each([
    ['has asked that server before', true],
    ['never asked that server', false],
  ])('are given back at once by a process that is known to be dead, to one that %s', async (_, asked) => {
    const patient = { ...RATES, timeoutMs: 3_600_000 };
    const [dying, living, other] = [startProcess(patient), startProcess(patient), startProcess(patient)];
    processes.push(dying, living, other);
    await said(/are shared through Redis/, 5);
    if (asked) await other.limiter(async () => {}, signal, 5);
    let underWay = 0;
    const never = async () => {
      underWay += 1;
      await new Promise(() => {});
    };
    living.limiter(never, signal, 5).catch(() => {});
    for (let n = 1; n < RATES.maxConcurrent; n += 1) dying.limiter(never, signal, 5).catch(() => {});
    await until(() => underWay === RATES.maxConcurrent, {
      failure: () => 'three requests are under way',
    });
    await dying.shared.stop();
    await other.shared.forget([dying.owner]);
    expect(await other.limiter(async () => 'sent', signal, 5)).toBe('sent');
    expect(await mostAtOnce([other.limiter])).toBe(RATES.maxConcurrent - 1);
  });

  test('count a request until its end and a second more, or until its process is known to be dead', async () => {
    const patient = { ...RATES, timeoutMs: 3_600_000 };
    const [dying, living] = [startProcess(patient), startProcess(patient)];
    processes.push(dying, living);
    await said(/are shared through Redis/, 4);
    const client = new Redis(redis.url);
    /** The milliseconds for which each request counts from now on, the longest first. */
    const countFor = async () => {
      const [key = ''] = await client.keys('* seen');
      const scores = (await client.zrange(key, 0, -1, 'WITHSCORES')).filter((_, index) => index % 2 === 1);
      const [seconds = 0, microseconds = 0] = await client.time();
      return scores
        .map((score) => Number(score) - seconds * 1_000 - microseconds / 1_000)
        .sort((a, b) => b - a);
    };
    const ends: (() => void)[] = [];
    const untilEnd = () => new Promise<void>((resolve) => void ends.push(resolve));
    const all = [dying, living].map(({ limiter }) => limiter(untilEnd, signal, 5));
    await until(() => ends.length === 2, { failure: () => 'two requests are under way' });
    expect((await countFor()).map((ms) => ms > 60_000)).toEqual([true, true]);
    await living.shared.forget([dying.owner]);
    expect((await countFor()).map((ms) => ms > 1_010)).toEqual([true, false]);
    for (const end of ends) end();
    await Promise.all(all);
    await until(async () => (await countFor()).every((ms) => ms <= 1_010), {
      failure: () => 'both requests have ended',
    });
    client.disconnect();
  });

  test('hold for each process by itself while Redis is lost, and together again after it', async () => {
    const [first] = processes;
    if (first === undefined) throw new Error('There is no process');
    const done: number[] = [];
    const release: (() => void)[] = [];
    const jobs = Array.from({ length: 12 }, (_, index) =>
      first.limiter(
        async () => {
          if (index < RATES.maxConcurrent) await new Promise<void>((resolve) => release.push(resolve));
          done.push(index);
        },
        signal,
        5,
      ),
    );
    await until(() => release.length === RATES.maxConcurrent, {
      failure: () => 'three jobs run',
    });
    const port = Number(new URL(redis.url).port);
    await redis.stop();
    await said(/Redis is lost/, 2);
    for (const go of release) go();
    await Promise.all(jobs);
    expect(done.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);

    redis = await startRedis(port);
    await said(/are shared through Redis/, 4);
    await first.limiter(async () => done.push(12), signal, 5);
    expect(done).toContain(12);
  });
});
