import type { LostReason } from '../../../sync/failures/failure.ts';
import { count, were } from './plan.ts';

/** `/usersync help`, and the answer to an unknown target or command. */
export const help = {
  title: 'How to Use usersync',
  intro:
    'usersync compares the users of a depot server with the database and shows what a sync would change. ' +
    'Nothing changes until an admin confirms. Users are never deleted, only set inactive.',
  commands: 'Commands',
  preview: (command: string) => `${command} shows what a sync would change`,
  all: (command: string) => `${command} shows that for every target at once`,
  rollback: (command: string) => `${command} shows what taking back the newest sync would change`,
  rollbackOf: (run: string, target: string) =>
    `${run} shows the same for run 12 (its message has the number), ${target} for the newest sync of that target`,
  lookUp: 'To Look Something Up',
  status: (all: string, one: string) => `${all} shows the status of all targets, ${one} of just one`,
  history: (all: string, one: string) => `${all} lists the latest runs, ${one} those of one target`,
  users: (all: string, some: string) =>
    `${all} lists the users of a target, ${some} only the inactive ones with “vendor” in the email`,
  inactive: (all: string, one: string) =>
    `${all} lists inactive users and when their row was last changed, ${one} those of one target`,
  find: (command: string) =>
    `${command} shows the users with that in their email at all targets, and which run changed them last`,
  export: (command: string) => `${command} sends you the plan of run 12 as a CSV file`,
  pause: (all: string, one: string) =>
    `${all} stops all syncs that run by a rule, ${one} those of one target`,
  resume: (all: string, one: string) => `${all} starts them all again, ${one} those of one target`,
  config: (command: string) => `${command} shows the targets, their servers and the settings`,
  help: (command: string) => `${command} shows this text`,
  moreTargets: (targets: string) => `Other targets: ${targets}`,
  noTargets: 'No target is set up. The operator must set SYNC_TARGETS.',
  unknown: (typed: string) => `There is no target ${typed}.`,
  unknownCommand: (typed: string) => `There is no command ${typed}.`,
  unclear: (typed: string) => `${typed} is not the way to type this command.`,
  needsTarget: (typed: string) => `${typed} needs a target.`,
  needsEmail: (typed: string) => `${typed} needs an email, or a part of one.`,
  needsRun: (typed: string) => `${typed} needs the number of a run.`,
  suggestion: (command: string) => `Did you mean ${command}?`,
  example: (command: string) => `For example: ${command}.`,
  /** The answer to a word that is the label of a button. */
  buttons: (status: string) =>
    `That is done with the buttons on a run's message. Type ${status} for the runs that wait.`,
  seeHelp: (command: string) => `Type ${command} to see all commands.`,
  targets: (targets: string) => `The targets are ${targets}.`,
  target: (target: string) => `The only target is ${target}.`,
  nothingChanged: 'Nothing was changed.',
};

export const history = {
  title: 'Latest Runs',
  titleOf: (target: string) => `Latest Runs: ${target}`,
  none: (help: string) => `There are no runs to show. Type ${help} to see how to start one.`,
  scheduled: (when: string) => `Scheduled, ${when}`,
  requested: (actor: string, when: string) => `Requested by ${actor}, ${when}`,
  adjusted: (actor: string, when: string) => `Adjusted by ${actor}, ${when}`,
  confirmed: (actor: string) => `confirmed by ${actor}`,
  /** Nobody confirmed what a rule applied. */
  applied: (rule: string) => `applied by the rule ${rule}`,
  plan: (counts: string) => `plan: ${counts}`,
  took: (duration: string) => `took ${duration}`,
  details: 'Details',
  detailsOf: (runId: number) => `Details of run ${runId}`,
  older: 'Older Runs',
};

export const home = {
  title: 'User Sync of the Depot Servers',
  channel: (channel: string) => `A preview that you start here appears in ${channel}.`,
  noChannel:
    'No preview can be started here, because no channel is set for it: the operator must set SLACK_CHANNEL_IDS or ' +
    'SYNC_SCHEDULE_CHANNEL_ID.',
  preview: 'Preview',
  previewOf: (target: string) => `Preview of ${target}`,
  recent: 'Latest Runs',
  commands: (command: string) => `Type ${command} in a channel to see all commands.`,
  visitor:
    'Only usersync admins may use it, and you are not one of them. If you should be, ask the operator to add you to ' +
    'SLACK_ADMIN_USER_IDS or to the user group of its admins.',
};

