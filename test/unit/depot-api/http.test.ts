import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gzipped, truncatedBody } from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { createHttp } from '../../../src/depot-api/http/http.ts';

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
