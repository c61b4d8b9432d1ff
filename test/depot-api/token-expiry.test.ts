import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { depotClient, readDepot } from '../support/depot-client.ts';
import { type DepotServer, startDepotServer } from '../support/depot-server.ts';

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
