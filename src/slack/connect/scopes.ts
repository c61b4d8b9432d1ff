/**
 * Each method of Slack's Web API that this bot calls, with the bot scopes that it needs for what the bot does with it
 * (docs.slack.dev, the page of each method). `channels:` is for public channels, `groups:` for private ones.
 */
export const METHOD_SCOPES: Readonly<Record<string, readonly string[]>> = {
  // Takes the app-level token, whose own scope is connections:write.
  'apps.connections.open': [],
  'auth.test': [],
  // By doctor alone.
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

/** The scopes beside those of methods: the slash command and the shortcuts. */
const FEATURE_SCOPES = ['commands'];

/** Each event that Slack sends to the bot, with the scopes for it (docs.slack.dev, the page of each event). */
export const EVENT_SCOPES: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  member_joined_channel: ['channels:read', 'groups:read'],
};

/** Only SLACK_ADMIN_USERGROUP_IDS needs it, and plans without user groups do not grant it. */
const USER_GROUP_SCOPE = 'usergroups:read';

/** Every bot scope of the app, sorted: what the manifest asks for. */
export const ALL_SCOPES: readonly string[] = [
  ...new Set([
    ...Object.values(METHOD_SCOPES).flat(),
    ...Object.values(EVENT_SCOPES).flat(),
    ...FEATURE_SCOPES,
  ]),
].sort();

/** The bot scopes without which something fails, sorted. */
export function neededScopes({ userGroups }: { readonly userGroups: boolean }): readonly string[] {
  return ALL_SCOPES.filter((scope) => userGroups || scope !== USER_GROUP_SCOPE);
}

/** Without these nobody can use the bot at all: there is no command, no answer, and nobody who is known as an admin. */
export const ESSENTIAL_SCOPES: readonly string[] = ['chat:write', 'commands', 'users:read'];
