import { describe, expect, it } from 'vitest';
import { BOT_SETTINGS } from '../../../../sandbox/worlds/bot.ts';
import {
  readSettings,
  rulesFindings,
  settingsWarnings,
  tooFewAdmins,
} from '../../../../src/cli/doctor/settings-checks.ts';
import { parseConfig } from '../../../../src/config/config.ts';
import type { Environment } from '../../../../src/config/settings.ts';
import { settings } from '../../../../src/config/settings.ts';
import { LEAST } from '../../../support/settings.ts';

const GOOD: Readonly<Record<string, string>> = {
  ...BOT_SETTINGS,
  DATABASE_URL: 'mysql://root@127.0.0.1/laravel',
};

/** Nothing that any setting may be, if it has a shape at all. */
const GARBAGE = '\u0000, =,\u0000';

describe('the settings', () => {
  it('pass in one line where all are well-formed', () => {
    const { findings, unusable } = readSettings(GOOD);
    expect(findings).toEqual([
      { check: 'settings', status: 'pass', detail: 'every setting is well-formed', todo: null },
    ]);
    expect([...unusable]).toEqual([]);
  });

  it('fail one line per problem, each naming the setting and what it must be', () => {
    const { findings, unusable } = readSettings({ ...GOOD, DATABASE_URL: 'postgres://x', PORT: 'http' });
    expect(findings.map(({ status, detail }) => `${status} ${detail}`)).toEqual([
      'fail PORT must be a whole number from 0 to 65535',
      'fail DATABASE_URL must be mysql://user:password@host:port/database',
    ]);
    expect([...unusable]).toEqual(['PORT', 'DATABASE_URL']);
  });

  it('leave the good ones usable as they are', () => {
    const { config } = readSettings({ ...GOOD, DATABASE_URL: 'nonsense', SYNC_TARGETS: 'prod=sby' });
    expect(config.targets).toEqual(new Map([['prod', 'sby']]));
    expect(config.slack.botToken).toBe(GOOD['SLACK_BOT_TOKEN']);
  });

  it('are read to the end with none set at all', () => {
    const { findings, unusable, config } = readSettings({});
    expect(findings.length).toBeGreaterThan(4);
    expect(findings[0]).toMatchObject({ status: 'fail', todo: expect.stringContaining('npm run setup') });
    // A stand-in completes the settings, and nobody is looked up who is one.
    expect(config.slack.adminUserIds).toEqual([]);
    for (const name of ['DATABASE_URL', 'SLACK_BOT_TOKEN', 'EXTERNAL_API_EMAIL'])
      expect(unusable).toContain(name);
  });

  it('are read to the end where settings contradict each other', () => {
    const { findings, unusable } = readSettings({
      ...GOOD,
      SLACK_MODE: 'socket',
      TWO_PERSON_TARGETS: 'nowhere',
    });
    expect(findings.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SLACK_APP_TOKEN is not set: it must be/),
      'TWO_PERSON_TARGETS must be names from SYNC_TARGETS',
    ]);
    expect(unusable).toContain('TWO_PERSON_TARGETS');
  });

  it.each(Object.keys(settings.shape))('are read to the end where %s alone is malformed', (name) => {
    const { findings, unusable } = readSettings({ ...GOOD, [name]: GARBAGE });
    const wrong = findings.filter(({ status }) => status === 'fail');
    expect(wrong.every(({ detail }) => detail.startsWith(name) && !detail.includes(GARBAGE))).toBe(true);
    expect(unusable.has(name)).toBe(wrong.length > 0);
  });
});

const warnings = (changed: Environment) =>
  settingsWarnings(parseConfig({ ...LEAST, ...changed }), new Date('2026-11-02T02:00:00Z')).map(
    ({ detail }) => detail,
  );
const scheduled = (cron: string) => ({ SYNC_SCHEDULE: cron, SYNC_SCHEDULE_CHANNEL_ID: 'C0OPS' });

