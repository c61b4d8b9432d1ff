import { describe, expect, it } from 'vitest';
import { describeBroken } from '../../../../src/depot-api/errors.ts';
import { parseBaseUrl } from '../../../../src/depot-api/http/base-url.ts';
import { type Answer, createHttp, type Outcome } from '../../../../src/depot-api/http/http.ts';
import type { Transport } from '../../../../src/depot-api/http/transport.ts';
import { createFetchPage } from '../../../../src/depot-api/list/fetch-page.ts';
import { readList } from '../../../../src/depot-api/list/list.ts';
import { type ListPage, parseRow } from '../../../../src/depot-api/list/pages.ts';
import { login } from '../../../../src/depot-api/login.ts';
import { createTokenKeeper } from '../../../../src/depot-api/tokens.ts';
import { depotReason } from '../../../../src/slack/text/id/depot-reasons.ts';
import type { DepotReason, ProxyTrouble } from '../../../../src/sync/failures/depot-reason.ts';
import { inEnglish } from '../../../../src/sync/failures/depot-reason-words.ts';
import { ProxyError } from '../../../../src/sync/failures/errors.ts';
import { RunError } from '../../../../src/sync/failures/failure.ts';
import { REASON_CODES } from '../views/arbitrary-reason.ts';

const signal = new AbortController().signal;

/** The reason with which the bot's own code fails. Its phrase is the English of its data. */
async function reasonOf(work: () => unknown): Promise<DepotReason> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RunError) || !('why' in error.failure) || error.failure.why === undefined)
      throw error;
    expect(error.failure.reason).toBe(inEnglish(error.failure.why));
    return error.failure.why;
  }
  throw new Error('nothing was thrown');
}

/** A server that answers everything in one way. */
const serverThat = (outcome: Outcome): Transport => ({
  base: { href: 'https://dev.example', origin: 'https://dev.example' },
  targetName: 'dev',
  http: async () => outcome,
  limiter: (work) =>
    work(
      () => {},
      () => {},
    ),
  pace: { random: () => 0, delay: async () => {}, restMs: 0 },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
  timeoutMs: 5_000,
});
const answer = (status: number, text: string, more: Partial<Answer> = {}): Answer => ({
  kind: 'answer',
  status,
  text,
  retryAfter: undefined,
  ...more,
});

/** Why page 3 fails. */
const onPage3 = (outcome: Outcome) => () =>
  reasonOf(() =>
    createFetchPage(
      serverThat(outcome),
      createTokenKeeper('t', async () => 'u'),
      'asc',
      10,
    )(3, signal),
  );
const rows3 = (...rows: unknown[]) => onPage3(answer(200, JSON.stringify({ object: rows })));
const atLogin = (outcome: Outcome) => () =>
  reasonOf(() => login(serverThat(outcome), { email: 'a@b', password: 'secret' }, signal));
const broken = (code: string) => atLogin(describeBroken({ code }));
const address = (url: string) => () => reasonOf(() => parseBaseUrl(url, 'Kantor (of) Jakarta'));

/** Why a login fails behind a proxy that opens no connection. */
const behindProxy = (why: ProxyTrouble) => async () =>
  atLogin(
    await createHttp(() => Promise.reject(new ProxyError(why)))(
      { method: 'POST', url: 'https://dev.example/api/auth/login' },
      signal,
    ),
  )();
const proxy = 'http://proxy.corp:3128';
const refused = { code: 'proxy_refused', proxy, to: 'dev.example:443' } as const;

/** Why a list fails whose pages have these users and this total. */
const list = (total: number | undefined, idsOf: (page: number) => readonly number[]) => () =>
  reasonOf(() =>
    readList({
      fetchPage: async (page): Promise<ListPage> => ({
        page,
        total,
        limit: undefined,
        rows: idsOf(page).map((id) => parseRow({ id_user: id }, page)),
      }),
      onPage: async () => {},
      pageSize: 1,
      maxConcurrent: 2,
      signal,
    }),
  );

