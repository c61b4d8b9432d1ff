import type { webApi } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { clientOf, expectError } from './web-client.ts';

const CHANNEL = 'C0DEVSUP01';
const AYU = 'U0ADMIN001';

const section = (text: string) => ({
  type: 'section' as const,
  block_id: 'body',
  text: { type: 'mrkdwn' as const, text },
});

describe('messages in the strict Slack', () => {
  let slack: StrictSlack;
  let client: webApi.WebClient;

  beforeEach(async () => {
    slack = await startStrictSlack();
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
});
