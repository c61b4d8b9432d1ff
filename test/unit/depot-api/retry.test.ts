import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { describeBroken } from '../../../src/depot-api/errors.ts';
import type { Outcome } from '../../../src/depot-api/http/http.ts';
import {
  MAX_ATTEMPTS,
  parseRetryAfter,
  retryDelay,
  sendInTurn,
  sendWithRetries,
  type Transport,
} from '../../../src/depot-api/http/transport.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const NOW = Date.parse('2026-11-01T12:00:00Z');
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait before a retry', () => {
  it('doubles from attempt to attempt, at the top of its jitter', () => {
    expect([1, 2, 3].map((attempt) => retryDelay(attempt, 1))).toEqual([250, 500, 1000]);
  });

  it('ends after four attempts', () => {
    expect(retryDelay(4, 0.5)).toBeUndefined();
  });

  it('stays between nothing and five seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 }), fraction, (attempt, random) => {
        const wait = retryDelay(attempt, random);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(5_000, 250 * 2 ** (attempt - 1)));
      }),
    );
  });
});

const answer = (status: number, retryAfter?: string, date?: string): Outcome => ({
  kind: 'answer',
  status,
  retryAfter,
  date,
  text: '',
});

describe('the rest of a server that limits the rate', () => {
  it.each([
    [undefined, 0, 1_000],
    [undefined, 0.5, 1_500],
    ['0', 0.5, 1_500],
    ['7', 0, 7_000],
    ['7', 0.5, 7_500],
    ['3600', 0.5, 60_500],
  ])(
    'is what it asks for (%s s), else the usual one, and longer by chance: %f',
    async (asked, random, waitMs) => {
      const waits: number[] = [];
      const { attempts } = await sendWithRetries(async () => answer(429, asked), {
        random: () => random,
        restMs: 1_000,
        delay: async (ms) => void waits.push(ms),
        signal: new AbortController().signal,
        remainingMs: () => Number.POSITIVE_INFINITY,
        onRetry: () => {},
      });
      expect(waits).toEqual(Array(7).fill(waitMs));
      expect(attempts).toBe(8);
    },
  );
});

describe('a request that was sent in its turn', () => {
  it.each<[string, Outcome, readonly string[]]>([
    ['an answer', answer(200), []],
    ['an error of the server', answer(500), []],
    ['a limited rate', answer(429), ['rests for 1000']],
    ['a limited rate that asks for a wait', answer(503, '7'), ['rests for 7000']],
    [
      'a limited rate until a time by its own clock, which is behind',
      answer(429, 'Sun, 01 Nov 2020 12:00:05 GMT', 'Sun, 01 Nov 2020 12:00:00 GMT'),
      ['rests for 5000'],
    ],
    [
      'a limited rate until a time by its own clock, which is ahead',
      answer(503, 'Thu, 01 Nov 2096 12:00:05 GMT', 'Thu, 01 Nov 2096 12:00:00 GMT'),
      ['rests for 5000'],
    ],
    [
      'a limited rate until a time by a clock that it does not tell',
      answer(503, 'Sun, 01 Nov 2020 12:00:05 GMT', 'now'),
      ['rests for 1000'],
    ],
    ['a limited rate that asks for a long wait', answer(429, '3600'), ['rests for 10000']],
    ['a lost connection', describeBroken(new Error('lost')), ['is unanswered']],
  ])('tells the limiter what came of it: %s', async (_, outcome, told) => {
    const seen: string[] = [];
    const transport: Pick<Transport, 'limiter' | 'pace' | 'timeoutMs'> = {
      limiter: (job) =>
        job(
          (ms) => seen.push(`rests for ${ms}`),
          () => seen.push('is unanswered'),
        ),
      pace: { random: () => 0, delay: async () => {}, restMs: 1_000 },
      timeoutMs: 30_000,
    };
    expect(await sendInTurn(transport, async () => outcome, new AbortController().signal, 5)).toBe(outcome);
    expect(seen).toEqual(told);
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['3600', 60_000],
    ['9'.repeat(400), 60_000],
    ['Sun, 01 Nov 2026 12:00:05 GMT', 5_000],
    ['Sun Nov  1 12:00:05 2026', 5_000],
    ['Sunday, 01-Nov-26 12:00:05 GMT', 5_000],
    ['Sun, 01 Nov 2026 11:00:00 GMT', 0],
    ['Sun, 01 Nov 2037 11:00:00 GMT', 60_000],
  ])('%s asks for %i ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });

  it.each([undefined, '', 'soon', '-5', '1.5', '7 seconds', 'Sun, 99 Foo'])(
    '%s asks for nothing',
    (header) => {
      expect(parseRetryAfter(header, NOW)).toBeUndefined();
    },
  );

  it('never asks for more than a minute, whatever the header says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String), fc.date().map(String)), (header) => {
        const ms = parseRetryAfter(header, NOW);
        if (ms !== undefined) expect(ms >= 0 && ms <= 60_000).toBe(true);
      }),
    );
  });
});