type Made = readonly [english: string, indonesian: string, make: () => Promise<DepotReason>];

const NETWORK: readonly Made[] = [
  ['Connection timeout', 'Connection timeout', broken('ETIMEDOUT')],
  ['Connection timeout', 'Connection timeout', broken('ECONNABORTED')],
  ['Connection refused', 'koneksi ditolak', broken('ECONNREFUSED')],
  ['Connection reset', 'koneksi diputus', broken('ECONNRESET')],
  ['Connection reset', 'koneksi diputus', broken('EPIPE')],
  ['Server name not found', 'nama server tidak ditemukan', broken('ENOTFOUND')],
  [
    'Server name not found (DNS gave no answer)',
    'nama server tidak ditemukan (DNS tidak menjawab)',
    broken('EAI_AGAIN'),
  ],
  [
    'Server cannot be reached (EHOSTUNREACH)',
    'server tidak bisa dihubungi (EHOSTUNREACH)',
    broken('EHOSTUNREACH'),
  ],
  [
    'Server cannot be reached (ENETUNREACH)',
    'server tidak bisa dihubungi (ENETUNREACH)',
    broken('ENETUNREACH'),
  ],
  [
    'Connection closed before the answer was complete',
    'koneksi ditutup sebelum jawabannya lengkap',
    broken('ERR_BAD_RESPONSE'),
  ],
  [
    'Connection closed before the answer was complete',
    'koneksi ditutup sebelum jawabannya lengkap',
    broken('ERR_STREAM_PREMATURE_CLOSE'),
  ],
  ['Answer cannot be decompressed', 'jawabannya tidak bisa didekompresi', broken('Z_DATA_ERROR')],
  ['Answer cannot be decompressed', 'jawabannya tidak bisa didekompresi', broken('Z_BUF_ERROR')],
  [
    'Answer larger than 10 MB or 500,000 values',
    'jawabannya lebih besar dari 10 MB atau 500.000 nilai',
    atLogin(describeBroken({ message: 'maxContentLength size of 10 exceeded' })),
  ],
  [
    'TLS certificate problem (CERT_HAS_EXPIRED)',
    'masalah sertifikat TLS (CERT_HAS_EXPIRED)',
    broken('CERT_HAS_EXPIRED'),
  ],
  ['TLS handshake failed (EPROTO)', 'TLS handshake gagal (EPROTO)', broken('EPROTO')],
  ['Connection failed (EWHATEVER)', 'koneksi gagal (EWHATEVER)', broken('EWHATEVER')],
  ['Connection failed (UNKNOWN)', 'koneksi gagal (UNKNOWN)', atLogin(describeBroken('odd'))],
  [
    'Connection refused on page 3 (4 attempts)',
    'koneksi ditolak di halaman 3 (4 kali dicoba)',
    onPage3(describeBroken({ code: 'ECONNREFUSED' })),
  ],
  [
    'TLS handshake failed (EPROTO) on page 3',
    'TLS handshake gagal (EPROTO) di halaman 3',
    onPage3(describeBroken({ code: 'EPROTO' })),
  ],
];

