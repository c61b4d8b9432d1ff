import { describe, expect, it } from 'vitest';
import { manifestSettings, ownChannels, parseConfig } from '../../../src/config/config.ts';
import type { Environment } from '../../../src/config/settings.ts';
import { LEAST, problemsOf } from '../../support/settings.ts';

const read = (changes: Environment = {}) => parseConfig({ ...LEAST, ...changes });

describe('what is not set', () => {
  it('has the defaults of the contract', () => {
    const config = read();
    expect(config).toMatchObject({
      slack: {
        transport: { mode: 'http', signingSecret: 'signing-secret' },
        apiUrl: 'https://slack.com/api/',
        channelIds: [],
        adminUserIds: ['U0123456789'],
        adminUsergroupIds: [],
      },
      port: 3000,
      depot: { limits: { timeoutMs: 30_000, pageSize: 100, maxConcurrent: 4, requestsPerSecond: 20 } },
      sync: { ttlMinutes: 30, guard: { count: 5, percent: 20 }, protectedEmails: [], approvals: new Map() },
      schedule: undefined,
      logLevel: 'info',
    });
    expect([...config.targets]).toEqual([
      ['dev', 'dev'],
      ['test', 'test'],
      ['prod', 'prod'],
    ]);
  });

  it('is what is empty or blank, too', () => {
    expect(read({ PORT: '', LOG_LEVEL: '  ', SYNC_TARGETS: '', SLACK_CHANNEL_IDS: ' ' })).toEqual(
      expect.objectContaining({ port: 3000, logLevel: 'info' }),
    );
    expect(problemsOf({ ...LEAST, EXTERNAL_API_PASSWORD: '' })).toEqual([
      'EXTERNAL_API_PASSWORD is not set: it must be the password of the login at the depot servers',
    ]);
  });

  it('and required is named with all the others', () => {
    expect(problemsOf({})).toEqual([
      'SLACK_BOT_TOKEN is not set: it must be the bot token, which begins with xoxb-',
      'DATABASE_URL is not set: it must be mysql://user:password@host:port/database',
      'EXTERNAL_API_EMAIL is not set: it must be the email of the login at the depot servers',
      'EXTERNAL_API_PASSWORD is not set: it must be the password of the login at the depot servers',
      'SLACK_SIGNING_SECRET is not set: it must be the signing secret of the Slack app (or set SLACK_APP_TOKEN for Socket Mode)',
      'SLACK_ADMIN_USER_IDS or SLACK_ADMIN_USERGROUP_IDS must name at least one admin',
    ]);
  });
});

describe('a bot token', () => {
  it.each([
    ['xoxe.xoxb-1-secret', 'a token that expires after 12 hours'],
    ['xoxe.xoxp-1-secret', 'a token that configures apps'],
    ['xoxp-secret', 'the token of a user'],
  ])('of another kind is named by its kind, and not repeated: %s', (SLACK_BOT_TOKEN, kind) => {
    const [problem, ...others] = problemsOf({ ...LEAST, SLACK_BOT_TOKEN });
    expect(problem).toContain(`must be the bot token, which begins with xoxb-; this is ${kind}`);
    expect(problem).not.toContain('secret');
    expect(others).toEqual([]);
  });
});

describe('the login at the depot servers', () => {
  const problem = 'must be the email of the login at the depot servers';

  it.each(['vendor1@dkm', ' admin@example.com '])('is the email %j', (EXTERNAL_API_EMAIL) => {
    const { email } = read({ EXTERNAL_API_EMAIL }).depot.credentialsFor('dev');
    expect(email).toBe(EXTERNAL_API_EMAIL.trim());
    const ofProd = read({ EXTERNAL_API_EMAIL_PROD: EXTERNAL_API_EMAIL }).depot.credentialsFor('prod');
    expect(ofProd.email).toBe(EXTERNAL_API_EMAIL.trim());
  });

  it('is refused in quotes, also of one target', () => {
    expect(problemsOf({ ...LEAST, EXTERNAL_API_EMAIL_PROD: '"prod@dkm"' })).toEqual([
      `EXTERNAL_API_EMAIL_PROD ${problem}`,
    ]);
  });

  it.each(['admin', 'admin@', '@dkm', 'a b@dkm', 'Ayu <ayu@dkm>', 'a@dkm,b@dkm'])(
    'is refused where it is no email: %j',
    (email) => {
      expect(problemsOf({ ...LEAST, EXTERNAL_API_EMAIL: email })).toEqual([`EXTERNAL_API_EMAIL ${problem}`]);
      expect(problemsOf({ ...LEAST, EXTERNAL_API_EMAIL_PROD: email })).toEqual([
        `EXTERNAL_API_EMAIL_PROD ${problem}`,
      ]);
    },
  );
});

