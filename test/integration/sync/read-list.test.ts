import { describe, expect, it } from 'vitest';
import { ListEmptyError, ListMovedError } from '../../../src/sync/failures/errors.ts';
import type { ListEnd, SourceRow, Target } from '../../../src/sync/ports/source.ts';
import type { AbsenceProof } from '../../../src/sync/run/absence.ts';
import { type ReadPorts, readAndDraft } from '../../../src/sync/run/read-list.ts';
import { listOf, sourceRow } from '../database/support/rows.ts';
import { openRun, planLines, rules } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { type ScriptedRead, scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

/** Reads as a preview does; tells which reads prove the list and in which order each was asked for. */
async function read(target: Target, ...reads: readonly ScriptedRead[]) {
  const source = scriptedSource(...reads);
  const session = await source.open(target, new AbortController().signal);
  const { run, lease } = await openRun(testbed.bot, target);
  const seen: string[] = [];
  const onProgress = (users: number, total: number | undefined) => void seen.push(`${users} of ${total}`);
  const { staging, plans } = testbed.bot;
  let proof: readonly number[] | undefined;
  let strength: AbsenceProof | undefined;
  const draft: ReadPorts['draft'] = ({ proof: known, ...from }) => {
    proof = [...from.reads];
    strength = known;
    return plans.draft(lease, { ...from, rules: rules() });
  };
  const error = await readAndDraft({ session, staging, lease, draft, onProgress }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const lines = await planLines(testbed.bot, run.id);
  return { proof: error ?? proof, strength, orders: source.orders, seen, lines };
}

const [one, two, three] = listOf('a@dkm', 'b@dkm', 'c@dkm') as [SourceRow, SourceRow, SourceRow];

const moved: ScriptedRead = {
  pages: [listOf('a@dkm')],
  error: new ListMovedError('page 2 tells another total'),
};

describe('a list', () => {
  it('is read once where everyone who is active here is on it', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'b@dkm': 'inactive' });
    const { proof, orders } = await read(target, whole(listOf('a@dkm', 'c@dkm')));
    expect(proof).toEqual([1]);
    expect(orders).toEqual(['asc']);
  });

  it('is read a second time, the other way round, where it leaves someone out', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'gone@dkm': 'active' });
    const { proof, orders } = await read(target, whole(listOf('a@dkm')), whole(listOf('a@dkm')));
    expect(proof).toEqual([1, 2]);
    expect(orders).toEqual(['asc', 'desc']);
  });

  it.each<[ListEnd, ListEnd, AbsenceProof]>([
    ['proven', 'proven', 'proven'],
    ['thin', 'proven', 'thin'],
    ['proven', 'thin', 'thin'],
    ['proven', 'unknown', 'end_unknown'],
    ['thin', 'repeats', 'end_repeats'],
  ])('proves no more than the weaker of its two reads: %s, then %s', async (first, second, proven) => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'gone@dkm': 'active' });
    const ending = (end: ListEnd) => ({ ...whole(listOf('a@dkm')), end });
    expect((await read(target, ending(first), ending(second))).strength).toBe(proven);
  });

  it.each<[string, ScriptedRead['pages']]>([
    ['within a page, before one that is sorted', [[two, one], [three]]],
    ['from page to page', [[one, three], [two]]],
  ])('proves nobody absent where the server does not sort it %s', async (_, pages) => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'gone@dkm': 'active' });
    const { strength, orders } = await read(target, { pages, unsorted: true });
    expect(strength).toBe('order_ignored');
    expect(orders).toEqual(['asc']);
  });

  it('is read no further where the second read lacks somebody and proves nobody absent', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'gone@dkm': 'active' });
    const { strength, orders } = await read(target, whole([one, two]), { ...whole([one]), end: 'unknown' });
    expect(strength).toBe('end_unknown');
    expect(orders).toEqual(['asc', 'desc']);
  });

  it('tells how far it is, from the beginning in each read', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active' });
    const [one, two, three] = listOf('a@dkm', 'b@dkm', 'c@dkm').map((row) => [row]);
    const { seen } = await read(
      target,
      { pages: [one ?? [], two ?? [], three ?? []] },
      {
        pages: [listOf('a@dkm', 'b@dkm')],
        total: 'none',
      },
    );
    expect(seen).toEqual(['1 of 3', '2 of 3', '3 of 3', '2 of undefined']);
  });

  it('that is empty while users are active is refused, and never read again', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'b@dkm': 'active', 'c@dkm': 'inactive' });
    const { proof, orders } = await read(target, whole([]));
    expect(proof).toBeInstanceOf(ListEmptyError);
    expect(proof).toMatchObject({ failure: { code: 'list_empty', active: 2, listed: 0 } });
    expect(orders).toEqual(['asc']);
  });

  it('that names nobody usable counts as empty', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active' });
    const off = sourceRow({ id: 1, email: 'a@dkm', active: false });
    const { proof } = await read(
      target,
      whole([off, sourceRow({ id: 2, email: undefined, skip: 'no_email' })]),
    );
    expect(proof).toBeInstanceOf(ListEmptyError);
  });

  it('may be empty where nobody is active', async () => {
    expect((await read(await testbed.location(), whole([]))).proof).toEqual([1]);
  });
});

