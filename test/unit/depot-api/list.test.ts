import { afterEach, describe, expect, it } from 'vitest';
import { depotClient, readDepot, targetAt } from '../../../sandbox/depot/client.ts';
import { createCrowd } from '../../../sandbox/depot/crowd.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { makeDepotUser } from '../../../sandbox/depot/users.ts';
import { ListMovedError } from '../../../src/sync/failures/errors.ts';

let server: DepotServer;

afterEach(() => server.stop());

async function serve(count: number): Promise<DepotServer> {
  server = await startDepotServer({ count });
  return server;
}

const pagesAsked = () => server.requests.flatMap(({ page }) => page ?? []).sort((a, b) => a - b);
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a list whose length the server tells', () => {
  it.each([0, 1, 99, 100, 101, 850])('of %i users is read whole, each page once', async (count) => {
    const { url } = await serve(count);
    const { rows, list, totals } = await readDepot(url);
    expect(rows.map((row) => row.id)).toEqual(ids(1, count));
    expect(list).toEqual({ rows: count, total: count });
    expect(new Set(totals)).toEqual(new Set([count]));
    expect(pagesAsked()).toEqual(ids(1, Math.max(1, Math.ceil(count / 100))));
  });

  it('is read backwards in the order desc', async () => {
    const { url } = await serve(25);
    const { rows } = await readDepot(url, depotClient({ pageSize: 10 }), 'desc');
    expect(rows.map((row) => row.id)).toEqual(ids(1, 25).reverse());
  });

  it.each(['object', 'data', 'users'] as const)('is found at %s', async (listKey) => {
    const { url, faults } = await serve(3);
    faults.listKey = listKey;
    expect((await readDepot(url)).list.rows).toBe(3);
  });

  it('is read whole where the total is a string', async () => {
    const { url, faults } = await serve(250);
    faults.total = 'string';
    expect((await readDepot(url)).list).toEqual({ rows: 250, total: 250 });
  });

  it.each(['applied', 'asked', 'none'] as const)(
    'is read whole where the server caps its pages and echoes: %s',
    async (echo) => {
      const { url, faults } = await serve(95);
      faults.pageCap = 30;
      faults.echo = echo;
      expect((await readDepot(url)).rows.map((row) => row.id)).toEqual(ids(1, 95));
    },
  );

  it('hands duplicates and rows without an email over as they are', async () => {
    const { url, users } = await serve(4);
    users[1] = { ...makeDepotUser(2), email: ' USER1@dkm ' };
    users[2] = { id_user: 3 };
    const { rows, list } = await readDepot(url);
    expect(rows.map((row) => row.email)).toEqual(['user1@dkm', 'user1@dkm', undefined, 'user4@dkm']);
    expect(list.rows).toBe(4);
  });

  it('is never held whole: at most two pages are in hand for each that may be read at a time', async () => {
    const { url, faults } = await serve(250);
    const session = await depotClient({ pageSize: 10, maxConcurrent: 3 }).source.open(
      targetAt(url),
      new AbortController().signal,
    );
    let inHand = 0;
    let most = 0;
    faults.onRequest = () => {
      inHand += 1;
      most = Math.max(most, inHand);
      return undefined;
    };
    const crowd = createCrowd(6);
    await session.read('asc', async ({ page }) => {
      if (page > 1) await crowd.pass();
      inHand -= 1;
    });
    expect([most, inHand]).toEqual([6, 0]);
  });
});

