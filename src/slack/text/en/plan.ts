import type { AbsenceDoubt } from '../../../sync/absence.ts';
import type { KeepReason } from '../../../sync/change.ts';
import type { GuardFacts, GuardLimits } from '../../../sync/safety.ts';
import type { SkipReason } from '../../../sync/source.ts';

/** A number with its noun: `1 user`, `2 users`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** Words for what a plan counts, lists and warns of. */
export const plan = {
  count: {
    unchanged: 'Unchanged',
    source: 'Total at the Server',
    omitted: 'Left Out',
    protected: 'Protected',
    kept: 'Left Alone',
    alreadyInactive: 'Already Inactive',
    skipped: 'Skipped Rows',
  },
  /** What a plan does, by whether it is still to be done, was done, or never will be. */
  effect: {
    planned: { add: 'New', reactivate: 'To Reactivate', deactivate: 'To Deactivate' },
    done: { add: 'Added', reactivate: 'Reactivated', deactivate: 'Deactivated' },
    notDone: { add: 'Not Added', reactivate: 'Not Reactivated', deactivate: 'Not Deactivated' },
  },
  effectList: {
    planned: { add: 'New Users', reactivate: 'Users to Reactivate', deactivate: 'Users to Deactivate' },
    done: { add: 'Added Users', reactivate: 'Reactivated Users', deactivate: 'Deactivated Users' },
    notDone: {
      add: 'Users Not Added',
      reactivate: 'Users Not Reactivated',
      deactivate: 'Users Not Deactivated',
    },
  },
  list: {
    omitted: (n: number) => `Left Out (${n})`,
    protected: (n: number) => `Protected Users (${n})`,
    kept: (n: number) => `Left Alone (${n})`,
    skipped: (n: number) => `Skipped Rows (${n})`,
    unchanged: (n: number) => `Unchanged Users (${n})`,
  },
  more: (n: number) => `…and ${n} more. The CSV file in the thread lists them all.`,
  moreInView: (n: number) => `…and ${n} more. Press View All to see them.`,
  moreOnly: (n: number) => `…and ${n} more`,
  moreUnchanged: (n: number) => `…and ${n} more. They stay as they are.`,
  skippedRow: (id: bigint, reason: string) => `id_user ${id}: ${reason}`,
  skipReason: {
    no_email: 'no email',
    bad_email: 'not a usable email',
    bad_status: 'status_user is neither 0 nor 1',
  } satisfies Record<SkipReason, string>,
  keepReason: {
    ambiguous: 'another user may be the same person',
    unproven: 'not on the list, which proves nothing',
    deleted: 'deleted in the application (deleted_at is set)',
    odd_status: 'its status is neither active nor inactive',
    no_email: 'it has no email',
    absent_shortly: 'missing at the server, but not on enough days yet',
  } satisfies Record<KeepReason, string>,
  warnings: 'Please Note',
  skipped: (n: number) =>
    `${count(n, 'row')} of the server's list could not be used and ${n === 1 ? 'was' : 'were'} skipped. ` +
    'See Skipped Rows below, and have them corrected at the server.',
  repeats: (n: number, names: string, more: number) =>
    `The server lists ${n === 1 ? '1 user' : `${n} users`} more than once, in every read alike: ${names}` +
    `${more > 0 ? ` and ${more} more` : ''}. Each counts once. Whoever runs the server should know of it.`,
  duplicates: (n: number) =>
    n === 1
      ? "1 row of the server's list repeats the email of another row. That email counts once."
      : `${n} rows of the server's list repeat the email of another row. Each email counts once.`,
  doubt: {
    order_ignored: 'It does not sort its list by id_user as it is asked to.',
    end_repeats: 'On the page after the last one, it sends users of the list again instead of none.',
    end_unknown: 'It answers the page after the last one with an error instead of an empty list.',
  } satisfies Record<AbsenceDoubt, string>,
  undecided: (n: number, why: string) =>
    `${count(n, 'active user')} ${n === 1 ? 'is' : 'are'} not on the server's list and ${n === 1 ? 'stays' : 'stay'} ` +
    `active: the server cannot prove that somebody is absent. ${why} Ask whoever runs that server to mend it.`,
  protected: (n: number) =>
    `${count(n, 'user')} ${n === 1 ? 'is' : 'are'} missing at the server but ` +
    `${n === 1 ? 'stays' : 'stay'} active, because PROTECTED_EMAILS names them. ` +
    'See Protected Users below.',
  kept: (n: number) =>
    `${count(n, 'user')} ${n === 1 ? 'is' : 'are'} left alone. See Left Alone below: each line says why.`,
  secondPerson: (requester: string) =>
    `This target needs two people: an admin other than ${requester} must confirm.`,
  frozen: (until: string) =>
    `Executions are frozen until ${until}: this plan can be confirmed after that, if it is still valid.`,
  people: (needed: number, requester: string | undefined) =>
    requester === undefined
      ? `This target needs ${needed} people, and a preview on schedule counts none: ${needed} admins must confirm.`
      : `This target needs ${needed} people. ${requester} asked and counts as one: ${needed - 1} other admins must confirm.`,
  approved: (people: number, needed: number, who: string) =>
    `Counted so far: ${people} of ${needed}. Approved: ${who}.`,
  approvedAt: (actor: string, at: string) => `${actor} at ${at}`,
  counted: (people: number, needed: number) =>
    `Your approval counts: ${people} of ${needed}. The plan is executed when enough admins have confirmed. Confirm again to ` +
    'take your approval back.',
  uncounted: (people: number, needed: number) =>
    `Your approval was taken back: ${people} of ${needed}. Nothing was changed.`,
  modalTitle: (runId: number) => `Plan of Run ${runId}`,
  modalEmpty: 'This plan lists no users.',
  fileComment: (runId: number, n: number) =>
    `${n === 1 ? 'The only line' : `All ${n} lines`} of the plan of run ${runId}.`,
};

