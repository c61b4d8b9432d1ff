import { describe, expect, it } from 'vitest';
import { FetchFailedError, LoginFailedError } from '../../../../../src/depot-api/errors.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { failureWords } from '../../../../../src/slack/views/run/failure.ts';
import type { Failure } from '../../../../../src/sync/failures/failure.ts';
import { failedRun } from '../../../../support/view-fixtures.ts';

const words = (failure: Failure, t = en) => failureWords(t, failedRun(failure));

describe('why a run failed', () => {
  it('has the short reason as it is stored, and in Indonesian', () => {
    const { failure } = new FetchFailedError({
      code: 'on_page',
      page: 2,
      attempts: 3,
      why: { code: 'connection_refused' },
    });
    expect(words(failure).what).toContain(': Connection refused on page 2 (3 attempts)');
    expect(words(failure, id).what).toContain(': koneksi ditolak di halaman 2 (3 kali dicoba)');
  });

  it.each([
    [
      'the server does not take the login',
      { unauthorized: true },
      /The operator must correct EXTERNAL_API_EMAIL and EXTERNAL_API_PASSWORD, or this target's own login, and restart/,
      /Wait/,
    ],
    [
      'no answer came',
      { unanswered: true },
      /could not reach the Dev server\. Wait.*contact the administrator of that server/,
      /EXTERNAL_API/,
    ],
    ['the answer was another one', {}, /what this answer means.*EXTERNAL_API_EMAIL/, /could not reach/],
  ])('names what helps where %s at the login, and nothing else', (_, why, helps, doesNot) => {
    const { next } = words({ code: 'login_failed', reason: 'HTTP 503', ...why });
    expect(next).toMatch(helps);
    expect(next).not.toMatch(doesNot);
  });

  it('does not call a list empty that has users, none of them usable', () => {
    const failure = { code: 'list_empty', active: 3, listed: 2 } as const;
    expect(words(failure)).toMatchObject({
      what: 'No user of the Dev server can be used, but 3 users are active here',
      next: expect.stringMatching(
        /^It lists 2 users, each inactive there, of a status that usersync does not know, or without a usable email\./,
      ),
    });
    expect(words(failure, id).what).not.toContain('kosong');
    for (const older of [
      { ...failure, listed: 0 },
      { ...failure, listed: undefined },
    ])
      expect(words(older).what).toContain('The Dev server lists no users');
  });

  it('names the channel that Slack closed: the failure is read in another one', () => {
    const failure = { code: 'channel_unreachable', reason: 'not_in_channel' } as const;
    for (const t of [en, id]) expect(words(failure, t).what).toContain('<#C0OPS>: usersync');
  });

  it('asks for the command where nothing was shown: Details has no Try Again', () => {
    for (const reason of ['not_in_channel', 'is_archived'])
      for (const t of [en, id]) {
        const { next } = words({ code: 'channel_unreachable', reason }, t);
        expect(next).toContain('`/usersync dev`');
        expect(next).not.toMatch(/Try Again|Coba Lagi/);
      }
  });

  it("says Slack's reason in words", () => {
    const failure = { code: 'channel_unreachable', reason: 'is_archived' } as const;
    expect(words(failure).what).toBe('usersync could not post in <#C0OPS>: the channel is archived');
    expect(words(failure, id).what).toContain('channel itu sudah diarsipkan');
    // An invitation does not help there.
    for (const t of [en, id]) expect(words(failure, t).next).not.toContain('/invite');
    expect(words({ ...failure, reason: 'not_in_channel' }).next).toContain('/invite @usersync');
    const between = { ...failedRun({ ...failure, reason: 'channel_not_found' }), channelId: 'D0OTHERS1' };
    expect(failureWords(en, between).next).not.toContain('/invite');
  });
});

describe.each([
  ['English', en],
  ['Indonesian', id],
])('why a run failed, in %s,', (_language, t) => {
  it('names the setting to lower where the server gets too many requests', () => {
    const why = { code: 'http_status', status: 429 } as const;
    const page = new FetchFailedError({ code: 'on_page', page: 2, attempts: 8, why });
    const login = new LoginFailedError({ code: 'login_refused', status: 429 });
    for (const { failure } of [page, login])
      expect(words(failure, t).next).toContain('EXTERNAL_API_REQUESTS_PER_SECOND');
    const other = new FetchFailedError({
      code: 'on_page',
      page: 2,
      why: { code: 'http_status', status: 500 },
    });
    expect(words(other.failure, t).next).not.toContain('EXTERNAL_API');
  });

  it('has the phrase alone where the reason is not stored as data', () => {
    const older = { code: 'fetch_failed', reason: 'Connection refused on page 2' } as const;
    expect(words(older, t).what).toContain(`: ${older.reason}`);
  });

  it('escapes the reason, whatever a server said', () => {
    const { failure } = new LoginFailedError({
      code: 'login_refused',
      status: 500,
      words: '<!channel> & co',
    });
    expect(words(failure, t).what).toContain(': HTTP 500: &lt;!channel&gt; &amp; co');
  });
});
