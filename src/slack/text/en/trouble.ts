import type { LostReason } from '../../../sync/failure.ts';

const NO_MEMBER =
  'usersync cannot post in this channel, because it is not a member. Nothing was changed. Type ' +
  '`/invite @usersync` here, then type your command again.';

const MEMBERS_ONLY =
  'usersync cannot post in this channel, because only some people may post here. Nothing was changed. Ask an admin of ' +
  'the workspace to let usersync post here, or type your command in another channel.';

/** By Slack's words. */
const CHANNEL_TROUBLES: Readonly<Record<string, string>> = {
  not_in_channel: NO_MEMBER,
  channel_not_found: NO_MEMBER,
  is_archived:
    'usersync cannot post in this channel, because the channel is archived. Nothing was changed. Type your command in ' +
    'another channel.',
  restricted_action: MEMBERS_ONLY,
  restricted_action_read_only_channel: MEMBERS_ONLY,
};

/** Short messages about the bot itself, shown to the person who typed or clicked. */
export const trouble = {
  loading: 'Loading…',
  close: 'Close',
  /** `why` is a `rejection.reason`. */
  channelUnreachable: (slackError: string, why = slackError) =>
    CHANNEL_TROUBLES[slackError] ??
    `usersync cannot post in this channel: ${why}. Nothing was changed. Ask an admin of the workspace to let usersync post ` +
      'here, or type your command in another channel.',
  databaseLost:
    'The database cannot be reached. Nothing was changed by this request. Try again in a minute. If it happens again, ' +
    'tell whoever runs the bot.',
  databaseLostCommitting:
    'The database was lost at the very moment when your request was written, so it may have been taken or not. Wait ' +
    'until the message of the run has changed, or two minutes, before you try again.',
  databaseLostDuringRun: (runId: number) =>
    `The database cannot be reached, so run ${runId} is on hold. It goes on by itself when the database is ` +
    'back: do not start another one. If that takes long, tell whoever runs the bot.',
  /** Why a database server that answers cannot be used. */
  databaseWhy: {
    read_only: 'The database takes no writes: its server is read-only.',
    too_many_connections: 'The database server has no connection left for usersync.',
    disk_full: 'The disk of the database server is full.',
    privilege: 'The database server does not let usersync in.',
  } satisfies Record<LostReason, string>,
  databaseUnusable: (why: string) =>
    `${why} Nothing was changed by this request. Tell whoever runs the database, and try again when that is over.`,
  databaseUnusableDuringRun: (runId: number, why: string) =>
    `${why} Run ${runId} is on hold. It goes on by itself when that is over: do not start another one. Tell whoever runs ` +
    'the database.',
  databaseRefused: (words: string) =>
    `The database refused your request: ${words}. Nothing was changed by it. Tell whoever runs the bot to look at the log.`,
  restarting: (runId: number) =>
    `usersync is restarting. Your request is kept: run ${runId} goes on by itself as soon as a bot is free. Do not start ` +
    'another one.',
  slackRefused: (reason: string) =>
    `Something unexpected went wrong. Slack refused what usersync wanted to show you (${reason}). Look at the message of ` +
    'the run before you try again. If it happens again, tell whoever runs the bot.',
  unknownButton:
    'This button belongs to another version of usersync, so nothing was done. Type `/usersync status` to see how things stand.',
  unexpected: (runId: number | undefined) =>
    'Something unexpected went wrong. Tell whoever runs the bot to look at the log' +
    `${runId === undefined ? '' : ` for run ${runId}, and look at its message before you try again`}.`,
};
