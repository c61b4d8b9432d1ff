import { Cron } from 'croner';
import type { Settings } from './settings.ts';

/** What the bot does by the clock. Each is undefined where it is off. */
export function schedulesOf(values: Settings) {
  const channelId = scheduleChannel(values);
  const { SYNC_DIGEST: digest, SYNC_REMINDER_DAYS: afterDays, SYNC_SCHEDULE_TZ: timezone } = values;
  return {
    schedule: scheduleOf(values),
    /** When and where the weekly digest is posted. */
    digest: digest && channelId ? { cron: digest, timezone, channelId } : undefined,
    /** After how many days without a sync a target's reminder is posted, and where. */
    reminder: afterDays && channelId ? { afterDays, channelId } : undefined,
    /** The channel of all these, and of what begins in no channel: the Home tab, the command line. Undefined: none is set. */
    homeChannelId: channelId,
  };
}

/** The channel for scheduled previews, reminders and the digest. */
function scheduleChannel(values: Settings): string | undefined {
  return values.SYNC_SCHEDULE_CHANNEL_ID ?? values.SLACK_CHANNEL_IDS[0];
}

/** When, where and of which targets previews are made by schedule. */
function scheduleOf(values: Settings) {
  const channelId = scheduleChannel(values);
  const { SYNC_SCHEDULE: cron, SYNC_SCHEDULE_TZ: timezone } = values;
  if (cron === undefined || channelId === undefined) return undefined;
  const { SYNC_SCHEDULE_TARGETS: named, SYNC_TARGETS: all, SYNC_AUTO: rules } = values;
  const targets = onePerLocation(named.length > 0 ? named : [...all.keys()], all, rules);
  /** Whether a preview without changes posts one line in the channel. */
  const quietLine = values.SYNC_SCHEDULE_QUIET_LINE === 'on';
  return { cron, timezone, channelId, targets, quietLine };
}

export type ScheduleConfig = NonNullable<ReturnType<typeof scheduleOf>>;

/**
 * One name for each location, because a second one would only read the same list again: the first name with a rule of `SYNC_AUTO`,
 * else the first of all. `codes` maps names to location codes.
 */
export function onePerLocation(
  names: readonly string[],
  codes: ReadonlyMap<string, string>,
  rules: ReadonlyMap<string, unknown> = new Map(),
): readonly string[] {
  const codeOf = (name: string) => codes.get(name)?.toLowerCase() ?? name;
  const chosen = new Map<string, string>();
  for (const name of [...names.filter((each) => rules.has(each)), ...names]) {
    if (!chosen.has(codeOf(name))) chosen.set(codeOf(name), name);
  }
  return names.filter((name) => chosen.get(codeOf(name)) === name);
}

/**
 * Says whether the cron expression or its time zone is invalid; undefined where both are valid. `fields`: the first of six fields,
 * or of seven (with a year), would be seconds. Whoever means minutes by it would get a preview every few seconds. A date and time,
 * which comes only once, is no cron either.
 */
export function cronProblem(
  expression: string,
  timezone: string,
): 'expression' | 'fields' | 'timezone' | undefined {
  try {
    new Cron(expression, { paused: true });
  } catch {
    return 'expression';
  }
  const [first = '', ...others] = expression.trim().split(/\s+/);
  const isCron =
    others.length === 4 || (others.length === 6 && /^\d+$/.test(first)) || /^@\S+$/.test(expression.trim());
  if (!isCron) return 'fields';
  try {
    new Cron(expression, { paused: true, timezone }).nextRun();
  } catch {
    return 'timezone';
  }
  return undefined;
}

/** The times at which something is due; undefined where there is none. */
export function dueTimes({ cron, timezone }: Pick<ScheduleConfig, 'cron' | 'timezone'>) {
  const times = new Cron(cron, { paused: true, timezone });
  return {
    /** The newest time before `now`. */
    lastDue: (now: Date): Date | undefined => times.previousRuns(1, now)[0],
    /** The next time after `now`. */
    nextDue: (now: Date): Date | undefined => times.nextRun(now) ?? undefined,
    /** The next times after `now`, at most `most` of them. */
    nextTimes: (now: Date, most: number): readonly Date[] => times.nextRuns(most, now),
  };
}

const CRON_PROBLEMS = {
  expression: 'must be a cron expression',
  fields: 'must have five fields (minute, hour, day, month, weekday)',
} as const;

/** What is wrong with each cron expression, and with their time zone. */
function cronProblems(values: Settings) {
  const timed = [
    { setting: 'SYNC_SCHEDULE', cron: values.SYNC_SCHEDULE, example: '0 2 * * *' },
    { setting: 'SYNC_DIGEST', cron: values.SYNC_DIGEST, example: '0 8 * * 1' },
    { setting: 'SYNC_SCHEDULE_TZ', cron: '0 0 * * *', example: '0 0 * * *' },
  ];
  return timed.flatMap(({ setting, cron, example }) => {
    const wrong = cron === undefined ? undefined : cronProblem(cron, values.SYNC_SCHEDULE_TZ);
    if (wrong === undefined) return [];
    if (wrong === 'timezone')
      return { setting: 'SYNC_SCHEDULE_TZ', problem: 'must be a time zone such as Asia/Jakarta' };
    return { setting, problem: `${CRON_PROBLEMS[wrong]} such as ${example}` };
  });
}

/** What is wrong with the cron expressions, with their time zone, and with the channel of what comes by the clock. */
export function scheduleProblems(values: Settings) {
  const { SYNC_SCHEDULE: schedule, SYNC_REMINDER_DAYS: days, SYNC_DIGEST: digest } = values;
  const { SYNC_SCHEDULE_CHANNEL_ID: channel, SLACK_CHANNEL_IDS: allowed } = values;
  const malformed = cronProblems(values);
  const isTimed = malformed.length === 0 && [schedule, days, digest].some((each) => each !== undefined);
  const ofChannel = (problem: string) => ({
    setting: 'SYNC_SCHEDULE_CHANNEL_ID',
    problem,
    given: ['SLACK_CHANNEL_IDS'],
  });
  const lacks = isTimed && scheduleChannel(values) === undefined;
  const isOther = channel !== undefined && allowed.length > 0 && !allowed.includes(channel);
  return [
    ...malformed,
    ...(lacks
      ? [ofChannel('must be the channel for previews on schedule and reminders (or set SLACK_CHANNEL_IDS)')]
      : []),
    ...(isOther
      ? [ofChannel('must be one of SLACK_CHANNEL_IDS: nobody could press a button elsewhere')]
      : []),
  ];
}
