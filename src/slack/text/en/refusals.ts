import type { DatabaseRefusal } from '../../../sync/failures/failure.ts';
import type { GuardFacts } from '../../../sync/rules/rules.ts';
import { count } from './plan.ts';

/** Why a request was not served. Shown only to the person who asked. */
export const refusal = {
  notAdmin: {
    not_listed:
      'Only usersync admins may do this, and you are not on the list. Ask the operator to add you to ' +
      'SLACK_ADMIN_USER_IDS or to the user group of its admins. Nothing was changed.',
    guest:
      'Guests of this workspace may not use usersync. Ask a usersync admin to do this. Nothing was changed.',
    bot: 'Bots may not use usersync. Ask a usersync admin to do this. Nothing was changed.',
    deleted: 'Your Slack account is deactivated, so you may not use usersync. Nothing was changed.',
    stranger:
      'Members of other workspaces may not use usersync. Ask a usersync admin to do this. Nothing was changed.',
    unverifiable:
      'Slack did not say whether you are an admin, so nothing was done. Try again in a minute. If it happens again, ' +
      'tell the operator.',
  },
  admins: (admins: string) => `The admins are ${admins}.`,
  wrongChannel: (channels: string) => `usersync does not work in this channel. Use it in ${channels}.`,
  wrongChannelUnknown: 'usersync does not work in this channel. Ask the operator where it does.',
  sharedChannel: (channel: string) =>
    `People of another company read ${channel}, so usersync shows no users there, and nothing was done. Use a channel of ` +
    'your own company. The operator can allow this one in SLACK_ALLOW_SHARED_CHANNELS.',
  channelUnverifiable:
    'Slack did not say whether people of another company read the channel, so nothing was done. Try again in a minute. If ' +
    'it happens again, tell the operator.',
  locationMissing: (target: string) =>
    `The locations table has no single row for the target ${target}. The operator must see that it has exactly ` +
    'one, or correct SYNC_TARGETS. Nothing was changed.',
  runNotFound: (help: string, history: string) =>
    `There is no such run in the database. Nothing was changed. Type ${help} to see how to start a new one, or ` +
    `${history} to see the latest runs.`,
  noPlanToExport: (history: string) =>
    `No run with that number has a plan. Type ${history} to see the latest runs and their numbers.`,
  wrongMessage: (help: string) =>
    'This button is not on the message that shows its run. Nothing was changed. Scroll to that message, or type ' +
    `${help} to see how to start a new run.`,
  notReady: {
    reading: (runId: number) =>
      `Run ${runId} is still reading users. Nothing was changed. Wait for its preview.`,
    ready: (runId: number) =>
      `Run ${runId} is waiting for confirmation. Nothing was changed. Press the button again.`,
    /** `how` is a `history.confirmed` or `applied`, here and below. */
    executing: (runId: number, how: string) =>
      `Run ${runId} is being executed, ${how}. You do not have to do anything: the result appears in its thread.`,
    completed: (runId: number, how: string, command: string) =>
      `Run ${runId} is already completed, ${how}. Type ${command} for a new preview.`,
    completedAlone: (runId: number, command: string) =>
      `Run ${runId} had nothing to change. Type ${command} for a new preview.`,
    cancelled: (runId: number, actor: string, command: string) =>
      `Run ${runId} was cancelled by ${actor}. Nothing was changed. Type ${command} for a new preview.`,
    expired: (runId: number, command: string) =>
      `The preview of run ${runId} has expired. Nothing was changed. Type ${command} for a new preview.`,
    superseded: (runId: number, location: string, by: number | undefined) =>
      `Run ${runId} was replaced by a newer preview of ${location}. Nothing was changed.` +
      `${by === undefined ? '' : ` Look at run ${by} instead.`}`,
    failed: (runId: number, command: string) =>
      `Run ${runId} has failed and changed nothing. Press Try Again or New Preview on its message, or type ${command}.`,
  },
  beingRead: {
    /** `asked` is a `history.requested` or `scheduled`. */
    list: (location: string, run: string, asked: string) =>
      `Users of ${location} are already being read: ${run}. ${asked}. No other run was started. Wait for its preview.`,
    changes: (reverted: number, run: string, asked: string) =>
      `Taking back run ${reverted} is already being prepared: ${run}. ${asked}. No other run was started. Wait for its preview.`,
  },
  locationBusy: (location: string, runId: number, how: string) =>
    `Users of ${location} are being changed right now: run ${runId}, ${how}. Your click changed nothing. ` +
    'Wait for its result, then try again.',
  frozen: (until: string) =>
    `Executions are frozen until ${until} (SYNC_FREEZE). Nothing was changed. Confirm after that, or ask for a new preview if ` +
    'this one has expired by then.',
  paused: (runId: number) =>
    `Run ${runId} was not applied: rules are paused at its target. Nothing was changed.`,
  personDecides: (runId: number) =>
    `Run ${runId} was not applied: a person must decide at its target first. Nothing was changed.`,
  breakGlassOff:
    'Nobody may confirm alone here (BREAK_GLASS: off). Nothing was changed. Ask another admin to confirm, or wait for the ' +
    'end of the freeze.',
  aloneUnseen:
    'Nobody else reads this conversation, so no other admin would learn that you acted alone. Nothing was changed. Ask for the ' +
    'preview in a channel that the admins read, and confirm it there.',
  peopleUnverifiable:
    'Slack did not say whether everybody who counts for this plan is still an admin. Nothing was changed, and your click does ' +
    'not count. Confirm again in a minute. If it happens again, tell the operator.',
  secondPersonNeeded: (target: string, requester: string, needed: number, adjusted: boolean) =>
    `The target ${target} needs ${needed === 2 ? 'two' : needed} people. ${requester} ${adjusted ? 'adjusted' : 'requested'} this one, so ${needed === 2 ? 'another admin' : `${needed - 1} other admins`} must confirm it. ` +
    'Nothing was changed.',
  guardTripped:
    'This plan deactivates so many users that a reason is needed. Nothing was changed. Press Confirm With Reason… ' +
    'on the message.',
  /** `counts`: several people are counted. */
  guardTrippedSince: (location: string, facts: GuardFacts, counts: boolean) =>
    `Since the preview, ${location} or its limits have changed: ${facts.deactivate} of the ${count(facts.active, 'user')} active ` +
    `there now would be deactivated, and that needs a reason. Nothing was changed${counts ? ', and earlier approvals do not count any more' : ''}. ` +
    'The message shows it; press Confirm With Reason… there.',
  planAltered: (runId: number, command: string) =>
    `Run ${runId} as stored is not what was shown: it was edited in the database, or an older version made it. ` +
    `Nothing was changed. Type ${command} for a new preview.`,
  targetMismatch: (expected: string) =>
    `What you typed is not the target's name. Nothing was changed. Press the button again and type ${expected}.`,
  reasonMissing: (shortest: number) =>
    `A reason of at least ${shortest} characters is needed. Nothing was changed. Press the button again and give one.`,
  alreadyFollowed: (runId: number, next: number | undefined) =>
    `A new preview was already started for run ${runId}${next === undefined ? '' : `: run ${next}`}. ` +
    'Your click changed nothing. The message of the new one says how it stands.',
  notFailed: (runId: number, command: string) =>
    `Run ${runId} has not failed, so there is nothing to try again. Type ${command} for a new preview.`,
  notCompleted: (runId: number, rollback: string) =>
    `Only a completed run that changed something can be taken back, and run ${runId} is not one. Nothing was changed. ` +
    `Look for the number of the run in its message, then type ${rollback} and that number.`,
  notInPlan: (emails: string) =>
    `The plan does not change ${emails}, and only users it changes can be left ` +
    'out. The plan stays as it is. Press View All to see whom it changes, then press Adjust again.',
  deactivates: (runId: number, n: number) =>
    `Run ${runId} deactivates ${count(n, 'user')}, so it is not confirmed together with others. It changed nothing. ` +
    'Confirm it on its own message.',
  nothingLeft:
    'Without all that, the plan would change nothing. It stays as it is. Press Adjust again and leave out less, or press ' +
    'Cancel to end this preview.',
  takenBack: (runId: number, by: number, command: string) =>
    `Run ${runId} was already taken back, by run ${by}. Nothing was changed. To take back run ${by}, type ${command}: ` +
    'the preview shows what that changes.',
  severalSyncs: (syncs: string) =>
    'Several targets were synced recently, and usersync does not guess which sync you want to take back. Nothing was ' +
    `changed. The newest of each:\n${syncs}`,
  oneOfSeveral: (label: string, run: string, state: string, when: string, command: string) =>
    `• ${label}, ${run}: ${state}, ${when}. Type ${command} to take it back.`,
  nothingCompleted: (history: string) =>
    `No sync that changed something still stands, so there is nothing to take back. Type ${history} to see the latest runs.`,
  nothingCompletedAt: (target: string, history: string) =>
    `No sync of ${target} that changed something still stands, so there is nothing to take back. Type ${history} to see the latest runs.`,
};

