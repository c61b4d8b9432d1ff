import { Cron } from 'croner';
import type { Settings } from './settings.ts';

/** Previews on a schedule. */
export type ScheduleConfig = {
  readonly cron: string;
  readonly timezone: string;
  readonly channelId: string;
  readonly targets: readonly string[];
  /** Whether a preview that finds nothing to change leaves a line in the channel. */
  readonly quietLine: boolean;
};

/** Where to remind of targets that were not synced for so many days. */
export type ReminderConfig = { readonly afterDays: number; readonly channelId: string };

/** When and where the digest is told. */
export type DigestConfig = { readonly cron: string; readonly timezone: string; readonly channelId: string };

/** The channel of previews on a schedule and of reminders. */
export function scheduleChannel(values: Settings): string | undefined {
  return values.SYNC_SCHEDULE_CHANNEL_ID ?? values.SLACK_CHANNEL_IDS[0];
}

/** Undefined where there is no digest. */
export function digestOf(values: Settings): DigestConfig | undefined {
  const channelId = scheduleChannel(values);
  const { SYNC_DIGEST: cron, SYNC_SCHEDULE_TZ: timezone } = values;
  return cron === undefined || channelId === undefined ? undefined : { cron, timezone, channelId };
}

/** Undefined where no preview comes by itself. */
export function scheduleOf(values: Settings): ScheduleConfig | undefined {
  const channelId = scheduleChannel(values);
  if (values.SYNC_SCHEDULE === undefined || channelId === undefined) return undefined;
  const { SYNC_SCHEDULE_TARGETS: named, SYNC_TARGETS: all } = values;
  const targets = named.length > 0 ? named : [...all.keys()];
  const quietLine = values.SYNC_SCHEDULE_QUIET_LINE === 'on';
  return { cron: values.SYNC_SCHEDULE, timezone: values.SYNC_SCHEDULE_TZ, channelId, targets, quietLine };
}

/** Undefined where nobody is reminded. */
export function reminderOf(values: Settings): ReminderConfig | undefined {
  const channelId = scheduleChannel(values);
  const { SYNC_REMINDER_DAYS: afterDays } = values;
  return afterDays === undefined || channelId === undefined ? undefined : { afterDays, channelId };
}

/** Says what is wrong with a cron expression or its time zone; undefined where they can be used. */
export function cronProblem(expression: string, timezone: string): 'expression' | 'timezone' | undefined {
  try {
    new Cron(expression, { paused: true });
  } catch {
    return 'expression';
  }
  try {
    new Cron(expression, { paused: true, timezone }).nextRun();
  } catch {
    return 'timezone';
  }
  return undefined;
}

/** The newest time before `now` at which the schedule was due. */
export function lastDueBy(expression: string, timezone: string): (now: Date) => Date | undefined {
  const cron = new Cron(expression, { paused: true, timezone });
  return (now) => cron.previousRuns(1, now)[0];
}

/** The next time after `now` at which the schedule is due; undefined where there is none. */
export function nextDueAfter(expression: string, timezone: string): (now: Date) => Date | undefined {
  const cron = new Cron(expression, { paused: true, timezone });
  return (now) => cron.nextRun(now) ?? undefined;
}
