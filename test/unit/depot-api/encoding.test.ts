import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { depotClient, readDepot } from '../../../sandbox/depot/client.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { makeDepotUsers } from '../../../sandbox/depot/users.ts';

let server: DepotServer;

beforeEach(async () => {
  server = await startDepotServer({ count: 3 });
});

afterEach(() => server.stop());

const list = (email: string) =>
  JSON.stringify({ object: [{ id_user: 1, email }, ...makeDepotUsers(2, 2)], total: 3, page: 1, limit: 100 });

/** Answers every page with these bytes, under this charset. */
function answerPagesWith(bytes: Buffer, charset?: string): void {
  const type = charset === undefined ? 'application/json' : `application/json; charset=${charset}`;
  server.faults.onRequest = ({ page }) =>
    page === undefined
      ? undefined
      : (response) => response.writeHead(200, { 'Content-Type': type }).end(bytes);
}

const emails = async () => (await readDepot(server.url, depotClient())).rows.map(({ email }) => email);

describe('an answer that is not UTF-8', () => {
  it.each<[string, Buffer, string | undefined, string]>([
    [
      'ISO-8859-1 under no name',
      Buffer.from(list('josé@dkm'), 'latin1'),
      undefined,
      'text that is not UTF-8 on page 1',
    ],
    [
      'ISO-8859-1 under the name of UTF-8',
      Buffer.from(list('josé@dkm'), 'latin1'),
      'utf-8',
      'text that is not UTF-8 on page 1',
    ],
    [
      'ISO-8859-1 under its own name',
      Buffer.from(list('josé@dkm'), 'latin1'),
      'ISO-8859-1',
      'text in ISO-8859-1 instead of UTF-8 on page 1',
    ],
    [
      'bytes that are letters in both',
      Buffer.from(list('josé@dkm'), 'utf8'),
      '"windows-1252"',
      'text in windows-1252 instead of UTF-8 on page 1',
    ],
    [
      'UTF-7, which is ASCII to look at',
      Buffer.from(list('jos+AOk-@dkm')),
      'UTF-7',
      'text in UTF-7 instead of UTF-8 on page 1',
    ],
    [
      'UTF-16 with a byte order mark',
      Buffer.from(`\ufeff${list('josé@dkm')}`, 'utf16le'),
      undefined,
      'text that is not UTF-8 on page 1',
    ],
    [
      'UTF-16 without one',
      Buffer.from(list('jose@dkm'), 'utf16le'),
      undefined,
      'text that is not valid JSON on page 1',
    ],
    [
      'half a character at its very end',
      Buffer.concat([Buffer.from(list('a@dkm')), Buffer.from([0xc3])]),
      undefined,
      'text that is not UTF-8 on page 1',
    ],
    [
      'a surrogate in three bytes',
      Buffer.from(list('a%@dkm').replace('%', '\xed\xa0\x80'), 'latin1'),
      undefined,
      'text that is not UTF-8 on page 1',
    ],
    [
      'a NUL byte in an email',
      Buffer.from(list('budi@dkm').replace('budi', 'bu\0di')),
      undefined,
      'text that is not valid JSON on page 1',
    ],
    [
      'an overlong slash',
      Buffer.from(list('a%@dkm').replace('%', '\xc0\xaf'), 'latin1'),
      undefined,
      'text that is not UTF-8 on page 1',
    ],
  ])('is refused as a whole: %s', async (_what, bytes, charset, reason) => {
    answerPagesWith(bytes, charset);
    await expect(emails()).rejects.toMatchObject({ failure: { code: 'invalid_response', reason } });
  });

  it('is asked for once where the server says in which other charset it is: it means it', async () => {
    answerPagesWith(Buffer.from(list('josé@dkm'), 'latin1'), 'iso-8859-1');
    await expect(emails()).rejects.toThrow('text in iso-8859-1 instead of UTF-8 on page 1');
    expect(server.requests.filter(({ page }) => page === 1)).toHaveLength(1);
  });

  it.each([
    ['at the login', undefined, 'login_failed', 'the server sent text that is not UTF-8'],
    ['on the last page alone', 3, 'invalid_response', 'text that is not UTF-8 on page 3'],
  ])('is refused %s, too', async (_where, where, code, reason) => {
    server.faults.onRequest = ({ page }) =>
      page === where
        ? (response) => response.writeHead(200).end(Buffer.from('{"token":"é"}', 'latin1'))
        : undefined;
    const reading = readDepot(server.url, depotClient({ pageSize: 1 }));
    await expect(reading).rejects.toMatchObject({ failure: { code, reason } });
  });
});

describe('an answer in UTF-8', () => {
  it.each<[string, Buffer, string | undefined]>([
    ['under no name', Buffer.from(list('josé@dkm')), undefined],
    ['under its own name', Buffer.from(list('josé@dkm')), 'UTF-8'],
    ['under the name that MySQL gives it', Buffer.from(list('josé@dkm')), 'utf8mb4'],
    ['with a byte order mark', Buffer.from(`\ufeff${list('josé@dkm')}`), 'utf-8'],
  ])('is read: %s', async (_what, bytes, charset) => {
    answerPagesWith(bytes, charset);
    expect(await emails()).toEqual(['josé@dkm', 'user2@dkm', 'user3@dkm']);
  });

  it('is read where it has ASCII alone, which ISO-8859-1 has as well', async () => {
    answerPagesWith(Buffer.from(list('jose@dkm')), 'iso-8859-1');
    expect(await emails()).toEqual(['jose@dkm', 'user2@dkm', 'user3@dkm']);
  });

  it.each(['\\ud800', '\\udc00\\ud800', '\\u0000'])(
    'with %s in an email makes a skipped row of it, and loses none',
    async (half) => {
      answerPagesWith(Buffer.from(list('a%@dkm').replace('%', half)));
      const { rows } = await readDepot(server.url, depotClient());
      expect(rows.map(({ email, skip }) => email ?? skip)).toEqual(['bad_email', 'user2@dkm', 'user3@dkm']);
    },
  );
});
