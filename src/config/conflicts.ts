import { cronProblem, scheduleChannel } from './schedules.ts';
import { APP_TOKEN, type Environment, LOGIN, type Settings, settings } from './settings.ts';
import { EMAIL, looksOurs, nameForTarget } from './shapes.ts';

/** A setting and what it must be. The text never contains the setting's value. */
export type SettingProblem = {
  readonly setting: string;
  readonly problem: string;
  /** True where the setting is not set. */
  readonly missing?: boolean;
};

/** A problem as one line for the operator. */
export function problemLine({ setting, problem, missing = false }: SettingProblem): string {
  return missing ? `${setting} is not set: it ${problem}` : `${setting} ${problem}`;
}

function problemIf(holds: boolean, setting: string, problem: string): readonly SettingProblem[] {
  return holds ? [{ setting, problem }] : [];
}

/** Settings that must be set because of other settings. `env` must not contain empty settings. */
export function missingTogether(env: Environment): readonly SettingProblem[] {
  const lacks = (name: string) => env[name] === undefined;
  const mode = env['SLACK_MODE'] ?? (lacks('SLACK_APP_TOKEN') ? 'http' : 'socket');
  const missing = [
    ...problemIf(
      mode === 'socket' && lacks('SLACK_APP_TOKEN'),
      'SLACK_APP_TOKEN',
      `${APP_TOKEN} (SLACK_MODE is socket)`,
    ),
    ...problemIf(
      mode === 'http' && lacks('SLACK_SIGNING_SECRET'),
      'SLACK_SIGNING_SECRET',
      'must be the signing secret of the Slack app (or set SLACK_APP_TOKEN for Socket Mode)',
    ),
  ];
  return [
    ...missing.map((problem) => ({ ...problem, missing: true })),
    ...problemIf(
      lacks('SLACK_ADMIN_USER_IDS') && lacks('SLACK_ADMIN_USERGROUP_IDS'),
      'SLACK_ADMIN_USER_IDS',
      'or SLACK_ADMIN_USERGROUP_IDS must name at least one admin',
    ),
  ];
}

/** Settings that are well-formed alone, but contradict another setting. */
export function conflicts(values: Settings, env: Environment): readonly SettingProblem[] {
  return [
    ...unknownTargets(values),
    ...ownEmails(values, env),
    ...approvalProblems(values),
    ...autoProblems(values),
    ...scheduleProblems(values),
  ];
}

/** An email without quotes around it. */
const OWN_EMAIL = new RegExp(`^(?!["'\`])(?:${EMAIL.source})`);

/** Checks the login emails of single targets. */
function ownEmails({ SYNC_TARGETS: targets }: Settings, env: Environment): readonly SettingProblem[] {
  return [...targets.keys()]
    .map((target) => nameForTarget('EXTERNAL_API_EMAIL', target))
    .filter((name) => env[name] !== undefined && !OWN_EMAIL.test(env[name].trim()))
    .map((setting) => ({ setting, problem: LOGIN }));
}

function unknownTargets(values: Settings): readonly SettingProblem[] {
  return (['TWO_PERSON_TARGETS', 'SYNC_SCHEDULE_TARGETS'] as const)
    .filter((name) => values[name].some((target) => !values.SYNC_TARGETS.has(target)))
    .map((setting) => ({ setting, problem: 'must be names from SYNC_TARGETS' }));
}

function approvalProblems(values: Settings): readonly SettingProblem[] {
  const { SYNC_APPROVALS: needed = new Map<string, number>(), SLACK_ADMIN_USER_IDS: admins } = values;
  const inGroups = values.SLACK_ADMIN_USERGROUP_IDS.length > 0;
  const areTooMany = (people: number) => !inGroups && people > new Set(admins).size;
  const most = Math.max(0, ...needed.values());
  // One admin alone may execute what needs two, unless that is switched off.
  const never = values.BREAK_GLASS === 'off' && values.TWO_PERSON_TARGETS.length > 0;
  const fewer = 'must need no more people than SLACK_ADMIN_USER_IDS names';
  return [
    ...problemIf(
      [...needed.keys()].some((target) => !values.SYNC_TARGETS.has(target)),
      'SYNC_APPROVALS',
      'must be names from SYNC_TARGETS, each with a number of people',
    ),
    ...problemIf(areTooMany(most), 'SYNC_APPROVALS', `${fewer}: ${most} are needed`),
    ...problemIf(never && areTooMany(2), 'TWO_PERSON_TARGETS', `${fewer}: 2 are needed (BREAK_GLASS is off)`),
  ];
}

