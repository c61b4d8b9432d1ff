import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DepotClient, depotClient, EMAIL, readDepot, targetAt } from '../../../sandbox/depot/client.ts';
import { type DepotReply, htmlPage, redirectTo } from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { expiryOf } from '../../../src/depot-api/login.ts';

// Real time passes here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

let server: DepotServer;
let client: DepotClient;

beforeEach(async () => {
  server = await startDepotServer({ count: 30 });
  client = depotClient({ pageSize: 10 });
});

afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

const logins = () => server.requests.filter(({ method }) => method === 'POST').length;
const read = async (from: DepotClient = client) => (await readDepot(server.url, from)).list.rows;
const isLogin = ({ page }: { page: number | undefined }) => page === undefined;

describe('a token', () => {
  it('is kept: ten previews of one target make one login', async () => {
    for (let n = 0; n < 10; n += 1) expect(await read()).toBe(30);
    expect(logins()).toBe(1);
  });

  it('is fetched once by many runs that start at the same time', async () => {
    expect(await Promise.all(Array.from({ length: 8 }, () => read()))).toEqual(Array(8).fill(30));
    expect(logins()).toBe(1);
  });

  it('of one server comes while the login of another at the same address hangs', async () => {
    server.faults.onRequest = ({ path }) =>
      path.startsWith('/sby/') ? 'hang' : { json: { object: { access_token: 'token' } } };
    const end = new AbortController();
    const hanging = client.source.open(targetAt(`${server.url}/sby`), end.signal).catch(() => 'ended');
    await vi.waitFor(() => expect(logins()).toBe(1));
    await client.source.open(targetAt(`${server.url}/jkt`), new AbortController().signal);
    end.abort();
    expect(await hanging).toBe('ended');
  });

  it('is renewed once where it was refused at the start of a read', async () => {
    await read();
    server.faults.tokenLifetime = 3;
    expect(await read()).toBe(30);
    expect(logins()).toBe(2);
  });

  it('is renewed once where two runs find it refused one after the other', async () => {
    await read();
    const old = server.requests.at(-1)?.headers.authorization;
    const open = () => client.source.open(targetAt(server.url), new AbortController().signal);
    const sessions = [await open(), await open()];
    server.faults.onRequest = ({ headers }) =>
      headers.authorization === old ? { status: 401, json: {} } : undefined;
    for (const session of sessions) expect((await session.read('asc', async () => {})).rows).toBe(30);
    expect(logins()).toBe(2);
  });

  it.each([
    ['a redirect', redirectTo('/login')],
    ['a web page', htmlPage],
    ['HTTP 403', { status: 403, json: { message: 'Forbidden' } }],
    ['HTTP 500', { status: 500, json: { message: 'Server Error' } }],
    ['a reset', 'reset'],
  ] satisfies [string, DepotReply][])(
    'that is refused by %s is renewed too, since nobody else can know',
    async (_, reply) => {
      await read();
      const [old] = server.requests.slice(-1).map(({ headers }) => headers.authorization);
      server.faults.onRequest = ({ headers }) => (headers.authorization === old ? reply : undefined);
      expect(await read()).toBe(30);
      expect(logins()).toBe(2);
    },
  );

  it('that is refused by the page of a login is sent once with each page', async () => {
    await read();
    const old = server.requests.at(-1)?.headers.authorization;
    const isOld = ({ headers }: { headers: { authorization?: string | undefined } }) =>
      headers.authorization === old;
    const login = { text: '<html>Login</html>' };
    server.faults.onRequest = (request) => (isOld(request) ? login : undefined);
    server.requests.length = 0;
    expect(await read()).toBe(30);
    const pages = server.requests.filter(isOld).map(({ page }) => page);
    expect(pages).toEqual([...new Set(pages)]);
  });

  it.each<[string, number, number]>([
    ['one page fails for good and another one has come', 500, 3],
    ['the rate stays limited', 429, 1],
  ])('is not renewed where %s', async (_, status, from) => {
    // A page that is silent for a tenth of the timeout would need a login too.
    client = depotClient({ pageSize: 10, timeoutMs: 100_000 });
    await read();
    server.faults.onRequest = ({ page = 0 }) => (page >= from ? { status } : undefined);
    await expect(read()).rejects.toThrow(`HTTP ${status} on page`);
    expect(logins()).toBe(1);
  });

  it('is kept for an hour at most', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await read();
    vi.setSystemTime(Date.now() + 3_599_000);
    await read();
    expect(logins()).toBe(1);
    vi.setSystemTime(Date.now() + 2_000);
    await read();
    expect(logins()).toBe(2);
  });

  it('is kept as long as the server says, where that is shorter', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T10:00:30Z') });
    server.faults.expiredTime = '2026-03-01 10:05';
    await read();
    vi.setSystemTime(new Date('2026-03-01T10:04:59Z'));
    await read();
    expect(logins()).toBe(1);
    vi.setSystemTime(new Date('2026-03-01T10:05:00Z'));
    await read();
    expect(logins()).toBe(2);
  });

  it('of other credentials is not used, and the older one is forgotten', async () => {
    const passwords = ['correct_password', 'wrong_password', 'correct_password'];
    client = depotClient({ pageSize: 10, passwordOf: () => passwords.shift() ?? '' });
    await read();
    await expect(read()).rejects.toThrow('Failed to login to external API: Unauthorized');
    await read();
    expect(logins()).toBe(3);
  });

  it('is kept where the target stood at another server meanwhile, and is not sent to that one', async () => {
    const other = await startDepotServer({ count: 5 });
    await read();
    await readDepot(other.url, client);
    expect(other.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
    await read();
    expect(logins()).toBe(1);
    await other.stop();
  });

  it('is forgotten where a new login is refused', async () => {
    await read();
    server.faults.onRequest = () => ({ status: 401 });
    await expect(read()).rejects.toThrow('Failed to login to external API: Unauthorized');
    server.requests.length = 0;
    await expect(read()).rejects.toThrow('Failed to login to external API: Unauthorized');
    expect(server.requests.map(isLogin)).toEqual([true]);
    server.faults.onRequest = undefined;
    expect(await read()).toBe(30);
  });

  it('and its login are given up by nobody else where one run is stopped', async () => {
    const stop = new AbortController();
    let answer = () => {};
    const asked = new Promise<void>((reached) => {
      server.faults.onRequest = (request) => {
        if (!isLogin(request)) return undefined;
        reached();
        return new Promise((resolve) => {
          answer = () => resolve(undefined);
        });
      };
    });
    const stopped = client.source.open(targetAt(server.url), stop.signal);
    const other = read();
    await asked;
    stop.abort(new Error('shutting down'));
    await expect(stopped).rejects.toThrow('shutting down');
    answer();
    expect(await other).toBe(30);
    expect(logins()).toBe(1);
  });

  it('stands in no line of the log', async () => {
    await read();
    server.faults.tokenLifetime = 3;
    await read();
    expect(client.logs.join('\n')).toContain('logging in again');
    expect(client.logs.join('\n')).not.toMatch(/depot-token|correct_password/);
    expect(client.logs.join('\n')).not.toContain(EMAIL);
  });
});

