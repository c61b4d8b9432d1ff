import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boltLogger, createLogger } from '../../src/logger.ts';
import { createSlackClient } from '../../src/slack/client.ts';
import type { SlackCall } from '../../src/slack/reporting-fetch.ts';
import { type StrictSlack, startStrictSlack } from '../support/strict-slack.ts';

const logger = boltLogger(createLogger('silent'));

let slack: StrictSlack;

beforeEach(async () => {
  slack = await startStrictSlack();
});

afterEach(() => slack.stop());

/** What is reported of calls, as `chat.update refused`. */
async function reported(act: (client: ReturnType<typeof createSlackClient>) => Promise<unknown>) {
  const calls: SlackCall[] = [];
  const { apiUrl, botToken } = slack;
  const report = (call: SlackCall) => void calls.push(call);
  const client = createSlackClient({ apiUrl, botToken, logger, report, timeoutMs: 500 });
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
    ['failed', { until: new Promise(() => {}) }],
  ])('is reported as %s with %o', async (outcome, fault) => {
    slack.fail('auth.test', fault);
    expect(await reported((client) => client.auth.test())).toEqual([`auth.test ${outcome}`]);
  });

  it('of a file are those that carry it, whose address is new each time and so is not named', async () => {
    const file = { channel_id: 'C0DEVSUP01', filename: 'plan.csv', file: Buffer.from('email\n') };
    expect(await reported((client) => client.files.uploadV2(file))).toEqual([
      'files.getUploadURLExternal ok',
      'other ok',
      'files.completeUploadExternal ok',
    ]);
  });
});
