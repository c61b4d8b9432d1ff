import type { z } from 'zod';
import type { Deployment } from './commands.ts';
import { conflicts, missingTogether, problemLine, quoted, type SettingProblem } from './conflicts.ts';
import { type FrozenUntil, freezeOf, freezeText } from './freeze.ts';
import { type ForwardProxy, proxyOf, proxyProblems } from './proxy.ts';
import type { AutoRule } from './rule-shapes.ts';
import {
  type DigestConfig,
  digestOf,
  type ReminderConfig,
  reminderOf,
  type ScheduleConfig,
  scheduleOf,
} from './schedules.ts';
import { type Environment, type Settings, settings } from './settings.ts';
import { nameForTarget } from './shapes.ts';
import { type SlackConfig, slackOf, type Transport } from './slack.ts';

export type Config = {
  readonly slack: SlackConfig;
  readonly deployment: Deployment;
  /** Through which requests by https go out; undefined: directly. */
  readonly proxy: ForwardProxy | undefined;
  readonly port: number;
  readonly databaseUrl: string;
  /** Where processes keep the depot servers' rates together; undefined: each by itself. */
  readonly redisUrl: string | undefined;
  readonly depot: {
    readonly credentialsFor: (target: string) => { readonly email: string; readonly password: string };
    readonly limits: {
      readonly timeoutMs: number;
      readonly pageSize: number;
      readonly maxConcurrent: number;
      readonly requestsPerSecond: number;
    };
  };
  /** What the command accepts, and the location code of each. */
  readonly targets: ReadonlyMap<string, string>;
  readonly sync: {
    readonly ttlMinutes: number;
    readonly guard: { readonly count: number; readonly percent: number };
    readonly protectedEmails: readonly string[];
    /** How many different people a target needs, where that is more than one. */
    readonly approvals: ReadonlyMap<string, number>;
    /** Until when executions are frozen at a time; undefined where they never are. */
    readonly frozenUntil: FrozenUntil | undefined;
    /** What is applied without a person, by target. */
    readonly autoRules: ReadonlyMap<string, AutoRule>;
    /** On how many days a user must be absent before a plan deactivates them; 0 or 1: on one. */
    readonly absenceDays: number;
    /** Whether an admin may confirm alone where more people are needed, or in a freeze. */
    readonly breakGlass: boolean;
    /** The windows of the freeze as they are written, and their time zone. */
    readonly freeze: { readonly windows: readonly string[]; readonly timezone: string };
    /** The values of new users for columns that the bot does not know. */
    readonly newUserDefaults: ReadonlyMap<string, string | number | null>;
  };
  /** Previews on a schedule; undefined where there is none. */
  readonly schedule: ScheduleConfig | undefined;
  /** Where to remind of targets that were not synced for so many days; undefined: nowhere. */
  readonly reminder: ReminderConfig | undefined;
  /** The weekly digest; undefined where there is none. */
  readonly digest: DigestConfig | undefined;
  /** Ids of the members and user groups who are mentioned where people are waited for. */
  readonly notify: readonly string[];
  /** How long changes of completed runs are kept; undefined: for ever. */
  readonly retentionDays: number | undefined;
  /** The language in channels. For messages to one person, that person's Slack decides. */
  readonly language: Settings['BOT_LANGUAGE'];
  readonly logLevel: Settings['LOG_LEVEL'];
};

/** Settings are missing or malformed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly SettingProblem[];
  /** True where nobody has set anything yet. */
  readonly untouched: boolean;
  constructor(problems: readonly SettingProblem[], untouched = false) {
    super(`Settings are missing or malformed:\n${problems.map(problemLine).join('\n')}`);
    this.problems = problems;
    this.untouched = untouched;
  }
}

/** Many platforms set these by themselves. */
const COMMON_NAMES = ['PORT', 'LOG_LEVEL'];
const OWN_NAMES = Object.keys(settings.shape).filter((name) => !COMMON_NAMES.includes(name));