const PROXY: readonly Made[] = [
  [
    'The proxy http://proxy.corp:3128 cannot be reached: no answer within 5 s',
    'Proxy http://proxy.corp:3128 tidak bisa dihubungi: tidak ada jawaban dalam 5 detik',
    behindProxy({ code: 'proxy_silent', proxy, seconds: 5 }),
  ],
  [
    'The proxy http://proxy.corp:3128 opened no connection to dev.example:443 within 5 s: one of the two is silent',
    'Proxy http://proxy.corp:3128 tidak membuka koneksi ke dev.example:443 dalam 5 detik: salah satunya tidak menjawab',
    behindProxy({ code: 'proxy_stalled', proxy, to: 'dev.example:443', seconds: 5 }),
  ],
  [
    'The proxy http://proxy.corp:3128 cannot be reached: it closed the connection',
    'Proxy http://proxy.corp:3128 tidak bisa dihubungi: proxy itu menutup koneksi',
    behindProxy({ code: 'proxy_closed', proxy }),
  ],
  [
    'The proxy http://proxy.corp:3128 cannot be reached: its answer is no HTTP',
    'Proxy http://proxy.corp:3128 tidak bisa dihubungi: jawabannya bukan HTTP',
    behindProxy({ code: 'proxy_no_http', proxy }),
  ],
  [
    'The proxy http://proxy.corp:3128 cannot be reached: ECONNREFUSED',
    'Proxy http://proxy.corp:3128 tidak bisa dihubungi: ECONNREFUSED',
    behindProxy({ code: 'proxy_unreachable', proxy, error: 'ECONNREFUSED' }),
  ],
  [
    'The proxy http://proxy.corp:3128 refused a connection to dev.example:443 with HTTP 502',
    'Proxy http://proxy.corp:3128 menolak koneksi ke dev.example:443 dengan HTTP 502',
    behindProxy({ ...refused, status: 502 }),
  ],
  [
    'The proxy http://proxy.corp:3128 refused a connection to dev.example:443 with HTTP 403: it does not allow that address',
    'Proxy http://proxy.corp:3128 menolak koneksi ke dev.example:443 dengan HTTP 403: alamat itu tidak diizinkan',
    behindProxy({ ...refused, status: 403, hint: 'address_not_allowed' }),
  ],
  [
    'The proxy http://proxy.corp:3128 refused a connection to dev.example:443 with HTTP 407: it wants a user name and a password, or others',
    'Proxy http://proxy.corp:3128 menolak koneksi ke dev.example:443 dengan HTTP 407: proxy itu meminta username dan password, atau yang lain',
    behindProxy({ ...refused, status: 407, hint: 'login_wanted' }),
  ],
];

const LOGIN: readonly Made[] = [
  ['Unauthorized', 'Unauthorized', atLogin(answer(401, '{}'))],
  ['HTTP 403', 'HTTP 403', atLogin(answer(403, '{}'))],
  [
    'HTTP 403: Connection refused on page 3',
    'HTTP 403: Connection refused on page 3',
    atLogin(answer(403, '{"message":"Connection refused on page 3"}')),
  ],
  ['HTTP 302: redirects are not followed', 'HTTP 302: redirect tidak diikuti', atLogin(answer(302, ''))],
  [
    'the server sent no access token',
    'server tidak mengirim access token',
    atLogin(answer(200, '{"status":"ok"}')),
  ],
  [
    'the server sent no access token: Akun diblokir',
    'server tidak mengirim access token: Akun diblokir',
    atLogin(answer(200, '{"status":"error","message":"Akun diblokir"}')),
  ],
  [
    'the server sent an empty answer instead of JSON',
    'server mengirim jawaban kosong, bukan JSON',
    atLogin(answer(200, '')),
  ],
  [
    'the server sent text in ISO-8859-1 instead of UTF-8',
    'server mengirim teks dalam ISO-8859-1, bukan UTF-8',
    atLogin(answer(200, '', { garbled: { code: 'other_charset', charset: 'ISO-8859-1' } })),
  ],
];

