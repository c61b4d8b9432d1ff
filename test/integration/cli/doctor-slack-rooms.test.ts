import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type StrictSlack,
  type StrictSlackOptions,
  startStrictSlack,
} from '../../../sandbox/strict-slack/strict-slack.ts';
import type { Member } from '../../../sandbox/strict-slack/workspace.ts';
import type { BotSettings } from '../../../sandbox/worlds/bot.ts';
import { findingOf } from './support/doctor-world.ts';
import { examineSlack } from './support/examine-slack.ts';

let slack: StrictSlack;

beforeEach(async () => {
  slack = await startStrictSlack();
});
afterEach(() => slack.stop());

async function restart(options: StrictSlackOptions): Promise<void> {
  await slack.stop();
  slack = await startStrictSlack(options);
}

const examine = async (check: string, changes?: BotSettings) =>
  findingOf(await examineSlack(slack, changes), check);

describe('an allowed channel', () => {
  it('that is the bot’s conversation with one person passes unasked, since the bot may post there', async () => {
    expect(
      await examine('Slack channel D0AYU00001', { SLACK_CHANNEL_IDS: 'C0DEVSUP01,D0AYU00001' }),
    ).toMatchObject({
      status: 'pass',
      detail: 'a conversation between the bot and one person',
    });
  });

  it.each([
    ['passes where the bot is in it', 'C0DEVSUP01', 'pass', 'the bot is in it'],
    ['fails where the bot is not in it', 'C0NOTHERE1', 'fail', 'Slack says not_in_channel'],
    ['fails where Slack does not know it', 'C0NOWHERE1', 'fail', 'Slack says channel_not_found'],
  ])('%s', async (_title, id, status, detail) => {
    const finding = await examine(`Slack channel ${id}`, {
      SLACK_CHANNEL_IDS: `C0DEVSUP01,C0NOTHERE1,C0NOWHERE1`,
    });
    expect(finding).toMatchObject({ status, detail });
    if (status === 'fail') expect(finding?.todo).toContain('/invite @usersync');
  });

  it.each([
    ['previews on a schedule', { SYNC_SCHEDULE: '0 2 * * *' }],
    ['reminders', { SYNC_REMINDER_DAYS: '7' }],
    ['the digest', { SYNC_DIGEST: '0 8 * * 1' }],
  ])('is also the one for %s', async (_what, setting) => {
    const settings = { ...setting, SLACK_CHANNEL_IDS: '', SYNC_SCHEDULE_CHANNEL_ID: 'C0NOTHERE1' };
    expect((await examine('Slack channel C0NOTHERE1', settings))?.status).toBe('fail');
  });

  it('fails with the scope that is missing where Slack names it', async () => {
    const answers: Readonly<Record<string, object>> = {
      '/auth.test': {
        ok: true,
        url: 'https://usersync-test.slack.com/',
        team: 'usersync-test',
        team_id: 'T0USERSYNC',
        user: 'usersync',
        user_id: 'U0USERSYNC',
        bot_id: 'B0USERSYNC',
      },
      '/conversations.history': {
        ok: false,
        error: 'missing_scope',
        needed: 'channels:history',
        provided: '',
      },
    };
    const server = createServer(({ url = '' }, response) => response.end(JSON.stringify(answers[url])));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const finding = await examine('Slack channel C0DEVSUP01', { SLACK_API_URL: `http://127.0.0.1:${port}/` });
    server.close();
    expect(finding).toMatchObject({ status: 'fail', detail: 'Slack says missing_scope: channels:history' });
  });

  const SHARED: StrictSlackOptions = {
    channels: [
      { id: 'C0DEVSUP01', name: 'with-vendor', members: ['U0USERSYNC'], shown: { is_ext_shared: true } },
    ],
  };

  it('fails where people of another company read it', async () => {
    await restart(SHARED);
    expect(await examine('Slack channel C0DEVSUP01')).toEqual({
      status: 'fail',
      detail: 'people of another company read it, so the bot shows no users there',
      todo: 'Use a channel of your own company, or allow this one in SLACK_ALLOW_SHARED_CHANNELS.',
    });
  });

  it('passes where SLACK_ALLOW_SHARED_CHANNELS allows that', async () => {
    await restart(SHARED);
    const allowed = { SLACK_ALLOW_SHARED_CHANNELS: 'C0DEVSUP01' };
    expect(await examine('Slack channel C0DEVSUP01', allowed)).toMatchObject({
      status: 'pass',
      detail: 'the bot is in it; another company may read it',
    });
  });

  it('warns where the app lacks the scopes to see that', async () => {
    await restart({ scopes: ['channels:history', 'groups:history'] });
    expect(await examine('Slack channel C0DEVSUP01')).toMatchObject({
      status: 'warn',
      detail: 'the bot is in it; Slack does not say whether another company reads it',
    });
  });

  it('is asked about without posting anything', async () => {
    await examineSlack(slack);
    expect(new Set(slack.calls.map(({ method }) => method))).toEqual(
      new Set([
        'auth.test',
        'blocks.validate',
        'conversations.history',
        'conversations.info',
        'users.info',
        'apps.connections.open',
      ]),
    );
    expect(slack.violations).toEqual([]);
  });
});