describe('a list that moves while it is read', () => {
  it('is read again until it stands still', async () => {
    const { proof, orders } = await read(await testbed.location(), moved, moved, whole(listOf('a@dkm')));
    expect(proof).toEqual([3]);
    expect(orders).toEqual(['asc', 'asc', 'asc']);
  });

  it('is refused when it has moved three times', async () => {
    const { proof, orders } = await read(await testbed.location(), moved, moved, moved);
    expect(proof).toBeInstanceOf(ListMovedError);
    expect(orders).toHaveLength(3);
  });

  it('is read again as often the other way round', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active' });
    const { proof, orders } = await read(
      target,
      moved,
      whole(listOf('a@dkm')),
      moved,
      moved,
      whole(listOf('b@dkm')),
    );
    expect(proof).toEqual([2, 5]);
    expect(orders).toEqual(['asc', 'asc', 'desc', 'desc', 'desc']);
  });

  it('is refused when it has moved three times the other way round, though the first read was whole', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active' });
    const { proof } = await read(target, whole(listOf('a@dkm')), moved, moved, moved);
    expect(proof).toBeInstanceOf(ListMovedError);
  });

  // The same user on two pages in every read is another matter: repeats.test.ts.
  it.each<[string, ScriptedRead, ScriptedRead?]>([
    [
      'a user stands on two pages',
      { pages: [listOf('a@dkm', 'b@dkm'), listOf('a@dkm')], total: 3 },
      { pages: [listOf('a@dkm', 'b@dkm'), listOf('b@dkm')], total: 3 },
    ],
    [
      'a user stands on two pages and no total is told',
      { pages: [listOf('a@dkm'), listOf('a@dkm')], total: 'none' },
    ],
    ['fewer came than the server counts', { pages: [listOf('a@dkm')], total: 2 }],
    ['more came than the server counts', { pages: [listOf('a@dkm', 'b@dkm')], total: 1 }],
  ])('has moved where %s', async (_, broken, meanwhile = broken) => {
    const { proof } = await read(await testbed.location(), broken, meanwhile, broken);
    expect(proof).toBeInstanceOf(ListMovedError);
    const mended = await read(await testbed.location(), broken, whole(listOf('a@dkm')));
    expect(mended.proof).toEqual([2]);
  });

  it('is read again where the second read has somebody twice: it may have missed another one', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'gone@dkm': 'active' });
    const list = whole([one, two, three]);
    const { proof, orders } = await read(target, list, whole([one, two, two]), list);
    expect(proof).toEqual([1, 3]);
    expect(orders).toEqual(['asc', 'desc', 'desc']);
  });

  it('is read from the other end again where somebody left between the two reads', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active', 'left@dkm': 'active' });
    const [before, after] = [whole(listOf('a@dkm', 'left@dkm')), whole(listOf('a@dkm'))];
    const { proof, orders, lines } = await read(target, before, after, after);
    expect(proof).toEqual([2, 3]);
    expect(orders).toEqual(['asc', 'desc', 'asc']);
    expect(lines).toEqual(['add a@dkm', 'deactivate gone@dkm', 'deactivate left@dkm']);
  });

  it('is believed where somebody came between the two reads', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active' });
    const { proof } = await read(target, whole(listOf('a@dkm')), whole(listOf('a@dkm', 'new@dkm')));
    expect(proof).toEqual([1, 2]);
  });

  it('is refused where each end shows other users, as where a server shows only the first of any query', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'middle@dkm': 'active' });
    const [, ...rest] = listOf('a@dkm', 'b@dkm', 'y@dkm', 'z@dkm');
    const [fromTheFront, fromTheBack] = [whole(listOf('a@dkm', 'b@dkm')), whole(rest.slice(1))];
    const { proof, orders } = await read(target, fromTheFront, fromTheBack, fromTheFront, fromTheBack);
    expect(proof).toBeInstanceOf(ListMovedError);
    expect(orders).toEqual(['asc', 'desc', 'asc', 'desc']);
  });

  it('is not read again for any other error', async () => {
    const error = new Error('the server is down');
    const { proof, orders } = await read(await testbed.location(), { pages: [listOf('a@dkm')], error });
    expect(proof).toBe(error);
    expect(orders).toHaveLength(1);
  });
});
