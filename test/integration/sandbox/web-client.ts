import { webApi } from '@slack/bolt';
import { expect } from 'vitest';
import type { StrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';

/** Slack's own client, without retries and silent. */
export function clientOf(slack: StrictSlack, token: string | undefined): webApi.WebClient {
  return new webApi.WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger: SILENT,
  });
}

export const SILENT: webApi.Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => webApi.LogLevel.ERROR,
  setName() {},
};

/** Expects Slack's answer to be this error. */
export async function expectError(call: Promise<unknown>, error: string): Promise<void> {
  await expect(call).rejects.toMatchObject({ data: { ok: false, error } });
}