/** Reads the settings of contract section 3. An empty one counts as unset. Throws `ConfigError` with every problem. */
export function parseConfig(environment: Environment): Config {
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = settings.safeParse(env);
  const inQuotes = quoted(env);
  const issues = parsed.success ? [] : parsed.error.issues;
  const problems = issues
    .filter(({ path }) => !inQuotes.includes(path.join('.')))
    .map(({ path, message }) => problemOf(env, path.join('.'), message));
  const together = [
    ...inQuotes.map((setting) => ({ setting, problem: 'must be written without quotes around it' })),
    ...missingTogether(env),
    ...proxyProblems(env),
  ];
  if (!parsed.success || together.length > 0) {
    const untouched = OWN_NAMES.every((name) => env[name] === undefined);
    throw new ConfigError(eachOnce([...problems, ...together]), untouched);
  }
  const mismatched = conflicts(parsed.data, env);
  if (mismatched.length > 0) throw new ConfigError(mismatched);
  return toConfig(parsed.data, env);
}

function problemOf(env: Environment, setting: string, problem: string): SettingProblem {
  return { setting, problem, missing: env[setting] === undefined };
}

/** One of each line. */
function eachOnce(problems: readonly SettingProblem[]): readonly SettingProblem[] {
  return [...new Map(problems.map((each) => [problemLine(each), each])).values()];
}

/** A target of `TWO_PERSON_TARGETS` needs two people, or more where `SYNC_APPROVALS` says so. */
function approvals(values: Settings): ReadonlyMap<string, number> {
  const needed = new Map([...(values.SYNC_APPROVALS ?? [])].filter(([, people]) => people > 1));
  for (const target of values.TWO_PERSON_TARGETS) needed.set(target, Math.max(2, needed.get(target) ?? 0));
  return needed;
}

function toConfig(values: Settings, env: Environment): Config {
  return {
    slack: slackOf(values),
    deployment: { command: values.SLACK_COMMAND, label: values.DEPLOYMENT_LABEL },
    proxy: proxyOf(env),
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
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
      approvals: approvals(values),
      frozenUntil: values.SYNC_FREEZE && freezeOf(values.SYNC_FREEZE, values.SYNC_SCHEDULE_TZ),
      autoRules: values.SYNC_AUTO ?? new Map(),
      absenceDays: values.SYNC_ABSENCE_DAYS,
      breakGlass: values.BREAK_GLASS === 'on',
      freeze: { windows: (values.SYNC_FREEZE ?? []).map(freezeText), timezone: values.SYNC_SCHEDULE_TZ },
      newUserDefaults: values.NEW_USER_DEFAULTS ?? new Map(),
    },
    schedule: scheduleOf(values),
    reminder: reminderOf(values),
    digest: digestOf(values),
    notify: values.SYNC_NOTIFY ?? values.SLACK_ADMIN_USERGROUP_IDS,
    retentionDays: values.RETENTION_DAYS,
    language: values.BOT_LANGUAGE,
    logLevel: values.LOG_LEVEL,
  };
}

/** `DATABASE_URL` alone, for commands that need nothing else. Throws `ConfigError`. */
export function databaseUrlOf({ DATABASE_URL }: Environment): string {
  return orThrow(settings.pick({ DATABASE_URL: true }).safeParse({ DATABASE_URL })).DATABASE_URL;
}

const OF_MANIFEST = { SLACK_COMMAND: true, DEPLOYMENT_LABEL: true, SLACK_MODE: true } as const;

/** The settings that the manifest of the Slack app depends on, before the app is there. Throws `ConfigError`. */
export function manifestSettings(environment: Environment): Deployment & { mode: Transport['mode'] } {
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const values = orThrow(settings.pick(OF_MANIFEST).safeParse(env));
  const secretAlone = env['SLACK_SIGNING_SECRET'] !== undefined && env['SLACK_APP_TOKEN'] === undefined;
  const { SLACK_COMMAND: command, DEPLOYMENT_LABEL: label, SLACK_MODE: mode } = values;
  return { command, label, mode: mode ?? (secretAlone ? 'http' : 'socket') };
}

function orThrow<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  throw new ConfigError(issues.map(({ path, message }) => ({ setting: path.join('.'), problem: message })));
}
