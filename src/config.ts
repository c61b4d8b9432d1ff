import { z } from 'zod';
import { list, nameForTarget, oneOf, TARGET_NAME, targets, whole } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const BOT_TOKEN = 'must be the bot token, which begins with xoxb-';
const APP_TOKEN = 'must be an app-level token, which begins with xapp-';
const DATABASE = 'must be mysql://user:password@host:port/database';
const LOGIN = 'must be the email of the login at the depot servers';
const PASSWORD = 'must be the password of the login at the depot servers';

const settings = z.object({
  SLACK_BOT_TOKEN: z.string(BOT_TOKEN).regex(/^xoxb-\S+$/, BOT_TOKEN),
  SLACK_SIGNING_SECRET: z.string().min(8, 'must be the signing secret of the Slack app').optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-\S+$/, APP_TOKEN)
    .optional(),
  SLACK_MODE: oneOf(['socket', 'http']).optional(),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://slack.com/api/' })
    .default('https://slack.com/api/'),
  PORT: whole(0, 65_535, 3000),
  SLACK_CHANNEL_IDS: list(/^[CGD][A-Z0-9]+$/, 'must be channel ids such as C0123456789, separated by commas'),
  SLACK_ADMIN_USER_IDS: list(
    /^[UW][A-Z0-9]+$/,
    'must be member ids such as U0123456789, separated by commas',
  ),
  SLACK_ADMIN_USERGROUP_IDS: list(
    /^S[A-Z0-9]+$/,
    'must be user group ids such as S0123456789, separated by commas',
  ),
  DATABASE_URL: z
    .url({ protocol: /^(mysql|mariadb)$/, error: DATABASE })
    .regex(/^\w+:\/\/[^/]+\/[^/?]+/, DATABASE),
  EXTERNAL_API_EMAIL: z.string(LOGIN),
  EXTERNAL_API_PASSWORD: z.string(PASSWORD),
  EXTERNAL_API_TIMEOUT_MS: whole(1, 600_000, 30_000),
  EXTERNAL_API_PAGE_SIZE: whole(1, 10_000, 100),
  EXTERNAL_API_MAX_CONCURRENT: whole(1, 64, 4),
  EXTERNAL_API_REQUESTS_PER_SECOND: whole(1, 10_000, 20),
  SYNC_TARGETS: targets.prefault('dev,test,prod'),
  PREVIEW_TTL_MINUTES: whole(1, 10_080, 30),
  DEACTIVATION_LIMIT_COUNT: whole(0, 1_000_000, 5),
  DEACTIVATION_LIMIT_PERCENT: whole(0, 100, 20),
  TWO_PERSON_TARGETS: list(TARGET_NAME, 'must be names from SYNC_TARGETS, separated by commas'),
  PROTECTED_EMAILS: list(/^\S+$/, 'must be emails separated by commas; * stands for any characters'),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

type Settings = z.infer<typeof settings>;

/** How Slack's deliveries arrive. */
export type SlackTransport =
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string };

export type Config = {
  readonly slack: {
    readonly transport: SlackTransport;
    readonly botToken: string;
    readonly apiUrl: string;
    readonly channelIds: readonly string[];
    readonly adminUserIds: readonly string[];
    readonly adminUsergroupIds: readonly string[];
  };
  readonly port: number;
  readonly databaseUrl: string;
  readonly depot: {
    readonly credentialsFor: (target: string) => { readonly email: string; readonly password: string };
    readonly limits: {
      readonly timeoutMs: number;
      readonly pageSize: number;
      readonly maxConcurrent: number;
      readonly requestsPerSecond: number;
    };
  };
  /** What `/usersync` accepts, and the location code of each. */
  readonly targets: ReadonlyMap<string, string>;
  readonly sync: {
    readonly ttlMinutes: number;
    readonly guard: { readonly count: number; readonly percent: number };
    readonly protectedEmails: readonly string[];
    readonly twoPersonTargets: readonly string[];
  };
  readonly logLevel: Settings['LOG_LEVEL'];
};

