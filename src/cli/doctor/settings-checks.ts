import { type Config, ConfigError, parseConfig } from '../../config/config.ts';
import { problemLine, type SettingProblem, STAND_INS } from '../../config/conflicts.ts';
import { freezeText, overSince } from '../../config/freeze.ts';
import { dueTimes } from '../../config/schedules.ts';
import type { Environment } from '../../config/settings.ts';
import { fail, type Line, pass, type Verdict, warn } from './check.ts';

export type SettingsReading = {
  /** The usable settings. Each unusable one has its default, or a stand-in. */
  readonly config: Config;
  /** Names of settings that are missing or malformed. Checks that need one of them must not run. */
  readonly unusable: ReadonlySet<string>;
  /** The problems of the given settings. */
  readonly problems: readonly SettingProblem[];
  readonly findings: readonly Line[];
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
  // Without any channel, each of these is wrong again.
  if (all.has('SYNC_SCHEDULE_CHANNEL_ID') && (completed['SLACK_CHANNEL_IDS'] ?? '').trim() === '') {
    for (const name of ['SYNC_SCHEDULE', 'SYNC_DIGEST', 'SYNC_REMINDER_DAYS']) completed[name] = undefined;
  }
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

/** Tells who executes a sync by the settings, in one line to compare with the intention, and warns of settings that make no sense. */
export function rulesFindings(config: Config): readonly Line[] {
  const verdicts = [pass(rulesText(config)), ...settingsWarnings(config)];
  return verdicts.map((verdict) => ({ check: 'rules of syncs', ...verdict }));
}

function rulesText({ sync }: Config): string {
  const { autoRules, approvals, freeze, absenceDays, breakGlass } = sync;
  const people = [...approvals].map(([target, count]) => `${target} needs ${count} people`);
  const rules = [...autoRules.values()].map(({ text }) => text).join(', ');
  const frozen = freeze.windows.map(freezeText).join(', ');
  return [
    rules === '' ? 'nothing is applied without a person' : `applied without a person: ${rules}`,
    people.length === 0 ? 'one person confirms' : `one person confirms, but ${people.join(', ')}`,
    frozen === '' ? 'no freeze' : `frozen ${frozen} (${freeze.timezone})`,
    absenceDays > 1 ? `deactivated after ${absenceDays} days of absence` : 'deactivated when absent once',
    breakGlass ? 'an admin may confirm alone, with a reason' : 'nobody may confirm alone',
  ].join('; ');
}

const warnIf = (holds: boolean, detail: string, todo: string): readonly Verdict[] =>
  holds ? [warn(detail, todo)] : [];

/** Warnings about well-formed settings that do not fit together, although the bot can work with them. */
export function settingsWarnings(config: Config, now = new Date()): readonly Verdict[] {
  return [
    ...nameWarnings(config),
    ...peopleWarnings(config),
    ...freezeWarnings(config, now),
    ...scheduleWarnings(config, now),
    ...digestWarnings(config, now),
  ];
}

function nameWarnings({ unknownNames }: Config): readonly Verdict[] {
  const todo = 'Correct its name or the target in it, or remove it: docs/settings.md has them all.';
  return unknownNames.map((name) => warn(`${name} is no setting, so it has no effect.`, todo));
}

/** A warning if a target needs more people than there are admins; undefined if not. */
export function tooFewAdmins({ sync }: Pick<Config, 'sync'>, admins: number): string | undefined {
  const [most] = [...sync.approvals].toSorted(([, one], [, other]) => other - one);
  const exception = sync.breakGlass ? ' but by somebody alone' : '';
  return most === undefined || most[1] <= admins
    ? undefined
    : `${most[0]} needs ${most[1]} people, and no more than ${admins} can be counted: nothing is executed there${exception}`;
}

function peopleWarnings(config: Config): readonly Verdict[] {
  const { adminUserIds: ids, adminUsergroupIds: groups } = config.slack;
  const few = groups.length > 0 ? undefined : tooFewAdmins(config, new Set(ids).size);
  return warnIf(few !== undefined, `${few}.`, 'Name more people in SLACK_ADMIN_USER_IDS, or ask for fewer.');
}

/** A freeze of 60 days is more often a mistake than intended. */
const LONG_MS = 60 * 24 * 3_600_000;

function freezeWarnings({ sync: { freeze, frozenUntil } }: Config, now: Date): readonly Verdict[] {
  const until = frozenUntil?.(now);
  const over = overSince(freeze.windows, freeze.timezone, now);
  return [
    ...warnIf(
      until !== undefined && until.getTime() - now.getTime() >= LONG_MS,
      `SYNC_FREEZE holds until ${until?.toISOString().slice(0, 10)}: nothing is executed before.`,
      'Correct the windows of SYNC_FREEZE if that is not meant.',
    ),
    ...warnIf(
      over !== undefined,
      `Every window of SYNC_FREEZE is over since ${over}: it freezes nothing.`,
      'Correct the year if it is a mistake, or remove SYNC_FREEZE.',
    ),
  ];
}

const neverDue = (setting: string, what: string) =>
  warn(`${setting} has no further time: ${what}.`, `Give ${setting} times that come round, or remove it.`);

function digestWarnings({ digest }: Config, now: Date): readonly Verdict[] {
  const isDue = digest === undefined || dueTimes(digest).nextDue(now) !== undefined;
  return isDue ? [] : [neverDue('SYNC_DIGEST', 'no digest will come')];
}

/** How many due times to look at: a week of hours. */
const DUE_TIMES = 7 * 24;

function scheduleWarnings({ schedule, sync }: Config, now: Date): readonly Verdict[] {
  if (schedule === undefined) {
    return warnIf(
      sync.absenceDays > 1,
      `SYNC_ABSENCE_DAYS is ${sync.absenceDays}, and there is no SYNC_SCHEDULE: a day counts only if somebody asks for a ` +
        'preview on it, so users who have left may stay active for long.',
      'Set SYNC_SCHEDULE to a time of each day.',
    );
  }
  const times = dueTimes(schedule).nextTimes(now, DUE_TIMES);
  const [due, after] = times;
  if (due === undefined) return [neverDue('SYNC_SCHEDULE', 'no preview will come by itself')];
  const minutes = after && Math.round((after.getTime() - due.getTime()) / 60_000);
  return [
    ...warnIf(
      minutes !== undefined && minutes < sync.ttlMinutes,
      `SYNC_SCHEDULE comes round after ${minutes} minutes, sooner than PREVIEW_TTL_MINUTES (${sync.ttlMinutes}): each preview ` +
        'takes the place of the one before, which can be confirmed no more then.',
      'Make SYNC_SCHEDULE rarer, or PREVIEW_TTL_MINUTES shorter.',
    ),
    ...warnIf(
      sync.autoRules.size > 0 && times.every((time) => sync.frozenUntil?.(time) !== undefined),
      `The next ${times.length} times of SYNC_SCHEDULE are within SYNC_FREEZE, so no rule of SYNC_AUTO applies anything.`,
      'Give SYNC_SCHEDULE times outside the windows of SYNC_FREEZE.',
    ),
  ];
}
