import { describe, expect, it } from 'vitest';
import { olderValue, parseOlderValue } from '../../../../src/slack/ids.ts';

const TARGETS = ['dev', 'test'];

describe('the value of an Older button', () => {
  it.each([
    { target: 'dev', beforeRunId: 31 },
    { target: undefined, beforeRunId: 4_294_967_295 },
  ])('is read as it was written: %o', (page) => {
    expect(parseOlderValue(olderValue(page), TARGETS)).toEqual(page);
  });

  it.each([
    ['no string', 31],
    ['nothing', undefined],
    ['no colon', '31'],
    ['no run', 'dev:'],
    ['a run that cannot be', 'dev:0'],
    ['a run with a sign', ':+1'],
    ['a target that there is not', 'prod:31'],
    ['a target in capital letters', 'DEV:31'],
    ['a blank for the target', ' :31'],
    ['more than that', 'dev:31:1'],
    ['what every object has', 'constructor:31'],
  ])('is refused where it is %s', (_what, value) => {
    expect(parseOlderValue(value, TARGETS)).toBeUndefined();
  });
});