describe('SLACK_COMMAND and DEPLOYMENT_LABEL', () => {
  it('name this deployment', () => {
    expect(read().deployment).toEqual({ command: '/usersync', label: undefined });
    expect(read({ SLACK_COMMAND: ' /sync_2-x ', DEPLOYMENT_LABEL: 'Staging 2' }).deployment).toEqual({
      command: '/sync_2-x',
      label: 'Staging 2',
    });
  });

  it.each(['usersync', '/', '/Usersync', '/user sync', '/user.sync', `/${'x'.repeat(32)}`, '//x', '/x/'])(
    'do not take %j as a command',
    (SLACK_COMMAND) => {
      expect(problemsOf({ ...LEAST, SLACK_COMMAND })).toEqual([
        'SLACK_COMMAND must be a slash and then small letters, digits, - or _, at most 32 characters in all, such as /usersync-staging',
      ]);
    },
  );

  it.each(['<!here>', '*x*', 'x`y', '_x_', '~x', 'a&b', ':tada:', 'x'.repeat(21), '-', 'x\ny'])(
    'do not take %j as a label',
    (DEPLOYMENT_LABEL) => {
      expect(problemsOf({ ...LEAST, DEPLOYMENT_LABEL })).toEqual([
        'DEPLOYMENT_LABEL must be a word such as staging: letters, digits, blanks, dots or -, at most 20 characters',
      ]);
    },
  );
});

