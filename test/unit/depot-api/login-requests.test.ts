import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { depotClient, EMAIL, PASSWORD, readDepot, targetAt } from '../../../sandbox/depot/client.ts';
import { useNock } from '../../support/use-nock.ts';

const HOST = 'https://dev.mydeposys.com';
const PAGE_1 = '/api/conf/users?q=&limit=100&page=1&sort=id_user&order=asc';
const never = new AbortController().signal;

useNock();
beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.enableNetConnect();
});

function answerLogin(status: number, body: unknown): void {
  nock(HOST)
    .post('/api/auth/login')
    .reply(status, typeof body === 'string' ? body : JSON.stringify(body));
}

function open() {
  return depotClient().source.open(targetAt(HOST), never);
}

describe('the requests of a read', () => {
  it('carry what the contract asks for, the login without a token and the page with it', async () => {
    const headers = {
      'X-Requested-With': 'XMLHttpRequest',
      Accept: 'application/json',
      // A cache on the way must not answer by itself.
      'Cache-Control': 'no-cache',
    };
    nock(HOST, {
      reqheaders: { ...headers, 'Content-Type': 'application/json' },
      badheaders: ['authorization'],
    })
      .post('/api/auth/login', { email: EMAIL, password: PASSWORD })
      .reply(200, { object: { access_token: 'eyJ.token' }, status: 'success' });
    nock(HOST, { reqheaders: { ...headers, Authorization: 'Bearer eyJ.token' } })
      .get(PAGE_1)
      .reply(200, { object: [{ id_user: 1, email: 'a@b' }], total: 1, page: 1, limit: 100 });
    expect((await readDepot(HOST)).rows).toMatchObject([{ id: 1, email: 'a@b' }]);
  });

  it('go below a path prefix, whatever slashes follow it', async () => {
    nock(HOST).post('/depot/v2/api/auth/login').reply(200, { token: 't' });
    nock(HOST).get(`/depot/v2${PAGE_1}`).reply(200, { object: [], total: 0 });
    expect((await readDepot(`${HOST}/depot/v2//`)).list).toEqual({ rows: 0, total: 0 });
  });

  it('ask for the page size and the order that are wanted', async () => {
    answerLogin(200, { token: 't' });
    nock(HOST)
      .get('/api/conf/users?q=&limit=7&page=1&sort=id_user&order=desc')
      .reply(200, { object: [], total: 0 });
    await readDepot(HOST, depotClient({ pageSize: 7 }), 'desc');
  });
});

describe('the token', () => {
  it.each([
    ['object.access_token', { object: { access_token: 'right', token: 'no' }, access_token: 'no' }],
    ['object.token', { object: { token: 'right' }, access_token: 'no' }],
    ['access_token', { access_token: 'right', token: 'no' }],
    ['token', { token: 'right', data: { access_token: 'no' } }],
    ['data.access_token', { data: { access_token: 'right', token: 'no' } }],
    ['data.token', { data: { token: 'right' } }],
    [
      'data.token, where all others are empty',
      { object: { access_token: '' }, token: '', data: { token: 'right' } },
    ],
    ['token, where another is no string', { object: { access_token: 5, token: null }, token: 'right' }],
    ['token, where another cannot be sent', { access_token: 'a\r\nX-Evil: 1', token: 'right' }],
    ['token, where object is a list', { object: [1], token: 'right' }],
  ])('is taken from %s', async (_place, body) => {
    answerLogin(200, body);
    nock(HOST, { reqheaders: { Authorization: 'Bearer right' } })
      .get(PAGE_1)
      .reply(200, { object: [], total: 0 });
    await readDepot(HOST);
  });

  it.each([
    ['holds none', { object: {}, status: 'success' }],
    ['holds an empty one', { token: '' }],
    ['is null', 'null'],
    ['is a list', [{ token: 't' }]],
    ['is a number', '7'],
  ])('is missed where the answer %s', async (_what, body) => {
    answerLogin(200, body);
    await expect(open()).rejects.toMatchObject({
      message: 'Failed to login to external API: the server sent no access token',
      failure: { code: 'login_failed', reason: 'the server sent no access token' },
    });
  });
});