describe('many pages at a time', () => {
  it('are not mistaken for a leak of listeners', async () => {
    const { url } = await serve(60);
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    await readDepot(url, depotClient({ pageSize: 2, maxConcurrent: 30 }));
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

describe('a list that moves while it is read', () => {
  const small = () => depotClient({ pageSize: 10, maxConcurrent: 1 });

  it('is noticed where the total grows', async () => {
    const { url, users, faults } = await serve(35);
    faults.onRequest = ({ page }) => {
      if (page === 3) users.push(makeDepotUser(36));
      return undefined;
    };
    const error = new ListMovedError('total was 35 on page 1 and 36 on page 3');
    await expect(readDepot(url, small())).rejects.toThrow(error);
  });

  it('is noticed where the total shrinks', async () => {
    const { url, users, faults } = await serve(35);
    faults.onRequest = ({ page }) => {
      if (page === 2) users.splice(0, 1);
      return undefined;
    };
    await expect(readDepot(url, small())).rejects.toThrow(ListMovedError);
  });

  it('is noticed where the total disappears', async () => {
    const { url, faults } = await serve(35);
    faults.onRequest = ({ page }) => {
      if (page === 2) faults.total = 'missing';
      return undefined;
    };
    await expect(readDepot(url, small())).rejects.toThrow('total was 35 on page 1 and missing on page 2');
  });

  it('is noticed where the total appears', async () => {
    const { url, faults } = await serve(35);
    faults.total = 'missing';
    faults.onRequest = ({ page }) => {
      if (page === 2) faults.total = 'number';
      return undefined;
    };
    await expect(readDepot(url, small())).rejects.toThrow('total was missing on page 1 and 35 on page 2');
  });

  it('is noticed where the total appears on the empty page at its end', async () => {
    const { url, faults } = await serve(20);
    faults.total = 'missing';
    faults.onRequest = ({ page }) => (page === 3 ? { json: { object: [], total: 30 } } : undefined);
    await expect(readDepot(url, small())).rejects.toThrow('total was missing on page 1 and 30 on page 3');
  });

  it.each([
    [2, 9],
    [2, 11],
    [4, 4],
    [4, 6],
    [4, 0],
  ])('is noticed where page %i of 4 has %i of the users it should have', async (short, length) => {
    const { url, faults } = await serve(35);
    const object = ids(1, length).map(makeDepotUser);
    faults.onRequest = ({ page }) => (page === short ? { json: { object, total: 35 } } : undefined);
    await expect(readDepot(url, small())).rejects.toThrow(ListMovedError);
  });
});

describe('a list whose length the server does not tell', () => {
  it.each([0, 9, 10, 25, 30])('of %i users is read up to the first short page', async (count) => {
    const { url, faults } = await serve(count);
    faults.total = 'missing';
    const { rows, list, totals } = await readDepot(url, depotClient({ pageSize: 10 }));
    expect(rows.map((row) => row.id)).toEqual(ids(1, count));
    expect(list).toEqual({ rows: count, total: undefined });
    expect(new Set(totals)).toEqual(new Set([undefined]));
    expect(pagesAsked()).toEqual(ids(1, Math.floor(count / 10) + 1));
  });

  it('is read whole where the server caps its pages and says so', async () => {
    const { url, faults } = await serve(95);
    Object.assign(faults, { total: 'missing', pageCap: 30 });
    expect((await readDepot(url)).rows.map((row) => row.id)).toEqual(ids(1, 95));
  });

  it('is read on where the server echoes more than was asked for', async () => {
    const { url, faults } = await serve(25);
    faults.total = 'missing';
    faults.onRequest = ({ page = 0 }) =>
      page > 0
        ? { json: { object: ids(page * 10 - 9, Math.min(page * 10, 25)).map(makeDepotUser), limit: 1000 } }
        : undefined;
    expect((await readDepot(url, depotClient({ pageSize: 10 }))).list.rows).toBe(25);
  });

  it('and no limit either is believed only where nothing follows the short page', async () => {
    const { url, faults } = await serve(25);
    Object.assign(faults, { total: 'missing', echo: 'none' });
    expect((await readDepot(url, depotClient({ pageSize: 10 }))).list.rows).toBe(25);
    expect(pagesAsked()).toEqual([1, 2, 3, 4]);
  });

  it('is refused where the server caps its pages in silence', async () => {
    const { url, faults } = await serve(95);
    Object.assign(faults, { total: 'missing', echo: 'none', pageCap: 30 });
    await expect(readDepot(url)).rejects.toThrow(ListMovedError);
  });

  it.each<[string, object, boolean]>([
    ['in the words of the pages before it', { object: [], status: 'Success ' }, true],
    ['with a message of its own', { object: [], status: 'success', message: 'Tidak ada data' }, true],
    ['with a number', { object: [], status: 204 }, true],
    ['in no words', { object: [] }, true],
    ['as a failure, in words that nobody foresaw', { object: [], status: 'gagal' }, false],
    ['likewise, with a limit', { object: [], status: 'server busy', limit: 10 }, false],
  ])('ends with an empty page %s: %j', async (_, json, isEnd) => {
    const { url, faults } = await serve(35);
    faults.total = 'missing';
    faults.onRequest = ({ page }) => (page === 3 ? { json } : undefined);
    const reading = readDepot(url, depotClient({ pageSize: 10 }));
    if (isEnd) expect((await reading).list.rows).toBe(20);
    else await expect(reading).rejects.toThrow('Invalid response format: users data not found');
  });

  it.each([
    ['differ from page to page', 'all is well'],
    ['come with the end alone', undefined],
  ])('is read to its end where the words of success %s', async (_, status) => {
    const { url, faults } = await serve(20);
    faults.onRequest = ({ page }) => {
      if (page === 1) return { json: { object: ids(1, 10).map(makeDepotUser), status } };
      if (page === 2)
        return { json: { object: ids(11, 20).map(makeDepotUser), status: status && 'success' } };
      return page === undefined ? undefined : { json: { object: [], status: 'success' } };
    };
    expect((await readDepot(url, depotClient({ pageSize: 10 }))).list.rows).toBe(20);
  });

  it.each([204, 400, 404, 422])(
    'ends with a full page after which there is none: HTTP %i',
    async (status) => {
      const { url, faults } = await serve(20);
      faults.total = 'missing';
      faults.onRequest = ({ page = 0 }) =>
        page > 2 ? { status, json: { detail: 'Invalid page.' } } : undefined;
      expect((await readDepot(url, depotClient({ pageSize: 10 }))).list.rows).toBe(20);
    },
  );

  it.each([
    ['is refused otherwise', { status: 403, json: {} }, 'HTTP 403 on page 3'],
    ['failed', { status: 500, json: {} }, 'HTTP 500 on page 3'],
    ['is an empty answer', { text: '' }, 'an empty answer instead of JSON on page 3'],
  ])('is not at its end where the page after a full one %s', async (_, reply, reason) => {
    const { url, faults } = await serve(20);
    faults.total = 'missing';
    faults.onRequest = ({ page = 0 }) => (page > 2 ? reply : undefined);
    await expect(readDepot(url, depotClient({ pageSize: 10 }))).rejects.toThrow(reason);
  });

  it('and no limit either is not at its end where a page is not found', async () => {
    const { url, faults } = await serve(20);
    Object.assign(faults, { total: 'missing', echo: 'none' });
    faults.onRequest = ({ page = 0 }) => (page > 2 ? { status: 404, json: {} } : undefined);
    await expect(readDepot(url, depotClient({ pageSize: 10 }))).rejects.toThrow('HTTP 404 on page 3');
  });

  it('is refused where the server sends the same page again and again', async () => {
    const { url, faults } = await serve(0);
    const object = ids(1, 100).map(makeDepotUser);
    faults.onRequest = ({ page }) => (page === undefined ? undefined : { json: { object } });
    await expect(readDepot(url)).rejects.toMatchObject({
      name: 'FetchFailedError',
      failure: { reason: 'page 2 is the same as page 1: the server does not turn pages' },
    });
  });
});
