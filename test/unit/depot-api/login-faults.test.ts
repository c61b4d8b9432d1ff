import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { depotClient, readDepot, targetAt } from '../../../sandbox/depot/client.ts';
import { oversizedBody, redirectTo, stalledBody, truncatedBody } from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { until } from '../../../sandbox/process/until.ts';
import type { Transport } from '../../../src/depot-api/http/transport.ts';
import { login } from '../../../src/depot-api/login.ts';

// Real time passes here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const OPENSSL = 'openssl';
const never = new AbortController().signal;
const TIMEOUT = {
  message: 'Failed to login to external API: Connection timeout',
  failure: { code: 'login_failed', reason: 'Connection timeout', unanswered: true },
};
let server: DepotServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function serve(): Promise<DepotServer> {
  server = await startDepotServer({ count: 3 });
  return server;
}

describe('a login', () => {
  it('with the wrong password is refused after one request', async () => {
    const { url, requests } = await serve();
    const { source } = depotClient({ password: 'wrong_password' });
    await expect(source.open(targetAt(url), never)).rejects.toMatchObject({
      message: 'Failed to login to external API: Unauthorized',
    });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['never answers', 'hang' as const],
    ['stops in the middle of its answer', stalledBody],
  ])('at a server that %s ends with a timeout', async (_what, reply) => {
    const { url, faults } = await serve();
    faults.onRequest = () => reply;
    // Counted where it is sent: a busy server may see the request only after its end.
    const { source, requests } = depotClient({ timeoutMs: 500 });
    await expect(source.open(targetAt(url), never)).rejects.toMatchObject(TIMEOUT);
    await until(() => requests.length > 0, { failure: () => 'no request was reported' });
    expect(requests).toHaveLength(1);
  });

  it('counts the time in the queue and the waits between attempts', async () => {
    const endless = () => new Promise<never>(() => {});
    const welcome = { kind: 'answer', status: 200, retryAfter: undefined, text: '{"token":"t"}' } as const;
    const busy = { ...transportOf(async () => welcome), limiter: endless };
    await expect(login(busy, { email: 'a@b', password: 'p' }, never)).rejects.toMatchObject(TIMEOUT);
    const broken = {
      kind: 'broken',
      why: { code: 'connection_refused' },
      retryable: true,
      cause: new Error(),
    } as const;
    const waiting = transportOf(async () => broken);
    const pace = { random: () => 0, delay: endless, restMs: 0 };
    await expect(login({ ...waiting, pace }, { email: 'a@b', password: 'p' }, never)).rejects.toMatchObject(
      TIMEOUT,
    );
  });

  it('does not begin a wait that its time would not outlast', async () => {
    const { url, faults, requests } = await serve();
    faults.onRequest = () => ({ status: 503, headers: { 'Retry-After': '120' } });
    const { source, waits } = depotClient({ timeoutMs: 5_000 });
    await expect(source.open(targetAt(url), never)).rejects.toMatchObject({
      failure: { reason: 'HTTP 503' },
    });
    expect([requests.length, waits]).toEqual([1, []]);
  });

  it('waits as long as the server asks for where there is time', async () => {
    const { url, faults, requests } = await serve();
    faults.onRequest = () =>
      requests.length === 1 ? { status: 429, headers: { 'Retry-After': '3' } } : undefined;
    const client = depotClient();
    await readDepot(url, client);
    expect(client.waits).toEqual([3_000]);
  });

  it('survives a server that fails once and resets the connection once', async () => {
    const { url, faults, requests } = await serve();
    faults.onRequest = () => ([{ status: 502 }, 'reset'] as const)[requests.length - 1];
    expect((await readDepot(url)).list.rows).toBe(3);
  });

  it.each([
    ['resets', 'reset' as const, 'Connection reset'],
    ['breaks off', truncatedBody, 'Connection closed before the answer was complete'],
    ['sends 100 MB', oversizedBody(100), 'Answer larger than 10 MB or 500,000 values'],
    ['redirects', redirectTo('http://127.0.0.1:1/'), 'HTTP 302: redirects are not followed'],
  ])('at a server that always %s says so', async (_what, reply, reason) => {
    const { url, faults } = await serve();
    faults.onRequest = () => reply;
    await expect(depotClient().source.open(targetAt(url), never)).rejects.toMatchObject({
      failure: { reason },
    });
  });

  it('at a closed port says that the connection is refused', async () => {
    const { url, stop } = await startDepotServer();
    await stop();
    await expect(depotClient().source.open(targetAt(url), never)).rejects.toMatchObject({
      message: 'Failed to login to external API: Connection refused',
    });
  });

  it('at a name that does not exist says so', async () => {
    const { source } = depotClient();
    await expect(source.open(targetAt('https://nonexistent.invalid'), never)).rejects.toMatchObject({
      failure: {
        code: 'login_failed',
        reason: expect.stringMatching(/^Server name not found/),
        unanswered: true,
      },
    });
  });

  it('is not even tried where the location has no usable URL', async () => {
    await expect(depotClient().source.open(targetAt('jkt.web.com'), never)).rejects.toMatchObject({
      failure: { code: 'location_url', reason: expect.stringContaining('Dev') },
    });
  });

  it('ends with the reason of whoever aborts it', async () => {
    const { url, faults, requests } = await serve();
    const stop = new AbortController();
    const reason = new Error('shutting down');
    faults.onRequest = () => {
      stop.abort(reason);
      return 'hang';
    };
    await expect(depotClient().source.open(targetAt(url), stop.signal)).rejects.toBe(reason);
    await expect(depotClient().source.open(targetAt(url), stop.signal)).rejects.toBe(reason);
    expect(requests).toHaveLength(1);
  });
});

describe.skipIf(!hasOpenssl())('a server with a certificate of its own making', () => {
  it('is not trusted, and the reason names what is wrong with it', async () => {
    const tls = createServer(selfSigned()).listen(0, '127.0.0.1');
    await new Promise((resolve) => tls.once('listening', resolve));
    const { port } = tls.address() as AddressInfo;
    const { source } = depotClient();
    await expect(source.open(targetAt(`https://127.0.0.1:${port}`), never)).rejects.toMatchObject({
      message: 'Failed to login to external API: TLS certificate problem (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    tls.close();
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync(OPENSSL, ['version']);
    return true;
  } catch {
    return false;
  }
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'usersync-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync(OPENSSL, ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return pair;
}

function transportOf(http: Transport['http']): Transport {
  const silent = () => {};
  return {
    base: { href: 'http://localhost', origin: 'http://localhost' },
    targetName: 'dev',
    http,
    limiter: (job) => job(silent, silent),
    pace: { random: () => 0, delay: async () => {}, restMs: 0 },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    timeoutMs: 50,
  };
}
