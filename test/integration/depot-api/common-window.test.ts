import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisServer, startRedis } from '../../../sandbox/process/redis.ts';
import { type CommonWindow, createCommonWindow } from '../../../src/depot-api/http/common-window.ts';

const MOST = 4;
/** As while `EXTERNAL_API_TIMEOUT_MS` is being changed, one process after the other. */
const TIMEOUTS_MS = [20_000, 60_000, 600_000];

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** A process, and its requests under way: their tickets, and until when each may take, by the clock of Redis. */
type Process = {
  readonly window: CommonWindow;
  readonly timeoutMs: number;
  readonly held: { readonly ticket: string; readonly until: number }[];
};

const nowAtRedis = async () => {
  const [seconds = 0, microseconds = 0] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
};

const originOfItsOwn = () => `https://${randomUUID()}.example.com`;

function processesAt(origin: string): readonly Process[] {
  return TIMEOUTS_MS.map((timeoutMs) => {
    const rates = { maxConcurrent: MOST, requestsPerSecond: 1_000, timeoutMs };
    const warn = (error: unknown) => {
      throw error;
    };
    const parts = { redis, channel: 'usersync rates', owner: randomUUID(), origin, rates, warn };
    return { window: createCommonWindow(parts), timeoutMs, held: [] };
  });
}

async function enter({ window, timeoutMs, held }: Process, wanted: number): Promise<void> {
  const until = (await nowAtRedis()) + timeoutMs;
  const { tickets = [] } = (await window.enter(wanted)) ?? {};
  held.push(...tickets.map((ticket) => ({ ticket, until })));
}

/** Until when each ticket keeps its place, by the clock of Redis. */
async function placesAt(origin: string, key = 'under way'): Promise<ReadonlyMap<string, number>> {
  const places = await redis.zrange(`usersync {${origin} ${MOST} 1000} ${key}`, 0, -1, 'WITHSCORES');
  return new Map(
    places.flatMap((ticket, n) => (n % 2 === 0 ? [[ticket, Number(places[n + 1])] as const] : [])),
  );
}

const step = fc.record({
  kind: fc.constantFrom('enter', 'leave'),
  who: fc.nat({ max: TIMEOUTS_MS.length - 1 }),
  wanted: fc.integer({ min: 1, max: MOST }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('places at a depot server, taken by processes with different timeouts', () => {
  it('are kept for each request until its own process gives it up', async () => {
    const steps = fc.array(step, { minLength: 2, maxLength: 25 });
    const isKept = async (taken: readonly Step[]) => {
      const origin = originOfItsOwn();
      const processes = processesAt(origin);
      for (const { kind, who, wanted } of taken) {
        const each = processes[who];
        if (kind === 'leave') each?.window.leave(each.held.shift()?.ticket ?? 'none', 0, 0);
        else if (each !== undefined) await enter(each, wanted);
        const places = await placesAt(origin);
        const held = processes.flatMap((one) => one.held);
        expect(held.length).toBeLessThanOrEqual(MOST);
        expect(held.filter(({ ticket, until }) => (places.get(ticket) ?? 0) < until)).toEqual([]);
      }
    };
    await fc.assert(fc.asyncProperty(steps, isKept), { numRuns: 100 });
  });

  it('are kept where a process of an older version took them, whose tickets do not tell its timeout', async () => {
    const origin = originOfItsOwn();
    const [one] = processesAt(origin);
    if (one === undefined) throw new Error('There is no process');
    await enter(one, 1);
    const [ticket, until] = [`${randomUUID()} 1`, (await nowAtRedis()) + 15_000];
    for (const key of ['seen', 'under way'])
      await redis.zadd(`usersync {${origin} ${MOST} 1000} ${key}`, until, ticket);
    await enter(one, MOST);
    expect(one.held).toHaveLength(MOST - 1);
    expect((await placesAt(origin)).get(ticket)).toBe(until);
  });

  it('are counted again for each process that asks after Redis was emptied', async () => {
    const origin = originOfItsOwn();
    const [first, second] = processesAt(origin);
    if (first === undefined || second === undefined) throw new Error('There are no two processes');
    await enter(first, 2);
    await enter(second, 1);
    await redis.flushall();
    await enter(first, 1);
    expect(first.held).toHaveLength(3);
    await enter(second, 1);
    expect(second.held).toHaveLength(1);
    for (const key of ['under way', 'seen'])
      expect([...(await placesAt(origin, key)).keys()].toSorted()).toEqual(
        [...first.held, ...second.held].map(({ ticket }) => ticket).toSorted(),
      );
  });

  it('count from when the server has surely seen the request, and go to nobody while it wants a rest', async () => {
    const origin = originOfItsOwn();
    const [first, second] = processesAt(origin);
    const granted = await first?.window.enter(1);
    expect(granted).toEqual({ tickets: [expect.any(String)], waitMs: undefined });
    const [ticket = ''] = granted?.tickets ?? [];
    const [other = ''] = (await second?.window.enter(1))?.tickets ?? [];
    first?.window.leave(ticket, 300, 60_000);
    // A shorter rest does not end a longer one.
    second?.window.leave(other, 0, 1);
    expect(await second?.window.enter(1)).toEqual({ tickets: [], waitMs: 500 });
    const seen = await redis.zscore(`usersync {${origin} ${MOST} 1000} seen`, ticket);
    expect(Number(seen) - (await nowAtRedis())).toBeLessThanOrEqual(710);
  });

  it('end after the time of their own process where the clock of Redis was set back by an hour', async () => {
    const origin = originOfItsOwn();
    const [dying, living] = processesAt(origin);
    if (dying === undefined || living === undefined) throw new Error('There are no two processes');
    await enter(dying, 1);
    await enter(living, 1);
    const [[{ ticket = '', until = 0 } = {}], [{ ticket: ended = '' } = {}]] = [dying.held, living.held];
    living.window.leave(ended, 0, 0);
    for (const key of await redis.keys(`*${origin}*`)) await redis.zincrby(key, 3_600_000, ticket);
    await redis.zincrby(`usersync {${origin} ${MOST} 1000} seen`, 3_600_000, ended);
    const now = await nowAtRedis();
    await redis.set(`usersync {${origin} ${MOST} 1000} rest`, now + 3_600_000);
    await enter(living, 1);
    expect(living.held).toHaveLength(2);
    // As if it had ended just now: it may have.
    expect((await placesAt(origin, 'seen')).get(ended)).toBeGreaterThanOrEqual(now + 1_010);
    expect((await placesAt(origin)).get(ticket)).toBeLessThan(until + 10_000);
  });
});
