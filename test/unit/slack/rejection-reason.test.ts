import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { boltLogger, createLogger } from '../../../src/process/logger.ts';
import { createSlackClient } from '../../../src/slack/connect/client.ts';
import { DIRECT } from '../../../src/slack/connect/network.ts';
import { rejectionOf } from '../../../src/slack/connect/rejection.ts';
import { channelTroubleOf, type OwnCause } from '../../../src/slack/connect/rejection-reason.ts';
import { inMemory, sendFile } from '../../../src/slack/tell/files.ts';
import { en } from '../../../src/slack/text/en.ts';
import { id } from '../../../src/slack/text/id.ts';
import { whyRefused } from '../../../src/slack/views/inline.ts';
import { DatabaseLostError, DatabaseRefusedError } from '../../../src/sync/failures/errors.ts';
import { useNock } from '../../support/use-nock.ts';

const OWN: Readonly<Record<OwnCause, readonly [string, string]>> = {
  shared_channel: ['people of another company read it', 'orang dari perusahaan lain membacanya'],
  readers_unknown: [
    'Slack did not say who reads the channel',
    'Slack tidak memberi tahu siapa saja yang membaca channel itu',
  ],
  answer_lost: [
    "Slack's answer was lost, and usersync may not look whether the message arrived",
    'jawaban Slack hilang, dan usersync tidak boleh melihat apakah pesannya sudah sampai',
  ],
  named_no_message: ['Slack named no message', 'Slack tidak menyebutkan pesannya'],
  named_no_conversation: [
    'Slack named no conversation for the file',
    'Slack tidak menyebutkan percakapan untuk file itu',
  ],
  named_no_address: ['Slack named no address for the file', 'Slack tidak menyebutkan alamat untuk file itu'],
  foreign_answer: [
    'something else than Slack answered, such as a proxy',
    'yang menjawab bukan Slack, misalnya proxy',
  ],
  database: ['the database could not be used meanwhile', 'database sedang tidak bisa dipakai'],
};

const said = (reason: string) => [whyRefused(en, reason), whyRefused(id, reason)];

describe('why Slack did not take something', () => {
  it.each(Object.entries(OWN))('is said in each language where the bot found %s', (cause, texts) => {
    expect(said(cause)).toEqual(texts);
  });

  it('is said in each language by its error code', () => {
    expect(said('is_archived')).toEqual(['the channel is archived', 'channel itu sudah diarsipkan']);
  });

  it.each(['a_word_of_next_year', 'no_answer'])(
    'is an error code as it is where nobody knows its meaning: %s',
    (code) => {
      expect(said(code)).toEqual([`Slack answered \`${code}\``, `Slack menjawab \`${code}\``]);
    },
  );

  it('quotes a library where there was no answer, even one word of it', () => {
    const { kind, reason } = rejectionOf(new TypeError('terminated'));
    expect(kind).toBe('later');
    expect(said(reason)).toEqual([
      'Slack gave no answer (`terminated`)',
      'Slack tidak menjawab (`terminated`)',
    ]);
    expect(said('no_answer: a: b')).toEqual([
      'Slack gave no answer (`a: b`)',
      'Slack tidak menjawab (`a: b`)',
    ]);
  });

  it('is the database where that kept the bot from telling Slack', () => {
    const refused = new DatabaseRefusedError('privilege', '1142', 'SELECT command denied', {});
    for (const error of [new DatabaseLostError({ cause: undefined }), refused]) {
      expect(rejectionOf(error)).toEqual({ kind: 'later', reason: 'database' });
    }
  });

  it.each(['A request error occurred: fetch failed', 'Slack named no message', 'own: words'])(
    'is quoted as an older version stored it: %s',
    (stored) => {
      expect(said(stored)).toEqual([
        `Slack gave no answer (\`${stored}\`)`,
        `Slack tidak menjawab (\`${stored}\`)`,
      ]);
    },
  );

  it('is something else than Slack where no error code came, whatever it said', () => {
    for (const error of [
      '<html>Please log in to the proxy</html>',
      '',
      'not found',
      'forbidden',
      undefined,
    ]) {
      expect(rejectionOf({ code: 'slack_webapi_platform_error', data: { ok: false, error } })).toEqual({
        kind: 'later',
        reason: 'foreign_answer',
      });
    }
  });
});

describe('why the bot cannot post in a channel, if people can mend it', () => {
  it.each([
    ['not_in_channel', 'no_member'],
    ['channel_not_found', 'no_member'],
    ['is_archived', 'archived'],
    ['restricted_action', 'members_only'],
    ['restricted_action_read_only_channel', 'members_only'],
    ['msg_too_long', undefined],
  ])('is told from %s: %s', (stored, trouble) => {
    expect(channelTroubleOf(stored, 'C0OPS')).toBe(trouble);
    // Nobody can invite the bot to a conversation between people.
    const between = trouble === 'no_member' ? 'between_people' : trouble;
    expect([channelTroubleOf(stored, 'D0ANN'), channelTroubleOf(stored, 'C0OPS', true)]).toEqual([
      between,
      between,
    ]);
  });
});

describe('a file that Slack does not take', () => {
  const SLACK = 'http://127.0.0.1:9';
  const logger = createLogger('silent');
  const client = createSlackClient({
    apiUrl: `${SLACK}/api/`,
    botToken: 'xoxb-1',
    logger: boltLogger(logger),
  });
  const answers = (method: string, answer: object) =>
    nock(SLACK)
      .post(`/api/${method}`)
      .reply(200, { ok: true, ...answer });

  /** The reason in each language, and what is said in place of the file. */
  async function sent() {
    const promised: string[] = [];
    const without = (reason: string) => {
      promised.push(reason);
      return 'no file';
    };
    const file = { name: 'a.csv', text: 'A file', content: inMemory('a'), without };
    const reason = (await sendFile({ client, network: DIRECT, logger }, 'U0ANN', file)) ?? '';
    expect(promised.every((each) => each === reason)).toBe(true);
    return said(reason);
  }

  useNock();

  it('is explained in each language where Slack names no conversation', async () => {
    answers('chat.postMessage', {});
    expect(await sent()).toEqual(OWN.named_no_conversation);
  });

  it('is explained in each language where Slack names no address', async () => {
    answers('chat.postMessage', { channel: 'D0ANN', ts: '1.1' });
    answers('files.getUploadURLExternal', {});
    answers('chat.update', {});
    expect(await sent()).toEqual(OWN.named_no_address);
  });

  it('is explained in each language, with the status, where the address refuses it', async () => {
    answers('chat.postMessage', { channel: 'D0ANN', ts: '1.1' });
    answers('files.getUploadURLExternal', { upload_url: `${SLACK}/upload`, file_id: 'F1' });
    nock(SLACK).post('/upload').reply(503);
    answers('chat.update', {});
    expect(await sent()).toEqual([
      'Slack did not take the file (`HTTP 503`)',
      'Slack tidak menerima file itu (`HTTP 503`)',
    ]);
  });
});
