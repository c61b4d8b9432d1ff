import { scheduleProblems } from './schedules.ts';
import { APP_TOKEN, type Environment, LOGIN, type Settings, settings } from './settings.ts';
import { EMAIL, looksOurs, nameForTarget } from './shapes.ts';

/** A setting and what it must be. The text never contains the setting's value. */
export type SettingProblem = {
  readonly setting: string;
  readonly problem: string;
  /** True where the setting is not set. */
  readonly missing?: boolean;
  /** Other settings of which it depends whether this is a problem. */
  readonly given?: readonly string[];
};

/** A problem as one line for the operator. */
export function problemLine({ setting, problem, missing = false }: SettingProblem): string {
  return missing ? `${setting} is not set: it ${problem}` : `${setting} ${problem}`;
}

const problemIf = (holds: boolean, setting: string, problem: string, given: readonly string[] = []) =>
  holds ? [{ setting, problem, given }] : [];

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

/** Values that complete the settings, so that the others can be parsed and judged. */
export const STAND_INS: Environment = {
  SLACK_BOT_TOKEN: 'xoxb-stand-in',
  SLACK_APP_TOKEN: 'xapp-stand-in',
  SLACK_SIGNING_SECRET: 'stand-in',
  SLACK_ADMIN_USER_IDS: 'U0STANDIN',
  DATABASE_URL: 'mysql://stand-in/stand-in',
  EXTERNAL_API_EMAIL: 'stand-in@example.com',
  EXTERNAL_API_PASSWORD: 'a stand-in',
};

/** Settings that are well-formed alone, but contradict another setting. Nothing is said of `wrong` ones, nor because of them. */
export function conflicts(env: Environment, wrong: ReadonlySet<string>): readonly SettingProblem[] {
  const standIns = Object.fromEntries([...wrong].map((name) => [name, STAND_INS[name]]));
  const parsed = settings.safeParse({ ...env, ...standIns });
  if (!parsed.success) return [];
  const values = parsed.data;
  const found: readonly SettingProblem[] = [
    ...unknownTargets(values),
    ...ownEmails(values, env),
    ...approvalProblems(values),
    ...autoProblems(values),
    ...scheduleProblems(values),
  ];
  return found.filter(({ setting, given = [] }) => ![setting, ...given].some((name) => wrong.has(name)));
}

/** An email without quotes around it. */
const OWN_EMAIL = new RegExp(`^(?!["'\`])(?:${EMAIL.source})`);

/** Checks the login emails of single targets. */
function ownEmails({ SYNC_TARGETS: targets }: Settings, env: Environment): readonly SettingProblem[] {
  return [...targets.keys()]
    .map((target) => nameForTarget('EXTERNAL_API_EMAIL', target))
    .filter((name) => env[name] !== undefined && !OWN_EMAIL.test(env[name].trim()))
    .map((setting) => ({ setting, problem: LOGIN, given: ['SYNC_TARGETS'] }));
}

function unknownTargets(values: Settings): readonly SettingProblem[] {
  return (['TWO_PERSON_TARGETS', 'SYNC_SCHEDULE_TARGETS'] as const)
    .filter((name) => values[name].some((target) => !values.SYNC_TARGETS.has(target)))
    .map((setting) => ({ setting, problem: 'must be names from SYNC_TARGETS', given: ['SYNC_TARGETS'] }));
}

function approvalProblems(values: Settings): readonly SettingProblem[] {
  const { SYNC_APPROVALS: needed = new Map<string, number>(), SLACK_ADMIN_USER_IDS: admins } = values;
  const inGroups = values.SLACK_ADMIN_USERGROUP_IDS.length > 0;
  const areTooMany = (people: number) => !inGroups && people > new Set(admins).size;
  const most = Math.max(0, ...needed.values());
  // One admin alone may execute what needs two, unless that is switched off.
  const never = values.BREAK_GLASS === 'off' && values.TWO_PERSON_TARGETS.length > 0;
  const fewer = 'must need no more people than SLACK_ADMIN_USER_IDS names';
  const people = ['SLACK_ADMIN_USER_IDS', 'SLACK_ADMIN_USERGROUP_IDS', 'BREAK_GLASS'];
  return [
    ...problemIf(
      [...needed.keys()].some((target) => !values.SYNC_TARGETS.has(target)),
      'SYNC_APPROVALS',
      'must be names from SYNC_TARGETS, each with a number of people',
      ['SYNC_TARGETS'],
    ),
    ...problemIf(areTooMany(most), 'SYNC_APPROVALS', `${fewer}: ${most} are needed`, people),
    ...problemIf(
      never && areTooMany(2),
      'TWO_PERSON_TARGETS',
      `${fewer}: 2 are needed (BREAK_GLASS is off)`,
      people,
    ),
  ];
}

/** A rule applies only to scheduled previews, and only to targets that need one person. Any other rule would never apply. */
function autoProblems(values: Settings): readonly SettingProblem[] {
  const { SYNC_AUTO: rules, SYNC_SCHEDULE_TARGETS: named, SYNC_TARGETS: all } = values;
  if (rules === undefined) return [];
  const given = [
    'SYNC_TARGETS',
    'SYNC_SCHEDULE',
    'SYNC_SCHEDULE_TARGETS',
    'SYNC_APPROVALS',
    'TWO_PERSON_TARGETS',
  ];
  const wrongIf = (holds: boolean, problem: string) => problemIf(holds, 'SYNC_AUTO', problem, given);
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