describe('SYNC_NOTIFY', () => {
  const GROUPS = { SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS01' };

  it('is the user groups of the admins, and nobody where there is none, unless it is set', () => {
    expect(read().notify).toEqual([]);
    expect(read(GROUPS).notify).toEqual(['S0ADMINS01']);
    expect(read({ ...GROUPS, SYNC_NOTIFY: 'off' }).notify).toEqual([]);
    expect(read({ ...GROUPS, SYNC_NOTIFY: 'U1, S2,U1' }).notify).toEqual(['U1', 'S2']);
  });

  it.each(['on', 'U1,off', '@ayu', 'C0123', '<!channel>'])('is not %j', (SYNC_NOTIFY) => {
    expect(problemsOf({ ...LEAST, SYNC_NOTIFY })).toEqual([
      'SYNC_NOTIFY must be off, or ids of members and user groups such as U0123456789,S0123456789, separated by commas',
    ]);
  });
});

describe('SYNC_DIGEST', () => {
  const channel = { SLACK_CHANNEL_IDS: 'C1' };

  it('goes by the clock and to the channel of the schedule', () => {
    expect(read(channel).digest).toBeUndefined();
    expect(read({ ...channel, SYNC_DIGEST: '0 8 * * 1', SYNC_SCHEDULE_TZ: 'Asia/Jakarta' }).digest).toEqual({
      cron: '0 8 * * 1',
      timezone: 'Asia/Jakarta',
      channelId: 'C1',
    });
  });

  it.each([
    [{ ...channel, SYNC_DIGEST: 'weekly' }, 'SYNC_DIGEST must be a cron expression such as 0 8 * * 1'],
    [
      { ...channel, SYNC_DIGEST: '0 0 8 * * 1' },
      'SYNC_DIGEST must have five fields (minute, hour, day, month, weekday) such as 0 8 * * 1',
    ],
    [
      { ...channel, SYNC_DIGEST: '0 8 * * 1', SYNC_SCHEDULE_TZ: 'Mars' },
      'SYNC_SCHEDULE_TZ must be a time zone such as Asia/Jakarta',
    ],
    [
      { SYNC_DIGEST: '0 8 * * 1' },
      'SYNC_SCHEDULE_CHANNEL_ID must be the channel for previews on schedule and reminders (or set SLACK_CHANNEL_IDS)',
    ],
  ])('is refused: %j', (changes, problem) => {
    expect(problemsOf({ ...LEAST, ...changes })).toEqual([problem]);
  });
});

describe('SLACK_MODE', () => {
  const tokens = { SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: 'signing-secret' };
  const socket = { mode: 'socket', appToken: 'xapp-1' };
  const http = { mode: 'http', signingSecret: 'signing-secret' };

  it.each([
    ['an app token alone', { SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: undefined }, socket],
    ['a signing secret alone', {}, http],
    ['both', tokens, socket],
    ['both, and http', { ...tokens, SLACK_MODE: 'http' }, http],
    ['both, and socket', { ...tokens, SLACK_MODE: 'socket' }, socket],
  ])('with %s', (_what, changes, transport) => {
    expect(read(changes).slack.transport).toEqual(transport);
  });

  it.each([
    [{}, 'socket'],
    [{ SLACK_SIGNING_SECRET: 'signing-secret' }, 'http'],
    [tokens, 'socket'],
    [{ ...tokens, SLACK_MODE: 'http' }, 'http'],
  ])('is known before the app exists, for its manifest: %j', (environment, mode) => {
    expect(manifestSettings(environment).mode).toBe(mode);
  });

  it.each([
    [
      'socket without an app token',
      { SLACK_MODE: 'socket' },
      'SLACK_APP_TOKEN is not set: it must be an app-level token',
    ],
    [
      'http without a signing secret',
      { SLACK_MODE: 'http', SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: '' },
      'SLACK_SIGNING_SECRET is not set: it must be',
    ],
  ])('%s is a problem', (_what, changes, start) => {
    const problems = problemsOf({ ...LEAST, ...changes });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(start);
  });
});

describe('lists', () => {
  it('may have blanks around their items and a comma at the end', () => {
    const { slack } = read({ SLACK_ADMIN_USER_IDS: ' U1 , W2,', SLACK_CHANNEL_IDS: 'C1,G2' });
    expect(slack).toMatchObject({ adminUserIds: ['U1', 'W2'], channelIds: ['C1', 'G2'] });
  });

  it('of admins may be user groups alone', () => {
    const { slack } = read({ SLACK_ADMIN_USER_IDS: undefined, SLACK_ADMIN_USERGROUP_IDS: 'S1' });
    expect(slack).toMatchObject({ adminUserIds: [], adminUsergroupIds: ['S1'] });
  });
});

describe('targets', () => {
  it('stand for location codes, their own name unless another is given', () => {
    expect([...read({ SYNC_TARGETS: 'dev, prod=SBY ,jkt-2=j2,far=PANGKALANBUN-2' }).targets]).toEqual([
      ['dev', 'dev'],
      ['prod', 'SBY'],
      ['jkt-2', 'j2'],
      ['far', 'PANGKALANBUN-2'],
    ]);
  });

  it('may have a login of their own, or half of one', () => {
    const { credentialsFor } = read({
      SYNC_TARGETS: 'dev,prod,jkt-2',
      EXTERNAL_API_EMAIL_PROD: 'prod@example.com',
      EXTERNAL_API_PASSWORD_PROD: 'prod password',
      EXTERNAL_API_PASSWORD_JKT_2: 'jkt password',
    }).depot;
    expect(credentialsFor('dev')).toEqual({ email: 'admin@example.com', password: 'depot password' });
    expect(credentialsFor('prod')).toEqual({ email: 'prod@example.com', password: 'prod password' });
    expect(credentialsFor('jkt-2')).toEqual({ email: 'admin@example.com', password: 'jkt password' });
  });

  it('count once where a list names them twice', () => {
    const schedule = { SYNC_SCHEDULE: '0 2 * * *', SLACK_CHANNEL_IDS: 'C1' };
    const config = read({ ...schedule, SYNC_SCHEDULE_TARGETS: 'dev, test,dev' });
    expect(config.schedule?.targets).toEqual(['dev', 'test']);
  });

  it('of one location are on a schedule once: by the name with a rule, else by the first', () => {
    const names = {
      SYNC_TARGETS: 'surabaya=sby,dev,prod=SBY',
      SYNC_SCHEDULE: '0 2 * * *',
      SLACK_CHANNEL_IDS: 'C1',
    };
    expect(read(names).schedule?.targets).toEqual(['surabaya', 'dev']);
    expect(read({ ...names, SYNC_AUTO: 'prod=add:5' }).schedule?.targets).toEqual(['dev', 'prod']);
    expect(read({ ...names, SYNC_SCHEDULE_TARGETS: 'prod' }).schedule?.targets).toEqual(['prod']);
  });

  it('for two people and on a schedule are among them', () => {
    const config = read({
      SYNC_TARGETS: 'dev,prod',
      TWO_PERSON_TARGETS: 'prod',
      SYNC_SCHEDULE: '0 2 * * *',
      SYNC_SCHEDULE_TARGETS: 'dev',
      SLACK_CHANNEL_IDS: 'C1',
    });
    expect(config.sync.approvals).toEqual(new Map([['prod', 2]]));
    expect(config.schedule?.targets).toEqual(['dev']);
    expect(problemsOf({ ...LEAST, TWO_PERSON_TARGETS: 'sby', SYNC_SCHEDULE_TARGETS: 'sby' })).toEqual([
      'TWO_PERSON_TARGETS must be names from SYNC_TARGETS',
      'SYNC_SCHEDULE_TARGETS must be names from SYNC_TARGETS',
    ]);
  });

  it.each([
    'dev=add+reactivate:50,prod=deactivate:2',
    'dev=add,reactivate:50,prod=deactivate:2',
    ' dev = add , reactivate : 50 , prod=deactivate:2 ,',
  ])('have rules, whose kinds may be joined by commas: %j', (rules) => {
    const { sync } = read({ SYNC_AUTO: rules, SYNC_SCHEDULE: '0 2 * * *', SLACK_CHANNEL_IDS: 'C1' });
    expect([...sync.autoRules]).toEqual([
      ['dev', { text: 'dev=add+reactivate:50', actions: ['add', 'reactivate'], most: 50 }],
      ['prod', { text: 'prod=deactivate:2', actions: ['deactivate'], most: 2 }],
    ]);
  });

  it('cannot have a rule where the location needs several people under another name', () => {
    const settings = {
      ...LEAST,
      SYNC_TARGETS: 'sby,prod=SBY',
      SYNC_AUTO: 'sby=add:5',
      SYNC_SCHEDULE: '0 2 * * *',
      SLACK_CHANNEL_IDS: 'C1',
    };
    expect(problemsOf({ ...settings, TWO_PERSON_TARGETS: 'prod' })).toEqual([
      'SYNC_AUTO must not name targets that need several people (SYNC_APPROVALS, TWO_PERSON_TARGETS)',
    ]);
    expect(problemsOf({ ...settings, SLACK_ADMIN_USER_IDS: 'U1,U2', SYNC_APPROVALS: 'prod=2' })).toEqual([
      'SYNC_AUTO must not name targets that need several people (SYNC_APPROVALS, TWO_PERSON_TARGETS)',
    ]);
    expect(problemsOf({ ...settings, TWO_PERSON_TARGETS: '' })).toEqual([]);
  });

  it('cannot have a rule that no target has, beside rules that some have', () => {
    const scheduled = { ...LEAST, SYNC_SCHEDULE: '0 2 * * *', SLACK_CHANNEL_IDS: 'C1' };
    expect(problemsOf({ ...scheduled, SYNC_AUTO: 'dev=add:5,sby=add:5' })).toEqual([
      'SYNC_AUTO must be names from SYNC_TARGETS, each with a rule',
    ]);
  });

  it('cannot have two rules for one location, of which the order of SYNC_TARGETS would choose one', () => {
    const settings = {
      ...LEAST,
      SYNC_SCHEDULE: '0 2 * * *',
      SLACK_CHANNEL_IDS: 'C1',
      SYNC_TARGETS: 'a=dkm,b=DKM,sby',
    };
    expect(problemsOf({ ...settings, SYNC_AUTO: 'b=add:1,a=add+deactivate:100' })).toEqual([
      'SYNC_AUTO must have one rule for each location',
    ]);
    expect(problemsOf({ ...settings, SYNC_AUTO: 'b=add:1,sby=add:1' })).toEqual([]);
  });

  it.each([
    [{ TWO_PERSON_TARGETS: 'prod', SYNC_APPROVALS: 'prod=1' }, 2],
    [{ TWO_PERSON_TARGETS: 'prod', SYNC_APPROVALS: 'prod=3' }, 3],
    [{ SYNC_APPROVALS: ' prod = 2 , dev=1,' }, 2],
  ])('need as many people as the stricter setting says: %j', (settings, needed) => {
    const { sync } = read({ ...settings, SLACK_ADMIN_USER_IDS: 'U1,U2,U3' });
    expect([...sync.approvals]).toEqual([['prod', needed]]);
  });
});

describe('more people than there are admins', () => {
  const problem = 'must need no more people than SLACK_ADMIN_USER_IDS names: 2 are needed';

  it.each<[Environment, readonly string[]]>([
    [{ SYNC_APPROVALS: 'prod=2' }, [`SYNC_APPROVALS ${problem}`]],
    [
      { TWO_PERSON_TARGETS: 'prod', BREAK_GLASS: 'off' },
      [`TWO_PERSON_TARGETS ${problem} (BREAK_GLASS is off)`],
    ],
    [{ TWO_PERSON_TARGETS: 'prod' }, []],
    [{ TWO_PERSON_TARGETS: 'prod', BREAK_GLASS: 'off', SLACK_ADMIN_USERGROUP_IDS: 'S1' }, []],
    [{ TWO_PERSON_TARGETS: 'prod', BREAK_GLASS: 'off', SLACK_ADMIN_USER_IDS: 'U1,U2' }, []],
    [{ BREAK_GLASS: 'off' }, []],
  ])('stop the start, but not where an admin may confirm alone: %j', (changes, expected) => {
    expect(problemsOf({ ...LEAST, SLACK_ADMIN_USER_IDS: 'U1,U1', ...changes })).toEqual(expected);
  });
});

describe('the schedule', () => {
  const SCHEDULE = { SYNC_SCHEDULE: '0 2 * * 1-5' };

  it('previews all targets in the first allowed channel, by UTC, unless told otherwise', () => {
    expect(read({ ...SCHEDULE, SLACK_CHANNEL_IDS: 'C1,C2' }).schedule).toEqual({
      cron: '0 2 * * 1-5',
      timezone: 'UTC',
      channelId: 'C1',
      targets: ['dev', 'test', 'prod'],
      quietLine: true,
    });
    const told = {
      SYNC_SCHEDULE_CHANNEL_ID: 'C3',
      SYNC_SCHEDULE_TZ: 'Asia/Jakarta',
      SYNC_SCHEDULE_TARGETS: 'prod',
    };
    expect(read({ ...SCHEDULE, ...told }).schedule).toEqual({
      cron: '0 2 * * 1-5',
      timezone: 'Asia/Jakarta',
      channelId: 'C3',
      targets: ['prod'],
      quietLine: true,
    });
  });

  it.each([
    [
      'a time zone that does not exist',
      { SYNC_SCHEDULE_TZ: 'Mars/Olympus' },
      'SYNC_SCHEDULE_TZ must be a time zone such as Asia/Jakarta',
    ],
    [
      'a cron with seconds',
      { SYNC_SCHEDULE: '0 0 2 * * *' },
      'SYNC_SCHEDULE must have five fields (minute, hour, day, month, weekday) such as 0 2 * * *',
    ],
    [
      'a channel that is none',
      { SYNC_SCHEDULE_CHANNEL_ID: '#ops' },
      'SYNC_SCHEDULE_CHANNEL_ID must be a channel id such as C0123456789',
    ],
  ])('refuses %s', (_what, changes, problem) => {
    expect(problemsOf({ ...LEAST, ...SCHEDULE, SLACK_CHANNEL_IDS: 'C1', ...changes })).toEqual([problem]);
  });

  it('have a channel, which also gets what begins outside of any, without a schedule too', () => {
    expect(read({}).homeChannelId).toBeUndefined();
    expect(read({ SLACK_CHANNEL_IDS: 'C1,C2' }).homeChannelId).toBe('C1');
    expect(read({ SLACK_CHANNEL_IDS: 'C1,C2', SYNC_SCHEDULE_CHANNEL_ID: 'C2' }).homeChannelId).toBe('C2');
    expect(read({ SYNC_SCHEDULE_CHANNEL_ID: 'C3' }).homeChannelId).toBe('C3');
    expect(read({ SLACK_CHANNEL_IDS: 'C1', SYNC_REMINDER_DAYS: '7' }).reminder).toEqual({
      afterDays: 7,
      channelId: 'C1',
    });
    expect(read({ SLACK_CHANNEL_IDS: 'C1' }).reminder).toBeUndefined();
  });

  it('are known by the settings, each once, and none where the bot works in any', () => {
    expect(ownChannels(read({}))).toEqual([]);
    expect(ownChannels(read({ SLACK_CHANNEL_IDS: 'C1,C2' }))).toEqual(['C1', 'C2']);
    expect(ownChannels(read({ SYNC_SCHEDULE_CHANNEL_ID: 'C3' }))).toEqual(['C3']);
  });

  it.each([
    ['off', []],
    ['on', ['C1', 'C2', 'C3']],
    ['C1 , C2', ['C1', 'C2']],
  ])('may be read by another company: %s', (SLACK_ALLOW_SHARED_CHANNELS, allowed) => {
    const { mayBeShared } = read({ SLACK_ALLOW_SHARED_CHANNELS }).slack;
    expect(['C1', 'C2', 'C3'].filter(mayBeShared)).toEqual(allowed);
  });

  it.each([{}, { SYNC_SCHEDULE: '0 2 * * *' }, { SYNC_REMINDER_DAYS: '7' }])(
    'refuses a channel where nobody may press its buttons: %j',
    (changes) => {
      const channels = { SLACK_CHANNEL_IDS: 'C1,C2', SYNC_SCHEDULE_CHANNEL_ID: 'C3' };
      expect(problemsOf({ ...LEAST, ...changes, ...channels })).toEqual([
        'SYNC_SCHEDULE_CHANNEL_ID must be one of SLACK_CHANNEL_IDS: nobody could press a button elsewhere',
      ]);
      const allowed = read({ ...changes, ...channels, SYNC_SCHEDULE_CHANNEL_ID: 'C2' });
      expect((allowed.schedule ?? allowed.reminder)?.channelId ?? allowed.homeChannelId).toBe('C2');
    },
  );

  it('needs a channel', () => {
    expect(problemsOf({ ...LEAST, ...SCHEDULE })).toEqual([
      'SYNC_SCHEDULE_CHANNEL_ID must be the channel for previews on schedule and reminders (or set SLACK_CHANNEL_IDS)',
    ]);
  });
});

describe('the marks of settings', () => {
  const { marks } = read();

  it('are of all settings that processes need alike, and never of a secret or an address', () => {
    expect(Object.keys(marks)).toEqual(
      expect.arrayContaining(['SYNC_AUTO', 'PROTECTED_EMAILS', 'EXTERNAL_API_EMAIL', 'REDIS_URL']),
    );
    expect(
      Object.keys(marks).filter((name) => /TOKEN|SECRET|PASSWORD|^DATABASE|PORT|^LOG/.test(name)),
    ).toEqual([]);
    expect(Object.values(marks).every((mark) => /^[0-9a-f]{8}$/.test(mark))).toBe(true);
  });

  it.each([
    ['SYNC_AUTO', { SYNC_AUTO: 'dev=add:5', SYNC_SCHEDULE: '0 2 * * *', SLACK_CHANNEL_IDS: 'C0123456789' }],
    ['SYNC_TARGETS', { SYNC_TARGETS: 'dev=other,test,prod' }],
    ['SYNC_FREEZE', { SYNC_FREEZE: 'Fri 18:00-Mon 07:00' }],
    ['NEW_USER_DEFAULTS', { NEW_USER_DEFAULTS: '{"role":"guest"}' }],
    ['EXTERNAL_API_EMAIL', { EXTERNAL_API_EMAIL_PROD: 'other@example.com' }],
    ['REDIS_URL', { REDIS_URL: 'redis://localhost' }],
  ])('of %s differ with its value', (name, changes) => {
    expect(read(changes).marks[name]).not.toBe(marks[name]);
  });

  it('do not differ with how a value is written, nor with the place of Redis', () => {
    expect(read({ DEACTIVATION_LIMIT_COUNT: '05', BREAK_GLASS: 'on', PORT: '3001' }).marks).toEqual(marks);
    const [one, other] = ['redis://one:6379', 'redis://:secret@other:6379'];
    expect(read({ REDIS_URL: one }).marks).toEqual(read({ REDIS_URL: other }).marks);
  });

  it('do not differ with the order of a list, except of targets and channels, whose first one may have a meaning', () => {
    const listed = (turn: (items: readonly string[]) => readonly string[]) => {
      const list = (...items: readonly string[]) => turn(items).join(',');
      return read({
        SLACK_ADMIN_USER_IDS: list('U1', 'U2'),
        SLACK_ADMIN_USERGROUP_IDS: list('S1', 'S2'),
        SLACK_CHANNEL_IDS: list('C1', 'C2'),
        SLACK_ALLOW_SHARED_CHANNELS: list('C1', 'C2'),
        SYNC_TARGETS: `${list('dev', 'test')},jkt,sby`,
        SYNC_SCHEDULE: '0 2 * * *',
        SYNC_SCHEDULE_TARGETS: `${list('dev', 'test')},jkt,sby`,
        TWO_PERSON_TARGETS: list('dev', 'test'),
        SYNC_APPROVALS: list('dev=2', 'test=3'),
        SYNC_AUTO: list('jkt=add:5', 'sby=add+reactivate:5'),
        SYNC_FREEZE: list('Fri 18:00-Mon 07:00', '2026-12-24-2027-01-02'),
        PROTECTED_EMAILS: list('boss@dkm', '*@example.com'),
        SYNC_NOTIFY: list('U1', 'S1'),
        NEW_USER_DEFAULTS: `{${list('"role":"guest"', '"level":1')}}`,
      }).marks;
    };
    const [straight, reversed] = [listed((items) => items), listed((items) => items.toReversed())];
    expect(Object.keys(straight).filter((name) => straight[name] !== reversed[name])).toEqual([
      'SLACK_CHANNEL_IDS',
      'SYNC_TARGETS',
      'SYNC_SCHEDULE_TARGETS',
    ]);
  });
});

describe('other settings', () => {
  it('lose the line end that they have where a file holds them, as secrets of Kubernetes do', () => {
    const config = read({
      SLACK_BOT_TOKEN: 'xoxb-1\n',
      SLACK_SIGNING_SECRET: 'signing-secret\r\n',
      EXTERNAL_API_PASSWORD: 'pass word \n',
      EXTERNAL_API_PASSWORD_PROD: 'of prod\r',
    });
    expect(config.slack).toMatchObject({
      botToken: 'xoxb-1',
      transport: { mode: 'http', signingSecret: 'signing-secret' },
    });
    expect(config.depot.credentialsFor('dev').password).toBe('pass word ');
    expect(config.depot.credentialsFor('prod').password).toBe('of prod');
  });

  it('of new users may have a colon or a quote in their texts', () => {
    const defaults = '{"name":"{localpart}: \\"x\\":","n":-0.5,"role":9007199254740991}';
    expect(read({ NEW_USER_DEFAULTS: defaults }).sync.newUserDefaults).toEqual(
      new Map<string, string | number>([
        ['name', '{localpart}: "x":'],
        ['n', -0.5],
        ['role', 9_007_199_254_740_991],
      ]),
    );
  });

  it('are taken as they are given', () => {
    const config = read({
      SLACK_API_URL: 'http://127.0.0.1:4400/api',
      PORT: '0',
      DEACTIVATION_LIMIT_COUNT: '0',
      DEACTIVATION_LIMIT_PERCENT: '100',
      PROTECTED_EMAILS: 'boss@dkm, *@example.com',
      EXTERNAL_API_PASSWORD: ' blanks kept ',
      DATABASE_URL: 'mariadb://u:p%40ss@[::1]:3307/laravel?acquireTimeout=100',
    });
    expect(config.slack.apiUrl).toBe('http://127.0.0.1:4400/api/');
    expect(config.port).toBe(0);
    expect(config.sync.guard).toEqual({ count: 0, percent: 100 });
    expect(config.sync.protectedEmails).toEqual(['boss@dkm', '*@example.com']);
    expect(config.depot.credentialsFor('dev').password).toBe(' blanks kept ');
    expect(config.databaseUrl).toContain('acquireTimeout=100');
  });
});
