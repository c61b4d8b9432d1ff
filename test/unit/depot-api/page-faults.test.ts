import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DepotClient, depotClient, readDepot, targetAt } from '../../../sandbox/depot/client.ts';
import {
  type DepotReply,
  damaged,
  gzipBomb,
  gzipped,
  htmlPage,
  oversizedBody,
  redirectTo,
  stalledBody,
  truncatedBody,
} from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { makeDepotUsers } from '../../../sandbox/depot/users.ts';

// Real time passes here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

let server: DepotServer;
let client: DepotClient;

beforeEach(async () => {
  server = await startDepotServer({ count: 50 });
  client = depotClient({ pageSize: 10 });
});

afterEach(() => server.stop());

/** Answers page 3 with `reply`, the first `times` times that it is asked for. */
function breakPage3(reply: DepotReply, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  server.faults.onRequest = ({ page }) => {
    if (page !== 3 || left === 0) return undefined;
    left -= 1;
    return reply;
  };
}

/** Breaks off in the middle of an `é`, and ends well. */
const halfALetter: DepotReply = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(Buffer.from('{"object":[{"email":"jos\u00e9').subarray(0, -1));
};

/** The right page 3, with this `Age`. */
const fromCache = (age: string): DepotReply => ({
  headers: { Age: age },
  json: { object: makeDepotUsers(10, 21), total: 50, limit: 10 },
});

const TOO_LARGE = 'Answer larger than 10 MB or 500,000 values';
const listOf = (rows: string) => `{"total":50,"limit":10,"object":[${rows}]}`;

/** Two megabytes of rows that would take over ten in memory: each may mean any of many users. */
const spelledInManyWays: DepotReply = {
  json: {
    object: Array.from({ length: 2_800 }, (_, id) => ({
      id_user: id,
      email: Array.from({ length: 100 }, (_, at) => `${at}@${id}`).join(' '),
    })),
    total: 50,
  },
};

const requestsOfPage3 = () => server.requests.filter(({ page }) => page === 3).length;

/** Reads a list whose page 3 makes no sense, after this many requests for it. */
async function refusedAsInvalid(reason: string, requests: number): Promise<void> {
  await expect(readDepot(server.url, client)).rejects.toMatchObject({
    name: 'InvalidResponseError',
    message: `Invalid response format: ${reason}`,
    failure: { code: 'invalid_response', reason },
  });
  expect(requestsOfPage3()).toBe(requests);
}

describe('a page that fails for a moment', () => {
  it.each([
    ['HTTP 500', { status: 500 }],
    ['HTTP 503', { status: 503 }],
    ['HTTP 408', { status: 408 }],
    ['HTTP 429', { status: 429 }],
    ['a reset connection', 'reset'],
    ['half an answer', truncatedBody],
  ] satisfies [string, DepotReply][])('with %s is asked for again', async (_what, reply) => {
    breakPage3(reply, 3);
    expect((await readDepot(server.url, client)).list.rows).toBe(50);
    expect(requestsOfPage3()).toBe(4);
    expect(client.logs.filter((line) => line.includes("'page 3'"))).toHaveLength(3);
  });

  it.each([
    ['hangs', 'hang'],
    ['stops in the middle', stalledBody],
  ] satisfies [string, DepotReply][])(
    'because it %s is asked for again after the timeout',
    async (_what, reply) => {
      breakPage3(reply, 1);
      const impatient = depotClient({ pageSize: 10, timeoutMs: 1_000 });
      expect((await readDepot(server.url, impatient)).list.rows).toBe(50);
    },
  );

  it('waits as long as Retry-After asks for, a minute at most', async () => {
    breakPage3({ status: 429, headers: { 'Retry-After': '2' } }, 1);
    await readDepot(server.url, client);
    breakPage3({ status: 503, headers: { 'Retry-After': '86400' } }, 1);
    await readDepot(server.url, client);
    breakPage3({ status: 500, headers: { 'Retry-After': '2' } }, 1);
    await readDepot(server.url, client);
    expect(client.waits).toEqual([2_000, 60_000, 0]);
  });
});

