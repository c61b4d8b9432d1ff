import type { CallReason } from '../../../sync/automation/calls.ts';
import { count } from './plan.ts';

/** What a call is about, as far as its words need it. */
export type CallAbout = {
  /** Mentions of whom is called. */
  readonly people: string;
  readonly location: string;
  readonly deactivate: number;
  readonly until: string;
  /** Who confirmed, and the reason that they gave. */
  readonly who: string;
  readonly reason: string;
  /** Why a rule did not apply the plan. */
  readonly why: string;
};

/** Words about previews on a schedule, and the reminder of targets that were not synced for long. */
export const schedule = {
  none: 'No previews are scheduled (SYNC_SCHEDULE is not set).',
  planned: (cron: string, timezone: string, targets: string) =>
    `Scheduled previews: ${cron} (${timezone}) for ${targets}.`,
  next: (when: string) => `The next ones are due ${when}.`,
  noNext: 'The schedule has no further time.',
  more: (n: number) => `and ${n} more`,
  quiet: (location: string, when: string) => `${location}: all synced (checked on schedule, ${when})`,
  reminder: (targets: string, command: string) =>
    `Reminder: it is time to sync ${targets}. Type ${command} to see what a sync would change.`,
  days: (target: string, days: number) => `${target} (last synced ${count(days, 'day')} ago)`,
  never: (target: string) => `${target} (never synced)`,
};

/** Calls of the people who are waited for. `people` are mentions. */
export const call: Readonly<Record<CallReason, (about: CallAbout) => string>> = {
  guard: ({ people, location, deactivate }) =>
    `${people}: the guard stopped the plan for ${location}. It would deactivate ${count(deactivate, 'user')}, so it needs an ` +
    'admin who gives a reason or cancels it.',
  people_needed: ({ people, location, deactivate }) =>
    `${people}: the plan for ${location} is waiting for another admin to confirm it` +
    `${deactivate > 0 ? `. It would deactivate ${count(deactivate, 'user')}` : ''}.`,
  deactivations: ({ people, location, deactivate }) =>
    `${people}: this scheduled preview of ${location} would deactivate ${count(deactivate, 'user')}. It is waiting for an admin.`,
  schedule_failed: ({ people, location }) =>
    `${people}: the scheduled sync of ${location} failed. The message above says why.`,
  expiring: ({ people, location, until }) =>
    `${people}: nobody has confirmed or cancelled the preview of ${location}. It expires ${until}.`,
  held: ({ people, location, why }) =>
    `${people}: a rule did not apply the plan for ${location}: ${why} It is waiting for an admin.`,
  broke_glass: ({ people, location, who, reason }) =>
    `${people}: ${who} confirmed the plan for ${location} *alone*. Reason given: ${reason}`,
};

/** Words of the weekly digest. */
export const digest = {
  title: 'Weekly Digest',
  period: (since: string, until: string) => `From ${since} to ${until}.`,
  syncs: 'Who Synced',
  noSyncs: 'Nobody synced anything.',
  sync: (who: string, target: string, runs: number, done: string) =>
    `• ${who}: ${target}, ${count(runs, 'run')}${done === '' ? '' : `: ${done}`}`,
  alone: 'Confirmed Alone',
  aloneRun: (target: string, run: string, who: string, when: string, reason: string) =>
    `• ${target}: ${run}, by ${who}, ${when}. Reason given: ${reason}`,
  drift: 'Since the Last Sync',
  noDrift: (last: string) => `last synced ${last}, nothing else changed since`,
  drifted: (last: string, users: number) =>
    `last synced ${last}, ${count(users, 'user')} changed by something else since`,
  never: 'never synced',
  waiting: 'Waiting for Confirmation',
  waits: (target: string, run: string, since: string) => `• ${target}: ${run}, since ${since}`,
  inactive: 'Inactive Users to Review',
  inactiveAt: (target: string, users: number, command: string) =>
    `• ${target}: ${count(users, 'inactive user')}. Type ${command} to see them.`,
  more: (n: number) => `…and ${n} more`,
  end: (seq: string, hash: string) => `End of the audit log: row ${seq}, ${hash}`,
};
