import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/config.ts';
import { LEAST, problemsOf } from '../../support/settings.ts';

const BAD: [string, ...string[]][] = [
  ['SLACK_BOT_TOKEN', 'xoxp-secret', 'secret', 'xoxb-with blank'],
  ['SLACK_SIGNING_SECRET', 'short', '0123456789abcdef # of the app', '0123456789 abcdef'],
  ['SLACK_APP_TOKEN', 'xoxb-secret'],
  ['SLACK_MODE', 'websocket', 'HTTP'],
  ['SLACK_API_URL', 'my-slack', 'ftp://slack.com', 'javascript:alert(1)'],
  [
    'SLACK_API_URL',
    'https://slack.com/api/ # the usual one',
    'https://slack.com/api/?team=T1',
    'https://slack.com/api/#top',
  ],
  ['PORT', '-1', '65536', '80a', '1e3', '0x50', '3000.5', '99999999999'],
  ['SLACK_CHANNEL_IDS', '#general', 'general', 'C1,#general', 'U0123456789', ','],
  ['SLACK_ADMIN_USER_IDS', '@ayu', 'ayu', 'U1;U2', 'S0123456789', ' , '],
  ['SLACK_ADMIN_USERGROUP_IDS', '@admins', 'U0123456789', ','],
  ['DATABASE_URL', 'postgres://u:secret@h/db', 'mysql://u:secret@h', 'mysql://u:secret@h/', 'u:secret@h/db'],
  ['DATABASE_URL', 'mysql://u:50%@h/db', 'mysql://u%:secret@h/db', 'mysql://u:secret@h/db%zz'],
  ['EXTERNAL_API_TIMEOUT_MS', '0', '30', '30s', '600001'],
  ['EXTERNAL_API_PAGE_SIZE', '0', 'all', '10001'],
  ['EXTERNAL_API_MAX_CONCURRENT', '0', '65', 'Infinity'],
  ['EXTERNAL_API_REQUESTS_PER_SECOND', '0', '-5'],
  [
    'SYNC_TARGETS',
    'Dev',
    'dev test',
    'dev,dev',
    'dev=',
    '=sby',
    'a=b=c',
    'jkt-2,jkt_2',
    'dev,2026',
    'dev,help',
    ',',
    '<!channel>',
  ],
  ['PREVIEW_TTL_MINUTES', '0', 'half an hour', '10081'],
  ['DEACTIVATION_LIMIT_COUNT', '-1', 'many'],
  ['DEACTIVATION_LIMIT_PERCENT', '101', '20%', '-1'],
  ['TWO_PERSON_TARGETS', 'sby', 'PROD', ','],
  [
    'PROTECTED_EMAILS',
    'boss @dkm',
    'boss@dkm;root@dkm',
    "'boss@dkm'",
    '"a@dkm,b@dkm"',
    '"a@dkm","b@dkm"',
    '<boss@dkm>',
    'Boss <boss@dkm>',
    '@dkm',
    'boss@',
    'mailto:boss@dkm',
    '“boss@dkm”',
    '(boss@dkm)',
    ',',
  ],
  [
    'NEW_USER_DEFAULTS',
    'name={localpart}',
    '["name"]',
    '{"name":{"first":"x"}}',
    '{"na`me":"x"}',
    '{"name; DROP TABLE users":"x"}',
    '{"status":"inactive"}',
    '{"EMAIL":"{email}"}',
    '{"name":"{phone}"}',
    '{"name":"x","NAME":"y"}',
    '{"name":"x", "name" : "y"}',
    '{"__proto__":"x"}',
    '{"role":9007199254740993}',
    '{"role":1e400}',
    '{"name":"{localpart"}',
    '{"name":"localpart}"}',
    '{"name":"{ localpart }"}',
    '{"prefs":"{phone: 1}"}',
  ],
  [
    'SYNC_AUTO',
    'dev',
    'test=add',
    'dev=add:0',
    'dev=add:-1',
    'dev=all:5',
    'dev=add+add:5',
    'dev=add,test=add:5',
    'dev=add reactivate:5',
    'dev=add,:5',
    'dev=add:5 test=add:5',
    'dev=:5',
    'dev=add:5,dev=add:6',
    'Dev=add:5',
    'dev=add:5 # at night',
    ',',
  ],
  ['SYNC_ABSENCE_DAYS', '-1', '366', 'three', '1.5', '3 days'],
  ['BREAK_GLASS', 'yes', 'true', 'OFF'],
  [
    'SYNC_APPROVALS',
    'dev',
    'dev=',
    'prod=0',
    'prod=10',
    'prod=99',
    'prod=-1',
    'prod=two',
    'prod=2=2',
    'PROD=2',
    'moon=1',
    'prod=2;test=2',
    'prod=1,prod=1',
    ',',
  ],
  [
    'SYNC_FREEZE',
    'Sat 18:00',
    'Friday 18:00-Monday 07:00',
    'Fri 18:00-Mon 24:00',
    'Fri 18:00 to Mon 07:00',
    'Fri 18:00-Fri 18:00',
    '2027-01-02-2026-12-24',
    '2026-02-29-2026-03-01',
    '2027-12-24',
    'Sun 00:00-Wed 00:00,Wed 00:00-Sun 00:00',
    'Fri 18:00-Mon 07:00,Tue 18:00',
    'always',
    ',',
  ],
  ['DEACTIVATION_LIMIT_COUNT', '"5"'],
  ['SYNC_TARGETS', "'dev,test'"],
  ['SLACK_ADMIN_USER_IDS', '"U0123456789"'],
  ['EXTERNAL_API_EMAIL', '"bot@dkm.example"'],
  ['SYNC_SCHEDULE', 'daily', '61 * * * *', '* * x'],
  ['SYNC_NOTIFY', ','],
  [
    'REDIS_URL',
    'redis:cache',
    'redis:///0',
    'http://cache:6379',
    'redis://cache:6379/first',
    'redis://bot:12#34@cache:6379',
    'redis://:50%off@cache:6379',
    'redis://:caf%E9@cache:6379',
    'redis://cache:6379?db=first',
    'redis://cache:6379?family=6&db=',
  ],
  ['LOG_LEVEL', 'verbose', 'INFO'],
];