describe('a server that limits the rate or is away', () => {
  it.each<[number, Record<string, string>, number]>([
    [429, {}, 200],
    [502, {}, 200],
    [503, {}, 200],
    [504, {}, 200],
    [522, {}, 200],
    // A tenth of the longest rest.
    [429, { 'Retry-After': '1' }, 20],
    [503, { 'Retry-After': '60' }, 20],
  ])('by HTTP %i %j gets nothing at all for a while, and then all pages', async (status, headers, restMs) => {
    const [refusedAt, sentAt]: [number[], number[]] = [[], []];
    server.faults.onRequest = ({ page }) => {
      if (page === undefined) return undefined;
      const now = performance.now();
      sentAt.push(now);
      if (sentAt.length % 3 > 0) return undefined;
      refusedAt.push(now);
      return { status, headers, text: '<html>slow down</html>' };
    };
    const polite = depotClient({ pageSize: 5, maxConcurrent: 1, restMs });
    expect((await readDepot(server.url, polite)).list.rows).toBe(50);
    expect(refusedAt.length).toBeGreaterThan(2);
    const next = refusedAt.map((at) => (sentAt.find((each) => each > at) ?? Number.POSITIVE_INFINITY) - at);
    expect(Math.min(...next)).toBeGreaterThan(150);
  });
});

describe('a page that fails for good', () => {
  it.each([
    ['with HTTP 500', { status: 500 }, 'HTTP 500 on page 3 (4 attempts)', 4],
    ['with HTTP 429', { status: 429 }, 'HTTP 429 on page 3 (8 attempts)', 8],
    ['with HTTP 502', { status: 502 }, 'HTTP 502 on page 3 (8 attempts)', 8],
    ['with HTTP 503', { status: 503 }, 'HTTP 503 on page 3 (8 attempts)', 8],
    ['with HTTP 504', { status: 504 }, 'HTTP 504 on page 3 (8 attempts)', 8],
    [
      'with HTTP 429 that asks for no wait',
      { status: 429, headers: { 'Retry-After': '0' } },
      'HTTP 429 on page 3 (8 attempts)',
      8,
    ],
    [
      'with HTTP 429 that asks for a wait',
      { status: 429, headers: { 'Retry-After': '1' } },
      'HTTP 429 on page 3 (8 attempts)',
      8,
    ],
    [
      'with HTTP 503 by a clock that is behind',
      { status: 503, headers: { 'Retry-After': 'Sun, 01 Nov 2020 12:00:05 GMT' } },
      'HTTP 503 on page 3 (8 attempts)',
      8,
    ],
    ['with a reset', 'reset', 'Connection reset on page 3 (4 attempts)', 4],
    [
      'with half an answer',
      truncatedBody,
      'Connection closed before the answer was complete on page 3 (4 attempts)',
      4,
    ],
    ['with HTTP 400', { status: 400 }, 'HTTP 400 on page 3', 1],
    ['with HTTP 403', { status: 403 }, 'HTTP 403 on page 3', 1],
    ['with HTTP 404', { status: 404 }, 'HTTP 404 on page 3', 1],
    ['with HTTP 404 in a web page', { status: 404, text: '<html>Not Found</html>' }, 'HTTP 404 on page 3', 1],
    [
      'with a redirect',
      redirectTo('https://evil.example/'),
      'HTTP 302 on page 3: redirects are not followed',
      1,
    ],
    ['with HTTP 304 that nobody asked for', { status: 304 }, 'HTTP 304 on page 3', 1],
    ['with 100 MB', oversizedBody(100), `${TOO_LARGE} on page 3`, 1],
    ...(['gzip', 'br', 'deflate'] as const).map((encoding): [string, DepotReply, string, number] => [
      `with damaged ${encoding}`,
      damaged(encoding),
      'Answer cannot be decompressed on page 3 (4 attempts)',
      4,
    ]),
    ['with a million empty rows', { text: listOf('{},'.repeat(1_000_000)) }, `${TOO_LARGE} on page 3`, 1],
    ['nested a million deep', { text: listOf('['.repeat(1_000_000)) }, `${TOO_LARGE} on page 3`, 1],
    ['whose rows may mean 280,000 users', spelledInManyWays, `${TOO_LARGE} on page 3`, 1],
    ['with a gzip bomb', gzipBomb(1000), `${TOO_LARGE} on page 3`, 1],
  ] satisfies [string, DepotReply, string, number][])(
    '%s says what and where',
    async (_what, reply, reason, requests) => {
      breakPage3(reply);
      await expect(readDepot(server.url, client)).rejects.toMatchObject({
        name: 'FetchFailedError',
        message: `Failed to fetch users from external API: ${reason}`,
        failure: { code: 'fetch_failed', reason },
      });
      expect(requestsOfPage3()).toBe(requests);
    },
  );

  it('because it hangs says so after four timeouts', async () => {
    breakPage3('hang');
    const impatient = depotClient({ pageSize: 10, timeoutMs: 1_000 });
    await expect(readDepot(server.url, impatient)).rejects.toThrow(
      'Connection timeout on page 3 (4 attempts)',
    );
  });
});

