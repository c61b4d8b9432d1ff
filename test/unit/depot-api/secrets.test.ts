import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { depotClient, PASSWORD, readDepot } from '../../../sandbox/depot/client.ts';
import {
  type DepotReply,
  gzipBomb,
  htmlPage,
  redirectTo,
  truncatedBody,
} from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';

// Real time passes here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

let server: DepotServer;

beforeEach(async () => {
  server = await startDepotServer({ count: 30 });
});

afterEach(() => server.stop());

const REPLIES: [string, DepotReply][] = [
  ['HTTP 401', { status: 401 }],
  ['HTTP 500 that repeats the password', { status: 500, json: { message: `no ${PASSWORD}, no` } }],
  ['a reset', 'reset'],
  ['silence', 'hang'],
  ['a broken answer', truncatedBody],
  ['a gzip bomb', gzipBomb(20)],
  ['a redirect', redirectTo('/elsewhere')],
  ['HTML', htmlPage],
  ['a token for an answer', { json: { object: 'depot-token-1', message: 'depot-token-1' } }],
  ['a token in an error', { json: { error: 'no place for depot-token-1', message: 'depot-token-1' } }],
];

async function everythingSaid(): Promise<string> {
  const client = depotClient({ pageSize: 10, timeoutMs: 500 });
  const outcome = await readDepot(server.url, client).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Error);
  return inspect(outcome, { depth: 10, showHidden: true }) + client.logs.join('\n');
}

describe('passwords and tokens', () => {
  it.each(REPLIES)('stay secret where the login is answered with %s', async (_what, reply) => {
    server.faults.onRequest = ({ page }) => (page === undefined ? reply : undefined);
    const said = await everythingSaid();
    expect(said).toContain('Failed to login');
    expect(said).not.toContain(PASSWORD);
    expect(said).not.toContain('depot-token');
  });

  it.each(REPLIES)('stay secret where a page is answered with %s', async (_what, reply) => {
    server.faults.onRequest = ({ page }) => (page === 2 ? reply : undefined);
    const said = await everythingSaid();
    expect(said).not.toContain(PASSWORD);
    expect(said).not.toContain('depot-token');
  });
});
