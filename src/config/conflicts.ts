import { cronProblem } from './cron.ts';
import { APP_TOKEN, type Environment, type Settings } from './settings.ts';

function mode(env: Environment): string {
  return env['SLACK_MODE'] ?? (env['SLACK_APP_TOKEN'] === undefined ? 'http' : 'socket');
}

/** Settings that are missing because of what others are; lines as in `ConfigError`. Empty ones must be left out of `env`. */
export function missingTogether(env: Environment): readonly string[] {
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

/** Settings that are well-formed by themselves, and wrong beside another one. */
export function conflicts(values: Settings): readonly string[] {
  return [...unknownTargets(values), ...scheduleProblems(values)];
}

function unknownTargets(values: Settings): readonly string[] {
  return (['TWO_PERSON_TARGETS', 'SYNC_SCHEDULE_TARGETS'] as const)
    .filter((name) => values[name].some((target) => !values.SYNC_TARGETS.has(target)))
    .map((name) => `${name} must be names from SYNC_TARGETS`);
}

function scheduleProblems(values: Settings): readonly string[] {
  const { SYNC_SCHEDULE: expression, SYNC_REMINDER_DAYS: days } = values;
  if (expression === undefined && days === undefined) return [];
  const wrong = expression === undefined ? undefined : cronProblem(expression, values.SYNC_SCHEDULE_TZ);
  return [
    ...(wrong === 'expression' ? ['SYNC_SCHEDULE must be a cron expression such as 0 2 * * *'] : []),
    ...(wrong === 'timezone' ? ['SYNC_SCHEDULE_TZ must be a time zone such as Asia/Jakarta'] : []),
    ...(scheduleChannel(values) === undefined
      ? [
          'SYNC_SCHEDULE_CHANNEL_ID must be the channel for previews on schedule and reminders (or set SLACK_CHANNEL_IDS)',
        ]
      : []),
    ...(isShutOut(values)
      ? ['SYNC_SCHEDULE_CHANNEL_ID must be one of SLACK_CHANNEL_IDS: nobody could press a button elsewhere']
      : []),
  ];
}

function isShutOut({ SYNC_SCHEDULE_CHANNEL_ID: channel, SLACK_CHANNEL_IDS: allowed }: Settings): boolean {
  return channel !== undefined && allowed.length > 0 && !allowed.includes(channel);
}

/** The channel of previews on a schedule and of reminders. */
export function scheduleChannel(values: Settings): string | undefined {
  return values.SYNC_SCHEDULE_CHANNEL_ID ?? values.SLACK_CHANNEL_IDS[0];
}