/** What to do if the database refuses, by its reason. */
export const databaseRemedies: Readonly<Record<DatabaseRefusal, string>> = {
  value_missing:
    'A column of users requires a value. The operator can name one in NEW_USER_DEFAULTS, or the ' +
    'database administrator can give the column a default.',
  duplicate:
    'A unique index allows the value only once. If it is not the index over (email, location_id), ask the ' +
    'application developers whether new users may go without it.',
  foreign_key:
    'A foreign key asks for a row in another table. Ask the application developers what a user needs there.',
  check: 'A CHECK of the table does not allow the value. Ask the application developers what it allows.',
  trigger:
    'A trigger of the application refused it, or failed itself, in its own words. Ask the application developers.',
  too_long:
    'A column is too short for a value. Ask the database administrator to make it as long as VARCHAR(255).',
  value_not_taken: 'A column does not take the value. Ask the application developers what it may hold.',
  generated: 'A column is generated by the database and cannot be written. Ask the application developers.',
  privilege:
    "The bot's database account may not do that. Ask the database administrator to grant it: npm run doctor prints how.",
  read_only:
    'The server accepts no writes now. Ask the database administrator; DATABASE_URL must name the primary server.',
  disk_full:
    'The disk of the database server, or one of its files, is full. Ask the database administrator to make room.',
  packet_too_large:
    'A statement or a row is larger than the server accepts. Ask the database administrator to raise max_allowed_packet ' +
    'to 16 MB.',
  lock_wait:
    'Something else kept a lock for too long. Ask the application developers about long transactions on users, or wait ' +
    'a few minutes.',
  too_many_connections:
    'The server has no connection left. Ask the database administrator to raise max_connections, or the limit of the account.',
  table_damaged:
    'A table is damaged. Ask the database administrator to check and repair it, or to restore a backup.',
  table_missing: 'A table or column is not there. Ask the operator to run npm run doctor.',
  statement_logging:
    'The server logs statements, which InnoDB does not accept at this isolation level. Ask the database administrator to set ' +
    'binlog_format to ROW or MIXED.',
  time_limit:
    'The server ended the statement, because of a time limit or by hand. Ask the database administrator.',
  other: 'Ask the database administrator what that means, and the operator to look at the log.',
};

/** What held a rule's plan back, for the failure of its run. */
export const heldBack = {
  what: {
    freeze: 'A freeze began before the plan was carried out, so it was not executed',
    pause: 'The rules were paused before the plan was carried out, so it was not executed',
    late: 'The plan waited for over an hour before a process could carry it out, so the rule did not apply it',
    rule: 'The rule was changed or removed before the plan was carried out, so it was not executed',
  },
  next: 'Press New Preview to see what would change now. An admin can confirm it, after the freeze if there is one.',
};

export const locationChanged = {
  what: (target: string) => `The target ${target} now stands for another location, or for none`,
  next: 'SYNC_TARGETS or the locations table was changed, or processes of the bot have different settings. Press New Preview once the name means a location.',
};

export const serverChanged = {
  what: (location: string) =>
    `The address of ${location} changed after the preview, so the plan was not executed`,
  next: 'The plan comes from the server at the former online_url in the locations table. Press New Preview to read the list at the present address.',
};
