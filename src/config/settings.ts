import { z } from 'zod';
import { DEFAULT_DEPLOYMENT } from './commands.ts';
import { databaseUrl } from './database-url.ts';
import { type FreezeWindow, neverEnds, parseFreezeWindow } from './freeze.ts';
import {
  allowing,
  EMAIL,
  items,
  list,
  newUserDefaults,
  notify,
  oneOf,
  parsed,
  redisUrl,
  sharedChannels,
  slackToken,
  TARGET_NAME,
  targets,
  whole,
} from './shapes.ts';

const APPROVALS_SHAPE =
  'must be names from SYNC_TARGETS, each with a number of people from 1 to 9, such as prod=2,test=2';

/** `SYNC_APPROVALS`: how many different people each target needs. */
const approvals = parsed(APPROVALS_SHAPE, (text): ReadonlyMap<string, number> | undefined => {
  const needed = new Map<string, number>();
  for (const item of items(text)) {
    const [name = '', people = '', ...rest] = item.split('=').map((part) => part.trim());
    if (rest.length > 0 || !TARGET_NAME.test(name) || !/^[1-9]$/.test(people) || needed.has(name))
      return undefined;
    needed.set(name, Number(people));
  }
  return needed.size > 0 ? needed : undefined;
});

const AUTO_SHAPE =
  'must be names from SYNC_TARGETS, each with the kinds of changes that are applied without a person and the most of them, ' +
  'such as dev=add+reactivate:20';

/** The changes that are applied at a target without a person: their kinds, and at most how many. */
export type AutoRule = {
  readonly text: string;
  readonly actions: readonly ('add' | 'reactivate' | 'deactivate')[];
  readonly most: number;
};

const autoActions = z.array(z.enum(['add', 'reactivate', 'deactivate'])).min(1);

/** A rule ends with its number. A comma anywhere else joins kinds, as a plus sign does. */
const BETWEEN_RULES = /(?<=:\s*\d+\s*),/;

/** `SYNC_AUTO`: one rule for each target. */
const autoRules = parsed(AUTO_SHAPE, (text): ReadonlyMap<string, AutoRule> | undefined => {
  const rules = new Map<string, AutoRule>();
  for (const rule of items(text, BETWEEN_RULES)) {
    const [, name = '', kinds = '', most = ''] =
      /^([^=\s]+)\s*=\s*([a-z+,\s]+?)\s*:\s*([1-9]\d{0,6})$/.exec(rule) ?? [];
    const actions = autoActions.safeParse(kinds.split(/[+,]/).map((kind) => kind.trim()));
    const isOnce = new Set(actions.data).size === actions.data?.length;
    if (!TARGET_NAME.test(name) || !actions.success || !isOnce || rules.has(name)) return undefined;
    const words = `${name}=${actions.data.join('+')}:${most}`;
    rules.set(name, { text: words, actions: actions.data, most: Number(most) });
  }
  return rules.size > 0 ? rules : undefined;
});

const FREEZE_SHAPE =
  'must be windows separated by commas, such as Fri 18:00-Mon 07:00 or 2026-12-24-2027-01-02, that leave some time of the week';

/** `SYNC_FREEZE`: windows in which nothing is executed. */
const freeze = parsed(FREEZE_SHAPE, (text): readonly FreezeWindow[] | undefined => {
  const windows = items(text).map(parseFreezeWindow);
  const known = windows.filter((window) => window !== undefined);
  const isFit = known.length > 0 && known.length === windows.length && !neverEnds(known);
  return isFit ? known : undefined;
});

