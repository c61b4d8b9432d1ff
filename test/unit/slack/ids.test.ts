import { describe, expect, it } from 'vitest';
import { noticeBlockId, parseRunId, planBlockId, runBlockId } from '../../../src/slack/ids.ts';

describe('parseRunId', () => {
  it.each([
    ['1', 1],
    ['12', 12],
    ['4294967295', 4_294_967_295],
  ])('reads %s', (value, id) => {
    expect(parseRunId(value)).toBe(id);
  });

  it.each([
    ['a number that is no string', 12],
    ['nothing', undefined],
    ['an empty string', ''],
    ['zero', '0'],
    ['a leading zero', '012'],
    ['a sign', '+1'],
    ['a minus', '-1'],
    ['a fraction', '1.0'],
    ['an exponent', '1e3'],
    ['a hexadecimal', '0x1'],
    ['blanks', ' 1'],
    ['a line end', '1\n'],
    ['other digits', '١٢'],
    ['more than the database can hold', '4294967296'],
    ['eleven digits', '10000000000'],
    ['an object', { toString: () => '1' }],
  ])('refuses %s', (_what, value) => {
    expect(parseRunId(value)).toBeUndefined();
  });
});

describe('block ids', () => {
  it('change with the run, its status and the part', () => {
    expect(runBlockId({ id: 12, status: 'ready' }, 'counts')).toBe('run:12:ready:counts');
    expect(runBlockId({ id: 12, status: 'completed' }, 'counts')).toBe('run:12:completed:counts');
  });

  it('mark the first block of a reply as one notice', () => {
    expect(noticeBlockId(7)).toBe('notice:7');
    expect(noticeBlockId(7, 'more')).toBe('notice:7:more');
  });

  it('stay short enough for the largest run and the longest part of a plan', () => {
    expect(planBlockId(4_294_967_295, 'deactivate:85').length).toBeLessThanOrEqual(40);
  });
});
