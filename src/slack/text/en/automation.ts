import type { CallReason } from '../../../sync/automation/calls.ts';
import type { AutoHeld } from '../../../sync/rules/rules.ts';
import { are, count } from './plan.ts';

/** Plans that a rule applies (`SYNC_AUTO`), and the pausing of rules. */
export const automatic = {
  decides: (rule: string) =>
    `The rule ${rule} decides within seconds whether to apply this plan. Press Cancel to prevent that.`,
  held: (rule: string, why: string) => `The rule ${rule} did not apply this plan: ${why} An admin decides.`,
  why: {
    paused: 'rules are paused here.',
    rule_changed:
      'after the plan was made, the rule was changed or removed, or its target now has another location or address.',
    frozen: 'executions are frozen.',
    people_needed: 'this target needs several people.',
    guard_tripped: 'it deactivates so many users that a reason is needed.',
    unproven: "the server's list does not prove enough.",
    skipped: "some rows of the server's list could not be used.",
    protected: 'some users who are missing from the server are protected.',
    other_changes: 'it has kinds of changes that the rule does not name.',
    too_many: 'it has more changes than the rule allows.',
    person_waited: 'a person had asked for a preview here, and nobody has decided on one since.',
    left_out:
      'in the last sync that a person confirmed here, or since, an admin left out a user whom it changes, by Adjust or Cancel; or it is not on record who that was.',
    late: 'no process of the bot looked at it for more than an hour.',
    taken_back: 'the last change here was a rollback, and this plan may undo it.',
    location_busy: 'another run was changing users there.',
    refused: 'its confirmation was refused. The audit log says why.',
  } satisfies Record<AutoHeld, string>,
  applying: (rule: string) => `Applied by the rule ${rule}. Nobody confirmed it.`,
  applied: (rule: string, when: string) => `Applied by the rule ${rule}, ${when}. Nobody confirmed it.`,
  pausedItself: (target: string, command: string) =>
    `A rule applied this run, so the rules of ${target} were paused. Type ${command} once you know what went wrong.`,
  paused: (actor: string, target: string | undefined) =>
    `${actor} paused the rules ${target === undefined ? 'of all targets' : `of ${target}`}. Scheduled previews wait for an admin.`,
  resumed: (actor: string, target: string | undefined) =>
    `${actor} resumed the rules ${target === undefined ? 'of all targets' : `of ${target}`}.`,
  /** What follows from resuming. */
  appliesAgain: 'They apply again from the next scheduled preview.',
  /** Follows the sentence above. */
  appliesElsewhere:
    "The pause also held at another location, because a target's name means another one now: rules apply there again too.",
  stillPaused: (command: string) => `All targets are still paused: type ${command} to resume them.`,
  /** Follows one of the sentences above, which holds all the same. */
  unseen: 'Only you see this answer: tell the other admins yourself.',
  /** `invitation`: the command that invites the bot, where that helps. */
  notTold: (channel: string, why: string, invitation: string | undefined) =>
    `${channel} could not be told: ${why}. Tell the other admins yourself` +
    `${invitation === undefined ? '' : `, and type ${invitation} there`}.`,
  noRule: 'There is no rule now (SYNC_AUTO is not set).',
  pausedAlready: (target: string | undefined) =>
    `Rules are already paused for ${target ?? 'all targets'}. Nothing was changed.`,
  notPaused: 'No rules are paused. Nothing was changed.',
  notPausedAt: (target: string, command: string) =>
    `There is no pause for ${target} alone. Nothing was changed. If all targets are paused, type ${command}.`,
  pause: {
    everywhere: 'all targets',
    heading: '*Paused Rules*',
    byPerson: (target: string, actor: string, when: string, command: string) =>
      `${target}: paused by ${actor}, ${when}. Type ${command} to resume.`,
    failed: (target: string, runId: number, when: string, command: string) =>
      `${target}: paused ${when}, because run ${runId}, which a rule applied, failed. Type ${command} once you know why.`,
    takenBack: (target: string, runId: number, when: string, command: string) =>
      `${target}: paused ${when}, because run ${runId}, which a rule applied, was taken back. Type ${command} once you know why.`,
  },
};

