import { EFFECTIVE_ACTIONS, type EffectiveAction } from '../../../sync/run/change.ts';
import type { RunCounts } from '../../../sync/run/run.ts';
import { count, were } from './plan.ts';

type Effects = Pick<RunCounts, EffectiveAction>;
type Tense = (n: number) => string;

const willBe: Tense = () => 'will be';

const DONE = { add: 'added', reactivate: 'reactivated', deactivate: 'deactivated' };
const PLANNED = { add: 'new', reactivate: 'to reactivate', deactivate: 'to deactivate' };

/** One sentence with all effects; its first part names the place. */
function effects(location: string, counts: Effects, tense: Tense): string {
  const parts = EFFECTIVE_ACTIONS.filter((action) => counts[action] > 0).map((action, index) => {
    const words = `${count(counts[action], 'user')} ${tense(counts[action])} ${DONE[action]}`;
    return index === 0 ? `${words} ${action === 'add' ? 'to' : 'at'} ${location}` : words;
  });
  if (parts.length === 0) return `No user of ${location} ${tense(1)} changed.`;
  if (counts.deactivate === 0) parts.push(`nobody ${tense(1)} deactivated`);
  return `${parts.join('; ')}.`;
}

/** A run's message, its confirm dialog and its result. */
export const run = {
  header: {
    preview: (location: string) => `Sync Preview: ${location}`,
    executing: (location: string) => `Sync in Progress: ${location}`,
    completed: (location: string) => `Sync Completed: ${location}`,
    takenBack: (location: string) => `Sync Taken Back: ${location}`,
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
    `${location} is waiting its turn: ${count(ahead, 'other run')} came first. It starts by itself.`,
  planned: (location: string, counts: Effects) => effects(location, counts, willBe),
  done: (location: string, counts: Effects) => effects(location, counts, were),
  executing: (location: string) => `Syncing ${location}…`,
  confirmedBy: (actor: string) => `Confirmed by ${actor}.`,
  /** `some`: some users stay different from the server's list. */
  allSynced: (location: string, some: boolean) =>
    some
      ? `All synced! Nothing was changed at ${location}, although some users are not as its server lists them.`
      : `All synced! ${location} already matches its server. Nothing was changed.`,
  undecidedHeader: (location: string) => `Nothing Changed: ${location}`,
  undecided: (location: string) =>
    `Nothing was changed at ${location}, although some active users are not on its server's list, or inactive there.`,
  scheduled: 'Scheduled preview',
  requestedBy: (actor: string) => `Requested by ${actor}`,
  approvedBy: (who: string) => `Approved by ${who}`,
  completedBy: (actor: string, when: string) => `Completed by ${actor}, ${when}.`,
  takenBack: (by: number) => `*Taken back by run ${by}.*`,
  redone: (by: number) => `Taken back once, then done again by run ${by}.`,
  reasonGiven: (reason: string) => `Reason given: ${reason}`,
  cancelledBy: (actor: string) => `Cancelled by ${actor}. Nothing was changed.`,
  // Some of several people may have confirmed.
  expired: 'It was not confirmed in time. Nothing was changed.',
  /** Left out where a newer preview was started. */
  forNewPreview: (command: string) => `Type ${command} for a new preview.`,
  /** The newer run may be a sync or a rollback; its own message says which. */
  superseded: (location: string, by: number | undefined) =>
    `Replaced by a newer preview of ${location}. This one changed nothing.${by === undefined ? '' : ` Look at run ${by} instead.`}`,
  followedBy: (runId: number) => `A new preview was started as run ${runId}.`,
  auditPlace: (seq: string, hash: string) => `Audit ${seq} · ${hash}`,
  /** The contract's sentence, word for word: do not change it. */
  result: (counts: Effects & Pick<RunCounts, 'unchanged'>) => {
    const reactivated = counts.reactivate > 0 ? `, ${count(counts.reactivate, 'user')} reactivated` : '';
    return (
      `Sync completed successfully! ${count(counts.add, 'user')} added${reactivated}, ` +
      `${count(counts.deactivate, 'user')} deactivated, ${count(counts.unchanged, 'user')} unchanged.`
    );
  },
  /** Below the result, if another person confirmed. */
  confirmedFor: (requester: string, confirmer: string) => `${requester}: ${confirmer} confirmed it.`,
  failedFor: (people: string) => `${people}: please look at this.`,
  button: {
    confirm: 'Confirm & Execute',
    confirmGuarded: 'Confirm With Reason…',
    confirmAlone: 'Confirm Alone…',
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
  /** Instead of `validUntil`, if a freeze lasts longer than the plan. */
  expires: (when: string) => `Expires ${when}`,
};

function listed(counts: Effects, words: typeof DONE): string {
  const actions = EFFECTIVE_ACTIONS.filter((action) => counts[action] > 0);
  return actions.map((action) => `${counts[action]} ${words[action]}`).join(', ') || 'no changes';
}

/** The state of a run in a few words, to follow a colon or a comma. `counts` stands in brackets. */
export const state = {
  waits: 'waiting its turn',
  reading: 'reading users',
  lookingUp: 'looking up what can be taken back',
  ready: (counts: string) => `waiting for confirmation (${counts})`,
  executing: (actor: string, counts: string) => `being executed, confirmed by ${actor} (${counts})`,
  applying: (rule: string, counts: string) => `being applied by the rule ${rule} (${counts})`,
  applied: (rule: string, counts: string) => `applied by the rule ${rule} (${counts})`,
  completed: (actor: string, counts: string) => `completed by ${actor} (${counts})`,
  takenBack: (by: number) => `taken back by run ${by}`,
  redone: (by: number) => `done again by run ${by}`,
  allSynced: 'all synced',
  someDiffer: 'nothing to change, although some users differ',
  undecided: 'nothing changed, as the server cannot prove who is absent',
  nothingLeft: 'nothing left to take back',
  failed: (what: string) => `failed: ${what}`,
  cancelled: (actor: string) => `cancelled by ${actor}`,
  expired: 'expired, because it was not confirmed in time',
  superseded: 'replaced by a newer preview',
  /** Counts of 0 are left out: `3 added, 2 deactivated`. */
  counts: (counts: Effects) => listed(counts, DONE),
  /** The same for a plan: `3 new, 2 to deactivate`. */
  planned: (counts: Effects) => listed(counts, PLANNED),
  rollbackOf: (reverted: number) => `rollback of run ${reverted}`,
  open: 'Open',
};

function butFor(omitted: number): string {
  return omitted === 0 ? '' : `, except for the ${count(omitted, 'user')} left out`;
}

/** The texts of a rollback, where they differ from a sync's. */
export const rollback = {
  header: {
    preview: (location: string) => `Rollback Preview: ${location}`,
    executing: (location: string) => `Rollback in Progress: ${location}`,
    completed: (location: string) => `Rollback Completed: ${location}`,
    takenBack: (location: string) => `Rollback Taken Back: ${location}`,
    allSynced: (location: string) => `Nothing to Roll Back: ${location}`,
    cancelled: (location: string) => `Rollback Cancelled: ${location}`,
    expired: (location: string) => `Rollback Preview Expired: ${location}`,
    superseded: (location: string) => `Rollback Preview Replaced: ${location}`,
    failed: (location: string) => `Rollback Failed: ${location}`,
  },
  reading: (location: string, reverted: number) => `Looking up what run ${reverted} changed at ${location}…`,
  /** `omitted`: how many users an admin left out; `left`: how many stayed as the run had left them. */
  about: (reverted: number, omitted: number) => `This takes back what run ${reverted} did${butFor(omitted)}.`,
  tookBack: (reverted: number, omitted: number, left: number) =>
    `This took back what run ${reverted} did${butFor(omitted)}.` +
    (left === 0
      ? ''
      : ` At that time, run ${reverted} was still in force for ${count(left, 'user')}: left out, protected, changed by a later ` +
        `sync, or renamed. A later rollback of run ${reverted} takes back those of whom this is no longer true.`),
  /** For a rollback that changed nothing. */
  wasTo: (reverted: number) => `This was to take back what run ${reverted} did.`,
  executing: (location: string, reverted: number) => `Taking back what run ${reverted} did at ${location}…`,
  /** Where the users of the run were deleted, since their time was over (`RETENTION_DAYS`). */
  gone: (location: string, reverted: number) =>
    `The users that run ${reverted} changed at ${location} are no longer on record (RETENTION_DAYS), so it cannot be taken back. Nothing was changed.`,
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
