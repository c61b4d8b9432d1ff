import type { SkipReason } from '../../../sync/ports/source.ts';
import type { AbsenceDoubt } from '../../../sync/run/absence.ts';
import type { KeepReason } from '../../../sync/run/change.ts';

/** `once`, `2 times`. */
export function times(n: number): string {
  return n === 1 ? 'once' : `${n} times`;
}

/** A number with its noun: `1 user`, `2 users`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** The verb behind `count`. */
export const are = (n: number) => (n === 1 ? 'is' : 'are');
/** The same in the past. */
export const were = (n: number) => (n === 1 ? 'was' : 'were');

/** No plan: a list without a user whom a sync can use. */
export const listUnusable = {
  what: (location: string, active: number) =>
    `No user of the ${location} server can be used, but ${count(active, 'user')} ${are(active)} active here`,
  next: (listed: number) =>
    `It lists ${count(listed, 'user')}, each inactive there, of a status that usersync does not know, or without a usable email. Ask its administrator why, then press Try Again.`,
};

/** A plan's counts, lists and warnings. */
export const plan = {
  count: {
    unchanged: 'Unchanged',
    source: 'Total on the Server',
    omitted: 'Left Out',
    protected: 'Protected',
    kept: 'Left Alone',
    alreadyInactive: 'Already Inactive',
    skipped: 'Skipped Rows',
  },
  /** A plan's effects: still to come, done, or never done. */
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
  /** For omitted users, what the plan would have done. */
  wouldHave: {
    add: 'would have been added',
    reactivate: 'would have been reactivated',
    deactivate: 'would have been deactivated',
  },
  skippedRow: (id: bigint, reason: string) => `id_user ${id}: ${reason}`,
  skipReason: {
    no_email: 'no email',
    bad_email: 'not a usable email',
    bad_status: 'status_user is neither 0 nor 1',
  } satisfies Record<SkipReason, string>,
  keepReason: {
    ambiguous: 'another user may be the same person',
    unproven: 'not on the list, or inactive there, which proves nothing',
    deleted: 'deleted in the application (deleted_at is set)',
    odd_status: 'its status is neither active nor inactive',
    no_email: 'it has no email',
    long_email: 'its email has more than 255 characters',
    negative_id: 'its id in the users table is below 0',
    absent_shortly: 'missing from the server, but not on enough days yet',
  } satisfies Record<KeepReason, string>,
  warnings: 'Please Note',
  skipped: (n: number) =>
    `${count(n, 'row')} of the server's list could not be used and ${were(n)} skipped. ` +
    `See Skipped Rows below, and have ${n === 1 ? 'it' : 'them'} corrected on the server.`,
  /** Where the plan deactivates users too. */
  nameless: 'A row without an email may be one of the users to be deactivated: check first.',
  repeats: (n: number, names: string) =>
    `The server lists ${count(n, 'user')} more than once, in every read: ${names}. ` +
    "Each counts once. Tell the server's administrator.",
  duplicates: (n: number) =>
    n === 1
      ? "1 row of the server's list repeats the email of another row. That email counts once."
      : `${n} rows of the server's list repeat the email of another row. Each email counts once.`,
  doubt: {
    order_ignored: 'It does not sort its list by id_user as asked.',
    end_repeats: 'On the page after the last one, it sends users of the list again instead of none.',
    end_unknown: 'It answers the page after the last one with an error instead of an empty list.',
  } satisfies Record<AbsenceDoubt, string>,
  undecided: (n: number, why: string) =>
    `${count(n, 'active user')} ${are(n)} not on the server's list, or inactive there, and ${n === 1 ? 'stays' : 'stay'} ` +
    `active: the server cannot prove that somebody is absent. ${why} Ask the administrator of that server to fix it.`,
  protected: (n: number) =>
    `${count(n, 'user')} ${are(n)} missing from the server but ` +
    `${n === 1 ? 'stays' : 'stay'} active, because PROTECTED_EMAILS names them. ` +
    'See Protected Users below.',
  /** `others`: more users are left alone, for a reason that has its own warning. */
  kept: (n: number, others: boolean) =>
    `${count(n, others ? 'more user' : 'user', others ? 'more users' : 'users')} ${are(n)} left alone. See Left Alone below: each line says why.`,
  secondPerson: (requester: string) =>
    `This target needs two people: an admin other than ${requester} must confirm.`,
  unseen: 'Nobody else reads this conversation. Ask for the preview in a channel that the other admins read.',
  frozen: (until: string) => `Executions are frozen until ${until}. This plan can be confirmed after that.`,
  frozenBeyond: (until: string) =>
    `Executions are frozen until ${until}, and this plan expires before that. Ask for a new preview then.`,
  people: (needed: number, requester: string | undefined) =>
    requester === undefined
      ? `This target needs ${needed} people: ${needed} admins must confirm.`
      : `This target needs ${needed} people. ${requester} counts as one: ${needed - 1} other admins must confirm.`,
  approved: (people: number, needed: number, who: string) =>
    `Counted so far: ${people} of ${needed}. Approved: ${who}.`,
  approvedAt: (actor: string, at: string) => `${actor}, ${at}`,
  counted: (people: number, needed: number) =>
    `Your approval counts: ${people} of ${needed}. The plan is executed when enough admins have confirmed. Confirm again to ` +
    'withdraw your approval.',
  uncounted: (people: number, needed: number) =>
    `Your approval was withdrawn: ${people} of ${needed}. Nothing was changed.`,
  modalTitle: (runId: number) => `Plan of Run ${runId}`,
  modalEmpty: 'This plan lists no users.',
  /** Where the table was changed after the plan was made. */
  activeNow: (n: number) => `Active Now, Not in the Plan (${n})`,
  /** For a plan whose time is over. */
  gone: 'The users of this plan are no longer on record. An executed run keeps them for RETENTION_DAYS, any other run for 30 days.',
  fileComment: (runId: number, n: number) =>
    `${n === 1 ? 'The only line' : `All ${n} lines`} of the plan of run ${runId}.`,
};

