import { describe, expect, it } from 'vitest';
import { describeBroken } from '../../../../../src/depot-api/http/network-errors.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { failureWords } from '../../../../../src/slack/views/run/failure.ts';
import type { Failure } from '../../../../../src/sync/failures/failure.ts';
import { failedRun } from '../../../../support/view-fixtures.ts';

const words = (failure: Failure, t = en) => failureWords(t, failedRun(failure));

/** What the client of the depot servers gives as a reason, and how it is said in Indonesian. */
const REASONS: readonly (readonly [string, string])[] = [
  ['Unauthorized', 'Unauthorized'],
  ['Connection timeout', 'Connection timeout'],
  ['users data not found', 'users data not found'],
  ['HTTP 500: You must input email and password', 'HTTP 500: You must input email and password'],
  ['Connection refused', 'Koneksi ditolak'],
  ['Connection timeout on page 2 (3 attempts)', 'Connection timeout di halaman 2 (3 percobaan)'],
  ['HTTP 302 on page 1: redirects are not followed', 'HTTP 302 di halaman 1: redirect tidak diikuti'],
  ['HTTP 302: redirects are not followed', 'HTTP 302: redirect tidak diikuti'],
  ['Unauthorized on page 3 after a new login', 'Unauthorized di halaman 3 setelah login ulang'],
  ['the server sent HTML instead of JSON', 'server mengirim HTML, bukan JSON'],
  ['the server sent no access token', 'server tidak mengirim access token'],
  ['an empty answer instead of JSON on page 1', 'jawaban kosong, bukan JSON di halaman 1'],
  ['text that is not valid JSON on page 1', 'teks yang bukan JSON di halaman 1'],
  ['text in utf-16 instead of UTF-8 on page 1', 'teks dalam utf-16, bukan UTF-8 di halaman 1'],
  ['text that is not UTF-8 on page 1', 'teks yang bukan UTF-8 di halaman 1'],
  ['total is not a number on page 1', 'total bukan angka di halaman 1'],
  ['a user without id_user on page 4', 'ada user tanpa id_user di halaman 4'],
  ['a row that is not a user on page 4', 'ada baris yang bukan user di halaman 4'],
  ['the server tells 9 users, more than 8', 'server menyebut 9 user, lebih dari 8'],
  ['page 1 is empty, yet total is 9', 'halaman 1 kosong, padahal total 9'],
  ['9 users at 1 per page are more than 8 pages', '9 user dengan 1 per halaman lebih dari 8 halaman'],
  ['the list does not end within 8 pages', 'daftarnya belum berakhir setelah 8 halaman'],
  [
    'page 2 is the same as page 1: the server does not turn pages',
    'halaman 2 sama dengan halaman 1: server tidak memberi halaman berikutnya',
  ],
  [
    'The proxy http://proxy:3128 refused a connection to dev:443 with HTTP 403: it does not allow that address',
    'Proxy http://proxy:3128 menolak koneksi ke dev:443 dengan HTTP 403: alamat itu tidak diizinkan',
  ],
  [
    'online_url of Dev uses http, which is not encrypted; expected an https address such as https://dev.mydeposys.com',
    'online_url Dev memakai http, yang tidak terenkripsi; seharusnya alamat https seperti https://dev.mydeposys.com',
  ],
];

/** Words of every network error, by its code. */
const CODES = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE', 'Z_DATA_ERROR', 'CERT_HAS_EXPIRED', 'EPROTO', 'EODD'],
];

describe('why a run failed', () => {
  it.each(REASONS)('says %j in Indonesian', (reason, indonesian) => {
    expect(words({ code: 'fetch_failed', reason }).what).toBe(
      `Failed to fetch users from external API: ${reason}`,
    );
    expect(words({ code: 'fetch_failed', reason }, id).what).toBe(
      `Gagal mengambil daftar user dari API eksternal: ${indonesian}`,
    );
  });

  it.each(CODES)('says %s in Indonesian', (code) => {
    const { reason } = describeBroken({ code });
    const { what } = words({ code: 'fetch_failed', reason: `${reason} on page 2` }, id);
    expect(what).not.toMatch(/\b(connection|server name|answer|cannot|failed|problem|page|not)\b/i);
    expect(what).toMatch(/ di halaman 2$/);
  });

  it('asks the operator for another password only where the server does not accept it', () => {
    const ask = 'The operator must correct EXTERNAL_API_EMAIL and EXTERNAL_API_PASSWORD.';
    expect(words({ code: 'login_failed', reason: 'Unauthorized', unauthorized: true }).next).toContain(ask);
    const silent = words({ code: 'login_failed', reason: 'Connection timeout', unanswered: true });
    expect(silent.next).not.toContain('EXTERNAL_API');
    expect(silent.next).toContain('contact the administrator of that server');
  });

  it("says Slack's reason in words", () => {
    const failure = { code: 'channel_unreachable', reason: 'is_archived' } as const;
    expect(words(failure).what).toBe('usersync could not post in this channel: the channel is archived');
    expect(words(failure, id).what).toContain('channel itu sudah diarsipkan');
  });
});