/** Settings are missing or malformed. `problems` has a line each: the name and what it must be, never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Settings are missing or malformed:\n${problems.join('\n')}`);
    this.problems = problems;
  }
}

/** Reads the settings of contract section 3. An empty one counts as unset. Throws `ConfigError` with every problem. */
export function parseConfig(environment: Environment): Config {
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = settings.safeParse(env);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  const together = contradictions(env);
  if (!parsed.success || together.length > 0) throw new ConfigError([...new Set([...problems, ...together])]);
  const unknown = parsed.data.TWO_PERSON_TARGETS.filter((name) => !parsed.data.SYNC_TARGETS.has(name));
  if (unknown.length > 0) throw new ConfigError(['TWO_PERSON_TARGETS must be names from SYNC_TARGETS']);
  return toConfig(parsed.data, env);
}

function mode(env: Environment): string {
  return env['SLACK_MODE'] ?? (env['SLACK_APP_TOKEN'] === undefined ? 'http' : 'socket');
}

/** What only shows where two settings are held against each other. */
function contradictions(env: Environment): readonly string[] {
  const problems: string[] = [];
  if (mode(env) === 'socket' && env['SLACK_APP_TOKEN'] === undefined) {
    problems.push(`SLACK_APP_TOKEN ${APP_TOKEN} (SLACK_MODE is socket)`);
  }
  if (mode(env) === 'http' && env['SLACK_SIGNING_SECRET'] === undefined) {
    problems.push(
      'SLACK_SIGNING_SECRET must be the signing secret of the Slack app (or set SLACK_APP_TOKEN for Socket Mode)',
    );
  }
  if (env['SLACK_ADMIN_USER_IDS'] === undefined && env['SLACK_ADMIN_USERGROUP_IDS'] === undefined) {
    problems.push('SLACK_ADMIN_USER_IDS or SLACK_ADMIN_USERGROUP_IDS must name at least one admin');
  }
  return problems;
}

function transport(values: Settings): SlackTransport {
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = values;
  const socket = values.SLACK_MODE !== 'http' && appToken !== undefined;
  return socket ? { mode: 'socket', appToken } : { mode: 'http', signingSecret: signingSecret ?? '' };
}

function toConfig(values: Settings, env: Environment): Config {
  return {
    slack: {
      transport: transport(values),
      botToken: values.SLACK_BOT_TOKEN,
      apiUrl: values.SLACK_API_URL.replace(/\/*$/, '/'),
      channelIds: values.SLACK_CHANNEL_IDS,
      adminUserIds: values.SLACK_ADMIN_USER_IDS,
      adminUsergroupIds: values.SLACK_ADMIN_USERGROUP_IDS,
    },
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    depot: {
      credentialsFor: (target) => ({
        email: env[nameForTarget('EXTERNAL_API_EMAIL', target)] ?? values.EXTERNAL_API_EMAIL,
        password: env[nameForTarget('EXTERNAL_API_PASSWORD', target)] ?? values.EXTERNAL_API_PASSWORD,
      }),
      limits: {
        timeoutMs: values.EXTERNAL_API_TIMEOUT_MS,
        pageSize: values.EXTERNAL_API_PAGE_SIZE,
        maxConcurrent: values.EXTERNAL_API_MAX_CONCURRENT,
        requestsPerSecond: values.EXTERNAL_API_REQUESTS_PER_SECOND,
      },
    },
    targets: values.SYNC_TARGETS,
    sync: {
      ttlMinutes: values.PREVIEW_TTL_MINUTES,
      guard: { count: values.DEACTIVATION_LIMIT_COUNT, percent: values.DEACTIVATION_LIMIT_PERCENT },
      protectedEmails: values.PROTECTED_EMAILS,
      twoPersonTargets: values.TWO_PERSON_TARGETS,
    },
    logLevel: values.LOG_LEVEL,
  };
}