function share(location: string, { deactivate, active }: GuardFacts): string {
  if (deactivate < active) return `${deactivate} of the ${count(active, 'user')} active at ${location}`;
  return active === 1 ? `the only user active at ${location}` : `all ${active} users active at ${location}`;
}

/** Words of the deactivation guard: its warning, its modal and what is wrong with what was entered there. */
export const guard = {
  facts: (location: string, facts: GuardFacts) =>
    `*This plan deactivates ${share(location, facts)}.* In the last 24 hours, ` +
    `${count(facts.recentlyDeactivated, 'other user')} ${facts.recentlyDeactivated === 1 ? 'was' : 'were'} ` +
    'deactivated there.',
  limits: ({ count: users, percent, inclusive }: GuardLimits) =>
    inclusive
      ? `Within 24 hours, fewer than ${count(users, 'user')} or less than ${percent}% of the active users, whichever is ` +
        'more, can be deactivated without a reason, because no count of the server confirms its list.'
      : `Within 24 hours, up to ${count(users, 'user')} or ${percent}% of the active users, whichever is more, ` +
        'can be deactivated without a reason.',
  everyone: 'Nobody would stay active. That always needs a reason.',
  next: 'Make sure that this is meant. To go on, press Confirm With Reason…; otherwise press Cancel.',
  modalTitle: 'Confirm With Reason',
  submit: 'Execute Sync',
  close: 'Go Back',
  targetLabel: "Target's Name",
  targetHint: (target: string) => `Type ${target} to show that you mean this target.`,
  reasonLabel: 'Reason',
  reasonHint: 'Why is it right to deactivate so many users? Your answer is kept with the run.',
  targetMismatch: (expected: string) => `This is not the target's name. Type ${expected}.`,
  reasonMissing: (shortest: number) => `Give a reason of at least ${shortest} characters.`,
};

/** Words of the modal in which users are left out of a plan, and of a plan from which some were. */
export const adjust = {
  by: (actor: string) => `Adjusted by ${actor}`,
  modalTitle: 'Adjust the Plan',
  submit: 'Leave Out',
  close: 'Go Back',
  explain:
    'Whoever is left out stays as they are now, and the next preview lists them again. Nothing is executed yet: the ' +
    'shorter plan takes the place of this one and waits to be confirmed.',
  emailsLabel: 'Emails to Leave Out',
  emailsHint: (longest: number) =>
    `One per line, or with commas, semicolons or blanks between them. At most ${longest} characters; to leave out more, ` +
    'press Adjust once more afterwards.',
  actionsLabel: 'Changes to Leave Out',
  action: {
    add: (n: number) => `No additions this time (${n})`,
    reactivate: (n: number) => `No reactivations this time (${n})`,
    deactivate: (n: number) => `No deactivations this time (${n})`,
  },
  nothingGiven: 'Enter at least one email here, or tick a box below.',
  tooLong: (email: string, longest: number) =>
    `No email has more than ${longest} characters. Put a line end or a comma into this one: ${email}`,
  tooMany: (n: number, most: number) => `These are ${n} emails. Leave out up to ${most} at once.`,
};

/** Words of the modal that tells what happened to a run, step by step. */
export const details = {
  plan: (hash: string) => `Plan: ${hash}`,
  confirmed: (actor: string, when: string) => `Confirmed by ${actor} at ${when}`,
  reading: (duration: string) => `Reading and planning took ${duration}`,
  executing: (duration: string) => `Executing took ${duration}`,
  export: (command: string) => `Type ${command} to get its changes as a CSV file.`,
  steps: 'Step by Step',
  noSteps: 'The audit log has no steps of this run.',
  more: (n: number) => `…and ${n} more. The audit log in the database has them all.`,
  step: {
    requested: (actor: string) => `requested by ${actor}`,
    previewed: 'plan shown',
    noChanges: 'no changes were found',
    guardTripped: 'plan shown; the deactivation guard tripped',
    refused: (actor: string, why: string) => `refused to ${actor}: ${why}`,
    approved: (actor: string) => `approved by ${actor}`,
    withdrawn: (actor: string) => `approval taken back by ${actor}`,
    confirmed: (actor: string) => `confirmed by ${actor}`,
    adjusted: (actor: string) => `adjusted by ${actor}`,
    cancelled: (actor: string) => `cancelled by ${actor}`,
    completed: 'executed in one transaction',
    failed: (why: string) => `failed: ${why}`,
    expired: 'expired',
    superseded: 'replaced by a newer preview',
    held: (why: string) => `not applied by its rule: ${why}`,
    brokeGlass: (actor: string) => `${actor} acted alone`,
    takenOver: 'taken over from an instance of the bot that had stopped',
  },
  quoted: (words: string, reason: string) => `${words} (${reason})`,
  omitted: { add: 'additions', reactivate: 'reactivations', deactivate: 'deactivations' },
  leftOut: (runId: number, what: string) => `from run ${runId}, without ${what}`,
};