/** The state of each target: `/usersync status` and the cards of the Home tab. `run` is `run 12`, or a link to it. */
export const status = {
  title: 'Target Status',
  users: (active: number, inactive: number, leftAlone: number) =>
    `${count(active, 'active user')}, ${inactive} inactive${leftAlone === 0 ? '' : `, ${leftAlone} left alone`}`,
  manyUsers: (n: number) => `More than ${count(n, 'user')}`,
  lastSync: (when: string, what: string, run: string) => `Last sync: ${run}, ${when}, ${what}`,
  rolledBack: (when: string, what: string, run: string) => `Since then, a rollback: ${run}, ${when}, ${what}`,
  never: 'Never synced',
  working: (what: string, run: string) => `In progress: ${run}, ${what}`,
  pending: (counts: string, until: string, run: string) =>
    `Waiting for confirmation until ${until}: ${run}, ${counts}`,
  lastFailed: (when: string, what: string, run: string) => `Last error: ${run}, ${when}: ${what}`,
  changedSince: (n: number) =>
    `Since then, ${count(n, 'user')} ${were(n)} changed by something other than usersync`,
  locationMissing:
    'The locations table has no single row for this target. The operator must see that it has exactly one, or correct SYNC_TARGETS.',
  protected: 'Never deactivated (PROTECTED_EMAILS):',
  /** `moreThan`: only so many users were looked at, of more. */
  protects: (pattern: string, users: number, moreThan: number | undefined) => {
    if (users > 0)
      return `${pattern} protects ${count(users, 'user')}${moreThan === undefined ? '' : ' or more'}`;
    return moreThan === undefined
      ? `${pattern} protects nobody: is it spelled right?`
      : `${pattern} protects none of the ${moreThan} users that were counted`;
  },
  otherSettings: (processes: number, names: string) =>
    `${count(processes, 'other process', 'other processes')} of usersync ${processes === 1 ? 'has' : 'have'} other settings: ${names}. ` +
    'What happens may depend on which process answers. If this lasts longer than a deployment, ask the operator.',
  otherServer: (processes: number) =>
    `${count(processes, 'other process', 'other processes')} of usersync ${processes === 1 ? 'uses' : 'use'} another database server, ` +
    'which may not show the same. If this lasts longer than a fail-over, ask the operator.',
  run: (runId: number) => `run ${runId}`,
  more: (n: number, command: string) => `…and ${count(n, 'more target')}. Type ${command} to see one alone.`,
};

/** Short messages about the bot itself, shown only to the person who typed or clicked. */
export const trouble = {
  loading: 'Loading…',
  close: 'Close',
  channelUnreachable: {
    no_member: (invitation: string) =>
      'usersync cannot post in this channel, because it is not a member. Nothing was changed. Type ' +
      `${invitation} here, then type your command again.`,
    between_people:
      'usersync cannot post in a conversation between people. Nothing was changed. Type your command in a channel.',
    archived:
      'usersync cannot post in this channel, because the channel is archived. Nothing was changed. Type your command in ' +
      'another channel.',
    members_only:
      'usersync cannot post in this channel, because only some people may post here. Nothing was changed. Ask an admin of ' +
      'the workspace to let usersync post here, or type your command in another channel.',
    /** `why` is a `rejection.reason`. */
    other: (why: string) =>
      `usersync cannot post in this channel: ${why}. Nothing was changed. Ask an admin of the workspace to let usersync post ` +
      'here, or type your command in another channel.',
  },
  databaseLost:
    'The database cannot be reached. This request changed nothing. Try again in a minute. If it happens again, ' +
    'tell the operator.',
  databaseBusy:
    'All connections of usersync to the database are in use. This request changed nothing. Try again in a minute. If it ' +
    'happens again, tell the operator.',
  databaseLostCommitting:
    'The database was lost just as your request was being saved, so it may or may not have gone through. Wait ' +
    "until the run's message has changed, or two minutes, before you try again.",
  databaseLostDuringRun: (runId: number) =>
    `The database cannot be reached, so run ${runId} is on hold. It resumes by itself when the database is ` +
    'back: do not start another one. If this takes long, tell the operator.',
  /** Why a database server that answers cannot be used. */
  databaseWhy: {
    read_only: 'The database server is read-only.',
    too_many_connections: 'The database server has no free connection for usersync.',
    disk_full: 'The disk of the database server is full.',
    privilege: 'The database server denies usersync access.',
    busy: 'All connections of usersync to the database are in use.',
  } satisfies Record<LostReason, string>,
  databaseUnusable: (why: string) =>
    `${why} This request changed nothing. Tell the database administrator, and try again once that is fixed.`,
  databaseUnusableDuringRun: (runId: number, why: string) =>
    `${why} Run ${runId} is on hold. It resumes by itself once that is fixed: do not start another one. Tell the ` +
    'database administrator.',
  databaseRefused: (words: string) =>
    `The database refused your request: ${words}. It changed nothing. Ask the operator to check the log.`,
  restarting: (runId: number) =>
    `usersync is restarting. Your request is kept: run ${runId} resumes by itself as soon as a bot is free. Do not start ` +
    'another one.',
  /** `why` is a `databaseWhy`. */
  interruptedAll: (why = 'The database cannot be reached.') =>
    `${why} Your request is kept: the runs that are not open yet open by themselves a minute or two after the database serves again. ` +
    'Do not start others.',
  restartingAll:
    'usersync is restarting. Your request is kept: its runs resume by themselves as soon as a bot is free. Do not start others.',
  tooLate:
    'Slack opens a window only within 3 seconds, and usersync or the network was slower this time. Nothing was done. Try again. ' +
    'If it happens again, tell the operator.',
  windowClosed:
    'The window was closed before its content came. Press the button or type the command again to open it.',
  slackRefused: (reason: string) =>
    `Something unexpected went wrong. Slack refused what usersync wanted to show you (${reason}). Look at the message of ` +
    'the run before you try again. If it happens again, tell the operator.',
  /** `why` is a `rejection.reason`. */
  slackUnanswered: (why: string) =>
    `Slack could not be used for your request: ${why}. Wait a minute, look whether it was done all the same, and try ` +
    'again. If it happens again, tell the operator.',
  unknownButton: (status: string) =>
    `This button belongs to another version of usersync, so nothing was done. Type ${status} to see how things stand.`,
  unexpected: (runId: number | undefined) =>
    'Something unexpected went wrong. Ask the operator to check the log' +
    `${runId === undefined ? '' : ` for run ${runId}, and look at its message before you try again`}.`,
};