describe('settings that do not go together', () => {
  it.each([
    ['a schedule', { SYNC_SCHEDULE: '0 2 * * *' }],
    ['a digest', { SYNC_DIGEST: '0 8 * * 1' }],
    ['a reminder', { SYNC_REMINDER_DAYS: '30' }],
    ['a schedule with a rule', { SYNC_SCHEDULE: '0 2 * * *', SYNC_AUTO: 'dev=add:5' }],
    ['a schedule in a channel that is none', { SYNC_SCHEDULE: '0 2 * * *', SLACK_CHANNEL_IDS: '#general' }],
  ])('are read to the end where %s has no channel', (_, changes) => {
    const { problems } = readSettings({ ...GOOD, SLACK_CHANNEL_IDS: undefined, ...changes });
    expect(problems).toHaveLength(1);
  });

  it('leave a schedule to be checked where its channel is wrong and others are there', () => {
    const { config } = readSettings({
      ...GOOD,
      SLACK_CHANNEL_IDS: 'C0DEVSUP01',
      SYNC_SCHEDULE: '0 2 * * *',
      SYNC_SCHEDULE_CHANNEL_ID: '#general',
    });
    expect(config.schedule?.cron).toBe('0 2 * * *');
  });

  it.each([
    'SYNC_APPROVAL',
    'TWO_PERSON_TARGET',
    'PROTECTED_EMAIL',
    'SYNC_FREEZES',
    'EXTERNAL_API_PASSWORD_PRODUCTION',
    'PROTECT_EMAILS',
    'TWO_PERSONS_TARGETS',
    'SNYC_FREEZE',
    'sync_freeze',
    'BREAKGLASS',
    'DEACTIVATE_LIMIT_COUNT',
    'SLACK_COMAND',
  ])('are not taken for set where the name %s is no setting', (name) => {
    expect(warnings({ SYNC_TARGETS: 'prod=PROD', [name]: 'prod=2' })).toEqual([
      `${name} is no setting, so it has no effect.`,
    ]);
  });

  it('may be of a target, and other programs may have settings of their own', () => {
    const own = { EXTERNAL_API_EMAIL_PROD_2: 'a@b.test', EXTERNAL_API_PASSWORD_PROD_2: 'x' };
    expect(warnings({ SYNC_TARGETS: 'prod-2=PROD', ...own, SYNCTHING: '1', SLACK_WEBHOOK_URL: 'x' })).toEqual(
      [],
    );
    const laravel = ['DATABASE_URI', 'DB_DATABASE', 'LOG_CHANNEL', 'REDIS_HOST', 'REDIS_DB', 'REDIS_PORT'];
    const others = ['SLACK_APP_ID', 'HOST', 'PORTS', 'SORT', 'DATABASE_NAME', 'LOG_FILE'];
    expect(warnings(Object.fromEntries([...laravel, ...others].map((name) => [name, 'x'])))).toEqual([]);
  });

  it('are none where there is no schedule, or one that leaves previews their time', () => {
    expect(warnings({})).toEqual([]);
    expect(warnings(scheduled('0 2 * * *'))).toEqual([]);
    expect(warnings(scheduled('*/30 * * * *'))).toEqual([]);
  });

  it('are a schedule that comes round before a preview ends', () => {
    expect(warnings(scheduled('*/10 * * * *'))).toEqual([
      expect.stringMatching(
        /^SYNC_SCHEDULE comes round after 10 minutes, sooner than PREVIEW_TTL_MINUTES \(30\)/,
      ),
    ]);
  });

  it('are days of absence that nothing counts by itself', () => {
    expect(warnings({ SYNC_ABSENCE_DAYS: '3' })).toEqual([
      expect.stringMatching(/^SYNC_ABSENCE_DAYS is 3, and there is no SYNC_SCHEDULE/),
    ]);
    expect(warnings({ SYNC_ABSENCE_DAYS: '3', ...scheduled('0 2 * * *') })).toEqual([]);
  });

  it('are fewer admins than a target needs', () => {
    expect(warnings({ TWO_PERSON_TARGETS: 'prod', SLACK_ADMIN_USER_IDS: 'U1,U1' })).toEqual([
      'prod needs 2 people, and no more than 1 can be counted: nothing is executed there but by somebody alone.',
    ]);
    expect(warnings({ TWO_PERSON_TARGETS: 'prod', SLACK_ADMIN_USER_IDS: 'U1,U2' })).toEqual([]);
    // Among the people of a group, doctor counts, and says the truth where nobody may confirm alone.
    const counted = (changed: Environment) =>
      tooFewAdmins(parseConfig({ ...LEAST, TWO_PERSON_TARGETS: 'prod', ...changed }), 1);
    const group = { SLACK_ADMIN_USERGROUP_IDS: 'S1', BREAK_GLASS: 'off' };
    expect(counted(group)).toMatch(/: nothing is executed there$/);
    expect(counted({ ...group, BREAK_GLASS: 'on' })).toMatch(/ but by somebody alone$/);
    // How many a group has, only Slack knows.
    expect(warnings({ TWO_PERSON_TARGETS: 'prod', SLACK_ADMIN_USERGROUP_IDS: 'S1' })).toEqual([]);
  });

  it('are a freeze of months', () => {
    expect(warnings({ SYNC_FREEZE: '2026-10-01-2027-10-01' })).toEqual([
      'SYNC_FREEZE holds until 2027-10-02: nothing is executed before.',
    ]);
    expect(warnings({ SYNC_FREEZE: '2026-10-01-2026-12-01, 2025-01-01-2026-01-01' })).toEqual([]);
  });

  it('are a freeze that is over', () => {
    const over = (days: string, more = {}) => warnings({ SYNC_FREEZE: days, ...more });
    expect(over('2024-12-24-2025-01-02, 2025-12-24-2026-01-02')).toEqual([
      'Every window of SYNC_FREEZE is over since 2026-01-02: it freezes nothing.',
    ]);
    expect(over('2025-12-24-2026-01-02, 2026-12-24-2027-01-02')).toEqual([]);
    expect(over('2025-12-24-2026-01-02, Fri 18:00-Mon 07:00')).toEqual([]);
    // The last day counts, and it is the day of the freeze's own time zone: still the first of November there.
    expect(over('2026-10-30-2026-11-02')).toEqual([]);
    expect(over('2026-10-30-2026-11-01')).toHaveLength(1);
    expect(over('2026-10-30-2026-11-01', { SYNC_SCHEDULE_TZ: 'America/Los_Angeles' })).toEqual([]);
  });

  it('are rules for previews that all come in a freeze', () => {
    const rule = { SYNC_AUTO: 'dev=add:5', SYNC_FREEZE: 'Fri 18:00-Mon 07:00' };
    expect(warnings({ ...rule, ...scheduled('0 2 * * 0,1') })).toEqual([
      expect.stringMatching(/^The next 168 times of SYNC_SCHEDULE are within SYNC_FREEZE/),
    ]);
    expect(warnings({ ...rule, ...scheduled('0 2 * * *') })).toEqual([]);
  });

  it('are a digest that never comes due', () => {
    const digest = { SLACK_CHANNEL_IDS: 'C0123456789', SYNC_DIGEST: '0 8 30 2 *' };
    expect(warnings(digest)).toEqual(['SYNC_DIGEST has no further time: no digest will come.']);
    expect(warnings({ ...digest, SYNC_DIGEST: '0 8 * * 1' })).toEqual([]);
  });

  it('are a schedule that is over', () => {
    expect(warnings(scheduled('0 0 2 1 1 * 2020'))).toEqual([
      'SYNC_SCHEDULE has no further time: no preview will come by itself.',
    ]);
  });
});

