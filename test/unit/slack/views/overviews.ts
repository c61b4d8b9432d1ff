import type { TargetOverview } from '../../../../src/sync/ports/overview.ts';

/** A target at which nothing has happened yet. */
export function anOverview(changed: Partial<TargetOverview> = {}): TargetOverview {
  return {
    target: 'dev',
    locationName: 'Dev',
    active: 13,
    inactive: 2,
    leftAlone: 0,
    lastSync: undefined,
    rolledBackSince: undefined,
    working: undefined,
    pending: undefined,
    lastFailed: undefined,
    changedSince: 0,
    moreThan: undefined,
    ...changed,
  };
}