describe('a login that is refused', () => {
  it.each([
    { message: 'Unauthorized', status: 'error' },
    { message: 'Email atau password salah' },
    '<html>no</html>',
    '',
  ])('says Unauthorized, whatever the server says: %j', async (body) => {
    answerLogin(401, body);
    await expect(open()).rejects.toMatchObject({
      name: 'LoginFailedError',
      message: 'Failed to login to external API: Unauthorized',
      failure: { code: 'login_failed', reason: 'Unauthorized', unauthorized: true },
    });
  });

  it.each([
    [403, { message: 'Forbidden' }, 'HTTP 403: Forbidden'],
    [422, { message: 'a\u0000b\n\u202ec' }, 'HTTP 422: a b c'],
    [404, { message: 'x'.repeat(500) }, `HTTP 404: ${'x'.repeat(200)}`],
    [404, { message: { text: 'odd' } }, 'HTTP 404'],
    [400, { error: 'invalid_credentials' }, 'HTTP 400: invalid_credentials'],
    [200, { message: 'Akun diblokir', status: 'error' }, 'the server sent no access token: Akun diblokir'],
    [200, { error: `no ${PASSWORD}` }, 'the server sent no access token: no [password]'],
    [404, '<html>not found</html>', 'HTTP 404'],
    [400, { message: `wrong password ${PASSWORD}` }, 'HTTP 400: wrong password [password]'],
    [302, '', 'HTTP 302: redirects are not followed'],
    [200, '<!DOCTYPE html><p>It works!', 'the server sent HTML instead of JSON'],
    [200, '{"token":', 'the server sent text that is not valid JSON'],
    [200, '', 'the server sent an empty answer instead of JSON'],
  ])('with HTTP %i and %j is not repeated and says why', async (status, body, reason) => {
    answerLogin(status, body);
    await expect(open()).rejects.toMatchObject({ failure: { code: 'login_failed', reason } });
  });

  it.each([
    ['as JSON', (password: string) => JSON.stringify(password).slice(1, -1)],
    ['as PHP writes JSON', () => 'gro\\u00df\\/\\"\\\\ 7'],
    ['in an address', encodeURIComponent],
    ['in a form', (password: string) => encodeURIComponent(password).replaceAll('%20', '+')],
    ['in HTML', (password: string) => password.replaceAll('"', '&quot;')],
    ['with the whole body', (password: string) => JSON.stringify({ email: EMAIL, password })],
  ])('never tells the password that the server repeats %s', async (_how, write) => {
    const password = 'groß/"\\ 7';
    answerLogin(422, { message: `Unexpected ${write(password)}` });
    const opened = depotClient({ password }).source.open(targetAt(HOST), never);
    await expect(opened).rejects.toMatchObject({
      failure: { reason: expect.stringMatching(/^HTTP 422(: Unexpected \[password\])?$/) },
    });
  });

  const ODD = `it's"me/Kö&42`;

  it.each<[string, string, string]>([
    ['in HTML, as PHP has it', ODD, 'it&#039;s&quot;me/Kö&amp;42'],
    ['in HTML, as Go has it', ODD, 'it&#39;s&#34;me/Kö&amp;42'],
    ['in HTML, as Python has it', ODD, 'it&#x27;s&quot;me/Kö&amp;42'],
    ['in HTML, twice', ODD, 'it&amp;#039;s&amp;quot;me/Kö&amp;amp;42'],
    ['with slashes', ODD, `it\\'s\\"me/Kö&42`],
    ['with doubled quotes', ODD, `it''s"me/Kö&42`],
    ['in an address, in small letters', ODD, 'it%27s%22me%2fK%c3%b6%2642'],
    ['in an address, as PHP has it', ODD, 'it%27s%22me%2FK%C3%B6%2642'],
    ['in an address, in Latin letters', ODD, 'it%27s%22me%2FK%F6%2642'],
    ['with the signs as numbers', ODD, 'it\\x27s\\x22me/K\\xf6&42'],
    ['in capitals', ODD, ODD.toUpperCase()],
    ['in base64', ODD, Buffer.from(ODD).toString('base64')],
    ['in base64, behind the email', ODD, Buffer.from(`${EMAIL}:${ODD}`).toString('base64')],
    ['in hexadecimal digits', ODD, Buffer.from(ODD).toString('hex')],
    ['cut short', 'Winter2026Depot', 'Winter20…'],
    ['without its beginning', 'Winter2026Depot', '…r2026Depot'],
    ['cut short, though it has the word password', 'Winter-password-26', 'Winter-p…'],
    ['in HTML, though it is short', `it's`, 'it&#039;s'],
    ['in capitals, though it is short', 'p4ss', `'P4SS'.`],
    ['in an address, though it has no letters', '!?%&', '%21%3F%25%26'],
    ['in HTML, though it looks escaped itself', 'a&amp;b%41c', 'a&amp;amp;b%41c'],
  ])('tells nothing where the server repeats the password %s', async (_how, password, repeated) => {
    answerLogin(422, { message: `Unexpected ${repeated}` });
    const opened = depotClient({ password }).source.open(targetAt(HOST), never);
    await expect(opened).rejects.toMatchObject({ failure: { reason: 'HTTP 422' } });
  });

  it.each(['p4ss', 'wro', 'Winter2026Depot', 'my password is long'])(
    'is told in the words of the server where the password is %s',
    async (password) => {
      answerLogin(422, { message: 'Wrong password' });
      const opened = depotClient({ password }).source.open(targetAt(HOST), never);
      await expect(opened).rejects.toMatchObject({ failure: { reason: 'HTTP 422: Wrong password' } });
    },
  );

  it('with HTTP 500 is repeated and then says what the server says', async () => {
    const body = { status: 'error', message: 'You must input email and password' };
    nock(HOST).post('/api/auth/login').times(4).reply(500, body);
    await expect(open()).rejects.toMatchObject({
      failure: { reason: 'HTTP 500: You must input email and password' },
    });
  });
});

describe('a connection that breaks', () => {
  it.each([
    ['ECONNREFUSED', 4, 'Connection refused'],
    ['ENOTFOUND', 4, 'Server name not found'],
    ['EAI_AGAIN', 4, 'Server name not found (DNS gave no answer)'],
    ['ECONNRESET', 4, 'Connection reset'],
    ['ETIMEDOUT', 4, 'Connection timeout'],
    ['EHOSTUNREACH', 4, 'Server cannot be reached (EHOSTUNREACH)'],
    ['CERT_HAS_EXPIRED', 1, 'TLS certificate problem (CERT_HAS_EXPIRED)'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 1, 'TLS certificate problem (DEPTH_ZERO_SELF_SIGNED_CERT)'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 1, 'TLS certificate problem (ERR_TLS_CERT_ALTNAME_INVALID)'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 1, 'TLS certificate problem (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'],
    ['EPROTO', 1, 'TLS handshake failed (EPROTO)'],
    ['ESOMETHING', 4, 'Connection failed (ESOMETHING)'],
  ])('with %s is tried %i times and told as "%s"', async (code, attempts, reason) => {
    const error = Object.assign(new Error(`connect ${code}`), { code });
    nock(HOST).post('/api/auth/login').times(attempts).replyWithError(error);
    await expect(open()).rejects.toMatchObject({
      message: `Failed to login to external API: ${reason}`,
      cause: { code },
    });
  });
});