describe('the rules of syncs', () => {
  const lines = (changed: Environment) =>
    rulesFindings(parseConfig({ ...LEAST, ...changed })).map(
      ({ status, detail, todo }) => `${status} ${detail}${todo === null ? '' : ` | ${todo}`}`,
    );

  it('are one person and one read where nothing is set', () => {
    expect(lines({})).toEqual([
      'pass nothing is applied without a person; one person confirms; no freeze; deactivated when absent once; ' +
        'an admin may confirm alone, with a reason',
    ]);
  });

  it('are told as they are set', () => {
    const set = {
      SYNC_AUTO: 'dev=add+reactivate:20',
      SLACK_ADMIN_USER_IDS: 'U0AYU,U0BUDI',
      SYNC_APPROVALS: 'prod=2',
      SYNC_FREEZE: 'Fri 18:00-Mon 07:00',
      SYNC_SCHEDULE_TZ: 'Asia/Jakarta',
      SYNC_ABSENCE_DAYS: '3',
      BREAK_GLASS: 'off',
      ...scheduled('0 2 * * *'),
    };
    expect(lines(set)).toEqual([
      'pass applied without a person: dev=add+reactivate:20; one person confirms, but prod needs 2 people; ' +
        'frozen Fri 18:00-Mon 07:00 (Asia/Jakarta); deactivated after 3 days of absence; nobody may confirm alone',
    ]);
  });

  it('warn of settings that do not go together, with a remedy', () => {
    expect(lines({ SYNC_ABSENCE_DAYS: '3' })).toEqual([
      expect.stringMatching(/^pass /),
      expect.stringMatching(/^warn SYNC_ABSENCE_DAYS is 3.*\| Set SYNC_SCHEDULE/),
    ]);
  });
});
