import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { depotClient, readDepot } from '../../../sandbox/depot/client.ts';
import { type DepotReply, redirectTo } from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { makeDepotUsers } from '../../../sandbox/depot/users.ts';

let server: DepotServer;

beforeEach(async () => {
  server = await startDepotServer({ count: 100 });
});

afterEach(() => server.stop());

const logins = () => server.requests.filter(({ method }) => method === 'POST').length;
const client = (maxConcurrent: number) => depotClient({ pageSize: 10, maxConcurrent });

describe('a token that expires in mid-list', () => {
  it('is renewed by one login, and the list goes on', async () => {
    server.faults.tokenLifetime = 6;
    const { rows } = await readDepot(server.url, client(1));
    expect(rows.map((row) => row.id)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(logins()).toBe(2);
  });

  it('is renewed by one login even where many requests find it expired at once', async () => {
    const expired = new Set<string>();
    let refused = 0;
    server.faults.onRequest = ({ page = 0, headers }) => {
      const token = headers.authorization ?? '';
      if (page === 2) expired.add(token);
      if (!expired.has(token) || logins() > 1) return undefined;
      refused += 1;
      return { status: 401 };
    };
    expect((await readDepot(server.url, client(9))).list.rows).toBe(100);
    expect(refused).toBeGreaterThan(1);
    expect(logins()).toBe(2);
  });

  it('is renewed as often as new tokens expire', async () => {
    server.faults.tokenLifetime = 3;
    expect((await readDepot(server.url, client(1))).list.rows).toBe(100);
    expect(logins()).toBe(4);
  });

  it('is renewed in one slot too, without waiting for itself', async () => {
    // Two requests may stand in line with the same token.
    server.faults.tokenLifetime = 2;
    expect((await readDepot(server.url, client(1))).list.rows).toBe(100);
  });

  it('fails the read where the new token is refused as well', async () => {
    server.faults.onRequest = ({ page }) => (page === 3 ? { status: 401 } : undefined);
    await expect(readDepot(server.url, client(1))).rejects.toMatchObject({
      failure: { code: 'fetch_failed', reason: 'Unauthorized on page 3 after a new login' },
    });
    expect(logins()).toBe(2);
  });

  it('fails the read as a login where the new login is refused', async () => {
    server.faults.tokenLifetime = 4;
    server.faults.onRequest = ({ page }) =>
      page === undefined && logins() > 1 ? { status: 401 } : undefined;
    await expect(readDepot(server.url, client(4))).rejects.toThrow(
      'Failed to login to external API: Unauthorized',
    );
  });
});

describe('a token that expires in other words than 401', () => {
  const read = async () => (await readDepot(server.url, client(1))).list.rows;

  /** Answers page 3 with this, for as long as the token is the first one. */
  const refusePage3 = (reply: DepotReply) => {
    server.faults.onRequest = ({ page }) => (page === 3 && logins() === 1 ? reply : undefined);
  };

  const EXPIRED: readonly (readonly [number, unknown])[] = [
    [400, { error: 'token_expired' }],
    [400, { detail: 'Given token not valid for any token type' }],
    [400, { message: 'Token has expired', status: 'error' }],
    [400, { error: { code: 'TokenExpired', message: 'x' } }],
    [200, { status: 'Token is Expired' }],
    [200, { status: 'error', message: 'Unauthenticated.' }],
    [200, { success: false, message: 'Unauthorized', object: null }],
    [200, { code: 401, message: 'please log in again' }],
    [200, { status: '401' }],
    [200, { object: [], total: 0, status: 'error', message: 'Token has expired' }],
    [200, { data: [], code: 401, message: 'please log in again' }],
    [200, { object: [], total: 0, message: 'Unauthenticated.' }],
    [200, { status: 'error', message: 'Token sudah tidak berlaku' }],
    [400, { message: 'Token tidak lagi berlaku' }],
    [200, { status: false, message: 'Anda harus login terlebih dahulu' }],
    [200, { status: 'error', message: 'Token tidak valid' }],
    [200, { status: 'error', message: 'Sesi Anda telah berakhir' }],
    [200, { status: 'error', message: 'Anda belum login' }],
    [400, { message: 'Silakan login terlebih dahulu.' }],
    [422, { message: 'Silahkan log-in' }],
    [200, { success: false, message: 'Silakan masuk ke akun Anda' }],
    [500, { error: 'Mohon login kembali' }],
    [200, { message: 'Harap login ulang' }],
    [403, { error: 'invalid_token', error_description: 'The access token expired' }],
    [403, { status: 'Authorization Token not found' }],
    [419, { message: 'jwt expired' }],
    [422, { message: 'The token could not be parsed from the request' }],
    [500, { message: 'Token has expired', exception: 'TokenExpiredException' }],
  ];

  it.each(EXPIRED)('is renewed by one login, with HTTP %i and %j', async (status, json) => {
    refusePage3({ status, json });
    expect(await read()).toBe(100);
    expect(logins()).toBe(2);
  });

  it.each(EXPIRED)(
    'fails the read where the new one is refused as well, with HTTP %i and %j',
    async (status, json) => {
      server.faults.onRequest = ({ page }) => (page === 3 ? { status, json } : undefined);
      await expect(read()).rejects.toMatchObject({
        failure: { code: 'fetch_failed', reason: 'Unauthorized on page 3 after a new login' },
      });
      expect(logins()).toBe(2);
    },
  );

  const SHOWN: readonly [string, DepotReply, string][] = [
    ['a redirect to the login', redirectTo('/login'), 'HTTP 302 on page 3: redirects are not followed'],
    [
      'a redirect to the login at its address',
      redirectTo('https://depot.example/auth/login?next=x'),
      'HTTP 302 on page 3: redirects are not followed',
    ],
    ['the login itself', { text: '<html>Login</html>' }, 'HTML instead of JSON on page 3'],
    ['HTTP 419', { status: 419, json: { message: 'CSRF token mismatch.' } }, 'HTTP 419 on page 3'],
    ['HTTP 440', { status: 440, text: '' }, 'HTTP 440 on page 3'],
  ];

  it.each(SHOWN)('is renewed by one login, shown by %s', async (_what, reply) => {
    refusePage3(reply);
    expect(await read()).toBe(100);
    expect(logins()).toBe(2);
    expect(server.requests.filter(({ page }) => page === 3)).toHaveLength(2);
  });

  it.each(SHOWN)(
    'fails as before where a new one changes nothing, shown by %s',
    async (_what, reply, reason) => {
      server.faults.onRequest = ({ page }) => (page === 3 ? reply : undefined);
      await expect(read()).rejects.toMatchObject({ failure: { reason } });
      expect(logins()).toBe(2);
      // The attempts of a damaged page, and one more.
      expect(server.requests.filter(({ page }) => page === 3).length).toBeLessThanOrEqual(5);
    },
  );

  it.each(SHOWN)('is not renewed before it has brought a page, shown by %s', async (_what, reply) => {
    server.faults.onRequest = ({ page }) => (page === undefined ? undefined : reply);
    await expect(read()).rejects.toThrow();
    expect(logins()).toBe(1);
  });

  it.each<[string, DepotReply, string]>([
    ['a redirect elsewhere', redirectTo('https://login.example/maintenance'), 'HTTP 302'],
    [
      'a right that is missing',
      { status: 403, json: { message: 'This action is unauthorized.' } },
      'HTTP 403',
    ],
    ['a limited rate', { status: 429, json: { message: 'Invalid token bucket' } }, 'HTTP 429'],
    [
      'another mistake',
      { status: 400, json: { message: 'The page is invalid', status: 'error' } },
      'HTTP 400',
    ],
    [
      'a field that is wanted, in Indonesian',
      { status: 422, json: { message: 'Silakan masukkan nomor halaman' } },
      'HTTP 422',
    ],
    [
      'an error without a list',
      { json: { status: 'error', message: 'Database is busy' } },
      'users data not found',
    ],
    ['a web page', { status: 400, text: '<p>Token has expired</p>' }, 'HTTP 400'],
    ['words far behind', { status: 400, json: { message: `${'x '.repeat(200)} token expired` } }, 'HTTP 400'],
    ['words in other fields', { status: 400, json: { hint: 'token expired' } }, 'HTTP 400'],
    ['a list of texts', { status: 400, json: ['token expired'] }, 'HTTP 400'],
  ])('is not taken for %s', async (_what, reply, reason) => {
    refusePage3(reply);
    await expect(read()).rejects.toThrow(reason);
    expect(logins()).toBe(1);
  });

  it('is no word of a page that has its list', async () => {
    server.faults.onRequest = ({ page }) =>
      page === 1
        ? {
            json: {
              object: makeDepotUsers(2),
              total: 2,
              message: 'Token expired? No: unauthenticated users.',
            },
          }
        : undefined;
    expect(await read()).toBe(2);
    expect(logins()).toBe(1);
  });
});
