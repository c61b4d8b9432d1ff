import { afterEach, describe, expect, it } from 'vitest';
import { depotClient } from '../../../sandbox/depot/client.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { AYU } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';

const testbed = useTestbed();
let depot: DepotServer;
afterEach(() => depot.stop());

/** Previews a location that has the first `here` users of a depot server with `count`, ten to a page. */
async function previewed(count: number, here: number, distort: (depot: DepotServer) => void) {
  depot = await startDepotServer({ count });
  distort(depot);
  const target = await testbed.location();
  await testbed.sql('UPDATE locations SET online_url = ? WHERE id = ?', [depot.url, target.locationId]);
  const active = depot.users.slice(0, here).map(({ email }) => [String(email), 'active'] as const);
  if (here > 0) await testbed.addUsers(target, Object.fromEntries(active));
  const { source } = depotClient({ pageSize: 10 });
  const core = createCore(testbed.bot, { targets: [target], source });
  const request = { target: target.name, channelId: 'C1', actor: AYU, requestKey: target.name };
  const opened = await core.preview.request(request);
  if (opened.outcome !== 'requested') throw new Error(opened.outcome);
  await core.preview.read(opened, new AbortController().signal);
  return testbed.bot.runs.find(opened.run.id);
}

describe('a part of a list beside the words of an error', () => {
  it.each([
    ['HTTP 200', 200, { status: 'error', message: 'partial result' }, 'invalid_response'],
    ['HTTP 206', 206, { status: 'success' }, 'fetch_failed'],
  ])('deactivates nobody, with %s', async (_what, status, words, code) => {
    const run = await previewed(40, 40, ({ users, faults }) => {
      faults.onRequest = ({ page, order }) => {
        if (page === undefined) return undefined;
        const part = users.slice(0, 10);
        const object = page > 1 ? [] : order === 'desc' ? part.toReversed() : part;
        return { status, json: { ...words, object, total: 10 } };
      };
    });
    expect(run).toMatchObject({ status: 'failed', failure: { code } });
  });
});

describe('an empty list beside the words of an error', () => {
  it.each([
    { status: 'error', message: 'timeout', object: [] },
    { status: 'fail', object: null, data: [] },
    { success: false, message: 'DB down', object: [], total: 0 },
    { error: 'DB down', users: [] },
    { code: 500, object: [] },
  ])('is no page: %j', async (json) => {
    const lying = (from: number) => (server: DepotServer) => {
      server.faults.total = 'missing';
      server.faults.onRequest = ({ page = 0 }) => (page >= from ? { json } : undefined);
    };
    for (const from of [1, 2]) {
      const run = await previewed(15, 12, lying(from));
      await depot.stop();
      expect(run).toMatchObject({ status: 'failed', failure: { code: 'invalid_response' } });
    }
  });

  it('is the end of a list whose total told it, as of a server that finds nothing on that page', async () => {
    const run = await previewed(20, 21, ({ users, faults }) => {
      users.length = 20;
      faults.onRequest = ({ page = 0 }) =>
        page > 2 ? { json: { status: 'error', message: 'no data', object: [] } } : undefined;
    });
    expect(run).toMatchObject({ status: 'completed', counts: { unchanged: 20 } });
  });

  it('is an empty list where the field for errors is there and empty', async () => {
    const run = await previewed(0, 0, ({ faults }) => {
      faults.onRequest = ({ method }) =>
        method === 'GET' ? { json: { status: 'success', error: '', object: [], total: 0 } } : undefined;
    });
    expect(run).toMatchObject({ status: 'completed' });
  });
});