describe('a user group of admins', () => {
  beforeEach(() =>
    restart({
      userGroups: [
        { id: 'S0ADMINS', users: ['U0ADMIN001', 'U0ADMIN002'] },
        { id: 'S0EMPTY', users: [] },
      ],
    }),
  );

  it.each([
    ['passes with the number of its members', 'S0ADMINS', 'pass', '2 members'],
    ['warns where it has none', 'S0EMPTY', 'warn', 'it has no members'],
    ['fails where Slack does not know it', 'S0NONE', 'fail', 'Slack says no_such_subteam'],
  ])('%s', async (_title, id, status, detail) => {
    expect(await examine(`Slack user group ${id}`, { SLACK_ADMIN_USERGROUP_IDS: id })).toMatchObject({
      status,
      detail,
    });
  });

  it('warns where it has fewer members than a target needs people', async () => {
    const settings = { SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS', SYNC_APPROVALS: 'dev=9' };
    expect(await examine('Slack user group S0ADMINS', settings)).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('dev needs 9 people, and no more than 4 can be counted'),
    });
  });

  it('fails on a plan without user groups', async () => {
    slack.fail('usergroups.users.list', { error: 'paid_teams_only' });
    expect(
      await examine('Slack user group S0ADMINS', { SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS' }),
    ).toMatchObject({
      status: 'fail',
      detail: 'Slack says paid_teams_only',
    });
  });
});

describe('whom SYNC_NOTIFY names', () => {
  beforeEach(() => restart({ userGroups: [{ id: 'S0OPS', users: ['U0ADMIN001'] }] }));

  it.each([
    ['passes with the name of a person', 'U0MEMBER01', 'pass', 'citra'],
    ['fails where Slack knows no such person', 'U0NOBODY1', 'fail', 'Slack says user_not_found'],
    ['passes with the number of the members of a user group', 'S0OPS', 'pass', '1 member'],
    ['fails where Slack knows no such user group', 'S0NONE', 'fail', 'Slack says no_such_subteam'],
  ])('%s', async (_title, id, status, detail) => {
    expect(await examine(`Slack call of ${id}`, { SYNC_NOTIFY: `U0ADMIN001,${id}` })).toMatchObject({
      status,
      detail,
    });
  });

  it('is looked at once where it is an admin, too', async () => {
    const findings = await examineSlack(slack, { SYNC_NOTIFY: 'U0ADMIN001' });
    expect(findings.map(({ check }) => check).filter((check) => check.includes('U0ADMIN001'))).toEqual([
      'Slack admin U0ADMIN001',
    ]);
  });
});

describe('the Slack delivery', () => {
  it('passes in Socket Mode where Slack takes the app-level token and the host of its socket answers', async () => {
    const { host } = new URL(slack.workspace.url);
    expect(await examine('Slack delivery')).toMatchObject({
      status: 'pass',
      detail: `Socket Mode: Slack takes the app-level token, and ${host} answers (no socket was opened)`,
    });
  });

  it('fails in Socket Mode where a firewall lets the API through, and not the socket', async () => {
    await restart({ socketUrl: 'ws://127.0.0.1:2' });
    expect(await examine('Slack delivery')).toMatchObject({
      status: 'fail',
      detail:
        'Slack takes the app-level token, but its socket at 127.0.0.1:2 cannot be reached: connect ECONNREFUSED 127.0.0.1:2',
      todo: 'Have the firewall or proxy let that host through (WebSocket, port 443).',
    });
  });

  it('fails in Socket Mode where it does not', async () => {
    expect(await examine('Slack delivery', { SLACK_APP_TOKEN: 'xapp-wrong' })).toMatchObject({
      status: 'fail',
      detail: 'Slack says invalid_auth',
      todo: expect.stringContaining('connections:write'),
    });
  });

  it('says in http mode what can only be seen from outside', async () => {
    const finding = await examine('Slack delivery', { SLACK_MODE: 'http', PORT: '8080' });
    expect(finding).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(/\/slack\/events at port 8080/),
    });
    expect(slack.calls.some(({ method }) => method === 'apps.connections.open')).toBe(false);
  });
});

describe('an app that is installed to a whole organisation', () => {
  it('fails, and says where to install it', async () => {
    await restart({ identity: { is_enterprise_install: true, team_id: 'E0ORG' } });
    expect(await examine('Slack token')).toMatchObject({
      status: 'fail',
      detail: 'the app is installed to a whole Enterprise Grid organisation',
      todo: expect.stringContaining('Install the app to one workspace'),
    });
  });
});

describe('an admin', () => {
  const ofTheGrid = { team_id: undefined, profile: null, enterprise_user: { teams: ['T0USERSYNC'] } };
  const people: readonly [string, string, string, string, Partial<Member>?][] = [
    ['passes with a name', 'U0ADMIN001', 'pass', 'ayu'],
    ['fails where Slack does not know the id', 'U0NOBODY01', 'fail', 'Slack says user_not_found'],
    ['passes where an Enterprise Grid names the workspace', 'U0GRID', 'pass', 'U0GRID', { shown: ofTheGrid }],
    ['is warned of once deactivated', 'U0LEFT', 'warn', 'U0LEFT is deactivated in Slack', { deleted: true }],
    ['is no guest', 'U0GUEST', 'fail', 'U0GUEST is a guest, who is never an admin', { is_restricted: true }],
    ['is no bot', 'U0ROBOT', 'fail', 'U0ROBOT is a bot, which is never an admin', { is_bot: true }],
    [
      'is nobody of another workspace',
      'U0OTHER',
      'fail',
      'U0OTHER is of another workspace, and never an admin here',
      { team_id: 'T0OTHER' },
    ],
  ];

  it.each(people)('%s', async (_title, id, status, detail, member) => {
    if (member !== undefined) await restart({ members: [{ id, name: id, ...member }] });
    const finding = await examine(`Slack admin ${id}`, { SLACK_ADMIN_USER_IDS: id });
    expect(finding).toMatchObject({ status, detail });
    if (status !== 'pass') expect(finding?.todo).toContain('SLACK_ADMIN_USER_IDS');
  });
});
