import { once } from 'node:events';
import { createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { issueResponseUrl } from '../../../sandbox/strict-slack/workspace.ts';
import { boltLogger, createLogger } from '../../../src/process/logger.ts';
import {
  clientOptions,
  createSlackClient,
  reportingFetch,
  type SlackCall,
} from '../../../src/slack/connect/client.ts';

const logger = boltLogger(createLogger('silent'));

setFlagsFromString('--expose_gc');
const collectGarbage: () => void = runInNewContext('gc');

let slack: StrictSlack;

beforeEach(async () => {
  slack = await startStrictSlack();
});

afterEach(() => slack.stop());

/** What is reported of calls, as `chat.update refused`. */
async function reported(
  act: (client: ReturnType<typeof createSlackClient>) => Promise<unknown>,
  timeoutMs = 30_000,
) {
  const calls: SlackCall[] = [];
  const { apiUrl, botToken } = slack;
  const report = (call: SlackCall) => void calls.push(call);
  const client = createSlackClient({ apiUrl, botToken, logger, report, timeoutMs });
  await act(client).catch(() => {});
  return calls.map(({ method, outcome }) => `${method} ${outcome}`);
}

describe('each call of Slack', () => {
  it('is reported by its method, and the caller gets the answer all the same', async () => {
    let team: unknown;
    const calls = await reported(async (client) => {
      team = (await client.auth.test()).team_id;
    });
    expect(calls).toEqual(['auth.test ok']);
    expect(team).toBe(slack.workspace.teamId);
  });

  it.each([
    ['refused', { error: 'channel_not_found' }],
    ['rate_limited', { retryAfter: 1 }],
    ['failed', { status: 503 }],
    ['failed', { dropResponse: true }],
    ['failed', { half: 'broken' as const }],
  ])('is reported as %s with %o', async (outcome, fault) => {
    slack.fail('auth.test', fault);
    expect(await reported((client) => client.auth.test())).toEqual([`auth.test ${outcome}`]);
  });

  it('that nobody answers is reported as failed', async () => {
    slack.fail('auth.test', { until: new Promise(() => {}) });
    expect(await reported((client) => client.auth.test(), 500)).toEqual(['auth.test failed']);
  });

  it('of whose answer only a part comes is given up after as long, also once memory was cleared', async () => {
    slack.fail('auth.test', { half: 'stalled' });
    const clearing = setInterval(collectGarbage, 10);
    onTestFinished(() => clearInterval(clearing));
    let why: unknown;
    const calls = await reported((client) => client.auth.test().catch((error) => (why = error)), 500);
    expect(calls).toEqual(['auth.test failed']);
    expect(String(why)).toContain('timeout');
  });

  it.each([
    ['403 Доступ запрещён', 403],
    ['999 No', 599],
  ])('that a proxy answers in its own way, HTTP/1.1 %s, is an HTTP error', async (line, status) => {
    const proxy = createServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 ${line}\r\nContent-Length: 2\r\n\r\nno`));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void proxy.close());
    await once(proxy, 'listening');
    const address = proxy.address();
    const apiUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/api/`;
    const client = createSlackClient({ apiUrl, botToken: slack.botToken, logger });
    await expect(client.auth.test()).rejects.toMatchObject({
      code: 'slack_webapi_http_error',
      statusCode: status,
    });
  });

  it('that answers a command or click is given up after as long as any other, which Bolt does not see to', async () => {
    slack.fail('response_url', { until: new Promise(() => {}) });
    const { fetch: respond } = clientOptions({ apiUrl: slack.apiUrl, timeoutMs: 200 });
    const answering = respond(`${slack.workspace.url}/response/none`, { method: 'POST', body: '{}' });
    await expect(answering).rejects.toThrow('timeout');
  });

  it('that answers a command or click is not named by its address, which is new each time', async () => {
    const calls: SlackCall[] = [];
    const respond = reportingFetch(slack.apiUrl, (call) => void calls.push(call));
    const address = issueResponseUrl(slack.workspace, {
      user: 'U0ADMIN001',
      channel: 'C0DEVSUP01',
      messageTs: undefined,
    });
    const body = JSON.stringify({ text: 'Good morning' });
    await respond(address, { method: 'POST', body });
    await respond(`${slack.workspace.url}/response/none`, { method: 'POST', body });
    expect(calls).toEqual([
      { method: 'response_url', outcome: 'ok' },
      { method: 'response_url', outcome: 'failed' },
    ]);
  });
});
