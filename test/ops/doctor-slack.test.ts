import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { boltLogger, createLogger } from '../../src/logger.ts';
import { startChecks } from '../../src/ops/doctor/check.ts';
import type { Finding } from '../../src/ops/doctor/finding.ts';
import { slackChecks } from '../../src/ops/doctor/slack-checks.ts';
import { createSlackInspection } from '../../src/slack/inspect.ts';
import { ALL_SCOPES } from '../../src/slack/scopes.ts';
import { BOT_SETTINGS, type BotSettings } from '../support/bot.ts';
import { type StrictSlack, type StrictSlackOptions, startStrictSlack } from '../support/strict-slack.ts';
import { checksThat, findingOf } from './support/doctor-world.ts';

let slack: StrictSlack;

beforeEach(async () => {
  slack = await startStrictSlack();
});
afterEach(() => slack.stop());

async function restart(options: StrictSlackOptions): Promise<void> {
  await slack.stop();
  slack = await startStrictSlack(options);
}

/** What the checks on Slack find, with these settings beside those that fit it. */
function examineSlack(changes: BotSettings = {}): Promise<Finding[]> {
  const config = parseConfig({
    ...BOT_SETTINGS,
    DATABASE_URL: 'mysql://127.0.0.1/none',
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_CHANNEL_IDS: 'C0DEVSUP01',
    ...changes,
  });
  const logger = boltLogger(createLogger('silent'));
  const inspection = createSlackInspection({ ...config.slack, timeoutMs: 5_000, logger });
  return Promise.all(startChecks(slackChecks(config, inspection), new Set()));
}

const examine = async (check: string, changes?: BotSettings) => findingOf(await examineSlack(changes), check);

describe('the Slack token', () => {
  it('passes with team and bot', async () => {
    expect(await examine('Slack token')).toMatchObject({
      status: 'pass',
      detail: 'team usersync-test, bot usersync',
    });
  });

  it('fails where Slack does not take it, and what needs it is skipped', async () => {
    const findings = await examineSlack({ SLACK_BOT_TOKEN: 'xoxb-wrong' });
    expect(findingOf(findings, 'Slack token')).toEqual({
      status: 'fail',
      detail: 'Slack says invalid_auth',
      todo: 'Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions into SLACK_BOT_TOKEN.',
    });
    expect(checksThat('warn', findings)).toEqual(['Slack scopes', 'Slack channel C0DEVSUP01']);
  });

  it('fails where Slack cannot be reached', async () => {
    expect(await examine('Slack token', { SLACK_API_URL: 'http://127.0.0.1:1/' })).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^Slack cannot be reached: /),
    });
  });

  it('fails where something else than Slack answers, without repeating what that says', async () => {
    const proxy = createServer((_, response) => response.end('<html>Please log in to the proxy</html>'));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const finding = await examine('Slack token', { SLACK_API_URL: `http://127.0.0.1:${port}/` });
    proxy.close();
    expect(finding?.detail).toBe('Slack cannot be reached: the answer is not one of Slack');
  });

  it('warns where Slack limits the rate', async () => {
    slack.fail('auth.test', { retryAfter: 7 });
    expect(await examine('Slack token')).toMatchObject({
      status: 'warn',
      todo: 'Run doctor again in 7 seconds.',
    });
  });
});

describe('the Slack scopes', () => {
  const without = (...scopes: string[]) => ALL_SCOPES.filter((scope) => !scopes.includes(scope));

  it('pass as the manifest has them', async () => {
    expect((await examine('Slack scopes'))?.status).toBe('pass');
  });

  it('fail where some are missing, and are named', async () => {
    await restart({ scopes: without('users:read', 'files:write') });
    expect(await examine('Slack scopes')).toMatchObject({
      status: 'fail',
      detail: 'missing: files:write, users:read',
    });
  });

  it('do without user groups where no setting names one, and only there', async () => {
    await restart({
      scopes: without('usergroups:read'),
      userGroups: [{ id: 'S0ADMINS', users: ['U0ADMIN001'] }],
    });
    expect((await examine('Slack scopes'))?.status).toBe('pass');
    const named = await examine('Slack scopes', { SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS' });
    expect(named?.detail).toBe('missing: usergroups:read');
  });

  it('warn where the token may do more than the bot needs', async () => {
    await restart({ scopes: [...ALL_SCOPES, 'users:read.email', 'channels:join'] });
    expect(await examine('Slack scopes')).toMatchObject({
      status: 'warn',
      detail: 'the token may do more than the bot needs: users:read.email, channels:join',
    });
  });
});

describe('an allowed channel', () => {
  it.each([
    ['C0DEVSUP01', 'pass', 'the bot is in it'],
    ['C0NOTHERE1', 'fail', 'Slack says not_in_channel'],
    ['C0NOWHERE1', 'fail', 'Slack says channel_not_found'],
  ])('%s: %s', async (id, status, detail) => {
    const finding = await examine(`Slack channel ${id}`, {
      SLACK_CHANNEL_IDS: `C0DEVSUP01,C0NOTHERE1,C0NOWHERE1`,
    });
    expect(finding).toMatchObject({ status, detail });
    if (status === 'fail') expect(finding?.todo).toContain('/invite @usersync');
  });

  it('is also the one for previews on a schedule', async () => {
    const settings = { SYNC_SCHEDULE: '0 2 * * *', SYNC_SCHEDULE_CHANNEL_ID: 'C0NOTHERE1' };
    expect((await examine('Slack channel C0NOTHERE1', settings))?.status).toBe('fail');
  });

  it('names the scope that is missing', async () => {
    slack.fail('conversations.history', { error: 'missing_scope' });
    expect((await examine('Slack channel C0DEVSUP01'))?.detail).toBe('Slack says missing_scope');
  });

  it('is asked about without posting anything', async () => {
    await examineSlack();
    expect(new Set(slack.calls.map(({ method }) => method))).toEqual(
      new Set(['auth.test', 'conversations.history', 'apps.connections.open']),
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
    ['S0ADMINS', 'pass', '2 members'],
    ['S0EMPTY', 'warn', 'it has no members'],
    ['S0NONE', 'fail', 'Slack says no_such_subteam'],
  ])('%s: %s', async (id, status, detail) => {
    expect(await examine(`Slack user group ${id}`, { SLACK_ADMIN_USERGROUP_IDS: id })).toMatchObject({
      status,
      detail,
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

describe('the Slack delivery', () => {
  it('passes in Socket Mode where Slack takes the app-level token', async () => {
    expect(await examine('Slack delivery')).toMatchObject({
      status: 'pass',
      detail: expect.stringContaining('no socket was opened'),
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
