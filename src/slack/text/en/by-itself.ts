import { count } from './plan.ts';

/** Words about previews on a schedule, and the reminder of targets that were not synced for long. */
export const schedule = {
  none: 'There are no previews on a schedule (SYNC_SCHEDULE is not set).',
  planned: (cron: string, timezone: string, targets: string) =>
    `Previews on a schedule: ${cron} (${timezone}) for ${targets}. They wait to be confirmed like any other.`,
  next: (when: string) => `The next ones come at ${when}.`,
  noNext: 'The schedule has no further time.',
  more: (n: number) => `and ${n} more`,
  quiet: (location: string, when: string) => `${location}: all synced (checked on schedule at ${when})`,
  reminder: (targets: string, command: string) =>
    `Reminder: it is time to sync ${targets}. Type ${command} to see what a sync would change.`,
  days: (target: string, days: number) => `${target} (last synced ${count(days, 'day')} ago)`,
  never: (target: string) => `${target} (never synced)`,
};
