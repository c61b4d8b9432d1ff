import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEV_SUPPORT } from '../../../sandbox/local-slack/workspace.ts';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { createSlackClient, type SlackClient } from '../../../src/slack/connect/client.ts';
import { inMemory, uploadFile } from '../../../src/slack/tell/files.ts';
import { SILENT } from '../sandbox/web-client.ts';

const { id: CHANNEL } = DEV_SUPPORT;

describe('a file', () => {
  let slack: StrictSlack;
  let client: SlackClient;
  let thread: { readonly channel: string; readonly ts: string };

  beforeEach(async () => {
    slack = await startStrictSlack();
    client = createSlackClient({ botToken: slack.botToken, apiUrl: slack.apiUrl, logger: SILENT });
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'Preview' });
    thread = { channel: CHANNEL, ts };
  });
  afterEach(() => slack.stop());

  it('comes into the thread whole, with its comment, in however many pieces it is made', async () => {
    const made: string[] = [];
    const pieces = async function* () {
      for (const piece of ['one,', 'zwei,', 'três']) {
        made.push(piece);
        yield Buffer.from(piece);
      }
    };
    const bytes = Buffer.byteLength('one,zwei,três');
    await uploadFile(client, thread, {
      name: 'plan-1.csv',
      comment: 'All lines',
      content: { bytes, pieces },
    });
    const [file] = slack.workspace.files.values();
    expect(file).toMatchObject({ name: 'plan-1.csv', shared: { channel: CHANNEL, threadTs: thread.ts } });
    expect(file?.content?.toString()).toBe('one,zwei,três');
    expect(made).toEqual(['one,', 'zwei,', 'três']);
    expect(slack.messages(CHANNEL, thread.ts)).toMatchObject([{ text: 'All lines', fileIds: [file?.id] }]);
  });

  it('is not shared where the address for it does not take it', async () => {
    const { pieces } = inMemory('a');
    const gone = {
      bytes: 1,
      pieces: async function* () {
        slack.workspace.files.clear();
        yield* pieces();
      },
    };
    await expect(uploadFile(client, thread, { name: 'a.csv', content: gone })).rejects.toThrow(
      'Slack did not take the file: HTTP 400',
    );
    expect(slack.messages(CHANNEL, thread.ts)).toEqual([]);
  });

  it('is not shared where what is made of it breaks off', async () => {
    const broken = {
      bytes: 10,
      pieces: async function* () {
        yield Buffer.from('a');
        throw new Error('The database is away');
      },
    };
    await expect(uploadFile(client, thread, { name: 'a.csv', content: broken })).rejects.toThrow();
    expect(slack.messages(CHANNEL, thread.ts)).toEqual([]);
  });
});
