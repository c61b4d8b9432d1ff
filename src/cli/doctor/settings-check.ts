import { type Config, ConfigError, parseConfig } from '../../config/config.ts';
import { problemLine, type SettingProblem } from '../../config/conflicts.ts';
import type { Environment } from '../../config/settings.ts';
import { fail, type Line, pass } from './finding.ts';

export type SettingsReading = {
  /** The usable settings. Each unusable one has its default, or a stand-in. */
  readonly config: Config;
  /** Names of settings that are missing or malformed. Checks that need one of them must not run. */
  readonly unusable: ReadonlySet<string>;
  /** The problems of the given settings. */
  readonly problems: readonly SettingProblem[];
  readonly findings: readonly Line[];
};

/** Values that complete the settings, so that the others can be parsed. No check uses them. */
const STAND_INS: Environment = {
  SLACK_BOT_TOKEN: 'xoxb-stand-in',
  SLACK_APP_TOKEN: 'xapp-stand-in',
  SLACK_SIGNING_SECRET: 'a stand-in',
  SLACK_ADMIN_USER_IDS: 'U0STANDIN',
  DATABASE_URL: 'mysql://stand-in/stand-in',
  EXTERNAL_API_EMAIL: 'stand-in@example.com',
  EXTERNAL_API_PASSWORD: 'a stand-in',
};

/** For an operator who has not set anything yet. */
const UNTOUCHED: Line = {
  check: 'settings',
  ...fail('none is set yet', 'Run npm run setup: it asks for each setting, tests it, and writes .env.'),
};

/** Parses the settings as the start does, but goes on after problems: one finding for each. */
export function readSettings(environment: Environment): SettingsReading {
  try {
    const config = parseConfig(environment);
    const verdict = pass('every setting is well-formed');
    return { config, unusable: new Set(), problems: [], findings: [{ check: 'settings', ...verdict }] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const todo = 'Correct it in the environment or in .env (.env.example says more).';
    const { problems, untouched } = error;
    const findings = [
      ...(untouched ? [UNTOUCHED] : []),
      ...problems.map((each) => ({ check: 'settings', ...fail(problemLine(each), todo) })),
    ];
    return { ...readAround(error, environment, new Set()), problems, findings };
  }
}

/** Replaces wrong settings by stand-ins, repeatedly: some are wrong only because of others. */
function readAround(
  { problems, message }: ConfigError,
  environment: Environment,
  unusable: ReadonlySet<string>,
): Pick<SettingsReading, 'config' | 'unusable'> {
  const all = new Set([...unusable, ...problems.map(({ setting }) => setting)]);
  if (all.size === unusable.size) throw new Error(`No stand-in for: ${message}`);
  const completed = { ...environment };
  for (const name of all) completed[name] = STAND_INS[name];
  try {
    return { config: withoutStandIns(parseConfig(completed), all), unusable: all };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return readAround(error, environment, all);
  }
}

/** Removes the stand-in admin, so that no check looks it up and no report names it. */
function withoutStandIns(config: Config, unusable: ReadonlySet<string>): Config {
  return unusable.has('SLACK_ADMIN_USER_IDS')
    ? { ...config, slack: { ...config.slack, adminUserIds: [] } }
    : config;
}
