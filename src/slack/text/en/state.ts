import type { RunCounts } from '../../../sync/run.ts';

/** How a run stands, in a few words that follow a colon or a comma; `counts` stands in brackets. */
export const state = {
  waits: 'waiting for its turn',
  reading: 'reading users',
  lookingUp: 'looking up what can be taken back',
  ready: (counts: string) => `waiting to be confirmed (${counts})`,
  executing: (actor: string, counts: string) => `being executed, confirmed by ${actor} (${counts})`,
  completed: (actor: string, counts: string) => `completed by ${actor} (${counts})`,
  allSynced: 'all synced',
  undecided: 'nothing changed, as the server cannot prove who is absent',
  nothingLeft: 'nothing left to take back',
  failed: (what: string) => `failed: ${what}`,
  cancelled: (actor: string) => `cancelled by ${actor}`,
  expired: 'expired, because nobody confirmed it in time',
  superseded: 'replaced by a newer preview',
  /** Only what there is: `3 new, 2 deactivated`. */
  counts: ({ add, reactivate, deactivate }: Pick<RunCounts, 'add' | 'reactivate' | 'deactivate'>) =>
    [
      ...(add > 0 ? [`${add} new`] : []),
      ...(reactivate > 0 ? [`${reactivate} reactivated`] : []),
      ...(deactivate > 0 ? [`${deactivate} deactivated`] : []),
    ].join(', ') || 'no changes',
  rollbackOf: (reverted: number) => `rollback of run ${reverted}`,
  open: 'Open',
};
