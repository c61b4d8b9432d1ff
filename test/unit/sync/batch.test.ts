import { describe, expect, it } from 'vitest';
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

/** What a `/usersync all` comes to, and whether its batch was ended. `stopAfter`: the caller stops behind so many targets. */
async function outcomesOf(
  request: (target: string) => Error | undefined,
  { end = () => {}, stopAfter = 9 }: { end?: () => void; stopAfter?: number } = {},
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
    opened: async () => {
      end();
      isEnded = true;
    },
    takeOver: async () => undefined,
    find: async () => undefined,
    attachMessage: async () => {},
  };
  const requested = await createBatchRequest({ batches, preview })(REQUEST);
  if (requested.outcome === 'repeated') throw new Error('repeated');
  const outcomes: string[] = [];
  for await (const { outcome } of requested.previews) {
    outcomes.push(outcome);
    if (outcomes.length === stopAfter) break;
  }
  return { outcomes, isEnded };
}

describe('a request for all targets', () => {
  it('ends once each target was asked for, and once its caller stops early', async () => {
    const all = await outcomesOf(() => undefined);
    expect(all).toEqual({ outcomes: ['repeated', 'repeated', 'repeated'], isEnded: true });
    expect(await outcomesOf(() => undefined, { stopAfter: 1 })).toEqual({
      outcomes: ['repeated'],
      isEnded: true,
    });
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

  it('does not hide a fault of the bot, and is not repeated for it', async () => {
    await expect(outcomesOf(() => new TypeError('a fault'))).rejects.toThrow('a fault');
  });
});
