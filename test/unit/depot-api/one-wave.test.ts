import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DepotClient, depotClient, readDepot, targetAt } from '../../../sandbox/depot/client.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { makeDepotUser } from '../../../sandbox/depot/users.ts';
import { ListMovedError } from '../../../src/sync/failures/errors.ts';
import type { SourceSession } from '../../../src/sync/ports/source.ts';

let server: DepotServer;
let client: DepotClient;

beforeEach(async () => {
  server = await startDepotServer({ count: 35 });
  client = depotClient({ pageSize: 10, maxConcurrent: 4 });
});

afterEach(() => server.stop());

const ids = async () => (await readDepot(server.url, client)).rows.map(({ id }) => id);
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);
const pagesAsked = (order = 'asc') =>
  server.requests.filter((request) => request.order === order).map(({ page }) => page);

/** No page is answered before so many of this order have been asked for. */
function holdUntilAsked(pages: number, order = 'asc'): void {
  let asked = 0;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  server.faults.onRequest = async (request) => {
    if (request.order !== order) return undefined;
    asked += 1;
    if (asked === pages) open();
    await gate;
    return undefined;
  };
}

describe('the pages of a list that was read before', () => {
  it('are asked for together with the first', async () => {
    expect(await ids()).toEqual(upTo(35));
    server.requests.length = 0;
    holdUntilAsked(4);
    expect(await ids()).toEqual(upTo(35));
    expect(pagesAsked().sort()).toEqual([1, 2, 3, 4]);
  });

  it('are all read where the list has become longer', async () => {
    await ids();
    for (let id = 36; id <= 62; id += 1) server.users.push(makeDepotUser(id));
    expect(await ids()).toEqual(upTo(62));
  });

  it.each([
    ['comes empty', undefined],
    ['is not found', { status: 404, json: { message: 'no such page' } }],
    ['never comes', 'hang' as const],
  ])('may be too many where the list has become shorter, and the one too many %s', async (_, reply) => {
    await ids();
    server.users.splice(15);
    server.faults.onRequest = ({ page }) => (page === 4 ? reply : undefined);
    expect(await ids()).toEqual(upTo(15));
  });

  it('prove no less: one that contradicts page 1 refuses the list', async () => {
    await ids();
    server.faults.onRequest = ({ page }) => {
      if (page === 3) server.users.push(makeDepotUser(36));
      return undefined;
    };
    await expect(ids()).rejects.toThrow(ListMovedError);
  });

  it('are asked for one after the other where the server stopped telling how many there are', async () => {
    await ids();
    server.faults.total = 'missing';
    expect(await ids()).toEqual(upTo(35));
    server.requests.length = 0;
    expect(await ids()).toEqual(upTo(35));
    expect(pagesAsked()).toEqual([1, 2, 3, 4]);
  });

  it('are none of another server', async () => {
    await ids();
    const other = await startDepotServer({ count: 5 });
    await readDepot(other.url, client);
    expect(other.requests.flatMap(({ page }) => page ?? [])).toEqual([1]);
    await other.stop();
  });
});

describe('a second read that is expected', () => {
  let session: SourceSession;
  const read = (order: 'asc' | 'desc') => session.read(order, async () => {});

  beforeEach(async () => {
    session = await client.source.open(targetAt(server.url), new AbortController().signal);
    await read('asc');
  });

  it('has its pages asked for in one wave before it starts, and once', async () => {
    holdUntilAsked(4, 'desc');
    session.expect?.('desc');
    session.expect?.('desc');
    expect(await read('desc')).toEqual({ rows: 35, total: 35 });
    expect(pagesAsked('desc').sort()).toEqual([1, 2, 3, 4]);
  });

  it('takes no page that came before another first read', async () => {
    session.expect?.('desc');
    await read('asc');
    server.requests.length = 0;
    await read('desc');
    expect(pagesAsked('desc').sort()).toEqual([1, 2, 3, 4]);
  });

  it('is not asked for where the server has shown before that it proves nothing', async () => {
    server.faults.beyond = 'the first page';
    await session.proveEnd('asc');
    session.expect?.('desc');
    await read('asc');
    expect(pagesAsked('desc')).toEqual([]);
  });
});