const PAGES: readonly Made[] = [
  [
    'Old answer from a cache (900 s) on page 3',
    'jawaban lama dari cache (900 detik) di halaman 3',
    onPage3(answer(200, '{"object":[]}', { age: '900' })),
  ],
  ['HTTP 500 on page 3 (4 attempts)', 'HTTP 500 di halaman 3 (4 kali dicoba)', onPage3(answer(500, ''))],
  ['HTTP 404 on page 3', 'HTTP 404 di halaman 3', onPage3(answer(404, ''))],
  [
    'HTTP 302 on page 3: redirects are not followed',
    'HTTP 302 di halaman 3: redirect tidak diikuti',
    onPage3(answer(302, '')),
  ],
  [
    'Unauthorized on page 3 after a new login',
    'Unauthorized di halaman 3 setelah login ulang',
    onPage3(answer(401, '')),
  ],
  ['HTML instead of JSON on page 3', 'HTML, bukan JSON di halaman 3', onPage3(answer(200, '<html>'))],
  [
    'text that is not valid JSON on page 3',
    'teks yang bukan JSON yang valid di halaman 3',
    onPage3(answer(200, '{')),
  ],
  [
    'text that is not UTF-8 on page 3',
    'teks yang bukan UTF-8 di halaman 3',
    onPage3(answer(200, '', { garbled: { code: 'not_utf8' } })),
  ],
  ['users data not found', 'data users tidak ditemukan', onPage3(answer(200, '{}'))],
  [
    'total is not a number on page 3',
    'total bukan angka di halaman 3',
    onPage3(answer(200, '{"object":[],"total":"many"}')),
  ],
  ['a user without id_user on page 3', 'ada user tanpa id_user di halaman 3', rows3({})],
  [
    'a user whose id_user is not a whole number from 0 to 9007199254740991 on page 3',
    'ada user dengan id_user yang bukan bilangan bulat dari 0 sampai 9007199254740991 di halaman 3',
    rows3({ id_user: 'x' }),
  ],
  ['a row that is not a user on page 3', 'ada baris yang bukan user di halaman 3', rows3('x')],
  [
    'an error with users beside it on page 3',
    'error yang disertai user di halaman 3',
    onPage3(answer(200, '{"object":[{"id_user":1}],"status":"error"}')),
  ],
];

const LISTS: readonly Made[] = [
  ['page 1 is empty, yet total is 36', 'halaman 1 kosong, padahal total 36', list(36, () => [])],
  [
    'the server tells 5000001 users, more than 5000000',
    'server menyebut 5000001 user, lebih dari 5000000',
    list(5_000_001, () => [1]),
  ],
  [
    '50001 users at 1 per page are more than 50000 pages',
    '50001 user dengan 1 per halaman lebih dari 50000 halaman',
    list(50_001, () => [1]),
  ],
  [
    'the list does not end within 50000 pages',
    'daftarnya belum berakhir setelah 50000 halaman',
    list(undefined, (page) => [page]),
  ],
  [
    'page 2 is the same as page 1: the server does not turn pages',
    'halaman 2 sama dengan halaman 1: server tidak berpindah halaman',
    list(undefined, () => [1]),
  ],
];

const EXPECTED = 'expected an address such as https://dev.mydeposys.com';
const SEHARUSNYA = 'seharusnya alamat seperti https://dev.mydeposys.com';
const ADDRESSES: readonly Made[] = (
  [
    ['is empty', 'kosong', ''],
    ['is no https address', 'bukan alamat https', 'jkt.web.com'],
    ['is not a URL', 'bukan URL', 'https://a b'],
    ['contains a user name or password', 'berisi username atau password', 'https://me:secret@dev.example'],
    ['contains a query or a fragment', 'berisi query atau fragment', 'https://dev.example?q=1'],
    ['uses http, which is not encrypted', 'memakai http, yang tidak terenkripsi', 'http://dev.example'],
  ] as const
).map(([english, indonesian, url]) => [
  `online_url of Kantor (of) Jakarta ${english}; ${EXPECTED}`,
  `online_url Kantor (of) Jakarta ${indonesian}; ${SEHARUSNYA}`,
  address(url),
]);

const EVERY = [...NETWORK, ...PROXY, ...LOGIN, ...PAGES, ...LISTS, ...ADDRESSES];

describe('why a depot server could not be read', () => {
  it.each(EVERY)('is told in both languages: %s', async (english, indonesian, make) => {
    const reason = await make();
    expect([inEnglish(reason), depotReason(reason)]).toEqual([english, indonesian]);
  });

  it('has no reason beside these', async () => {
    const made = await Promise.all(EVERY.map(([, , make]) => make()));
    const codes = made.flatMap((reason) =>
      'why' in reason ? [reason.code, reason.why.code] : [reason.code],
    );
    expect(new Set(codes)).toEqual(new Set(REASON_CODES));
  });
});
