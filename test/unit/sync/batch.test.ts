import { afterEach, describe, expect, it, vi } from 'vitest';
import { DatabaseLostError, DatabaseRefusedError } from '../../../src/sync/failures/errors.ts';
import { createBatchRequest } from '../../../src/sync/use-cases/batch.ts';
import type { Preview } from '../../../src/sync/use-cases/preview.ts';

const REQUEST = {
  targets: ['dev', 'test', 'prod'],
  channelId: 'C1',
  actor: { id: 'U1', name: 'ayu' },
  requestKey: 'all',
};
const LOST = new DatabaseLostError({ cause: undefined });
const REFUSED = new DatabaseRefusedError('lock_wait', '1205', 'Lock wait timeout exceeded', {});
const TROUBLES = [
  { trouble: 'lost', error: LOST },
  { trouble: 'refusing', error: REFUSED },
];

/** `stopAfter`: the caller stops behind so many targets. */
type Course = {
  readonly end: () => void;
  readonly renew: () => void;
  readonly targets: readonly string[];
  readonly stopAfter: number;
};

/** What a `/usersync all` comes to, and whether its batch was ended. */
async function outcomesOf(
  request: (target: string) => Error | undefined,
  { end = () => {}, renew = () => {}, targets = REQUEST.targets, stopAfter = 9 }: Partial<Course> = {},
) {
  let isEnded = false;
  const preview: Pick<Preview, 'request'> = {
    request: async ({ target }) => {
      const error = request(target);
      if (error !== undefined) throw error;
      return { outcome: 'repeated' };
    },
  };
  const batches = {
    open: async () => 7,
    renew: async () => renew(),
    opened: async () => {
      end();
      isEnded = true;
    },
    takeOver: async () => undefined,
    find: async () => undefined,
    attachMessage: async () => {},
  };
  const requested = await createBatchRequest({ batches, preview })({ ...REQUEST, targets });
  if (requested.outcome === 'repeated') throw new Error('repeated');
  const outcomes: string[] = [];
  for await (const { outcome } of requested.previews) {
    outcomes.push(outcome);
    if (outcomes.length === stopAfter) break;
  }
  return { outcomes, isEnded };
}

describe('a request for all targets', () => {
  afterEach(() => void vi.useRealTimers());

  it('ends once each target was asked for, and once its caller stops early', async () => {
    const all = await outcomesOf(() => undefined);
    expect(all).toEqual({ outcomes: ['repeated', 'repeated', 'repeated'], isEnded: true });
    expect(await outcomesOf(() => undefined, { stopAfter: 1 })).toEqual({
      outcomes: ['repeated'],
      isEnded: true,
    });
  });

  it('ends where a refusal would come again each time, and is told as one', async () => {
    const damaged = new DatabaseRefusedError('table_damaged', '1194', 'Table is marked as crashed', {});
    let isEnded = false;
    const asked = outcomesOf(() => damaged, { end: () => (isEnded = true) });
    await expect(asked).rejects.toBe(damaged);
    expect(isEnded).toBe(true);
  });

  it.each(TROUBLES)(
    'stays half open where the database is $trouble, so that the other runs are opened later',
    async ({ error }) => {
      expect(await outcomesOf((target) => (target === 'test' ? error : undefined))).toEqual({
        outcomes: ['repeated', 'interrupted'],
        isEnded: false,
      });
    },
  );

  it.each(TROUBLES)(
    'has not failed where the database is $trouble when all runs are open',
    async ({ error }) => {
      const end = () => {
        throw error;
      };
      expect((await outcomesOf(() => undefined, { end })).outcomes).toHaveLength(3);
    },
  );

  it('is kept by its process for as long as the runs open, which may take minutes', async () => {
    vi.useFakeTimers();
    const renewed: number[] = [];
    const begun = performance.now();
    const renew = () => void renewed.push((performance.now() - begun) / 1000);
    const targets = Array.from({ length: 300 }, (_, n) => `t${n}`);
    await outcomesOf(() => void vi.advanceTimersByTime(240), { renew, targets, stopAfter: 300 });
    expect(renewed).toHaveLength(3);
    expect(Math.max(...renewed.map((at, n) => at - (renewed[n - 1] ?? 0)))).toBeLessThan(60);
  });

  it('does not hide a fault of the bot, and is not repeated for it', async () => {
    await expect(outcomesOf(() => new TypeError('a fault'))).rejects.toThrow('a fault');
  });
});
