import type { RunCounts } from '../../../sync/run.ts';
import { count } from './count.ts';

/** What a run that takes another run's changes back says in place of a sync's words. */
export const rollback = {
  header: {
    preview: (location: string) => `Rollback Preview: ${location}`,
    executing: (location: string) => `Rollback in Progress: ${location}`,
    completed: (location: string) => `Rollback Completed: ${location}`,
    allSynced: (location: string) => `Nothing to Roll Back: ${location}`,
    cancelled: (location: string) => `Rollback Cancelled: ${location}`,
    expired: (location: string) => `Preview Expired: ${location}`,
    superseded: (location: string) => `Preview Replaced: ${location}`,
    failed: (location: string) => `Rollback Failed: ${location}`,
  },
  reading: (location: string, reverted: number) => `Looking up what run ${reverted} changed at ${location}…`,
  about: (reverted: number) => `This takes back what run ${reverted} did.`,
  executing: (location: string, reverted: number) => `Taking back what run ${reverted} did at ${location}…`,
  nothingLeft: (location: string, reverted: number) =>
    `Nothing that run ${reverted} did at ${location} can still be taken back. Nothing was changed.`,
  result: (reverted: number, counts: Pick<RunCounts, 'reactivate' | 'deactivate' | 'unchanged'>) =>
    `Rollback of run ${reverted} completed successfully! ${count(counts.reactivate, 'user')} reactivated, ` +
    `${count(counts.deactivate, 'user')} deactivated, ${count(counts.unchanged, 'user')} unchanged.`,
  dialogTitle: (reverted: number) => `Roll Back Run ${reverted}?`,
  dialogConfirm: 'Execute Rollback',
  skippedCount: 'Skipped Users',
  skippedList: (n: number) => `Skipped Users (${n})`,
  skippedUser: 'changed since',
  skipped: (n: number, reverted: number) =>
    `${count(n, 'user')} changed again after run ${reverted} and ${n === 1 ? 'stays as it is' : 'stay as they are'}. ` +
    'See Skipped Users below.',
  protected: (n: number) =>
    `${count(n, 'user')} ${n === 1 ? 'stays' : 'stay'} active, because PROTECTED_EMAILS names them. ` +
    'See Protected Users below.',
};
