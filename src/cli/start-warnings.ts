import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { nextDueAfter } from '../config/cron.ts';
import { openChecks } from './checks.ts';
import { choose, startChecks } from './doctor/check.ts';
import { describe, type Subject, type Topic } from './doctor/finding.ts';

/** The bot can start although one of these checks fails. Some commands will fail then. */
const LOOKED_AT: readonly Topic[] = [
  'unique_index',
  'shared_tables',
  'audit_triggers',
  'columns',
  'location',
  'slack_scopes',
  'slack_channel',
];

/** What in settings that are well-formed does not go together, though the bot can work with it. */
export function settingsWarnings({ schedule, sync }: Config, now = new Date()): readonly string[] {
  if (schedule === undefined) {
    return sync.absenceDays > 1
      ? [
          `SYNC_ABSENCE_DAYS is ${sync.absenceDays}, and there is no SYNC_SCHEDULE: a day counts only if somebody asks for a ` +
            'preview on it, so users who have left may stay active for long.',
        ]
      : [];
  }
  const next = nextDueAfter(schedule.cron, schedule.timezone);
  const due = next(now);
  const after = due && next(due);
  if (due === undefined) return ['SYNC_SCHEDULE has no further time: no preview will come by itself.'];
  const minutes = after && Math.round((after.getTime() - due.getTime()) / 60_000);
  if (minutes === undefined || minutes >= sync.ttlMinutes) return [];
  return [
    `SYNC_SCHEDULE comes round after ${minutes} minutes, sooner than PREVIEW_TTL_MINUTES (${sync.ttlMinutes}): each preview ` +
      'takes the place of the one before, which can be confirmed no more then.',
  ];
}

/** Runs these checks after the start, and logs each failure with its remedy. Never throws. */
export async function warnAfterStart(config: Config, migrations: string, logger: Logger): Promise<void> {
  for (const warning of settingsWarnings(config)) logger.warn(warning);
  try {
    const { checks, close } = openChecks(config, migrations);
    const chosen = LOOKED_AT.flatMap((topic) => checks.filter((check) => check.topic === topic));
    for (const looking of startChecks(chosen, new Set())) {
      const finding = await looking;
      if (finding.status === 'fail') logger.warn({ check: finding.check }, describe(finding));
    }
    await close();
  } catch (error) {
    logger.warn({ err: error }, 'the checks behind the start went wrong');
  }
}

const BLOCKING: readonly Subject[] = [{ topic: 'database_session' }, { topic: 'own_tables' }];

/**
 * The failed checks without which the bot must not start: a failed sync could not be undone, or a statement would mean something
 * else. A line for each, with its remedy. Empty if all is well.
 */
export async function startBlockers(config: Config, migrations: string): Promise<readonly string[]> {
  const { checks, close } = openChecks(config, migrations);
  try {
    const findings = await Promise.all(startChecks(choose(checks, BLOCKING), new Set()));
    return findings.filter(({ status }) => status === 'fail').map(describe);
  } finally {
    await close();
  }
}
