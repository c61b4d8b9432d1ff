import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  bufferedRounds,
  inRounds,
  runWorkers,
  TimedOutError,
  untilAborted,
  withTimeout,
} from '../../../../src/sync/run/concurrency.ts';
import { entriesOn } from '../../../support/signal-entries.ts';

const never = () => new Promise<never>(() => {});

describe('a signal on which many wait', () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  beforeEach(() => {
    warnings.length = 0;
    process.on('warning', onWarning);
  });
  afterEach(() => {
    process.off('warning', onWarning);
  });
  /** Node tells of a warning after the work at hand. */
  const told = () => new Promise((resolve) => setImmediate(resolve));

  it.each([
    ['for work', (signal: AbortSignal) => untilAborted(signal, never())],
    ['with a time limit each', (signal: AbortSignal) => withTimeout(60_000, signal, never)],
    [
      'with workers each',
      (signal: AbortSignal) => runWorkers(1, signal, (own) => untilAborted(own, never())),
    ],
  ])('%s makes Node warn of no leak, and ends all of them', async (_, wait) => {
    const stop = new AbortController();
    const waiting = Array.from({ length: 40 }, () => wait(stop.signal));
    await told();
    expect(warnings).toEqual([]);
    stop.abort(new Error('enough'));
    const ended = await Promise.allSettled(waiting);
    expect(ended.every((each) => each.status === 'rejected' && each.reason.message === 'enough')).toBe(true);
  });
});

it.each([
  ['done', () => Promise.resolve()],
  ['failed', () => Promise.reject(new Error('failed'))],
])('a wait leaves nothing behind on the signal where its work is %s', async (_, work) => {
  const { signal } = new AbortController();
  await untilAborted(signal, work()).catch(() => {});
  expect(entriesOn(signal)).toBe(0);
});

describe('a time limit', () => {
  it('ends the wait, and tells the work to stop', async () => {
    let told: unknown;
    const work = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        told = signal.reason;
      });
      return never();
    };
    const error = await withTimeout(10, undefined, work).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimedOutError);
    expect(error).toMatchObject({ message: 'no answer within 0.01 s' });
    expect(told).toBe(error);
  });

  it('is nothing where the work ends before, and leaves no timer behind', async () => {
    vi.useFakeTimers();
    expect(await withTimeout(60_000, undefined, async () => 'done')).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

/** Rounds that end when the test says so. */
function heldRounds() {
  const begun: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const serve = (items: readonly string[]) =>
    new Promise<void>((resolve, reject) => {
      begun.push({ items, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  const ask = inRounds(serve);
  // So many letters may wait or be served.
  const buffer = bufferedRounds(serve, (item: string) => item.length, 4);
  const round = async (number: number) => {
    await expect.poll(() => begun.length).toBe(number);
    const last = begun.at(-1);
    if (last === undefined) throw new Error('No round has begun');
    return last;
  };
  return { ask, buffer, round, begun };
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

describe('buffered rounds', () => {
  it('let go on at once whoever brings no more than there is space for', async () => {
    const { buffer, round } = heldRounds();
    await buffer.add('a');
    await buffer.add('bcd');
    expect((await round(1)).items).toEqual(['a']);
  });

  it('let wait whoever brings more, until a round has made space', async () => {
    const { buffer, round } = heldRounds();
    await buffer.add('abcd');
    const first = await round(1);
    let isIn = false;
    const waiting = buffer.add('e').then(() => {
      isIn = true;
    });
    await new Promise(setImmediate);
    expect(isIn).toBe(false);
    first.end();
    await waiting;
  });

  it('take an item that is larger than the space, by itself', async () => {
    const { buffer, round } = heldRounds();
    const waiting = buffer.add('abcdefgh');
    (await round(1)).end();
    await waiting;
  });

  it('throw what went wrong to whoever waits, brings more or asks for the end', async () => {
    const { buffer, round } = heldRounds();
    await buffer.add('abcd');
    const waiting = buffer.add('e');
    (await round(1)).end(new Error('lost'));
    await expect(waiting).rejects.toThrow('lost');
    await expect(buffer.add('f')).rejects.toThrow('lost');
    (await round(2)).end();
    await expect(buffer.end()).rejects.toThrow('lost');
  });

  it('end when no round is under way any more', async () => {
    const { buffer, round } = heldRounds();
    await buffer.add('a');
    const first = await round(1);
    await buffer.add('b');
    let isOver = false;
    const end = buffer.end().then(() => {
      isOver = true;
    });
    first.end();
    const second = await round(2);
    expect(isOver).toBe(false);
    second.end();
    await end;
  });
});