const BOT_TOKEN = 'must be the bot token, which begins with xoxb-';
const SIGNING_SECRET = 'must be the signing secret of the Slack app, without a comment behind it';
const API_URL = 'must be a URL such as https://slack.com/api/, without a comment behind it';
export const APP_TOKEN = 'must be an app-level token, which begins with xapp-';
/** An email, a name as `users` may have it, or a pattern of either. Any other text would protect nobody. */
const PROTECTED = /^(?!mailto:)(?![@'"`‘’“”(])[^\s<>;,"`“”]+(?<![@'`’)])$/iu;

/** Slack allows 32 characters, the slash included. */
const COMMAND = /^\/[a-z0-9_-]{1,31}$/;
const COMMAND_SHAPE =
  'must be a slash and then small letters, digits, - or _, at most 32 characters in all, such as /usersync-staging';
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N} .-]{0,18}[\p{L}\p{N}])?$/u;
const LABEL_SHAPE =
  'must be a word such as staging: letters, digits, blanks, dots or -, at most 20 characters';

export const LOGIN = 'must be the email of the login at the depot servers';
const PASSWORD = 'must be the password of the login at the depot servers';

/** The settings (contract, section 3): for each its shape, its default, and the message if it is malformed. */
export const settings = z.object({
  SLACK_BOT_TOKEN: slackToken('xoxb-', BOT_TOKEN),
  SLACK_SIGNING_SECRET: z
    .string()
    .trim()
    .regex(/^\S{8,}$/, SIGNING_SECRET)
    .optional(),
  SLACK_APP_TOKEN: slackToken('xapp-', APP_TOKEN).optional(),
  SLACK_MODE: oneOf(['socket', 'http']).optional(),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/, error: API_URL })
    .regex(/^[^\s?#]+$/, API_URL)
    .default('https://slack.com/api/'),
  SLACK_COMMAND: z.string().trim().regex(COMMAND, COMMAND_SHAPE).default(DEFAULT_DEPLOYMENT.command),
  DEPLOYMENT_LABEL: z.string().trim().regex(LABEL, LABEL_SHAPE).optional(),
  PORT: whole(0, 65_535).default(3000),
  SLACK_CHANNEL_IDS: list(/^[CGD][A-Z0-9]+$/, 'must be channel ids such as C0123456789, separated by commas'),
  SLACK_ALLOW_SHARED_CHANNELS: sharedChannels.default('off'),
  SLACK_ADMIN_USER_IDS: list(
    /^[UW][A-Z0-9]+$/,
    'must be member ids such as U0123456789, separated by commas',
  ),
  SLACK_ADMIN_USERGROUP_IDS: list(
    /^S[A-Z0-9]+$/,
    'must be user group ids such as S0123456789, separated by commas',
  ),
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl.optional(),
  EXTERNAL_API_EMAIL: z.string(LOGIN).trim().regex(EMAIL, LOGIN),
  EXTERNAL_API_PASSWORD: z.string(PASSWORD),
  EXTERNAL_API_TIMEOUT_MS: whole(100, 600_000).default(30_000),
  EXTERNAL_API_PAGE_SIZE: whole(1, 10_000).default(100),
  EXTERNAL_API_MAX_CONCURRENT: whole(1, 64).default(4),
  EXTERNAL_API_REQUESTS_PER_SECOND: whole(1, 10_000).default(20),
  SYNC_TARGETS: targets.prefault('dev,test,prod'),
  PREVIEW_TTL_MINUTES: whole(1, 10_080).default(30),
  DEACTIVATION_LIMIT_COUNT: whole(0, 1_000_000).default(5),
  DEACTIVATION_LIMIT_PERCENT: whole(0, 100).default(20),
  TWO_PERSON_TARGETS: list(TARGET_NAME, 'must be names from SYNC_TARGETS, separated by commas'),
  SYNC_APPROVALS: approvals.optional(),
  SYNC_FREEZE: freeze.optional(),
  SYNC_AUTO: autoRules.optional(),
  SYNC_ABSENCE_DAYS: whole(0, 365).default(0),
  BREAK_GLASS: oneOf(['on', 'off']).default('on'),
  PROTECTED_EMAILS: list(
    PROTECTED,
    'must be emails separated by commas, without quotes; * stands for any characters',
  ),
  NEW_USER_DEFAULTS: newUserDefaults.optional(),
  SYNC_SCHEDULE: z.string().optional(),
  SYNC_SCHEDULE_CHANNEL_ID: z
    .string()
    .regex(/^[CG][A-Z0-9]+$/, 'must be a channel id such as C0123456789')
    .optional(),
  SYNC_SCHEDULE_TZ: z.string().trim().default('UTC'),
  SYNC_SCHEDULE_TARGETS: list(TARGET_NAME, 'must be names from SYNC_TARGETS, separated by commas'),
  SYNC_SCHEDULE_QUIET_LINE: oneOf(['on', 'off']).default('on'),
  SYNC_NOTIFY: notify.optional(),
  SYNC_DIGEST: z.string().optional(),
  SYNC_REMINDER_DAYS: whole(1, 3650).optional(),
  RETENTION_DAYS: whole(1, 36_500).optional(),
  BOT_LANGUAGE: oneOf(['en', 'id']).default('en'),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export type Settings = z.infer<typeof settings>;

/** Names and values from the process's environment, or from a file `.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How Slack delivers commands, clicks and events. */
export type Transport =
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string };

/** The part of the settings that concerns Slack. */
export function slackOf(values: Settings) {
  return {
    transport: transport(values),
    botToken: values.SLACK_BOT_TOKEN,
    apiUrl: values.SLACK_API_URL.replace(/\/*$/, '/'),
    channelIds: values.SLACK_CHANNEL_IDS,
    /** Whether the bot may work in this channel although people of another company read it. */
    mayBeShared: allowing(values.SLACK_ALLOW_SHARED_CHANNELS),
    adminUserIds: values.SLACK_ADMIN_USER_IDS,
    adminUsergroupIds: values.SLACK_ADMIN_USERGROUP_IDS,
  };
}

function transport(values: Settings): Transport {
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = values;
  const socket = values.SLACK_MODE !== 'http' && appToken !== undefined;
  return socket ? { mode: 'socket', appToken } : { mode: 'http', signingSecret: signingSecret ?? '' };
}
