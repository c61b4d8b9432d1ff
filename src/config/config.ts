import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Deployment } from './commands.ts';
import {
  conflicts,
  eachOnce,
  missingTogether,
  problemLine,
  quoted,
  type SettingProblem,
  unknownNames,
} from './conflicts.ts';
import { freezeOf } from './freeze.ts';
import { proxyOf, proxyProblems } from './proxy.ts';
import { schedulesOf } from './schedules.ts';
import {
  type AutoRule,
  type Environment,
  type Settings,
  settings,
  slackOf,
  type Transport,
} from './settings.ts';
import { givenIn, items, nameForTarget } from './shapes.ts';

export type Config = Readonly<ReturnType<typeof toConfig>>;

/** Settings are missing or malformed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly SettingProblem[];
  /** True where no setting of the bot is set at all. */
  readonly untouched: boolean;
  constructor(problems: readonly SettingProblem[], untouched = false) {
    super(`Settings are missing or malformed:\n${eachOnce(problems).map(problemLine).join('\n')}`);
    this.problems = eachOnce(problems);
    this.untouched = untouched;
  }
}

/** Many platforms set `PORT` and `LOG_LEVEL` by themselves, so they do not show that an operator configured the bot. */
const OWN_NAMES = Object.keys(settings.shape).filter((name) => !['PORT', 'LOG_LEVEL'].includes(name));

/** Reads all settings (contract, section 3). An empty setting counts as unset. Throws `ConfigError` with every problem. */
export function parseConfig(environment: Environment): Config {
  const env = givenIn(environment);
  const parsed = settings.safeParse(env);
  const inQuotes = quoted(env);
  const problems = problemsIn(parsed)
    .filter(({ setting }) => !inQuotes.includes(setting))
    .map((each) => ({ ...each, missing: env[each.setting] === undefined }));
  const alone = [...problems, ...inQuotes.map(unquote), ...missingTogether(env), ...proxyProblems(env)];
  const wrong = new Set(alone.map(({ setting }) => setting));
  const all = [...alone, ...conflicts(env, wrong)];
  if (parsed.success && all.length === 0) return toConfig(parsed.data, env);
  throw new ConfigError(
    all,
    OWN_NAMES.every((name) => env[name] === undefined),
  );
}

const unquote = (setting: string) => ({ setting, problem: 'must be written without quotes around it' });

/** Adds `TWO_PERSON_TARGETS` to `SYNC_APPROVALS`: each of them needs at least two people. */
function approvals(values: Settings): ReadonlyMap<string, number> {
  const needed = new Map([...(values.SYNC_APPROVALS ?? [])].filter(([, people]) => people > 1));
  for (const target of values.TWO_PERSON_TARGETS) needed.set(target, Math.max(2, needed.get(target) ?? 0));
  return needed;
}

