import { describe, expect, it } from 'vitest';
import { cronProblem, dueTimes } from '../../../src/config/schedules.ts';

const lastDueBy = (cron: string, timezone: string) => dueTimes({ cron, timezone }).lastDue;

describe('a schedule', () => {
  it.each([
    ['0 2 * * *', 'UTC', undefined],
    ['*/15 8-17 * * 1-5', 'Asia/Jakarta', undefined],
    ['daily', 'UTC', 'expression'],
    ['61 * * * *', 'UTC', 'expression'],
    ['', 'UTC', 'expression'],
    ['0 2 * *', 'UTC', 'expression'],
    [' 0  2 * * * ', 'UTC', undefined],
    ['@daily', 'UTC', undefined],
    ['0 0 2 * * *', 'UTC', 'fields'],
    ['*/5 * * * * *', 'UTC', 'fields'],
    ['*/5 * * * * * *', 'UTC', 'fields'],
    ['0 0 2 1 1 * 2020', 'UTC', undefined],
    ['2026-11-03T02:00:00', 'UTC', 'fields'],
    ['2026-11-03 02:00:00', 'UTC', 'fields'],
    [' @weekly ', 'UTC', undefined],
    ['0 2 * * *', 'Asia/Nowhere', 'timezone'],
  ])('%j in %s has the problem %s', (expression, timezone, problem) => {
    expect(cronProblem(expression, timezone)).toBe(problem);
  });

  it('was last due at the newest time before now, in its time zone', () => {
    const nightly = lastDueBy('0 2 * * *', 'Asia/Jakarta');
    const due = (now: string) => nightly(new Date(now))?.toISOString();
    expect(due('2026-03-10T18:59:59Z')).toBe('2026-03-09T19:00:00.000Z');
    expect(due('2026-03-10T19:00:01Z')).toBe('2026-03-10T19:00:00.000Z');
  });

  it('stays due until the next time, however long nobody looked', () => {
    const weekly = lastDueBy('30 6 * * 1', 'UTC');
    const friday = new Date('2026-03-13T12:00:00Z');
    expect(weekly(friday)?.toISOString()).toBe('2026-03-09T06:30:00.000Z');
  });

  it('comes once where the clock is put back, and is not left out where it is put forward', () => {
    const berlin = lastDueBy('30 2 * * *', 'Europe/Berlin');
    const days = ['2026-03-29', '2026-03-30', '2026-10-25', '2026-10-26'];
    const due = days.map((day) =>
      berlin(new Date(`${day}T12:00:00Z`))
        ?.toISOString()
        .slice(0, 10),
    );
    expect(due).toEqual(days);
  });

  it('that can never be due was not', () => {
    expect(lastDueBy('0 0 30 2 *', 'UTC')(new Date())).toBeUndefined();
  });
});