describe('a page that is damaged', () => {
  const DAMAGED = [
    ['HTML', htmlPage, 'HTML instead of JSON on page 3'],
    ['an empty body', { text: '' }, 'an empty answer instead of JSON on page 3'],
    ['half a JSON text', { text: '{"object":[' }, 'text that is not valid JSON on page 3'],
    ['half a letter', halfALetter, 'text that is not UTF-8 on page 3'],
  ] satisfies [string, DepotReply, string][];

  it.each(DAMAGED)('by %s is asked for again', async (_what, reply, reason) => {
    breakPage3(reply, 3);
    expect((await readDepot(server.url, client)).list.rows).toBe(50);
    expect(requestsOfPage3()).toBe(4);
    expect(client.logs.filter((line) => line.includes(reason.replace(' on page 3', '')))).toHaveLength(3);
  });

  it.each(DAMAGED)('by %s each time is refused, and says what it is', async (_what, reply, reason) => {
    breakPage3(reply);
    await refusedAsInvalid(reason, 4);
  });
});

describe('a page that makes no sense', () => {
  it.each([
    ['no list', { json: { status: 'success', total: 50 } }, 'users data not found'],
    ['a list that is an object', { json: { object: { 1: {} }, total: 50 } }, 'users data not found'],
    ['null', { text: 'null' }, 'users data not found'],
    ['a bare list', { json: [{ id_user: 1 }] }, 'users data not found'],
    ['a bad total', { json: { object: [], total: 'many' } }, 'total is not a number on page 3'],
    [
      'a row without id',
      { json: { object: [{ email: 'a@b' }], total: 50 } },
      'a user without id_user on page 3',
    ],
    ['a row that is text', { json: { object: ['a@b'], total: 50 } }, 'a row that is not a user on page 3'],
  ] satisfies [string, DepotReply, string][])(
    'such as %s is refused at once',
    async (_what, reply, reason) => {
      breakPage3(reply);
      await refusedAsInvalid(reason, 1);
    },
  );
});

describe('a page that calls itself an error', () => {
  const ERRORS = [
    { status: 'error', message: 'partial result' },
    { status: 'Error' },
    { status: 'FAILURE' },
    { status: 'exception' },
    { status: false },
    { status: 500 },
    { success: false },
    { success: 0 },
    { success: '0' },
    { success: 'False' },
    { ok: false },
    { error: 'DB down' },
    { error: 500 },
    { error: ['x'] },
    { error: { code: 504, message: 'shard timeout' } },
    { error: { code: 0, message: 'shard timeout' } },
    { error: { status: 500, message: 'OK' } },
    { errors: [null, 'DB down'] },
    { error: { code: { toString: 'x' } } },
    { errors: 'DB down' },
    { error: { status: 200, code: 504, message: 'timeout' } },
    { error: { code: 201, errors: ['x'] } },
    { error: { status: true, message: 'timeout' } },
    { error: { success: true, status: 'success', code: '500' } },
    { error: { status: 'success', code: 1045, message: 'Access denied' } },
    { error: { ok: true, error_code: 'E_DB', message: 'timeout' } },
    { error: { code: 200, stack_trace: ['x'] } },
    { error: { meta: { time: 12 } } },
    { errors: 3 },
    { errors: 215 },
    { errors: true },
    { errors: ['x'] },
    { errors: { page: ['x'] } },
    { code: 500 },
  ];

  it.each(ERRORS)('is refused with all its users: %j', async (error) => {
    breakPage3({ json: { object: makeDepotUsers(10, 21), total: 50, ...error } });
    const reason = 'an error with users beside it on page 3';
    await expect(readDepot(server.url, client)).rejects.toMatchObject({
      failure: { code: 'invalid_response', reason },
    });
  });

  it.each(ERRORS)('is refused where it has no users: %j', async (error) => {
    server.faults.total = 'missing';
    breakPage3({ json: { object: [], ...error } });
    await expect(readDepot(server.url, client)).rejects.toMatchObject({
      failure: { code: 'invalid_response', reason: 'users data not found' },
    });
  });

  it('behind a megabyte of blanks is refused in the time of one look at it', async () => {
    const error = `${' '.repeat(1_000_000)}DB down`;
    breakPage3({ json: { object: makeDepotUsers(10, 21), total: 50, error } });
    await expect(readDepot(server.url, client)).rejects.toThrow('an error with users beside it on page 3');
  });

  it('by HTTP 206 is refused with all its users', async () => {
    breakPage3({ status: 206, json: { object: makeDepotUsers(10, 21), total: 50 } });
    await expect(readDepot(server.url, client)).rejects.toMatchObject({
      failure: { code: 'fetch_failed', reason: 'HTTP 206 on page 3' },
    });
  });

  it.each([
    { status: 'success', error: '', errors: [] },
    { success: 1, error: null, errors: {} },
    { success: true, error: false, errors: null, code: 200 },
    { error: '0', code: 0 },
    { error: 'None', code: 1000 },
    { status: 1, error: 0, message: 'no error' },
    { ok: true, error: {}, errors: ' ' },
    { ok: 1, error: [], errors: 0 },
    { error: { code: 0, message: '' }, errors: { users: [], page: null } },
    { error: { code: 0, message: 'No error' } },
    { error: { code: 200, message: 'Data ditemukan' } },
    { error: { status: 200, message: 'Data found' } },
    { error: { statusCode: 200, message: 'Users fetched' } },
    { error: { status: 'success', message: 'Data ditemukan' } },
    { error: { success: true } },
    { error: { ok: true, message: 'Users fetched' } },
    { error: { errorCode: 200, message: '' } },
    { error: { status: true } },
    { error: { isError: false, message: 'Success.' } },
    { error: { code: '0', description: '-' } },
    { error: 200 },
    { error: [null] },
    { error: { code: 200, message: 'OK' }, errors: false },
    { error: { status: false, code: '200', message: 'Success' } },
    { error: { code: 200, message: 'OK', meta: { time: 12 } } },
    { error: { status: 'success', code: '00', errors: [], links: ['x'] } },
  ])('is not meant by fields that say nothing: %j', async (fields) => {
    breakPage3({ json: { object: makeDepotUsers(10, 21), total: 50, ...fields } });
    expect((await readDepot(server.url, client)).list.rows).toBe(50);
  });
});

