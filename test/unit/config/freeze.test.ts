import { describe, expect, it } from 'vitest';
import { type FreezeWindow, freezeOf, neverEnds, parseFreezeWindow } from '../../../src/config/freeze.ts';

function windows(...texts: readonly string[]): readonly FreezeWindow[] {
  return texts.map((text) => {
    const window = parseFreezeWindow(text);
    if (window === undefined) throw new Error(`${text} is no window`);
    return window;
  });
}

const until = (now: string, timezone: string, ...texts: readonly string[]) =>
  freezeOf(windows(...texts), timezone)(new Date(now))?.toISOString();

describe('a freeze', () => {
  const weekend = 'Fri 18:00-Mon 07:00';
  it.each([
    ['a minute before it begins', '2026-11-27T17:59:59Z', undefined],
    ['as it begins', '2026-11-27T18:00:00Z', '2026-11-30T07:00:00.000Z'],
    ['across the end of the week', '2026-11-28T23:59:30Z', '2026-11-30T07:00:00.000Z'],
    ['in its last second', '2026-11-30T06:59:59Z', '2026-11-30T07:00:00.000Z'],
    ['as it ends', '2026-11-30T07:00:00Z', undefined],
  ])('of every weekend, %s', (_when, now, ends) => {
    expect(until(now, 'UTC', weekend)).toBe(ends);
  });

  it.each([
    ['2026-12-23T23:59:59Z', undefined],
    ['2026-12-24T00:00:00Z', '2027-01-03T00:00:00.000Z'],
    ['2027-01-02T23:59:59Z', '2027-01-03T00:00:00.000Z'],
    ['2027-01-03T00:00:00Z', undefined],
  ])('of days holds on the first and the last of them: at %s until %s', (now, ends) => {
    expect(until(now, 'UTC', '2026-12-24-2027-01-02')).toBe(ends);
  });

  it('is of the time zone’s own clock', () => {
    expect(until('2026-11-27T11:00:00Z', 'Asia/Jakarta', weekend)).toBe('2026-11-30T00:00:00.000Z');
  });

  it.each([
    ['goes forward', '2026-03-28T12:00:00Z', '2026-03-30T05:00:00.000Z'],
    ['goes back', '2026-10-24T12:00:00Z', '2026-10-26T06:00:00.000Z'],
  ])('ends by the clock on the wall where that clock %s meanwhile', (_how, now, ends) => {
    expect(until(now, 'Europe/Berlin', weekend)).toBe(ends);
  });

  it('ends with the last of windows that touch or overlap', () => {
    const ends = until(
      '2026-12-25T12:00:00Z',
      'UTC',
      weekend,
      '2026-12-24-2027-01-02',
      'Mon 06:00-Mon 09:00',
    );
    expect(ends).toBe('2027-01-04T09:00:00.000Z');
  });
});

describe('a window', () => {
  it.each([
    'Fri 18:00',
    'Fri 18:00-Fri 18:00',
    'Fr 18:00-Mon 07:00',
    'Fri 24:00-Mon 07:00',
    'Fri 18:60-Mon 07:00',
    '2026-02-30-2026-03-01',
    '2027-01-02-2026-12-24',
    '',
  ])('is none: %j', (text) => {
    expect(parseFreezeWindow(text)).toBeUndefined();
  });

  it('never ends where the weekly ones leave no minute', () => {
    expect(neverEnds(windows('Mon 00:00-Thu 00:00', 'Wed 12:00-Mon 00:00'))).toBe(true);
    expect(neverEnds(windows('Mon 00:00-Thu 00:00', 'Thu 00:01-Mon 00:00'))).toBe(false);
  });
});