describe('a malformed setting', () => {
  it.each(BAD.flatMap(([name, ...values]) => values.map((value) => ({ name, value }))))(
    '$name: one line says its name and what it must be, never its value ($value)',
    ({ name, value }) => {
      const said = problemsOf({ ...LEAST, [name]: value, SYNC_SCHEDULE_CHANNEL_ID: 'C1' }).join('\n');
      expect(said).toMatch(new RegExp(`^${name} must be [^\\n]+$`));
      // Shorter ones stand in any sentence.
      if (value.length > 3) expect(said.slice(name.length)).not.toContain(value);
    },
  );

  it.each(['redis://:50%25off@cache:6379/1', 'rediss://bot:caf%C3%A9@cache:6379?db=1&family=6'])(
    'is not a Redis that can be reached: %s',
    (url) => expect(problemsOf({ ...LEAST, REDIS_URL: url })).toEqual([]),
  );

  it('does not hide another one', () => {
    const problems = problemsOf({ ...LEAST, PORT: 'x', LOG_LEVEL: 'x', EXTERNAL_API_EMAIL: undefined });
    expect(problems.map((line) => line.split(' ')[0])).toEqual(['PORT', 'EXTERNAL_API_EMAIL', 'LOG_LEVEL']);
  });

  it('does not hide what contradicts other settings, and nothing is said because of it', () => {
    const several = {
      PREVIEW_TTL_MINUTES: 'abc',
      SYNC_SCHEDULE: 'every day',
      SYNC_DIGEST: 'never',
      SYNC_SCHEDULE_TZ: 'UTC',
      EXTERNAL_API_EMAIL_PROD: 'nomail',
      TWO_PERSON_TARGETS: 'xyz',
      SLACK_CHANNEL_IDS: 'C1',
      SYNC_SCHEDULE_CHANNEL_ID: 'C9',
    };
    const names = problemsOf({ ...LEAST, ...several }).map((line) => line.split(' ')[0]);
    expect(new Set(names)).toEqual(
      new Set([
        ...['PREVIEW_TTL_MINUTES', 'SYNC_SCHEDULE', 'SYNC_DIGEST', 'EXTERNAL_API_EMAIL_PROD'],
        ...['TWO_PERSON_TARGETS', 'SYNC_SCHEDULE_CHANNEL_ID'],
      ]),
    );
    const zone = problemsOf({ ...LEAST, ...several, SYNC_SCHEDULE: '0 2 * * *', SYNC_SCHEDULE_TZ: 'Mars' });
    expect(zone.map((line) => line.split(' ')[0])).toContain('SYNC_SCHEDULE_TZ');
    // Nobody knows the targets.
    const unknown = problemsOf({
      ...LEAST,
      SYNC_TARGETS: 'prod=',
      TWO_PERSON_TARGETS: 'xyz',
      SYNC_AUTO: 'abc=add:5',
    });
    expect(unknown.map((line) => line.split(' ')[0])).toEqual(['SYNC_TARGETS']);
  });

  it('is told in the message of the error, each on a line', () => {
    expect(
      new ConfigError([
        { setting: 'A', problem: 'must be a' },
        { setting: 'B', problem: 'must be b' },
      ]).message,
    ).toBe('Settings are missing or malformed:\nA must be a\nB must be b');
  });
});