export const time = {
  /** Slack fills in a moment and a day, in the reader's own time zone (docs.slack.dev, "Formatting message text"). */
  moment: '{date_short_pretty} at {time}',
  day: '{date_short_pretty}',
  underASecond: 'less than 1 s',
  seconds: (seconds: number) => `${seconds} s`,
  minutes: (minutes: number, seconds: number) => `${minutes} min ${seconds} s`,
  hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
};

/** The message that sums up a `/usersync all`. */
export const batch = {
  title: 'Sync of All Targets',
  refusedToo: (n: number) =>
    `…and ${count(n, 'more target')} without a preview. Ask for one of them alone to see why.`,
  none: 'There is no preview: the person who asked was told why.',
  more: (n: number) =>
    `…and ${n} more. Each has a message of its own in this channel, or gets it once it has been read.`,
  // Without "of 3": while a batch begins, it has only its first run.
  waits: (n: number) => (n === 1 ? '1 is waiting its turn.' : `${n} are waiting their turn.`),
  reading: (n: number) => `${n} ${are(n)} being read.`,
  unseen: (n: number) =>
    `${n} ${are(n)} planned, but Slack has not taken ${n === 1 ? 'its message' : 'their messages'} yet.`,
  ready: (n: number) =>
    n === 1
      ? '1 is waiting for confirmation in its own message.'
      : `${n} are waiting for confirmation, each in its own message.`,
  executing: (n: number) => `${n} ${are(n)} being executed.`,
  failed: (n: number) =>
    `${n} failed and changed nothing. ${n === 1 ? 'Its message says' : 'Their messages say'} what to do.`,
  // No more is known: an expired preview may have had changes, and another message may have a newer one.
  done: 'Nothing here is waiting for anybody.',
  button: 'Confirm All That Deactivate Nobody',
  dialog: {
    title: (n: number) => (n === 1 ? 'Confirm This Preview?' : `Confirm ${n} Previews?`),
    /** `planned` is a `state.planned`. */
    text: (n: number, planned: string) =>
      (n === 1
        ? `1 preview deactivates nobody: ${planned}. It is executed `
        : `${n} previews deactivate nobody: ${planned} in all. Each is executed by itself, `) +
      'by the same rules as with its own Confirm & Execute. Those that deactivate anyone wait for their own.',
    confirm: (n: number) => (n === 1 ? 'Execute Sync' : `Execute ${n} Syncs`),
  },
  /** The answer to the person who pressed that button. */
  confirmed: (n: number, total: number) =>
    `${n === total ? count(n, 'preview') : `${n} of ${total} previews`} ${are(n)} being executed. ` +
    `${n === 1 ? 'Its result' : 'The result of each'} appears in its thread.`,
  noneConfirmed: 'Your click executed no preview.',
  approved: (people: number, needed: number) =>
    `your approval counts, ${people} of ${needed}. More admins must confirm it.`,
  notReached: (n: number) =>
    `${count(n, 'preview')} ${were(n)} not checked, because something went wrong. Check each ` +
    "run's message before you press again.",
};
