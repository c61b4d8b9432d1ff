import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runWorkers, TimedOutError, untilAborted, withTimeout } from '../../../src/sync/abort.ts';

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

  it('is nothing where the work ends before', async () => {
    expect(await withTimeout(60_000, undefined, async () => 'done')).toBe('done');
  });
});