/** Settings that may differ between the processes of one bot, or that hold a secret: not even a hash of it is stored. */
const OWN_TO_A_PROCESS: readonly string[] = [
  ...['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'SLACK_MODE', 'SLACK_API_URL', 'PORT'],
  ...['DATABASE_URL', 'EXTERNAL_API_PASSWORD', 'LOG_LEVEL'],
];

/** Lists in which the order matters: the first channel is the home, a location's first name is scheduled, logins go by target. */
const IN_ORDER: readonly string[] = [
  ...['SLACK_CHANNEL_IDS', 'SYNC_TARGETS', 'SYNC_SCHEDULE_TARGETS'],
  'EXTERNAL_API_EMAIL',
];

/** A short hash of each setting that all processes of one bot need alike, by its name. */
function marksOf(values: Settings, logins: readonly string[]): Readonly<Record<string, string>> {
  const given = {
    ...values,
    EXTERNAL_API_EMAIL: logins,
    REDIS_URL: values.REDIS_URL !== undefined,
    SLACK_ALLOW_SHARED_CHANNELS: items(values.SLACK_ALLOW_SHARED_CHANNELS),
  };
  const compared: Readonly<Record<string, unknown>> = given;
  const names = Object.keys(settings.shape).filter((name) => !OWN_TO_A_PROCESS.includes(name));
  return Object.fromEntries(
    names.map((name) => {
      const value = compared[name];
      const isList = Array.isArray(value) || value instanceof Map;
      const texts = isList ? Array.from(value, (item) => JSON.stringify(item)) : [JSON.stringify(value)];
      const text = JSON.stringify([name, IN_ORDER.includes(name) ? texts : texts.toSorted()]);
      return [name, createHash('sha256').update(text).digest('hex').slice(0, 8)];
    }),
  );
}

function toConfig(values: Settings, env: Environment) {
  const credentialsFor = (target: string) => ({
    email: env[nameForTarget('EXTERNAL_API_EMAIL', target)]?.trim() ?? values.EXTERNAL_API_EMAIL,
    password: env[nameForTarget('EXTERNAL_API_PASSWORD', target)] ?? values.EXTERNAL_API_PASSWORD,
  });
  const logins = [...values.SYNC_TARGETS.keys()].map((target) => credentialsFor(target).email);
  return {
    marks: marksOf(values, logins),
    slack: slackOf(values),
    deployment: { command: values.SLACK_COMMAND, label: values.DEPLOYMENT_LABEL } satisfies Deployment,
    /** The forward proxy for outgoing https requests; undefined: requests go out directly. */
    proxy: proxyOf(env),
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    /** The Redis in which processes share the depot servers' rate limits; undefined: each process limits itself. */
    redisUrl: values.REDIS_URL,
    depot: {
      credentialsFor,
      limits: {
        timeoutMs: values.EXTERNAL_API_TIMEOUT_MS,
        pageSize: values.EXTERNAL_API_PAGE_SIZE,
        maxConcurrent: values.EXTERNAL_API_MAX_CONCURRENT,
        requestsPerSecond: values.EXTERNAL_API_REQUESTS_PER_SECOND,
      },
    },
    /** Each target that the command accepts, with its location code. */
    targets: values.SYNC_TARGETS,
    sync: {
      ttlMinutes: values.PREVIEW_TTL_MINUTES,
      guard: { count: values.DEACTIVATION_LIMIT_COUNT, percent: values.DEACTIVATION_LIMIT_PERCENT },
      protectedEmails: values.PROTECTED_EMAILS,
      /** How many different people must approve, for each target that needs more than one. */
      approvals: approvals(values),
      /** The end of the freeze at a given time; undefined where `SYNC_FREEZE` is not set. */
      frozenUntil: values.SYNC_FREEZE && freezeOf(values.SYNC_FREEZE, values.SYNC_SCHEDULE_TZ),
      /** For each target, the rule that applies plans without a person. */
      autoRules: values.SYNC_AUTO ?? new Map<string, AutoRule>(),
      /** On how many days a user must be absent before a plan deactivates them; 0 and 1 mean one day. */
      absenceDays: values.SYNC_ABSENCE_DAYS,
      /** Whether an admin may confirm alone where more people are needed, or during a freeze. */
      breakGlass: values.BREAK_GLASS === 'on',
      freeze: { windows: values.SYNC_FREEZE ?? [], timezone: values.SYNC_SCHEDULE_TZ },
      /** For new users: values of columns that the bot does not know. */
      newUserDefaults: values.NEW_USER_DEFAULTS ?? new Map<string, string | number | null>(),
    },
    ...schedulesOf(values),
    /** Ids of members and user groups to mention when a run waits for people. */
    notify: values.SYNC_NOTIFY ?? values.SLACK_ADMIN_USERGROUP_IDS,
    /** For how many days changes of completed runs are kept; undefined: for ever. */
    retentionDays: values.RETENTION_DAYS,
    /** The language of the bot. A person whose Slack is set to Indonesian is answered in Indonesian. */
    language: values.BOT_LANGUAGE,
    logLevel: values.LOG_LEVEL,
    /** Names in the environment that look like settings and have no effect: misspelt, or for a target that does not exist. */
    unknownNames: unknownNames(values, env),
  };
}

/** Reads `DATABASE_URL` alone, for commands that need no other setting. Throws `ConfigError`. */
export function databaseUrlOf(environment: Environment): string {
  const { DATABASE_URL = '' } = givenIn(environment);
  if (quoted({ DATABASE_URL }).length > 0) throw new ConfigError([unquote('DATABASE_URL')]);
  return orThrow(settings.pick({ DATABASE_URL: true }).safeParse({ DATABASE_URL })).DATABASE_URL;
}

/** The channels that the settings name, each once: where the command works, and the channel of what begins elsewhere. */
export function ownChannels({
  slack,
  homeChannelId,
}: Pick<Config, 'slack' | 'homeChannelId'>): readonly string[] {
  return [...new Set([...slack.channelIds, ...(homeChannelId === undefined ? [] : [homeChannelId])])];
}

const OF_MANIFEST = { SLACK_COMMAND: true, DEPLOYMENT_LABEL: true, SLACK_MODE: true } as const;

/** Reads the settings that the Slack app's manifest depends on. They are needed before the app exists. Throws `ConfigError`. */
export function manifestSettings(environment: Environment): Deployment & { mode: Transport['mode'] } {
  const env = givenIn(environment);
  const values = orThrow(settings.pick(OF_MANIFEST).safeParse(env));
  const secretAlone = env['SLACK_SIGNING_SECRET'] !== undefined && env['SLACK_APP_TOKEN'] === undefined;
  const mode = values.SLACK_MODE ?? (secretAlone ? 'http' : 'socket');
  return { command: values.SLACK_COMMAND, label: values.DEPLOYMENT_LABEL, mode };
}

function orThrow<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  throw new ConfigError(problemsIn(parsed));
}

function problemsIn({ error }: z.ZodSafeParseResult<unknown>): readonly SettingProblem[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ setting: path.join('.'), problem: message }));
}
