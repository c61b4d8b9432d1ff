import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DepotClient, depotClient, targetAt } from '../../../sandbox/depot/client.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { until } from '../../../sandbox/process/until.ts';
import type { SourceSession, Target } from '../../../src/sync/ports/source.ts';

let server: DepotServer;
let client: DepotClient;
let target: Target;

beforeEach(async () => {
  server = await startDepotServer({ count: 15 });
  client = depotClient({ pageSize: 10, maxConcurrent: 2, timeoutMs: 60_000 });
  target = targetAt(server.url);
  const work = new AbortController();
  await rowsOf(await open(work.signal));
  work.abort();
  server.requests.length = 0;
});

afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

const running = new AbortController().signal;
const prepare = () => client.source.prepare?.(target) ?? (() => {});
const open = (signal = running) => client.source.open(target, signal);
const asked = (count: number) =>
  until(() => server.requests.length >= count, { failure: () => `${server.requests.length} requests` });

const logins = () => server.requests.filter(({ path }) => path.endsWith('/login')).length;
const pagesAsked = () => server.requests.flatMap(({ page }) => page ?? []).sort();
/** After it, the server has seen the requests before it. */
const roundTrip = () => fetch(server.url, { redirect: 'manual' });

async function rowsOf(session: SourceSession): Promise<number> {
  return (await session.read('asc', async () => {})).rows;
}

describe('a session that was prepared while its run was opened', () => {
  it('has asked for the first pages before the run begins its work', async () => {
    prepare();
    await asked(2);
    expect(pagesAsked()).toEqual([1, 2]);
    expect(await rowsOf(await open())).toBe(15);
    expect(pagesAsked()).toEqual([1, 2]);
  });

  it('begins with the run where it needs a login, for a run that is refused needs none', async () => {
    client = depotClient({ pageSize: 10 });
    prepare();
    await roundTrip();
    expect(logins()).toBe(0);
    expect(await rowsOf(await open())).toBe(15);
    expect([logins(), pagesAsked()]).toEqual([1, [1, 2]]);
  });

  it('is for one run: the next one asks anew', async () => {
    prepare();
    await rowsOf(await open());
    server.requests.length = 0;
    expect(await rowsOf(await open())).toBe(15);
    expect(pagesAsked()).toEqual([1, 2]);
  });

  it('is prepared once, however many requests for the target are served at the same time', async () => {
    prepare();
    prepare()();
    expect(await rowsOf(await open())).toBe(15);
    expect(pagesAsked()).toEqual([1, 2]);
  });

  it.each([0, 1])(
    'stays for the request that gets the run, where the other one of two is refused: number %d',
    async (refused) => {
      const cancels = [prepare(), prepare()];
      await asked(2);
      cancels[refused]?.();
      expect(await rowsOf(await open())).toBe(15);
      expect(pagesAsked()).toEqual([1, 2]);
    },
  );

  it('is cancelled where all of the requests for it are refused', async () => {
    server.faults.onRequest = () => 'hang';
    const cancels = [prepare(), prepare()];
    await asked(2);
    for (const cancel of cancels) cancel();
    server.faults.onRequest = undefined;
    expect(await rowsOf(await open())).toBe(15);
    expect(pagesAsked()).toEqual([1, 1, 2, 2]);
  });

  it('is not prepared while a run of this process reads that server, for a second one is refused', async () => {
    const work = new AbortController();
    const session = await open(work.signal);
    prepare();
    expect(await rowsOf(session)).toBe(15);
    prepare();
    await roundTrip();
    expect(pagesAsked()).toEqual([1, 2]);
    work.abort();
    prepare();
    expect(await rowsOf(await open())).toBe(15);
    expect(pagesAsked()).toEqual([1, 1, 2, 2]);
  });

  it('logs in again only once its run is opened, where the server refuses the token', async () => {
    server.faults.tokenLifetime = 0;
    const refused = (times: number) =>
      until(() => client.logs.filter((line) => line.includes('logging in again')).length === times, {
        failure: () => client.logs.join('\n'),
      });
    const cancel = prepare();
    await refused(1);
    cancel();
    prepare();
    await refused(2);
    await roundTrip();
    expect(logins()).toBe(0);
    server.faults.tokenLifetime = undefined;
    expect(await rowsOf(await open())).toBe(15);
    expect(logins()).toBe(1);
  });

  it('is of no use to a run after its location got another address', async () => {
    const other = await startDepotServer({ count: 7 });
    prepare();
    expect(await rowsOf(await client.source.open({ ...target, baseUrl: other.url }, running))).toBe(7);
    await other.stop();
  });

  it('is never prepared for an address that no sync can use', () => {
    expect(() => client.source.prepare?.({ ...target, baseUrl: 'dev.web.com' })).not.toThrow();
  });

  it('is cancelled where no run was opened', async () => {
    server.faults.onRequest = () => 'hang';
    const cancel = prepare();
    await asked(2);
    cancel();
    server.faults.onRequest = undefined;
    expect(await rowsOf(await open())).toBe(15);
    expect(pagesAsked()).toEqual([1, 1, 2, 2]);
  });

  it('is cancelled after five seconds, as where the run waits for a process', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    server.faults.onRequest = () => 'hang';
    prepare();
    while (server.requests.length < 2) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    server.faults.onRequest = undefined;
    expect(await rowsOf(await open())).toBe(15);
    expect(pagesAsked()).toEqual([1, 1, 2, 2]);
  });

  it('is not cancelled any more once its run goes on with it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const cancel = prepare();
    const session = await open();
    cancel();
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    expect(await rowsOf(session)).toBe(15);
  });

  it('ends with the work of its run', async () => {
    server.faults.onRequest = () => 'hang';
    prepare();
    const work = new AbortController();
    const session = await open(work.signal);
    const reading = rowsOf(session);
    await asked(2);
    work.abort(new Error('the bot stops'));
    await expect(reading).rejects.toThrow('the bot stops');
  });
});
