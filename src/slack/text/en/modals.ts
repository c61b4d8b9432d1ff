import type { GuardFacts, GuardLimits } from '../../../sync/rules/rules.ts';
import type { Refusal } from '../../../sync/run/refusal.ts';
import { count, were } from './plan.ts';

function share(location: string, { deactivate, active }: GuardFacts): string {
  if (deactivate < active) return `${deactivate} of the ${count(active, 'user')} active at ${location}`;
  return active === 1 ? `the only user active at ${location}` : `all ${active} users active at ${location}`;
}

/** The deactivation guard: its warning, its modal, and mistakes in the modal's input. */
export const guard = {
  facts: (location: string, facts: GuardFacts) =>
    `*This plan deactivates ${share(location, facts)}.*` +
    (facts.recentlyDeactivated === 0
      ? ''
      : ` In the last 24 hours, ${count(facts.recentlyDeactivated, 'other user')} ` +
        `${were(facts.recentlyDeactivated)} deactivated there.`),
  limits: ({ count: users, percent, inclusive }: GuardLimits) => {
    if (users === 0 && percent === 0) return 'Every deactivation needs a reason.';
    return inclusive
      ? `Within 24 hours, fewer than ${count(users, 'user')} or less than ${percent}% of the active users, whichever is ` +
          'more, can be deactivated without a reason, because no count of the server confirms its list.'
      : `Within 24 hours, up to ${count(users, 'user')} or ${percent}% of the active users, whichever is more, ` +
          'can be deactivated without a reason.';
  },
  everyone: 'Nobody would stay active. That always needs a reason.',
  next: 'Make sure this is intended. To go on, press Confirm With Reason…; otherwise press Cancel.',
  modalTitle: 'Confirm With Reason',
  submit: 'Execute Sync',
  close: 'Go Back',
  targetLabel: "Target's Name",
  targetHint: (target: string) => `Type ${target} to show that you mean this target.`,
  reasonLabel: 'Reason',
  reasonHint: 'Why is it right to deactivate these users? Your answer is kept with the run.',
  /** Where the guard did not trip, as after the end of a freeze. */
  otherHint: 'Why is this sync right?',
  targetMismatch: (expected: string) => `This is not the target's name. Type ${expected}.`,
  reasonMissing: (shortest: number) => `Give a reason of at least ${shortest} characters.`,
  /** For an admin who has approved the plan. */
  withdrawal: {
    title: 'Withdraw Your Approval',
    explain:
      'You have approved this plan. If you withdraw your approval, it no longer counts. No user is changed.',
    submit: 'Withdraw',
  },
};

/** The Adjust modal, and plans from which users were left out. */
export const adjust = {
  by: (actor: string) => `Adjusted by ${actor}`,
  modalTitle: 'Adjust the Plan',
  submit: 'Leave Out',
  close: 'Go Back',
  /** `reverted`: the run that the plan rolls back; undefined for a sync. */
  explain: (reverted: number | undefined) =>
    'Users you leave out stay as they are, and ' +
    `${reverted === undefined ? 'the next preview' : `another rollback of run ${reverted}`} lists them again. Nothing is ` +
    'executed yet: the shorter plan takes the place of this one and waits for confirmation.',
  picksLabel: 'Users to Leave Out',
  picksPlaceholder: 'Search by email',
  emailsLabel: 'Emails to Leave Out',
  emailsHint: (longest: number) =>
    `One per line, or separated by commas, semicolons or spaces; an email that contains one of these in "quotes". At most ${longest} characters; to leave out more, ` +
    'press Adjust again afterwards.',
  actionsLabel: 'Changes to Leave Out',
  action: {
    add: (n: number) => `No additions this time (${n})`,
    reactivate: (n: number) => `No reactivations this time (${n})`,
    deactivate: (n: number) => `No deactivations this time (${n})`,
  },
  nothingGiven: 'Enter at least one email here, pick somebody above, or tick a box below.',
  tooLong: (email: string, longest: number) =>
    `No email has more than ${longest} characters. Split this one with a line break or a comma: ${email}`,
  tooMany: (n: number, most: number) => `That is ${n} emails. Leave out at most ${most} at once.`,
  notInPlan: (emails: string) =>
    `The plan does not change ${emails}. Correct the spelling, or delete this from the box.`,
  nothingLeft:
    'Without all that, the plan would change nothing. Leave out less, or go back and press Cancel.',
  /** Shown after the modal has closed, so that the input is not lost. */
  typed: (emails: string) => `You had entered: ${emails}`,
};

