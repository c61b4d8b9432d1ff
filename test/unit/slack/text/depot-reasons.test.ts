import { describe, expect, it } from 'vitest';
import { parseBaseUrl } from '../../../../src/depot-api/http/base-url.ts';
import { parseJsonBody } from '../../../../src/depot-api/http/http.ts';
import { describeBroken } from '../../../../src/depot-api/http/network-errors.ts';
import { parsePage } from '../../../../src/depot-api/list/pages.ts';
import { depotReason } from '../../../../src/slack/text/id/depot-reasons.ts';
import { RunError } from '../../../../src/sync/failures/failure.ts';

/** Words that only an English phrase of the bot has. */
const ENGLISH =
  /\b(the|is|not|no|on|of|an?|with|instead|expected|refused|failed|cannot|closed|reset|found)\b/i;

const reasonOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof RunError && 'reason' in error.failure) return error.failure.reason;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const CODES = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE', 'Z_DATA_ERROR'],
  ...['Z_BUF_ERROR', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'EPROTO', 'ERR_SSL_X', 'EWHATEVER'],
];
const PROXY = 'The proxy http://proxy.corp:3128';
const BROKEN = [
  ...CODES.map((code) => ({ code })),
  { message: 'maxContentLength size of 10 exceeded' },
  ...['ECONNREFUSED', 'no answer within 5 s', 'it closed the connection', 'its answer is no HTTP'].map(
    (why) => ({
      code: 'ERR_PROXY_UNREACHABLE',
      message: `${PROXY} cannot be reached: ${why}`,
    }),
  ),
  ...['', ': it wants a user name and a password, or others', ': it does not allow that address'].map(
    (hint) => ({
      code: 'ERR_PROXY_REFUSED',
      message: `${PROXY} refused a connection to dev.example:443 with HTTP 403${hint}`,
    }),
  ),
].map((error) => describeBroken(error).reason);

const ADDRESSES = [
  ...['', 'jkt.web.com', 'https://a b', 'https://me:secret@dev.example', 'https://dev.example?q=1'],
  'http://dev.example',
].map((url) => reasonOf(() => parseBaseUrl(url, 'Dev')));

const PROBLEMS = [{ text: '' }, { text: '<html>' }, { text: '{' }]
  .map((answer) => parseJsonBody(answer))
  .flatMap((body) => (body.ok ? [] : [body.problem]))
  .concat('text that is not UTF-8', 'text in ISO-8859-1 instead of UTF-8');

const page = (status: number, json: unknown, attempts = 1) =>
  reasonOf(() =>
    parsePage({ status, text: JSON.stringify(json), kind: 'answer', retryAfter: undefined }, 3, attempts),
  );
const PAGES = [
  page(302, {}),
  page(500, {}),
  page(500, {}, 4),
  page(200, {}),
  page(200, { object: [], total: 'many' }),
  page(200, { object: [{}] }),
  page(200, { object: [{ id_user: 'x' }] }),
  page(200, { object: ['x'] }),
  'Unauthorized on page 3 after a new login',
  'page 1 is empty, yet total is 36',
  'the server tells 2000001 users, more than 2000000',
  '900000 users at 1 per page are more than 50000 pages',
  'the list does not end within 50000 pages',
  'page 3 is the same as page 2: the server does not turn pages',
];

describe('why a depot server could not be read, in Indonesian', () => {
  it.each([
    ...BROKEN,
    ...BROKEN.flatMap((reason) => [`${reason} on page 3`, `${reason} on page 3 (4 attempts)`]),
    ...ADDRESSES,
    ...PROBLEMS.map((problem) => `the server sent ${problem}`),
    ...PROBLEMS.map((problem) => `${problem} on page 3`),
    ...PAGES,
    'the server sent no access token',
    'the server sent no access token: Akun diblokir',
    'HTTP 302: redirects are not followed',
  ])('leaves no English sentence of the bot: %s', (reason) => {
    expect(depotReason(reason).replace(/not_|ERR_\w+|\(\w+\)/g, '')).not.toMatch(ENGLISH);
  });

  it.each([
    ['Connection refused on page 2 (3 attempts)', 'koneksi ditolak di halaman 2 (3 kali dicoba)'],
    ['HTTP 500 on page 2 (4 attempts)', 'HTTP 500 di halaman 2 (4 kali dicoba)'],
    ['HTML instead of JSON on page 3', 'HTML, bukan JSON di halaman 3'],
    [
      'online_url of Kantor (of) Jakarta is empty; expected an address such as https://dev.mydeposys.com',
      'online_url Kantor (of) Jakarta kosong; seharusnya alamat seperti https://dev.mydeposys.com',
    ],
    [
      `${PROXY} cannot be reached: it closed the connection on page 1`,
      'Proxy http://proxy.corp:3128 tidak bisa dihubungi: proxy itu menutup koneksi di halaman 1',
    ],
  ])('words %s with its numbers and names', (english, indonesian) => {
    expect(depotReason(english)).toBe(indonesian);
  });

  it.each([
    'Unauthorized',
    'Connection timeout',
    'HTTP 500',
    'HTTP 500: You must input email and password',
    'HTTP 500: no such user on page 3',
    'HTTP 500: Connection refused',
    '',
  ])('keeps what the users know and what the server said: %s', (reason) => {
    expect(depotReason(reason)).toBe(reason);
  });
});
