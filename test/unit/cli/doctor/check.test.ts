import { describe, expect, it } from 'vitest';
import {
  type Check,
  choose,
  fail,
  pass,
  type Subject,
  startChecks,
  warn,
} from '../../../../src/cli/doctor/check.ts';

const good = async () => pass('good');
const bad = async () => fail('bad', 'mend it');
const never = () => new Promise<never>(() => {});

async function findings(checks: readonly Check[], unusable: readonly string[] = []) {
  const found = await Promise.all(startChecks(checks, new Set(unusable)));
  return found.map(({ check, status, detail }) => `${check} ${status}: ${detail}`);
}

describe('the checks', () => {
  it('all run where an earlier one fails, and are told in the order given', async () => {
    const later = () =>
      new Promise<never>((_, reject) => setTimeout(reject, 5, new Error('slow and broken')));
    expect(
      await findings([
        { topic: 'node', name: 'a', run: later },
        { topic: 'node', name: 'b', run: bad },
        { topic: 'node', name: 'c', run: good },
      ]),
    ).toEqual(['a fail: could not be looked at: slow and broken', 'b fail: bad', 'c pass: good']);
  });

  it('are skipped, with the first cause, where one that they need failed or was skipped', async () => {
    expect(
      await findings([
        { topic: 'node', name: 'a', run: bad },
        { topic: 'node', name: 'b', needs: ['a'], run: good },
        { topic: 'node', name: 'c', needs: ['b'], run: good },
      ]),
    ).toEqual([
      'a fail: bad',
      'b warn: skipped, because the check "a" failed',
      'c warn: skipped, because the check "a" failed',
    ]);
  });

  it('run where one that they need only warns', async () => {
    const careful = async () => warn('hm', 'look');
    expect(
      await findings([
        { topic: 'node', name: 'a', run: careful },
        { topic: 'node', name: 'b', needs: ['a'], run: good },
      ]),
    ).toEqual(['a warn: hm', 'b pass: good']);
  });

  it('are skipped where a setting that they need is unusable, and so is what needs them', async () => {
    const reached: string[] = [];
    const run = async () => {
      reached.push('a');
      return pass('good');
    };
    const checks: Check[] = [
      { topic: 'node', name: 'a', settings: ['PORT', 'DATABASE_URL'], run },
      { topic: 'node', name: 'b', needs: ['a'], run: good },
    ];
    expect(await findings(checks, ['DATABASE_URL'])).toEqual([
      'a warn: skipped, because DATABASE_URL is missing or malformed',
      'b warn: skipped, because DATABASE_URL is missing or malformed',
    ]);
    expect(reached).toEqual([]);
  });

  it('fail where they do not end within their limit, and are told to stop', async () => {
    let stopped = false;
    const run = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        stopped = true;
      });
      return never();
    };
    expect(await findings([{ topic: 'node', name: 'a', limitMs: 10, run }])).toEqual([
      'a fail: no answer within 0.01 s',
    ]);
    expect(stopped).toBe(true);
  });

  it('put what came from outside on one line', async () => {
    const run = async () => fail('first\nsecond\u001b[31m\u202e', 'do\r\nthis');
    const [finding] = await Promise.all(startChecks([{ topic: 'node', name: 'a\nb', run }], new Set()));
    expect(finding).toEqual({
      check: 'a b',
      topic: 'node',
      status: 'fail',
      detail: 'first second [31m',
      todo: 'do this',
    });
  });
});

describe('a choice of checks', () => {
  const checks: Check[] = [
    { topic: 'database', name: 'server', run: good },
    { topic: 'shared_tables', name: 'table', needs: ['server'], run: good },
    { topic: 'database_clock', name: 'clock', needs: ['server'], run: good },
    { topic: 'location', target: 'dev', name: 'row of dev', needs: ['table'], run: good },
    { topic: 'location', target: 'dev-2', name: 'row of dev-2', needs: ['table'], run: good },
  ];
  const chosen = (...subjects: Subject[]) => choose(checks, subjects).map(({ name }) => name);

  it('takes along what they need, at any distance, and keeps the order', () => {
    expect(chosen({ topic: 'location', target: 'dev-2' })).toEqual(['server', 'table', 'row of dev-2']);
  });

  it('is of one target, and not of others whose names begin alike; without one, of all', () => {
    expect(chosen({ topic: 'location', target: 'dev' })).toEqual(['server', 'table', 'row of dev']);
    expect(chosen({ topic: 'location' })).toEqual(['server', 'table', 'row of dev', 'row of dev-2']);
  });

  it('has nothing but what is asked for', () => {
    expect(chosen({ topic: 'database' })).toEqual(['server']);
  });
});
