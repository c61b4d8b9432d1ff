import type { RunCounts } from '../../../sync/run.ts';
import { count } from './count.ts';

type Effects = Pick<RunCounts, 'add' | 'reactivate' | 'deactivate'>;
type Tense = (n: number) => string;

const willBe: Tense = () => 'will be';
const were: Tense = (n) => (n === 1 ? 'was' : 'were');

/** One sentence that says action and scope; the place stands in its first part. */
function effects(location: string, counts: Effects, tense: Tense): string {
  const parts = [
    { n: counts.add, done: 'added', place: `to ${location}` },
    { n: counts.reactivate, done: 'reactivated', place: `at ${location}` },
    { n: counts.deactivate, done: 'deactivated', place: `at ${location}` },
  ]
    .filter(({ n }) => n > 0)
    .map(({ n, done, place }, index) => {
      const words = `${count(n, 'user')} ${tense(n)} ${done}`;
      return index === 0 ? `${words} ${place}` : words;
    });
  if (parts.length === 0) return `No user of ${location} ${tense(1)} changed.`;
  if (counts.deactivate === 0) parts.push(`nobody ${tense(1)} deactivated`);
  return `${parts.join('; ')}.`;
}

/** Words of a run's message, its confirm dialog and its result. */
export const run = {
  header: {
    preview: (location: string) => `Sync Preview: ${location}`,
    executing: (location: string) => `Sync in Progress: ${location}`,
    completed: (location: string) => `Sync Completed: ${location}`,
    allSynced: (location: string) => `All Synced: ${location}`,
    cancelled: (location: string) => `Sync Cancelled: ${location}`,
    expired: (location: string) => `Preview Expired: ${location}`,
    superseded: (location: string) => `Preview Replaced: ${location}`,
    failed: (location: string) => `Sync Failed: ${location}`,
  },
  reading: (location: string) => `Reading users from ${location}…`,
  readingSome: (location: string, users: number, total: number | undefined) =>
    total === undefined
      ? `Reading users from ${location}… ${count(users, 'user')} so far.`
      : `Reading users from ${location}… ${users} of ${count(total, 'user')}.`,
  waiting: (location: string, ahead: number) =>
    `${location} waits for its turn: ${count(ahead, 'other run')} came first. It goes on by itself.`,
  planned: (location: string, counts: Effects) => effects(location, counts, willBe),
  done: (location: string, counts: Effects) => effects(location, counts, were),
  executing: (location: string) => `Syncing ${location}…`,
  confirmedBy: (actor: string) => `Confirmed by ${actor}.`,
  allSynced: (location: string) => `All synced! ${location} already matches its server. Nothing was changed.`,
  undecidedHeader: (location: string) => `Nothing Changed: ${location}`,
  undecided: (location: string) =>
    `Whoever is on the list of ${location} is active here. Nothing was changed, though some users are not on that list.`,
  requestedBy: (actor: string) => `Requested by ${actor}`,
  completedBy: (actor: string, when: string) => `Completed by ${actor} at ${when}.`,
  reasonGiven: (reason: string) => `Reason given: ${reason}`,
  cancelledBy: (actor: string, command: string) =>
    `Cancelled by ${actor}. Nothing was changed. Type ${command} for a new preview.`,
  expired: (command: string) =>
    `Expired: nobody confirmed it in time. Nothing was changed. Type ${command} for a new preview.`,
  superseded: (location: string) =>
    `Replaced by a newer preview of ${location}. Nothing was changed by this one. Use the newer one.`,
  followedBy: (runId: number) => `A new preview was started as run ${runId}.`,
  /** The contract's sentence, word for word: do not reword. */
  result: (counts: Effects & Pick<RunCounts, 'unchanged'>) => {
    const reactivated = counts.reactivate > 0 ? `, ${count(counts.reactivate, 'user')} reactivated` : '';
    return (
      `Sync completed successfully! ${count(counts.add, 'user')} added${reactivated}, ` +
      `${count(counts.deactivate, 'user')} deactivated, ${count(counts.unchanged, 'user')} unchanged.`
    );
  },
  /** Below the result, where somebody else confirmed. */
  confirmedFor: (requester: string, confirmer: string) =>
    `${requester}: ${confirmer} confirmed the sync that you asked for.`,
  /** Below a failure. */
  failedFor: (people: string) => `${people}: please look at this.`,
  button: {
    confirm: 'Confirm & Execute',
    confirmGuarded: 'Confirm With Reason…',
    cancel: 'Cancel',
    adjust: 'Adjust',
    viewAll: 'View All',
    tryAgain: 'Try Again',
    newPreview: 'New Preview',
    rollBack: 'Roll Back',
  },
  dialog: {
    title: (location: string) => `Sync ${location}?`,
    confirm: 'Execute Sync',
    deny: 'Go Back',
  },
  number: (runId: number) => `Run ${runId}`,
  planHash: (hash: string) => `Plan ${hash}`,
  validUntil: (when: string) => `Can be confirmed until ${when}`,
};
