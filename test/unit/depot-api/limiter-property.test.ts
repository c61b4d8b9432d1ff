import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mostInASecond } from '../../../sandbox/depot/host.ts';
import { createLimiters, type Rest } from '../../../src/depot-api/http/limiter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const passes = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** All in milliseconds. `there`: on its way to the server; `givenUpAfter`: by its own timeout, counted from its sending. */
const request = fc.record({
  comesAt: fc.integer({ min: 0, max: 6_000 }),
  there: fc.integer({ min: 0, max: 60 }),
  atWork: fc.integer({ min: 0, max: 40 }),
  cancelledAt: fc.option(fc.integer({ min: 0, max: 8_000 }), { freq: 12, nil: undefined }),
  givenUpAfter: fc.option(fc.integer({ min: 1, max: 2_500 }), { freq: 2, nil: undefined }),
  wantsRest: fc.option(fc.integer({ min: 1, max: 600 }), { freq: 30, nil: undefined }),
  priority: fc.constantFrom(0 as const, 5 as const, 5 as const, 5 as const),
});
const world = fc.record({
  rates: fc.record({
    maxConcurrent: fc.integer({ min: 1, max: 12 }),
    requestsPerSecond: fc.integer({ min: 1, max: 20 }),
    timeoutMs: fc.constant(30_000),
  }),
  /** What each answer takes at least. */
  least: fc.constantFrom(0, 5, 100, 400),
  stands: fc.option(
    fc.record({ from: fc.integer({ min: 0, max: 8_000 }), ms: fc.integer({ min: 1, max: 2_000 }) }),
    { nil: undefined },
  ),
  requests: fc.array(request, { minLength: 60, maxLength: 150 }),
});

it('sends no more requests than allowed, at a time and in any second, whatever is cancelled, late or resting', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ rates, least, stands, requests }) => {
      const limiter = createLimiters(rates)('https://one');
      const begin = performance.now();
      const arrivals: number[] = [];
      let [running, most, ended, restsUntil] = [0, 0, 0, 0];
      const tooEarly: number[] = [];
      const until = (ms: number) => passes(Math.max(0, begin + ms - performance.now()));
      const send = async (each: (typeof requests)[number]) => {
        await until(each.comesAt);
        const stop = new AbortController();
        if (each.cancelledAt !== undefined) void until(each.cancelledAt).then(() => stop.abort('cancelled'));
        const job = async (rest: Rest) => {
          if (performance.now() < restsUntil) tooEarly.push(performance.now());
          running += 1;
          most = Math.max(most, running);
          const timer = setTimeout(() => stop.abort('given up'), each.givenUpAfter ?? 30_000);
          const arrives = passes(each.there).then(async () => {
            const at = performance.now() - begin;
            if (stands && at >= stands.from && at < stands.from + stands.ms)
              await until(stands.from + stands.ms);
            // A connection that was closed on the way brings nothing any more.
            if (!stop.signal.aborted) arrivals.push(performance.now());
          });
          const answered = arrives.then(() => passes(least + each.atWork));
          await Promise.race([
            answered,
            new Promise((resolve) => stop.signal.addEventListener('abort', resolve)),
          ]);
          clearTimeout(timer);
          running -= 1;
          if (each.wantsRest !== undefined && !stop.signal.aborted) {
            rest(each.wantsRest);
            restsUntil = Math.max(restsUntil, performance.now() + each.wantsRest);
          }
          stop.signal.throwIfAborted();
        };
        await limiter(job, stop.signal, each.priority).catch(() => {});
        ended += 1;
      };
      const all = Promise.all(requests.map(send));
      await vi.advanceTimersByTimeAsync(400_000);
      expect(ended).toBe(requests.length);
      await all;
      expect(tooEarly).toEqual([]);
      expect(most).toBeLessThanOrEqual(rates.maxConcurrent);
      expect(mostInASecond(arrivals)).toBeLessThanOrEqual(rates.requestsPerSecond);
    }),
    { numRuns: 60 },
  );
}, 30_000);