describe('a page', () => {
  it('that a cache on the way has kept is refused, although it is whole: it may lack who came since', async () => {
    breakPage3(fromCache('86400'));
    await expect(readDepot(server.url, client)).rejects.toMatchObject({
      message: 'Failed to fetch users from external API: Old answer from a cache (86400 s) on page 3',
    });
    expect(requestsOfPage3()).toBe(1);
  });

  it.each(['61', ' 86400', '86400, 5', '2147483648', '99999999999999999999'])(
    'that a cache has kept for over a minute is refused however it says so: Age: %s',
    async (age) => {
      breakPage3(fromCache(age));
      await expect(readDepot(server.url, client)).rejects.toThrow('Old answer from a cache');
    },
  );

  it.each(['0', '60', 'old', '-1'])('that is no older than a slow read is taken: Age: %s', async (age) => {
    breakPage3(fromCache(age));
    expect((await readDepot(server.url, client)).list.rows).toBe(50);
  });

  it('is taken where it is compressed', async () => {
    breakPage3(gzipped({ object: makeDepotUsers(10, 21), total: 50, limit: 10 }));
    expect((await readDepot(server.url, client)).list.rows).toBe(50);
  });

  it('full of hostile rows harms nothing and loses none', async () => {
    const hostile = makeDepotUsers(10, 21).map((user, index) => ({
      ...user,
      email: ['<!channel>', '=cmd@x', 'a\u202e@b', {}, [], 7, null, 'x'.repeat(100_000), '\u0000', 'ok@dkm'][
        index
      ],
      constructor: { prototype: { polluted: true } },
    }));
    breakPage3({ json: { object: hostile, total: 50, limit: 10 } });
    const { rows } = await readDepot(server.url, client);
    expect(rows.slice(20, 30).map((row) => row.skip ?? row.email)).toEqual([
      'bad_email',
      '=cmd@x',
      ...Array(4).fill('bad_email'),
      'no_email',
      'bad_email',
      'bad_email',
      'ok@dkm',
    ]);
  });
});

describe('a read that is aborted', () => {
  it('ends with the reason of whoever aborts it and sends nothing more', async () => {
    const stop = new AbortController();
    const reason = new Error('shutting down');
    const session = await client.source.open(targetAt(server.url), stop.signal);
    server.faults.onRequest = ({ page }) => {
      if (page === 2) stop.abort(reason);
      return page === 1 ? undefined : 'hang';
    };
    await expect(session.read('asc', async () => {})).rejects.toBe(reason);
    const before = server.requests.length;
    await expect(session.read('asc', async () => {})).rejects.toBe(reason);
    expect(server.requests).toHaveLength(before);
  });
});
