import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  type AddressInfo,
  connect,
  getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout,
} from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gzipped, truncatedBody } from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { createHttp } from '../../../src/depot-api/http/http.ts';
import { waitForFarAddresses } from '../../../src/process/runtime.ts';
import { TimedOutError } from '../../../src/sync/run/concurrency.ts';

// Real time passes here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

let server: DepotServer;

beforeEach(async () => {
  server = await startDepotServer();
});

afterEach(() => server.stop());

const get = (signal = new AbortController().signal) =>
  createHttp()({ method: 'GET', url: `${server.url}/api/conf/users` }, signal);

/** Listens, and takes no connection before it is told to, as its only thread stands still. */
const STANDS_STILL = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:http').createServer((_, response) => response.end('{}'));
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(workerData, 0, 0);
  });
`;

/** A server whose queue of connections is full: the first packet of the next one is lost, and sent again after a second. */
async function crowdedServer() {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(STANDS_STILL, { eval: true, workerData: gate });
  const [port]: number[] = await once(worker, 'message');
  const crowd = [1, 2].map(() => connect({ host: '127.0.0.1', port: Number(port) }).on('error', () => {}));
  await Promise.all(crowd.map((socket) => once(socket, 'connect')));
  const open = () => {
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  };
  const stop = async () => {
    for (const socket of crowd) socket.destroy();
    await worker.terminate();
  };
  return { port, open, stop };
}

describe('a single request', () => {
  it('takes an answer of any status as an answer', async () => {
    const date = 'Sun, 01 Nov 2026 12:00:05 GMT';
    const headers = { 'Retry-After': '7', Date: date };
    server.faults.onRequest = () => ({ status: 503, headers, text: 'busy' });
    expect(await get()).toEqual({ kind: 'answer', status: 503, retryAfter: '7', date, text: 'busy' });
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
      const ask = (signal = new AbortController().signal) =>
        http({ method: 'GET', url }, signal).catch(() => ({ kind: 'late' }));
      await Promise.all([ask(), ask(), ask(), ask()]);
      const late = new AbortController();
      // Only where no answer comes: one that does come may take its time on a busy machine.
      if (what !== 'resets') setTimeout(() => late.abort(new TimedOutError(500)), 500);
      const kinds = [(await ask(late.signal)).kind];
      for (let n = 0; n < 3; n += 1) kinds.push((await ask()).kind);
      once.closeAllConnections();
      once.close();
      expect(kinds).toEqual([what === 'resets' ? 'broken' : 'late', 'answer', 'answer', 'answer']);
    },
  );

  it('closes a connection that was idle for a while, before a firewall forgets it, and waits as long as ever for an answer', async () => {
    const idleMs = 50;
    let asked = 0;
    const slow = createServer((_request, response) => {
      asked += 1;
      setTimeout(() => response.end('{}'), 4 * idleMs);
    });
    // Longer than the test: only the client closes.
    slow.keepAliveTimeout = 600_000;
    const closed = once(slow, 'connection').then(([socket]) => once(socket, 'close'));
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const outcome = await createHttp(undefined, idleMs)({ method: 'GET', url }, new AbortController().signal);
    expect([outcome.kind, asked]).toEqual(['answer', 1]);
    await closed;
    slow.close();
  });

  it('and any other connection reaches a server that is far away, although its name has another, dead address', async () => {
    const far = [await crowdedServer(), await crowdedServer()] as const;
    const before = getDefaultAutoSelectFamilyAttemptTimeout();
    const both = [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation((...asked: readonly unknown[]) => {
      const found = asked.at(-1);
      if (typeof found === 'function') found(null, both);
      for (const { open } of far) setImmediate(open);
    });
    waitForFarAddresses();
    try {
      const url = `http://depot.example:${far[0].port}/`;
      const asked = createHttp()({ method: 'GET', url }, new AbortController().signal);
      // As Slack's client and the database's driver open theirs.
      const socket = connect({ host: 'db.example', port: Number(far[1].port) });
      await once(socket, 'connect');
      socket.destroy();
      expect(await asked).toMatchObject({ kind: 'answer', status: 200 });
    } finally {
      setDefaultAutoSelectFamilyAttemptTimeout(before);
      lookup.mockRestore();
      await Promise.all(far.map(({ stop }) => stop()));
    }
  });

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
