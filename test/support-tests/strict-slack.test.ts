import { webApi } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueResponseUrl, issueTrigger } from '../support/strict-slack/workspace.ts';
import { type StrictSlack, startStrictSlack } from '../support/strict-slack.ts';

const CHANNEL = 'C0DEVSUP01';
const AYU = 'U0ADMIN001';

const section = (text: string) => ({
  type: 'section' as const,
  block_id: 'body',
  text: { type: 'mrkdwn' as const, text },
});
const modal = (title = 'Users') => ({
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: title },
  blocks: [section('Loading…')],
});

describe('strict Slack', () => {
  let now = Date.UTC(2026, 0, 1);
  let slack: StrictSlack;
  let client: webApi.WebClient;

  beforeEach(async () => {
    slack = await startStrictSlack({ now: () => now });
    client = clientOf(slack, slack.botToken);
  });

  afterEach(() => slack.stop());

  it('keeps what is posted, updated and answered in a thread', async () => {
    const { ts = '' } = await client.chat.postMessage({
      channel: CHANNEL,
      text: 'Reading',
      blocks: [section('Reading')],
    });
    await client.chat.update({ channel: CHANNEL, ts, text: 'Done', blocks: [section('Done')] });
    await client.chat.postMessage({ channel: CHANNEL, thread_ts: ts, text: 'Result' });
    expect(slack.messages(CHANNEL)).toMatchObject([
      { ts, text: 'Done', blocks: [section('Done')], edited: true },
    ]);
    expect(slack.messages(CHANNEL, ts)).toMatchObject([{ text: 'Result' }]);
    expect(slack.calls.map(({ method }) => method)).toEqual([
      'chat.postMessage',
      'chat.update',
      'chat.postMessage',
    ]);
    expect(slack.violations).toEqual([]);
  });

  it('shows an ephemeral message to one user, and nobody can update it', async () => {
    const { message_ts: ts = '' } = await client.chat.postEphemeral({
      channel: CHANNEL,
      user: AYU,
      text: 'No',
    });
    expect(slack.ephemerals(AYU)).toMatchObject([{ text: 'No' }]);
    expect(slack.messages(CHANNEL)).toEqual([]);
    await expectError(client.chat.update({ channel: CHANNEL, ts, text: 'Yes' }), 'message_not_found');
  });

  it('finds a message again by its metadata', async () => {
    const metadata = { event_type: 'usersync_run', event_payload: { run: 42 } };
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'Run', metadata });
    const history = await client.conversations.history({ channel: CHANNEL, include_all_metadata: true });
    const thread = await client.conversations.replies({ channel: CHANNEL, ts, include_all_metadata: true });
    expect([history.messages?.[0]?.metadata, thread.messages?.[0]?.metadata]).toEqual([metadata, metadata]);
  });

  it.each([
    ['an unknown channel', 'C0UNKNOWN1', 'channel_not_found'],
    ['a channel that the bot is not in', 'C0NOTHERE1', 'not_in_channel'],
  ])('refuses to post to %s', async (_what, channel, error) => {
    await expectError(client.chat.postMessage({ channel, text: 'Hello' }), error);
  });

  it.each([
    ['no token', undefined, 'not_authed'],
    ['a wrong token', 'xoxb-wrong', 'invalid_auth'],
  ])('refuses a call with %s', async (_what, token, error) => {
    await expectError(clientOf(slack, token).users.info({ user: AYU }), error);
    expect(slack.violations).toMatchObject([{ method: 'users.info', slackError: error }]);
  });

  it("refuses blocks that are over Slack's limits, says where, and records it", async () => {
    const call = client.chat.postMessage({
      channel: CHANNEL,
      text: 'x',
      blocks: [section('x'.repeat(3001))],
    });
    await expect(call).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        response_metadata: { messages: [expect.stringContaining('[json-pointer:/blocks/0/text/text]')] },
      },
    });
    expect(slack.violations).toMatchObject([{ method: 'chat.postMessage', path: 'blocks[0].text.text' }]);
    expect(slack.messages(CHANNEL)).toEqual([]);
  });

  it("takes what only breaks this project's rules, and records it", async () => {
    await client.chat.postMessage({ channel: CHANNEL, text: 'Hi <!channel>' });
    expect(slack.violations).toMatchObject([{ path: 'text', slackError: undefined }]);
    expect(slack.messages(CHANNEL)).toHaveLength(1);
  });

  it('refuses an update with a text over 4,000 characters', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'Reading' });
    await expectError(client.chat.update({ channel: CHANNEL, ts, text: 'x'.repeat(4001) }), 'msg_too_long');
  });

  it('opens one modal for a trigger, within 3 seconds', async () => {
    const trigger_id = issueTrigger(slack.workspace, AYU);
    await client.views.open({ trigger_id, view: modal() });
    await expectError(client.views.open({ trigger_id, view: modal() }), 'exchanged_trigger_id');
    const late = issueTrigger(slack.workspace, AYU);
    now += 3001;
    await expectError(client.views.open({ trigger_id: late, view: modal() }), 'expired_trigger_id');
    await expectError(client.views.open({ trigger_id: '1.2', view: modal() }), 'invalid_trigger_id');
    expect([...slack.workspace.views.values()]).toMatchObject([{ user: AYU }]);
  });

  it('fills an open modal only with the hash of its last version', async () => {
    const { view } = await client.views.open({
      trigger_id: issueTrigger(slack.workspace, AYU),
      view: modal(),
    });
    const first = { view_id: view?.id ?? '', hash: view?.hash ?? '' };
    await client.views.update({ ...first, view: modal('Filled') });
    await expectError(client.views.update({ ...first, view: modal('Late') }), 'hash_conflict');
    await expectError(client.views.update({ view_id: 'V0', view: modal() }), 'not_found');
    expect([...slack.workspace.views.values()]).toMatchObject([{ view: { title: { text: 'Filled' } } }]);
  });

  it("refuses a view that is over Slack's limits", async () => {
    const trigger_id = issueTrigger(slack.workspace, AYU);
    await expectError(
      client.views.open({ trigger_id, view: modal('A title of too many characters') }),
      'invalid_arguments',
    );
  });

  it('publishes a Home tab', async () => {
    await client.views.publish({ user_id: AYU, view: { type: 'home', blocks: [section('Runs')] } });
    expect(slack.workspace.homes.get(AYU)?.view).toMatchObject({ type: 'home' });
  });

  it('takes a file of the announced length into a thread', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'Result' });
    await client.files.uploadV2({
      channel_id: CHANNEL,
      thread_ts: ts,
      initial_comment: 'All changes',
      filename: 'changes.csv',
      content: 'email\na@dkm\n',
    });
    const [file] = slack.workspace.files.values();
    expect(file?.content?.toString()).toBe('email\na@dkm\n');
    expect(file?.shared).toMatchObject({ channel: CHANNEL, threadTs: ts });
    expect(slack.messages(CHANNEL, ts)).toMatchObject([{ text: 'All changes', fileIds: [file?.id] }]);
    expect(slack.violations).toEqual([]);
  });

  it('refuses to complete an upload whose bytes never came', async () => {
    const { file_id = '' } = await client.files.getUploadURLExternal({ filename: 'a.csv', length: 3 });
    await expectError(
      client.files.completeUploadExternal({ files: [{ id: file_id, title: 'a' }] }),
      'file_not_found',
    );
  });

  it('serves a response_url 5 times, and for 30 minutes', async () => {
    const where = { user: AYU, channel: CHANNEL, messageTs: undefined };
    const url = issueResponseUrl(slack.workspace, where);
    const answers = [];
    for (let use = 0; use < 6; use += 1) answers.push(await postJson(url, { text: `${use}` }));
    expect(answers).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', '{"ok":false,"error":"used_url"}']);
    expect(slack.ephemerals(AYU)).toHaveLength(5);
    const late = issueResponseUrl(slack.workspace, where);
    now += 30 * 60_000 + 1;
    expect(await postJson(late, { text: 'late' })).toBe('{"ok":false,"error":"expired_url"}');
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
    const statuses = [];
    for (let call = 0; call < 5; call += 1) {
      const response = await rawCall(slack, 'auth.test');
      const { error } = (await response.json()) as { error?: string };
      statuses.push([response.status, response.headers.get('retry-after'), error]);
    }
    expect(statuses).toEqual([
      [200, null, 'account_inactive'],
      [429, '7', 'ratelimited'],
      [503, null, 'internal_error'],
      [503, null, 'internal_error'],
      [200, null, undefined],
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

function clientOf(slack: StrictSlack, token: string | undefined): webApi.WebClient {
  return new webApi.WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger: SILENT,
  });
}

const SILENT: webApi.Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => webApi.LogLevel.ERROR,
  setName() {},
};

async function expectError(call: Promise<unknown>, error: string): Promise<void> {
  await expect(call).rejects.toMatchObject({ data: { ok: false, error } });
}

function rawCall(slack: StrictSlack, method: string): Promise<Response> {
  const headers = { Authorization: `Bearer ${slack.botToken}` };
  return fetch(`${slack.apiUrl}${method}`, { method: 'POST', headers });
}

async function postJson(url: string, body: object): Promise<string> {
  const headers = { 'Content-Type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).text();
}