describe('a server that died while its token is kept', () => {
  it('is told as by a login, and no later', async () => {
    // The login and the pages time out in the same moment; the pause before the next attempts lets the login be told first.
    client = depotClient({ pageSize: 10, timeoutMs: 1_000, waitMs: 5_000 });
    await read();
    server.faults.onRequest = () => 'hang';
    server.requests.length = 0;
    await expect(read()).rejects.toThrow('Failed to login to external API: Connection timeout');
    // One timeout for silence and login together: each of the three pages is tried once.
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'POST']);
  });

  it('is told as by a login where it refuses connections', async () => {
    await read();
    const { port } = new URL(server.url);
    await server.stop();
    await expect(read()).rejects.toThrow('Failed to login to external API: Connection refused');
    server = await startDepotServer({ count: 30, port: Number(port) });
    expect(await read()).toBe(30);
  });

  it('is not taken for dead while it asks for a pause, longer than it may be silent', async () => {
    // Silence is a second here: a busy machine may take a tenth of that for an answer.
    client = depotClient({ pageSize: 10, timeoutMs: 10_000, waitMs: 1_200 });
    await read();
    let left = 3;
    server.faults.onRequest = ({ method }) => {
      if (method === 'POST') return { status: 429, json: {} };
      left -= 1;
      return left >= 0 ? { status: 429, headers: { 'Retry-After': '5' } } : undefined;
    };
    server.requests.length = 0;
    expect(await read()).toBe(30);
    expect(logins()).toBe(0);
  });

  it('is not taken for dead where a page only takes its time', async () => {
    client = depotClient({ pageSize: 10, timeoutMs: 1_000 });
    await read();
    server.faults.onRequest = async ({ page }) => {
      if (page === 1) await new Promise((resolve) => setTimeout(resolve, 400));
      return undefined;
    };
    expect(await read()).toBe(30);
  });
});

describe('the time at which a token expires', () => {
  const now = Date.parse('2026-03-01T10:00:00Z');

  it.each([
    ['2026-03-01T10:30:00Z', '2026-03-01T10:30:00Z'],
    ['2026-03-01 17:30:00+07:00', '2026-03-01T10:30:00Z'],
    ['2026-03-01 09:59:59Z', undefined],
    ['2025-10-17 14:21', undefined],
    ['tomorrow', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %s is %s', (text, at) => {
    expect(expiryOf(text, now)).toBe(at === undefined ? undefined : Date.parse(at));
  });
});
