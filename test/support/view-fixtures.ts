import type { Change, ChangeAction } from '../../src/sync/run/change.ts';
import type { Actor, Run, RunCounts } from '../../src/sync/run/run.ts';

export const ANN: Actor = { id: 'U0ANN', name: 'ann' };
export const BOB: Actor = { id: 'U0BOB', name: 'bob' };

export const NO_COUNTS: RunCounts = {
  source: 0,
  add: 0,
  reactivate: 0,
  deactivate: 0,
  omitted: 0,
  protected: 0,
  kept: 0,
  unchanged: 0,
  alreadyInactive: 0,
  skipped: 0,
  duplicates: 0,
};

/** Scenario 1: 25 new users at Dev, requested by Ann, ready to be confirmed. */
export function aRun(changed: Partial<Omit<Run, 'counts'>> = {}, counts: Partial<RunCounts> = {}): Run {
  return {
    id: 12,
    target: 'dev',
    locationId: 8,
    locationName: 'Dev',
    status: 'ready',
    waits: false,
    channelId: 'C0OPS',
    messageRefused: undefined,
    fileRefused: undefined,
    messageTs: '1700000000.000100',
    requestedBy: ANN,
    confirmedBy: undefined,
    cancelledBy: undefined,
    undecided: undefined,
    reason: undefined,
    requestedAt: new Date('2026-11-02T03:00:00Z'),
    readyAt: new Date('2026-11-02T03:00:05Z'),
    expiresAt: new Date('2026-11-02T03:30:05Z'),
    confirmedAt: undefined,
    finishedAt: undefined,
    counts: { ...NO_COUNTS, source: 25, add: 25, ...counts },
    guard: { tripped: false },
    rules: undefined,
    planHash: '0123456789abcdef'.repeat(4),
    failure: undefined,
    nextRunId: undefined,
    reverts: undefined,
    takenBackBy: undefined,
    redoneBy: undefined,
    batchId: undefined,
    autoRule: undefined,
    autoHeld: undefined,
    alone: false,
    ...changed,
  };
}

export function completedRun(
  changed: Partial<Omit<Run, 'counts'>> = {},
  counts: Partial<RunCounts> = {},
): Run {
  return aRun(
    {
      status: 'completed',
      confirmedBy: BOB,
      confirmedAt: new Date('2026-11-02T03:05:00Z'),
      finishedAt: new Date('2026-11-02T03:05:01Z'),
      ...changed,
    },
    counts,
  );
}

export function failedRun(failure: Run['failure'], changed: Partial<Omit<Run, 'counts'>> = {}): Run {
  return aRun(
    { status: 'failed', failure, planHash: undefined, expiresAt: undefined, readyAt: undefined, ...changed },
    { source: 0, add: 0 },
  );
}

/** Changes of one kind, in plan order; a number makes as many ordinary emails. */
export function changes(action: ChangeAction, emails: number | readonly string[]): Change[] {
  const list =
    typeof emails === 'number' ? Array.from({ length: emails }, (_, n) => `user${n + 1}@depot.test`) : emails;
  return list.map((email, index) => ({
    seq: index + 1,
    action,
    email,
    statusBefore: undefined,
    statusAfter: undefined,
    detail: undefined,
  }));
}
