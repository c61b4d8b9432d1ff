import { COMMANDS, type Deployment } from '../../config/commands.ts';
import { manifestSettings } from '../../config/config.ts';
import type { Environment } from '../../config/settings.ts';
import { SHORTCUTS } from '../ids.ts';

/** The methods that the bot calls, with their bot scopes (docs.slack.dev). `channels:` is for public channels, `groups:` private. */
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

type ManifestOptions = Deployment & {
  readonly mode: 'socket' | 'http';
  /** The base URL at which Slack reaches the bot in http mode, such as `https://bot.example.com`; undefined: a placeholder. */
  readonly address: string | undefined;
};

/** Why the app asks for each scope. */
const REASONS: readonly (readonly [reason: string, ...scopes: readonly string[]])[] = [
  ['Post and edit the preview and the results', 'chat:write'],
  ['The command and the shortcuts', 'commands'],
  ['A target that is typed behind a mention of the bot, such as in a thread', 'app_mentions:read'],
  ['The whole plan as a CSV file in the thread', 'files:write'],
  [
    'Find a message of its own whose delivery was in doubt, before it is posted again',
    'channels:history',
    'groups:history',
  ],
  [
    'Whether another company reads a channel (Slack Connect): no list of users is posted there',
    'channels:read',
    'groups:read',
  ],
  ['Guests, bots and deleted members are never admins', 'users:read'],
  ['SLACK_ADMIN_USERGROUP_IDS (leave out on plans without user groups)', 'usergroups:read'],
];

/** Every command with its arguments. Slack allows 1,000 characters. */
const USAGE = ['target', ...Object.entries(COMMANDS).map((words) => words.join(' ').trim())].join(' | ');

/** The manifest as YAML (docs.slack.dev, "App manifest reference"). It is named after the command, so that deployments differ. */
function manifestOf({ command, label, mode, address }: ManifestOptions): string {
  const name = JSON.stringify(command.slice(1));
  const about = `Previews, confirms and applies user syncs from depot servers${label === undefined ? '' : ` (${label})`}`;
  const url = `${address ?? 'https://YOUR-HOST'}/slack/events`;
  const http = mode === 'http';
  /** A line for http mode; in Socket Mode a comment that shows it. */
  const inHttp = (indent: string, key: string) =>
    http ? [`${indent}${key}: ${url}`] : [`${indent}# In http mode add: ${key}: ${url}`];
  const lines = [
    '# Create the app from this: https://api.slack.com/apps, "Create New App", "From a manifest".',
    '_metadata:',
    '  major_version: 1',
    'display_information:',
    `  name: ${name}`,
    `  description: ${about}`,
    '  background_color: "#1d3557"',
    'features:',
    '  app_home:',
    '    home_tab_enabled: true',
    '    messages_tab_enabled: true',
    '    messages_tab_read_only_enabled: true',
    '  bot_user:',
    `    display_name: ${name}`,
    '    always_online: true',
    '  shortcuts:',
    ...SHORTCUTS.flatMap(({ name, type, callbackId, description }) => [
      `    - name: ${name}`,
      `      type: ${type}`,
      `      callback_id: ${callbackId}`,
      `      description: ${description}`,
    ]),
    '  slash_commands:',
    `    - command: ${command}`,
    '      description: Preview and apply a user sync',
    `      usage_hint: ${USAGE}`,
    '      should_escape: false',
    ...inHttp('      ', 'url'),
    'oauth_config:',
    '  scopes:',
    '    bot:',
    ...REASONS.flatMap(([reason, ...scopes]) => [
      `      # ${reason}`,
      ...scopes.filter((scope) => ALL_SCOPES.includes(scope)).map((scope) => `      - ${scope}`),
    ]),
    'settings:',
    '  event_subscriptions:',
    ...inHttp('    ', 'request_url'),
    '    bot_events:',
    ...Object.keys(EVENT_SCOPES).map((event) => `      - ${event}`),
    '  interactivity:',
    ...inHttp('    ', 'request_url'),
    // Where Slack asks for the options of the select in Adjust while somebody types.
    ...inHttp('    ', 'message_menu_options_url'),
    '    is_enabled: true',
    '  org_deploy_enabled: false',
    ...(http ? [] : ['  # In http mode: false']),
    `  socket_mode_enabled: ${!http}`,
    '  token_rotation_enabled: false',
  ];
  return `${lines.join('\n')}\n`;
}

export const MANIFEST_USAGE =
  'manifest knows one option: --address https://bot.example.com, where Slack reaches the bot in http mode';

/** The manifest for these settings; all of them may still be missing. Undefined for unknown options. Throws `ConfigError`. */
export function manifestFor(environment: Environment, args: readonly string[]): string | undefined {
  const [option, address = '', ...others] = args;
  const settings = manifestSettings(environment);
  if (option === undefined) return manifestOf({ ...settings, address: undefined });
  if (option !== '--address' || others.length > 0 || !/^https:\/\/[^\s/]+\/?$/.test(address))
    return undefined;
  return manifestOf({ ...settings, mode: 'http', address: address.replace(/\/$/, '') });
}
