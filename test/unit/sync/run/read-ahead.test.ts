import { describe, expect, it } from 'vitest';
import type { Drafted } from '../../../../src/sync/ports/plans.ts';
import type { SourceSession } from '../../../../src/sync/ports/source.ts';
import { type ReadPorts, readAndDraft } from '../../../../src/sync/run/read-list.ts';

const FACTS: Extract<Drafted, { outcome: 'drafted' }>['facts'] = {
  counts: {
    ...{ source: 1, add: 0, reactivate: 0, deactivate: 1, protected: 0, unchanged: 1 },
    ...{ alreadyInactive: 0, skipped: 0, duplicates: 0, omitted: 0, kept: 0 },
  },
  hash: 'h',
  active: 2,
  recentlyDeactivated: 0,
};

/** What happened, in sequence, where somebody is absent and the rejected draft ends only after `until` was seen. */
async function happened(ids: readonly number[], until: string): Promise<readonly string[]> {
  const events: string[] = [];
  let seen = () => {};
  const reached = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const note = (event: string) => {
    events.push(event);
    if (event === until) seen();
  };
  const session: SourceSession = {
    expect: (order) => note(`expect ${order}`),
    read: async (order, onPage) => {
      note(`read ${order}`);
      const row = {
        email: undefined,
        active: true,
        skip: undefined,
        rawEmail: undefined,
        spellings: undefined,
      };
      const rows = ids.map((id) => ({ id, ...row }));
      await onPage({ page: 1, rows: order === 'asc' ? rows : rows.toReversed() }, rows.length);
      return { rows: rows.length, total: rows.length };
    },
    proveEnd: async (order) => {
      note(`end ${order}`);
      return 'proven';
    },
  };
  const draft: ReadPorts['draft'] = async ({ proof, onUnproven }) => {
    if (proof !== undefined) return { outcome: 'drafted', facts: FACTS };
    onUnproven?.();
    await reached;
    note('draft rejected');
    return { outcome: 'unproven' };
  };
  await readAndDraft({
    session,
    staging: {
      add: async () => {},
      countDistinct: async () => ids.length,
      sameRows: async () => true,
      repeats: async () => ({ total: 0, users: [] }),
      clear: async () => {},
    },
    lease: { runId: 1, owner: 'me', attempt: 1 },
    draft,
    onProgress: () => {},
  });
  return events;
}

describe('a second read', () => {
  it('is begun while the draft of the first is still being rejected, beside the proof of its end', async () => {
    expect(await happened([1, 2, 3], 'expect desc')).toEqual([
      ...['read asc', 'end asc', 'expect desc', 'draft rejected'],
      ...['read desc', 'end desc'],
    ]);
  });

  it('is not begun early where the first came in another order than was asked for', async () => {
    expect(await happened([3, 1, 2], 'end asc')).toEqual(['read asc', 'end asc', 'draft rejected']);
  });
});
