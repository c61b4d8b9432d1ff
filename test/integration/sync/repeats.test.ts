import { describe, expect, it } from 'vitest';
import { ListMovedError } from '../../../src/sync/failures/errors.ts';
import type { SourceRow, Target } from '../../../src/sync/ports/source.ts';
import { readAndDraft } from '../../../src/sync/run/read-list.ts';
import { listOf } from '../database/support/rows.ts';
import { openRun, planLines, rules } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { type ScriptedRead, scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

async function read(target: Target, ...reads: readonly ScriptedRead[]) {
  const source = scriptedSource(...reads);
  const session = await source.open(target, new AbortController().signal);
  const { lease, run } = await openRun(testbed.bot, target);
  const { staging, plans } = testbed.bot;
  const draft = ({ reads }: { reads: readonly number[] }) => plans.draft(lease, { reads, rules: rules() });
  const outcome = await readAndDraft({ session, staging, lease, draft, onProgress: () => {} }).catch(
    (error: unknown) => error,
  );
  return { outcome, orders: source.orders, lines: await planLines(testbed.bot, run.id) };
}

const [A, B, C, D] = listOf('a@dkm', 'b@dkm', 'c@dkm', 'd@dkm') as [
  SourceRow,
  SourceRow,
  SourceRow,
  SourceRow,
];
const repeating = whole([A, B, B, C]);
const endless: ScriptedRead = { ...repeating, end: 'unknown' };
const forwards: ScriptedRead = { ...repeating, unsorted: true };
const backwards: ScriptedRead = { ...whole([C, B, B, A]), unsorted: true };

async function location(): Promise<Target> {
  const target = await testbed.location();
  await testbed.addUsers(target, { 'a@dkm': 'active', 'gone@dkm': 'active' });
  return target;
}

describe('a list that has the same user twice in every read', () => {
  it('is planned after reads of both orders that are alike, and the repeats are named', async () => {
    const { outcome, orders, lines } = await read(await location(), repeating, repeating, repeating);
    expect(orders).toEqual(['asc', 'asc', 'desc']);
    expect(lines).toEqual(expect.arrayContaining(['add b@dkm', 'add c@dkm', 'deactivate gone@dkm']));
    expect(outcome).toMatchObject({ repeats: { total: 1, users: [{ id: B.id, email: 'b@dkm' }] } });
  });

  it.each<[string, ...ScriptedRead[]]>([
    ['another user is repeated each time', whole([A, A, B, C]), whole([A, B, B, C]), whole([A, B, C, C])],
    [
      'the opposite order has another repeat',
      repeating,
      repeating,
      whole([A, B, C, C]),
      repeating,
      whole([A, B, C, C]),
    ],
    [
      'the opposite order has nobody twice',
      repeating,
      repeating,
      whole([A, B, C, D]),
      repeating,
      whole([A, B, C, D]),
    ],
    [
      'a user of it changed between the orders',
      repeating,
      repeating,
      whole([A, B, { ...B, active: false }, C]),
      repeating,
      whole([A, B, { ...B, active: false }, C]),
    ],
    [
      'more rows are told than come',
      { ...repeating, total: 5 },
      { ...repeating, total: 5 },
      { ...repeating, total: 5 },
    ],
    [
      'it tells no total',
      { ...repeating, total: 'none' },
      { ...repeating, total: 'none' },
      { ...repeating, total: 'none' },
    ],
    [
      'the server does not sort it',
      { ...repeating, unsorted: true },
      { ...repeating, unsorted: true },
      { ...repeating, unsorted: true },
      { ...repeating, unsorted: true },
      { ...repeating, unsorted: true },
    ],
    [
      'its end is not proven',
      { ...repeating, end: 'repeats' },
      { ...repeating, end: 'repeats' },
      { ...repeating, end: 'repeats' },
      { ...repeating, end: 'repeats' },
      { ...repeating, end: 'repeats' },
    ],
    ['its end is proven backwards alone', repeating, endless, repeating, endless, repeating],
    ['its end is proven forwards alone', repeating, repeating, endless, repeating, endless],
    ['the server sorts it backwards alone', backwards, backwards, repeating, backwards, repeating],
    ['the server sorts it forwards alone', repeating, repeating, forwards, repeating, forwards],
  ])('is refused where %s', async (_, ...reads) => {
    const { outcome, lines } = await read(await location(), ...reads);
    expect(outcome).toBeInstanceOf(ListMovedError);
    expect(lines).toEqual([]);
  });

  it('is planned as ever where the list only moved and is whole when it is read again', async () => {
    const { outcome, orders } = await read(await testbed.location(), repeating, whole([A, B, C]));
    expect(orders).toEqual(['asc', 'asc']);
    expect(outcome).not.toHaveProperty('repeats');
  });
});
