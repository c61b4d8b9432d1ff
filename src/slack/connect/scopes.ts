/**
 * The methods of Slack's Web API that the bot calls, each with the bot scopes needed for the bot's use (docs.slack.dev, the page of
 * each method). `channels:` is for public channels, `groups:` for private ones.
 */
export const METHOD_SCOPES: Readonly<Record<string, readonly string[]>> = {
  // Uses the app-level token, whose own scope is connections:write.
  'apps.connections.open': [],
  'auth.test': [],
  // Used only by doctor.
  'blocks.validate': [],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};

/** Scopes that belong to no method: the slash command and the shortcuts. */
const FEATURE_SCOPES = ['commands'];

/** The events that Slack sends to the bot, each with its scopes (docs.slack.dev, the page of each event). */
export const EVENT_SCOPES: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  member_joined_channel: ['channels:read', 'groups:read'],
};

/** Needed only with SLACK_ADMIN_USERGROUP_IDS. Slack plans without user groups do not grant it. */
const USER_GROUP_SCOPE = 'usergroups:read';

/** Every bot scope in the manifest, sorted. */
export const ALL_SCOPES: readonly string[] = [
  ...new Set([
    ...Object.values(METHOD_SCOPES).flat(),
    ...Object.values(EVENT_SCOPES).flat(),
    ...FEATURE_SCOPES,
  ]),
].sort();

/** The bot scopes without which some function fails, sorted. */
export function neededScopes({ userGroups }: { readonly userGroups: boolean }): readonly string[] {
  return ALL_SCOPES.filter((scope) => userGroups || scope !== USER_GROUP_SCOPE);
}

/** Without these scopes the bot is useless: no command, no answer, and nobody can be verified as an admin. */
export const ESSENTIAL_SCOPES: readonly string[] = ['chat:write', 'commands', 'users:read'];
