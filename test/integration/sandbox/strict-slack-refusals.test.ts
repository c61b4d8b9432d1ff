import type { webApi } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { clientOf, expectError } from './web-client.ts';

const CHANNEL = 'C0DEVSUP01';
const AYU = 'U0ADMIN001';

describe('the strict Slack', () => {
  let slack: StrictSlack;
  let client: webApi.WebClient;

  beforeEach(async () => {
    slack = await startStrictSlack();
    client = clientOf(slack, slack.botToken);
  });

  afterEach(() => slack.stop());

  it.each([
    ['no token', undefined, 'not_authed'],
    ['a wrong token', 'xoxb-wrong', 'invalid_auth'],
  ])('refuses a call with %s', async (_what, token, error) => {
    await expectError(clientOf(slack, token).users.info({ user: AYU }), error);
    expect(slack.violations).toMatchObject([{ method: 'users.info', slackError: error }]);
  });

  it('tells who somebody is, flags included, and who is in a user group', async () => {
    await slack.stop();
    slack = await startStrictSlack({
      members: [{ id: 'U0GUEST001', name: 'dewi', is_ultra_restricted: true, team_id: 'T0OTHER' }],
      userGroups: [{ id: 'S0ADMINS', users: ['U0GUEST001'] }],
    });
    client = clientOf(slack, slack.botToken);
    const { user } = await client.users.info({ user: 'U0GUEST001' });
    expect(user).toMatchObject({ is_ultra_restricted: true, is_restricted: false, team_id: 'T0OTHER' });
    expect(await client.usergroups.users.list({ usergroup: 'S0ADMINS' })).toMatchObject({
      users: ['U0GUEST001'],
    });
    await expectError(client.usergroups.users.list({ usergroup: 'S0NONE' }), 'no_such_subteam');
    await expectError(client.users.info({ user: 'U0NONE' }), 'user_not_found');
  });

  it('fails as told, as often as told, in the order told', async () => {
    slack.fail('auth.test', { error: 'account_inactive' });
    slack.fail('auth.test', { retryAfter: 7 });
    slack.fail('auth.test', { status: 503, times: 2 });
    const answers = [];
    for (let call = 0; call < 5; call += 1) {
      const response = await rawCall(slack, 'auth.test');
      answers.push([response.status, response.headers.get('retry-after'), await response.json()]);
    }
    expect(answers).toEqual([
      [200, null, { ok: false, error: 'account_inactive' }],
      [429, '7', { ok: false, error: 'ratelimited' }],
      [503, null, { ok: false, error: 'internal_error' }],
      [503, null, { ok: false, error: 'internal_error' }],
      [200, null, expect.objectContaining({ ok: true })],
    ]);
  });

  it('can take a message and break the connection instead of answering', async () => {
    slack.fail('chat.postMessage', { dropResponse: true });
    await expect(client.chat.postMessage({ channel: CHANNEL, text: 'Twice?' })).rejects.toThrow();
    expect(slack.messages(CHANNEL)).toMatchObject([{ text: 'Twice?' }]);
  });

  it('holds a call until it is let go', async () => {
    let letGo = () => {};
    slack.fail('chat.postMessage', { until: new Promise<void>((resolve) => (letGo = resolve)) });
    const held = client.chat.postMessage({ channel: CHANNEL, text: 'Late' });
    await client.chat.postMessage({ channel: CHANNEL, text: 'Early' });
    letGo();
    await held;
    expect(slack.messages(CHANNEL).map(({ text }) => text)).toEqual(['Early', 'Late']);
  });

  it('records a call of a method that it does not have', async () => {
    await expectError(client.apiCall('chat.postMessages', {}), 'unknown_method');
    expect(slack.violations).toMatchObject([{ method: 'chat.postMessages' }]);
  });
});

function rawCall(slack: StrictSlack, method: string): Promise<Response> {
  const headers = { Authorization: `Bearer ${slack.botToken}` };
  return fetch(`${slack.apiUrl}${method}`, { method: 'POST', headers });
}
