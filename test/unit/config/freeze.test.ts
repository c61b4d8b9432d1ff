import fc from 'fast-check';
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

  it.each([
    ['its begin is skipped', 'Sun 02:30-Sun 04:00', '2026-03-29T00:59:59Z', undefined],
    ['its begin is skipped', 'Sun 02:30-Sun 04:00', '2026-03-29T01:00:00Z', '2026-03-29T02:00:00.000Z'],
    ['its end is skipped', 'Sat 18:00-Sun 02:30', '2026-03-28T20:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['its end is skipped', 'Sat 18:00-Sun 02:30', '2026-03-29T01:00:00Z', undefined],
    ['all of it is skipped', 'Sun 02:15-Sun 02:45', '2026-03-29T01:00:00Z', undefined],
    ['its begin comes twice', 'Sun 02:30-Mon 07:00', '2026-10-25T00:29:59Z', undefined],
    ['its begin comes twice', 'Sun 02:30-Mon 07:00', '2026-10-25T01:10:00Z', '2026-10-26T06:00:00.000Z'],
    ['its end comes twice', 'Sat 18:00-Sun 02:30', '2026-10-24T20:00:00Z', '2026-10-25T01:30:00.000Z'],
    ['its end comes twice', 'Sat 18:00-Sun 02:30', '2026-10-25T00:45:00Z', '2026-10-25T01:30:00.000Z'],
    ['its end comes twice', 'Sat 18:00-Sun 02:30', '2026-10-25T01:30:00Z', undefined],
  ])('has no gap and no second begin where %s: %s at %s', (_what, window, now, ends) => {
    expect(until(now, 'Europe/Berlin', window)).toBe(ends);
  });

  it('of days begins where a day begins at one o’clock', () => {
    // In Cairo, the clock goes from 00:00 to 01:00.
    expect(until('2026-04-23T21:59:59Z', 'Africa/Cairo', '2026-04-24-2026-04-24')).toBeUndefined();
    expect(until('2026-04-23T22:00:00Z', 'Africa/Cairo', '2026-04-24-2026-04-24')).toBe(
      '2026-04-24T21:00:00.000Z',
    );
  });

  it('ends when it was said to, whatever the time zone and the windows', () => {
    const zones = ['UTC', 'Asia/Jakarta', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
    const weekly = fc
      .tuple(fc.nat(10_079), fc.nat(10_079))
      .filter(([from, to]) => from !== to)
      .map(([from, to]): FreezeWindow => ({ kind: 'weekly', from, to }));
    const months = { min: new Date('2026-01-01T00:00:00Z'), max: new Date('2026-12-31T00:00:00Z') };
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.array(weekly, { minLength: 1, maxLength: 3 }).filter((all) => !neverEnds(all)),
        fc.date({ ...months, noInvalidDate: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (zone, all, now, share) => {
          const frozenUntil = freezeOf(all, zone);
          const end = frozenUntil(now);
          if (end === undefined) return;
          const between = new Date(
            now.getTime() + Math.floor((end.getTime() - now.getTime()) * share * 0.999),
          );
          expect(frozenUntil(between)).toEqual(end);
          expect(frozenUntil(end)).toBeUndefined();
        },
      ),
      { numRuns: 80 },
    );
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
    'Fry 18:00-Mon 07:00',
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
    expect(neverEnds(windows('Mon 00:00-Sat 23:59', 'Sat 23:59-Sun 00:00'))).toBe(false);
    expect(neverEnds(windows('Sun 12:00-Sun 11:59'))).toBe(false);
  });

  it('may begin and end in the last hour of a day', () => {
    expect(until('2026-11-27T23:58:59Z', 'UTC', 'Fri 23:59-Sun 23:00')).toBeUndefined();
    expect(until('2026-11-28T00:00:00Z', 'UTC', 'Fri 23:59-Sun 23:00')).toBe('2026-11-29T23:00:00.000Z');
  });
});
