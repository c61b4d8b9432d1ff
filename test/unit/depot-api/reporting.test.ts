import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { depotClient, readDepot, targetAt } from '../../../sandbox/depot/client.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { until } from '../../../sandbox/process/until.ts';
import type { DepotRequest } from '../../../src/depot-api/http/transport.ts';

// Real time passes here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

let server: DepotServer;

beforeEach(async () => {
  server = await startDepotServer({ count: 20 });
});

afterEach(() => server.stop());

const statuses = (requests: readonly DepotRequest[]) => requests.map(({ status }) => status);

describe('each request to a depot server', () => {
  it('is reported with its target, its status and how long it took', async () => {
    const client = depotClient({ pageSize: 10 });
    await readDepot(server.url, client);
    expect(statuses(client.requests)).toEqual([200, 200, 200]);
    for (const { target, seconds } of client.requests) {
      expect(target).toBe('dev');
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(60);
    }
  });

  it('is reported as often as it is tried', async () => {
    const client = depotClient({ pageSize: 20 });
    const answers = [{ status: 503 }, 'reset', { status: 429 }] as const;
    let asked = 0;
    server.faults.onRequest = ({ page }) => {
      if (page === undefined) return undefined;
      asked += 1;
      return answers[asked - 1];
    };
    await readDepot(server.url, client);
    expect(statuses(client.requests)).toEqual([200, 503, 'error', 429, 200]);
  });

  it('is an error where the server does not answer in time: a page', async () => {
    const client = depotClient({ pageSize: 20, timeoutMs: 1_000 });
    let asked = 0;
    server.faults.onRequest = ({ page }) => {
      if (page === undefined) return undefined;
      asked += 1;
      return asked === 1 ? 'hang' : undefined;
    };
    await readDepot(server.url, client);
    expect(statuses(client.requests)).toEqual([200, 'error', 200]);
  });

  it('is an error where the server does not answer in time: a login', async () => {
    const client = depotClient({ timeoutMs: 200 });
    server.faults.onRequest = () => 'hang';
    const { signal } = new AbortController();
    await expect(client.source.open(targetAt(server.url), signal)).rejects.toThrow('Connection timeout');
    await until(() => client.requests.length > 0, { failure: () => 'nothing reported' });
    expect(statuses(client.requests)).toEqual(['error']);
  });

  it('is not reported where the work was stopped meanwhile', async () => {
    const client = depotClient();
    const stop = new AbortController();
    server.faults.onRequest = () => {
      stop.abort(new Error('stopping'));
      return 'hang';
    };
    await expect(client.source.open(targetAt(server.url), stop.signal)).rejects.toThrow('stopping');
    server.faults.onRequest = undefined;
    await readDepot(server.url, client);
    expect(statuses(client.requests)).toEqual([200, 200]);
  });
});
