import { Cron } from 'croner';
import type { Settings } from './settings.ts';

/** What the bot does by the clock. Each is undefined where it is off. */
export function schedulesOf(values: Settings) {
  return {
    schedule: scheduleOf(values),
    reminder: reminderOf(values),
    digest: digestOf(values),
    /** The channel of all these, and of what begins in no channel: the Home tab, the command line. Undefined: none is set. */
    homeChannelId: scheduleChannel(values),
  };
}

/** The channel for scheduled previews, reminders and the digest. */
export function scheduleChannel(values: Settings): string | undefined {
  return values.SYNC_SCHEDULE_CHANNEL_ID ?? values.SLACK_CHANNEL_IDS[0];
}

/** When and where the weekly digest is posted. */
function digestOf(values: Settings) {
  const channelId = scheduleChannel(values);
  const { SYNC_DIGEST: cron, SYNC_SCHEDULE_TZ: timezone } = values;
  return cron === undefined || channelId === undefined ? undefined : { cron, timezone, channelId };
}

/** After how many days without a sync a target's reminder is posted, and where. */
function reminderOf(values: Settings) {
  const channelId = scheduleChannel(values);
  const { SYNC_REMINDER_DAYS: afterDays } = values;
  return afterDays === undefined || channelId === undefined ? undefined : { afterDays, channelId };
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
 * or of seven (with a year), would be seconds. Whoever means minutes by it would get a preview every few seconds.
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
  const fields = expression.trim().split(/\s+/);
  if (fields.length === 6 || (fields.length === 7 && !/^\d+$/.test(fields[0] ?? ''))) return 'fields';
  try {
    new Cron(expression, { paused: true, timezone }).nextRun();
  } catch {
    return 'timezone';
  }
  return undefined;
}

/** Returns the newest time before `now` at which the schedule was due; undefined where there is none. */
export function lastDueBy(expression: string, timezone: string): (now: Date) => Date | undefined {
  const cron = new Cron(expression, { paused: true, timezone });
  return (now) => cron.previousRuns(1, now)[0];
}

/** Returns the next time after `now` at which the schedule is due; undefined where there is none. */
export function nextDueAfter(expression: string, timezone: string): (now: Date) => Date | undefined {
  const cron = new Cron(expression, { paused: true, timezone });
  return (now) => cron.nextRun(now) ?? undefined;
}

/** Returns the next times after `now` at which a schedule is due, `most` of them. */
export function dueTimesAfter(
  { cron, timezone }: Pick<ScheduleConfig, 'cron' | 'timezone'>,
  now: Date,
  most: number,
): readonly Date[] {
  return new Cron(cron, { paused: true, timezone }).nextRuns(most, now);
}