export type CallAbout = {
  /** Mentions of the people called. */
  readonly people: string;
  readonly location: string;
  readonly deactivate: number;
  readonly until: string;
  /** The person who confirmed, and their reason. */
  readonly who: string;
  readonly reason: string;
  /** Why a rule did not apply the plan. */
  readonly why: string;
};

/** Scheduled previews, and the reminder of targets that were not synced for long. */
export const schedule = {
  none: 'No previews are scheduled (SYNC_SCHEDULE is not set).',
  planned: (cron: string, timezone: string, targets: string) =>
    `Scheduled previews: ${cron} (${timezone}) for ${targets}.`,
  next: (when: string) => `The next ones are due ${when}.`,
  noNext: 'The schedule has no further time.',
  more: (n: number) => `and ${n} more`,
  /** `state` is a `state.allSynced` or `someDiffer`. */
  quiet: (location: string, state: string, when: string) =>
    `${location}: ${state} (checked on schedule, ${when})`,
  unmade: (target: string, why: string) => `The scheduled preview of ${target} was not made. ${why}`,
  reminder: (targets: string, command: string) =>
    `Reminder: it is time to sync ${targets}. Type ${command} to see what a sync would change.`,
  days: (target: string, days: number) => `${target} (last synced ${count(days, 'day')} ago)`,
  never: (target: string) => `${target} (never synced)`,
};

/** Calls of people for whom a run waits. `people` are mentions. */
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
    `${people}: the preview of ${location} is still waiting. It expires ${until}.`,
  held: ({ people, location, why }) =>
    `${people}: a rule did not apply the plan for ${location}: ${why} It is waiting for an admin.`,
  broke_glass: ({ people, location, who, reason }) =>
    `${people}: ${who} confirmed the plan for ${location} *alone*. Reason given: ${reason}`,
};

export const digest = {
  title: 'Weekly Digest',
  period: (since: string, until: string) => `From ${since} to ${until}.`,
  syncs: 'Who Synced',
  noSyncs: 'Nobody synced anything.',
  /** `rollbacks` of the `runs` are rollbacks. */
  sync: (who: string, target: string, done: string, runs: number, rollbacks: number) =>
    `• ${who}: ${target}, ${count(runs, 'run')}${rollbacks === 0 ? '' : ` (${count(rollbacks, 'rollback')})`}` +
    `${done === '' ? '' : `: ${done}`}`,
  alone: 'Confirmed Alone',
  aloneRun: (target: string, run: string, who: string, when: string, reason: string) =>
    `• ${target}: ${run}, by ${who}, ${when}. Reason given: ${reason}`,
  drift: 'Since the Last Sync',
  /** Where there are too many users to count. */
  uncounted: (last: string) => `last synced ${last}; too many users to count what changed since`,
  noDrift: (last: string) => `last synced ${last}, nothing else changed since`,
  drifted: (last: string, users: number) =>
    `last synced ${last}, ${count(users, 'user')} changed by something else since`,
  never: 'never synced',
  waiting: 'Waiting for Confirmation',
  waits: (target: string, run: string, since: string) => `• ${target}: ${run}, since ${since}`,
  inactive: 'Inactive Users to Review',
  inactiveAt: (target: string, users: number, command: string) =>
    `• ${target}: ${count(users, 'inactive user')}. Type ${command} to see them.`,
  /** Where there are too many users to count. */
  inactiveUncounted: (target: string, command: string) =>
    `• ${target}: too many users to count the inactive ones. Type ${command} to see them.`,
  more: (n: number, atLeast: boolean) => `…and ${atLeast ? 'at least ' : ''}${n} more`,
  end: (seq: string, hash: string) => `End of the audit log: row ${seq}, ${hash}`,
};

/** How long users have been absent, where several days are needed (`SYNC_ABSENCE_DAYS`). */
export const absence = {
  evidence: (days: number, proposed: number, waiting: number) =>
    `${count(proposed + waiting, 'user')} ${are(proposed + waiting)} missing from the server. Missing on ` +
    `${count(days, 'day')} or more, and proposed for deactivation: ${proposed}. On fewer days, not proposed yet: ${waiting}.`,
};
