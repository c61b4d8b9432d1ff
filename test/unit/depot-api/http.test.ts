import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gzipped, truncatedBody } from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { createHttp } from '../../../src/depot-api/http/http.ts';
import { TimedOutError } from '../../../src/sync/run/concurrency.ts';

let server: DepotServer;

beforeEach(async () => {
  server = await startDepotServer();
});

afterEach(() => server.stop());

const get = (signal = new AbortController().signal) =>
  createHttp()({ method: 'GET', url: `${server.url}/api/conf/users` }, signal);

describe('a single request', () => {
  it('takes an answer of any status as an answer', async () => {
    server.faults.onRequest = () => ({ status: 503, headers: { 'Retry-After': '7' }, text: 'busy' });
    expect(await get()).toEqual({ kind: 'answer', status: 503, retryAfter: '7', text: 'busy' });
  });

  it('hands over the text as it came, decompressed', async () => {
    server.faults.onRequest = () => gzipped({ total: 7 });
    expect(await get()).toMatchObject({ kind: 'answer', text: '{"total":7}' });
  });

  it('tells of a broken connection without the request in it', async () => {
    server.faults.onRequest = () => truncatedBody;
    const outcome = await get();
    expect(outcome).toMatchObject({ kind: 'broken', retryable: true });
    expect(outcome).not.toHaveProperty('cause.config');
  });

  it.each(['resets', 'never answers on'])(
    'is sent over a new connection where the server %s one that was idle: all of them may be dead',
    async (what) => {
      const used = new WeakSet<object>();
      const once = createServer(({ socket }, response) => {
        if (!used.has(socket)) response.end('{}');
        else if (what === 'resets') socket.resetAndDestroy();
        used.add(socket);
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => once.once('listening', resolve));
      const http = createHttp();
      const url = `http://127.0.0.1:${(once.address() as AddressInfo).port}`;
      const ask = () => {
        const late = new AbortController();
        const timer = setTimeout(() => late.abort(new TimedOutError(500)), 500);
        const asked = http({ method: 'GET', url }, late.signal).catch(() => ({ kind: 'late' }));
        return asked.finally(() => clearTimeout(timer));
      };
      await Promise.all([ask(), ask(), ask(), ask()]);
      const kinds = [];
      for (let n = 0; n < 4; n += 1) kinds.push((await ask()).kind);
      once.closeAllConnections();
      once.close();
      expect(kinds).toEqual([what === 'resets' ? 'broken' : 'late', 'answer', 'answer', 'answer']);
    },
  );

  it('throws the reason of whoever aborts it', async () => {
    const stop = new AbortController();
    const reason = new Error('shutting down');
    server.faults.onRequest = () => {
      stop.abort(reason);
      return 'hang';
    };
    await expect(get(stop.signal)).rejects.toBe(reason);
  });
});