/** The modal with a run's steps. */
export const details = {
  plan: (hash: string) => `Plan: ${hash}`,
  confirmed: (actor: string, when: string) => `Confirmed by ${actor}, ${when}`,
  applied: (rule: string, when: string) => `Applied by the rule ${rule}, ${when}`,
  reading: (duration: string) => `Reading and planning took ${duration}`,
  executing: (duration: string) => `Executing took ${duration}`,
  export: (command: string) => `Type ${command} to get its changes as a CSV file.`,
  steps: 'Step by Step',
  noSteps: 'The audit log has no steps for this run.',
  more: (n: number) => `…and ${n} more. The audit log in the database has them all.`,
  step: {
    requested: (actor: string) => `requested by ${actor}`,
    previewed: 'plan shown',
    noChanges: 'no changes were found',
    guardTripped: 'plan shown; the deactivation guard tripped',
    refused: (actor: string, why: string) => `request by ${actor} refused: ${why}`,
    approved: (actor: string) => `approved by ${actor}`,
    withdrawn: (actor: string) => `approval withdrawn by ${actor}`,
    adjusted: (actor: string) => `adjusted by ${actor}`,
    cancelled: (actor: string) => `cancelled by ${actor}`,
    completed: 'executed in one transaction',
    failed: (why: string) => `failed: ${why}`,
    expired: 'expired',
    superseded: 'replaced by a newer preview',
    held: (why: string) => `not applied by its rule: ${why}`,
    brokeGlass: (actor: string) => `${actor} acted alone`,
    paused: 'the rules of its target were paused',
    takenOver: 'taken over from an instance of the bot that had stopped',
  },
  quoted: (words: string, reason: string) => `${words} (${reason})`,
  omitted: { add: 'additions', reactivate: 'reactivations', deactivate: 'deactivations' },
  leftOut: (runId: number, what: string) => `from run ${runId}, without ${what}`,
};

/** The shortcuts, and words typed after a mention of the bot. */
export const shortcut = {
  title: 'Preview a User Sync',
  targetLabel: 'Target',
  channelLabel: 'Channel',
  channelHint: 'The preview and its result appear there. usersync must be a member of the channel.',
  here: (channel: string) => `The preview and its result appear in ${channel}.`,
  submit: 'Show Preview',
  close: 'Close',
  inChannel: 'The preview appears in the channel, below, and not in this thread.',
  needsCommand: (command: string) =>
    `This opens a window, and Slack allows that only for the command. Type ${command} in the channel.`,
};

/** Confirm Alone: an admin acts where more people are needed, or during a freeze. */
export const alone = {
  modalTitle: 'Confirm Alone',
  submit: 'Execute Alone',
  dialogTitle: 'Confirm Alone?',
  dialogText:
    'This is for emergencies. All admins are told that you acted alone, and your reason is kept in the audit log.',
  dialogConfirm: 'Give a Reason…',
  explain: {
    people:
      'This target needs more people than have confirmed. If you go on, you act alone, and all admins are told.',
    frozen: 'Executions are frozen. If you go on, you act alone, and all admins are told.',
    frozen_and_people:
      'Executions are frozen, and this target needs more people than have confirmed. If you go on, you act alone, and all ' +
      'admins are told.',
  },
  reasonHint: 'Why can this not wait? Your answer is kept with the run, and all admins read it.',
  confirmed: (actor: string) => `*Confirmed alone* by ${actor}.`,
  completed: (actor: string, when: string) => `*Confirmed alone* by ${actor}, completed ${when}.`,
};

/** Why a request about a run was refused, as the end of a line in the run's history. */
export const refusedSteps = {
  not_admin: 'not an admin of usersync',
  wrong_channel: 'usersync does not work in that channel',
  shared_channel: 'people of another company read the channel',
  channel_unverifiable: 'Slack did not say who reads the channel',
  location_missing: 'the locations table had no single row for the target',
  being_read: 'the list was already being read',
  run_not_found: 'there was no such run',
  wrong_message: 'the button stood on another message',
  not_ready: 'the run was not waiting for confirmation',
  expired: 'the preview had expired',
  location_busy: 'another run was changing users there',
  frozen: 'executions were frozen',
  paused: 'rules were paused',
  person_decides: 'a person had to decide first',
  paused_already: 'rules were already paused',
  not_paused: 'no rules were paused',
  break_glass_off: 'nobody may confirm alone',
  alone_unseen: 'nobody else reads the conversation',
  people_unverifiable: 'Slack did not say who is still an admin',
  second_person_needed: 'another admin must confirm',
  guard_tripped: 'a reason was needed',
  guard_tripped_since: 'a reason was needed since the preview',
  plan_altered: 'the stored plan was not the one that was shown',
  target_mismatch: "the target's name was mistyped",
  reason_missing: 'the reason was missing or too short',
  already_followed: 'a new preview had been started',
  not_failed: 'the run had not failed',
  not_completed: 'the run had changed nothing',
  not_in_plan: 'the plan did not change those users',
  deactivates: 'it deactivates users, so it is confirmed by itself',
  nothing_left: 'nothing would have been left of the plan',
  taken_back: 'the run was taken back already',
  nothing_completed: 'no sync was left to take back',
  several_syncs: 'several targets were synced recently',
} satisfies Record<Refusal['code'], string>;
