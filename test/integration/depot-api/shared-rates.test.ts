import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../../sandbox/process/redis.ts';
import { until } from '../../../sandbox/process/until.ts';
import { createLimiters, type Limiter } from '../../../src/depot-api/http/limiter.ts';
import { createSharedRates, type SharedRates } from '../../../src/depot-api/http/shared-rates.ts';
import { probeRedis } from '../../../src/depot-api/probe.ts';
import type { Logger } from '../../../src/sync/ports/ports.ts';

const ORIGIN = 'https://dev.example.com';
const RATES = { maxConcurrent: 3, requestsPerSecond: 1000, timeoutMs: 500 };
const signal = new AbortController().signal;

/** A way to Redis that can lose what passes. */
async function startWire(redisUrl: string) {
  const at = new URL(redisUrl);
  let silent: 'none' | 'answers' | 'both' = 'none';
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(at.port), at.hostname);
    near.on('data', (bytes) => silent === 'both' || far.write(bytes)).on('close', () => far.destroy());
    far.on('data', (bytes) => silent !== 'none' || near.write(bytes));
    for (const socket of [near, far]) socket.on('error', () => {});
    sockets.add(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `redis://127.0.0.1:${port}`,
    silence: (what: typeof silent) => {
      silent = what;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

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
  const startProcess = (rates = RATES, url = redis.url) => {
    const owner = randomUUID();
    const shared = createSharedRates(url, logger, owner);
    return { owner, shared, limiter: createLimiters(rates, shared)(ORIGIN) };
  };
  /** Does something in Redis by a connection of its own. */
  const inRedis = async <T>(work: (client: Redis) => Promise<T>) => {
    const client = new Redis(redis.url);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  };
  const said = (pattern: RegExp, times: number) =>
    until(() => lines.filter((line) => pattern.test(line)).length >= times, {
      failure: () => `${pattern} ${times} times in:\n${lines.join('\n')}`,
    });

  test('are kept by each process alone where Redis is silent, after the first wait for it', async () => {
    const wire = await startWire(redis.url);
    const shared = createSharedRates(wire.url, logger);
    const limiter = createLimiters(RATES, shared)(ORIGIN);
    try {
      await said(/are shared through Redis/, 3);
      wire.silence('both');
      for (let n = 0; n < 20; n += 1) await limiter(async () => n, signal, 5);
      expect(lines.filter((line) => line.startsWith('a rate limit in Redis went wrong'))).toHaveLength(1);
      expect(lines.filter((line) => line.startsWith('Redis is lost'))).toHaveLength(1);
    } finally {
      await shared.stop();
      wire.stop();
    }
  });

  test('keep no place for a request whose grant got lost on its way from Redis', async () => {
    const patient = { ...RATES, timeoutMs: 3_600_000 };
    const wire = await startWire(redis.url);
    const [unlucky, other] = [startProcess(patient, wire.url), startProcess(patient)];
    processes.push(unlucky, other);
    await said(/are shared through Redis/, 4);
    wire.silence('answers');
    const sent = Array.from({ length: RATES.maxConcurrent }, () =>
      unlucky.limiter(async () => {}, signal, 5),
    );
    await said(/Redis is lost/, 1);
    wire.silence('none');
    await Promise.all(sent);
    await said(/are shared through Redis/, 5);
    expect(await mostAtOnce([other.limiter])).toBe(RATES.maxConcurrent);
    wire.stop();
  });

  test('keep no place for a request whose end got lost on its way to Redis', async () => {
    const patient = { ...RATES, timeoutMs: 3_600_000 };
    const wire = await startWire(redis.url);
    const [unlucky, other] = [startProcess(patient, wire.url), startProcess(patient)];
    processes.push(unlucky, other);
    await said(/are shared through Redis/, 4);
    const ends: (() => void)[] = [];
    const untilEnd = () => new Promise<void>((resolve) => void ends.push(resolve));
    const sent = Array.from({ length: RATES.maxConcurrent }, () => unlucky.limiter(untilEnd, signal, 5));
    await until(() => ends.length === RATES.maxConcurrent, { failure: () => 'three requests are under way' });
    wire.silence('both');
    for (const end of ends.slice(1)) end();
    await Promise.all(sent.slice(1));
    await said(/Redis is lost/, 1);
    wire.silence('none');
    await said(/are shared through Redis/, 5);
    expect(await mostAtOnce([other.limiter])).toBe(RATES.maxConcurrent - 1);
    ends[0]?.();
    await sent[0];
    wire.stop();
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
    expect(first.shared.isLost()).toBe(true);
    for (const go of release) go();
    await Promise.all(jobs);
    expect(done.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);

    redis = await startRedis(port);
    await said(/are shared through Redis/, 4);
    await first.limiter(async () => done.push(12), signal, 5);
    expect(done).toContain(12);
    expect(first.shared.isLost()).toBe(false);
  });

  test('say why Redis is lost as soon as it shows, also where a restart brought a new password', async () => {
    const told: unknown[] = [];
    const warn = ({ why }: { why?: unknown }) => void told.push(why);
    const shared = createSharedRates(redis.url, { ...logger, warn });
    await said(/are shared through Redis/, 3);
    await inRedis(async (client) => {
      await client.config('SET', 'requirepass', 'new');
      await client.client('KILL', 'TYPE', 'normal');
    });
    await until(() => told.includes('NOAUTH Authentication required.'), { failure: () => told.join('\n') });
    await shared.stop();
    expect(told).toEqual([undefined, 'NOAUTH Authentication required.']);
  });

  test('leave a place to a process that waits, however busy another one is', async () => {
    const narrow = { ...RATES, maxConcurrent: 1 };
    const [busy, late] = [startProcess(narrow), startProcess(narrow)];
    processes.push(busy, late);
    await said(/are shared through Redis/, 4);
    let done = 0;
    let isOver = false;
    const pages = Array.from({ length: 3 }, async () => {
      while (!isOver && done < 300)
        await busy.limiter(
          async () => {
            await new Promise((resolve) => setTimeout(resolve, 10));
            done += 1;
          },
          signal,
          5,
        );
    });
    await until(() => done >= 20, { failure: () => 'the first process is busy' });
    const doneBefore = done;
    for (let n = 0; n < 5; n += 1) await late.limiter(async () => {}, signal, 0);
    isOver = true;
    expect(done - doneBefore).toBeLessThan(50);
    await Promise.all(pages);
  });

  test('keep no place for long for a process that gave up waiting', async () => {
    const [busy, late] = processes;
    if (busy === undefined || late === undefined) throw new Error('There are no two processes');
    const ends: (() => void)[] = [];
    const untilEnd = () => new Promise<void>((resolve) => void ends.push(resolve));
    const all = Array.from({ length: RATES.maxConcurrent }, () => busy.limiter(untilEnd, signal, 5));
    await until(() => ends.length === RATES.maxConcurrent, { failure: () => 'three requests are under way' });
    const stop = new AbortController();
    const waiting = late.limiter(async () => {}, stop.signal, 5);
    await inRedis((client) =>
      until(async () => (await client.keys('* waiting')).length === 1, { failure: () => 'one waits' }),
    );
    stop.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    for (const end of ends) end();
    await Promise.all(all);
    await until(async () => (await mostAtOnce([busy.limiter])) === RATES.maxConcurrent, {
      failure: () => 'three requests are under way again',
    });
  });

  test('are whole again after a clock of Redis that was set back by an hour', async () => {
    const [first, second] = processes;
    if (first === undefined || second === undefined) throw new Error('There are no two processes');
    await mostAtOnce([first.limiter, second.limiter]);
    // What stands there afterwards looks as if it came from an hour later.
    await inRedis(async (client) => {
      for (const key of await client.keys('usersync *'))
        for (const member of await client.zrange(key, 0, -1)) await client.zincrby(key, 3_600_000, member);
      const [seconds = 0] = await client.time();
      const [key = ''] = await client.keys('* seen');
      for (let n = 0; n < RATES.requestsPerSecond; n += 1)
        await client.zadd(key, (seconds + 3_601) * 1_000, `another ${n}`);
    });
    expect(await mostAtOnce([first.limiter, second.limiter])).toBe(RATES.maxConcurrent);
  });

  test('are kept by all while a server wants a rest from one of them', async () => {
    const [first, second] = processes;
    if (first === undefined || second === undefined) throw new Error('There are no two processes');
    let restedAt = 0;
    await first.limiter(
      async (rest) => {
        restedAt = performance.now();
        rest(700);
      },
      signal,
      5,
    );
    const startedAt = await second.limiter(async () => performance.now(), signal, 5);
    expect(startedAt - restedAt).toBeGreaterThanOrEqual(690);
  });

  test('are kept by each process alone where Redis is read-only, with one warning, and doctor says so', async () => {
    await inRedis((client) => client.replicaof('127.0.0.1', '1'));
    expect(await mostAtOnce(processes.map(({ limiter }) => limiter))).toBe(2 * RATES.maxConcurrent);
    expect(lines.filter((line) => line.startsWith('a rate limit in Redis went wrong'))).toHaveLength(2);
    expect(processes.map(({ shared }) => shared.isLost())).toEqual([true, true]);
    await expect(probeRedis(redis.url)).rejects.toThrow('READONLY');
    await inRedis((client) => client.replicaof('NO', 'ONE'));
    expect(await mostAtOnce(processes.map(({ limiter }) => limiter))).toBe(RATES.maxConcurrent);
    expect(processes.map(({ shared }) => shared.isLost())).toEqual([false, false]);
  });

  test('are known to be shared again once Redis serves again, although nobody asks a depot server', async () => {
    const shared = createSharedRates(redis.url, logger, 'idle', 10);
    await said(/are shared through Redis/, 3);
    await inRedis((client) => client.replicaof('127.0.0.1', '1'));
    await createLimiters(RATES, shared)(ORIGIN)(async () => {}, signal, 5);
    expect(shared.isLost()).toBe(true);
    await inRedis((client) => client.replicaof('NO', 'ONE'));
    await until(() => !shared.isLost(), { failure: () => 'Redis is known to serve again' });
    await shared.stop();
  });

  test.each([
    ['no key', ['+@all', '&usersync*']],
    ['no channel', ['+@all', '~usersync*']],
    ['no script', ['+@all', '~usersync*', '&usersync*', '-@scripting']],
  ])('need rights in Redis, and doctor says so where the account has %s', async (_, rules) => {
    await inRedis((client) => client.acl('SETUSER', 'usersync', 'on', '>secret', ...rules));
    const url = redis.url.replace('redis://', 'redis://usersync:secret@');
    await expect(probeRedis(url)).rejects.toThrow(/permission|can't publish/);
  });

  test('do not end the process where its account loses the channel', async () => {
    await inRedis((client) => client.acl('SETUSER', 'usersync', 'on', '>secret', '+@all', '~*', '&*'));
    const own = startProcess(RATES, redis.url.replace('redis://', 'redis://usersync:secret@'));
    processes.push(own);
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    await inRedis(async (client) => {
      const subscribed = async () =>
        String(await client.client('LIST')).match(/user=usersync .*\bsub=1\b|\bsub=1\b.*user=usersync /);
      await until(async () => (await subscribed()) !== null, { failure: () => 'the process has subscribed' });
      // Redis ends the connections that lost the right to what they are subscribed to.
      await client.acl('SETUSER', 'usersync', 'resetchannels');
      await until(async () => JSON.stringify(await client.acl('LOG')).includes('"channel"'), {
        failure: () => 'the process has subscribed again',
      });
      await until(async () => (await client.ping()) === 'PONG', { failure: () => 'Redis has answered' });
    });
    expect(await own.limiter(async () => 'sent', signal, 5)).toBe('sent');
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('need no more rights in Redis than the manual names', async () => {
    const manual = await readFile('docs/deploying.md', 'utf8');
    const [, rules = ''] = /ACL SETUSER usersync on '>…' ([^`]*)/.exec(manual) ?? [];
    await inRedis((client) => client.acl('SETUSER', 'usersync', 'on', '>secret', ...rules.split(' ')));
    const url = redis.url.replace('redis://', 'redis://usersync:secret@');
    expect(await probeRedis(url)).toBeGreaterThanOrEqual(0);
    const own = [startProcess(RATES, url), startProcess(RATES, url)];
    processes.push(...own);
    await said(/are shared through Redis/, 4);
    expect(await mostAtOnce(own.map(({ limiter }) => limiter))).toBe(RATES.maxConcurrent);
    expect(lines.filter((line) => line.includes('wrong'))).toEqual([]);
  });
});