/** A rule applies only to scheduled previews, and only to targets that need one person. Any other rule would never apply. */
function autoProblems(values: Settings): readonly SettingProblem[] {
  const { SYNC_AUTO: rules, SYNC_SCHEDULE_TARGETS: named, SYNC_TARGETS: all } = values;
  if (rules === undefined) return [];
  const wrongIf = (holds: boolean, problem: string) => problemIf(holds, 'SYNC_AUTO', problem);
  const targets = [...rules.keys()];
  const known = targets.filter((target) => all.has(target));
  const codeOf = (target: string) => all.get(target)?.toLowerCase() ?? '';
  // If two targets have the same location, the stricter setting holds for both.
  const counted = [...all.keys()].filter(
    (target) => values.TWO_PERSON_TARGETS.includes(target) || (values.SYNC_APPROVALS?.get(target) ?? 1) > 1,
  );
  const countedCodes = new Set(counted.map(codeOf));
  return [
    ...wrongIf(known.length < targets.length, 'must be names from SYNC_TARGETS, each with a rule'),
    ...wrongIf(
      values.SYNC_SCHEDULE === undefined,
      'needs SYNC_SCHEDULE: a rule applies previews on a schedule, and no others',
    ),
    ...wrongIf(
      named.length > 0 && known.some((target) => !named.includes(target)),
      'must name targets of SYNC_SCHEDULE_TARGETS',
    ),
    // The schedule reads each location once, under one name: a rule for another name would never apply.
    ...wrongIf(new Set(known.map(codeOf)).size < known.length, 'must have one rule for each location'),
    ...wrongIf(
      known.some((target) => countedCodes.has(codeOf(target))),
      'must not name targets that need several people (SYNC_APPROVALS, TWO_PERSON_TARGETS)',
    ),
  ];
}

function scheduleProblems(values: Settings): readonly SettingProblem[] {
  const { SYNC_SCHEDULE: expression, SYNC_REMINDER_DAYS: days, SYNC_DIGEST: digest } = values;
  const { SYNC_SCHEDULE_CHANNEL_ID: channel, SLACK_CHANNEL_IDS: allowed } = values;
  const malformed = cronProblems(values);
  if (malformed.length > 0) return malformed;
  const needsChannel = expression !== undefined || days !== undefined || digest !== undefined;
  return [
    ...problemIf(
      needsChannel && scheduleChannel(values) === undefined,
      'SYNC_SCHEDULE_CHANNEL_ID',
      'must be the channel for previews on schedule and reminders (or set SLACK_CHANNEL_IDS)',
    ),
    ...problemIf(
      channel !== undefined && allowed.length > 0 && !allowed.includes(channel),
      'SYNC_SCHEDULE_CHANNEL_ID',
      'must be one of SLACK_CHANNEL_IDS: nobody could press a button elsewhere',
    ),
  ];
}

const CRON_PROBLEMS = {
  expression: 'must be a cron expression',
  fields: 'must have five fields (minute, hour, day, month, weekday)',
} as const;

function cronProblems(values: Settings): readonly SettingProblem[] {
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

/** Settings in quotes, which a shell or a file removes and an environment does not. A password may have quotes of its own. */
export function quoted(env: Environment): readonly string[] {
  const wrapped = /^(['"`]).*\1$/s;
  return Object.keys(settings.shape).filter(
    (name) => !name.endsWith('_PASSWORD') && wrapped.test(env[name]?.trim() ?? ''),
  );
}

/** Drops a problem whose line for the operator equals that of another problem. */
export function eachOnce(problems: readonly SettingProblem[]): readonly SettingProblem[] {
  return [...new Map(problems.map((each) => [problemLine(each), each])).values()];
}

/** Names of the environment that look like settings of the bot, but are none, in order. */
export function unknownNames({ SYNC_TARGETS }: Settings, env: Environment): readonly string[] {
  const ofTargets = [...SYNC_TARGETS.keys()].flatMap((target) =>
    ['EXTERNAL_API_EMAIL', 'EXTERNAL_API_PASSWORD'].map((name) => nameForTarget(name, target)),
  );
  const known = new Set([...Object.keys(settings.shape), ...ofTargets]);
  const unset = [...known].filter((name) => env[name] === undefined);
  return Object.keys(env)
    .filter((name) => !known.has(name) && looksOurs(name, unset))
    .sort();
}
