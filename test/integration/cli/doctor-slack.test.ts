import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Arguments } from '../../../sandbox/strict-slack/faults.ts';
import {
  type StrictSlack,
  type StrictSlackOptions,
  startStrictSlack,
} from '../../../sandbox/strict-slack/strict-slack.ts';
import type { BotSettings } from '../../../sandbox/worlds/bot.ts';
import { ALL_SCOPES } from '../../../src/slack/connect/manifest.ts';
import { checksThat, findingOf } from './support/doctor-world.ts';
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

describe('the Slack token', () => {
  it('passes with team and bot', async () => {
    expect(await examine('Slack token')).toMatchObject({
      status: 'pass',
      detail: 'team usersync-test, bot usersync',
    });
  });

  it('fails where Slack does not take it, and what needs it is skipped', async () => {
    const findings = await examineSlack(slack, { SLACK_BOT_TOKEN: 'xoxb-wrong' });
    expect(findingOf(findings, 'Slack token')).toEqual({
      status: 'fail',
      detail: 'Slack says invalid_auth',
      todo: 'Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions into SLACK_BOT_TOKEN.',
    });
    expect(checksThat('warn', findings)).toEqual([
      'Slack scopes',
      'Slack channel C0DEVSUP01',
      'Slack admin U0ADMIN001',
      'Slack admin U0ADMIN002',
    ]);
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
      todo: 'Try again in 7 seconds.',
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

describe('the clock of this machine, beside Slack’s', () => {
  const realNow = Date.now.bind(Date);
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    [0, 'http', 'pass', / 0 s |1 s /],
    [
      60,
      'http',
      'fail',
      /^this machine's clock is 36\d\d s ahead of Slack's, so every request of Slack's is refused/,
    ],
    [6, 'http', 'fail', / ahead of /],
    [3, 'http', 'warn', / ahead of /],
    [-60, 'http', 'warn', / behind /],
    [60, 'socket', 'warn', / ahead of /],
  ])('that is %d minutes ahead, in %s mode, is found to %s', async (minutes, SLACK_MODE, status, detail) => {
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + minutes * 60_000);
    expect(await examine('Slack clock', { SLACK_MODE })).toMatchObject({
      status,
      detail: expect.stringMatching(detail),
    });
  });
});

describe('the messages, modals and Home views', () => {
  it.each(['en', 'id'])('pass where Slack takes a sample of each (%s)', async (BOT_LANGUAGE) => {
    expect(await examine('Slack messages', { BOT_LANGUAGE })).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(/^Slack takes all \d\d samples of messages, modals and Home views$/),
    });
  });

  it('fail where Slack would refuse one, which is named', async () => {
    const when = (args: Arguments) => JSON.stringify(args).includes('adjust:picks');
    slack.fail('blocks.validate', { error: 'invalid_view', when });
    expect(await examine('Slack messages')).toMatchObject({
      status: 'fail',
      detail: 'Slack would refuse Adjust of a short plan: invalid_view',
    });
  });

  it('pass where Slack only takes no folds yet, and say so', async () => {
    const when = (args: Arguments) => JSON.stringify(args).includes('container');
    slack.fail('blocks.validate', { error: 'invalid_message', times: Number.POSITIVE_INFINITY, when });
    expect(await examine('Slack messages')).toMatchObject({
      status: 'pass',
      detail: expect.stringContaining('it does not fold the unchanged users yet, View All has them'),
    });
  });

  it.each([
    ['unknown_method', 'skipped, because this Slack does not know blocks.validate'],
    ['no_permission', 'skipped, because Slack says no_permission'],
  ])('are skipped, and the line says why, where Slack answers %s', async (error, detail) => {
    slack.fail('blocks.validate', { error });
    expect(await examine('Slack messages')).toMatchObject({ status: 'pass', detail });
  });
});
