import { describe, expect, it } from 'vitest';
import { inRounds } from '../../../src/sync/rounds.ts';

/** Rounds that end when the test says so. */
function heldRounds() {
  const begun: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const ask = inRounds(
    (items: readonly string[]) =>
      new Promise<void>((resolve, reject) => {
        begun.push({ items, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  );
  const round = async (number: number) => {
    await expect.poll(() => begun.length).toBe(number);
    const last = begun.at(-1);
    if (last === undefined) throw new Error('No round has begun');
    return last;
  };
  return { ask, round, begun };
}

describe('rounds', () => {
  it('begin with the first ask, and take together what was asked for meanwhile', async () => {
    const { ask, round, begun } = heldRounds();
    const asked = [ask('a')];
    const first = await round(1);
    asked.push(ask('b'), ask('c'));
    expect(begun.length).toBe(1);
    first.end();
    const second = await round(2);
    asked.push(ask('d'));
    second.end();
    (await round(3)).end();
    await Promise.all(asked);
    expect(begun.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('settle what was asked for in them and nothing else', async () => {
    const { ask, round } = heldRounds();
    const failing = ask('a');
    const first = await round(1);
    const [one, other] = [ask('b'), ask('c')];
    first.end(new Error('lost'));
    await expect(failing).rejects.toThrow('lost');
    (await round(2)).end();
    await expect(Promise.all([one, other])).resolves.toEqual([undefined, undefined]);
  });
});
