import type { webApi } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import limits from '../../../sandbox/strict-slack/limits/limits.json' with { type: 'json' };
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { issueResponseUrl, issueTrigger } from '../../../sandbox/strict-slack/workspace.ts';
import { clientOf, expectError } from './web-client.ts';

const CHANNEL = 'C0DEVSUP01';
const AYU = 'U0ADMIN001';

const section = (text: string) => ({
  type: 'section' as const,
  block_id: 'body',
  text: { type: 'mrkdwn' as const, text },
});

const modal = (title = 'Users') => ({
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: title },
  blocks: [section('Loading…')],
});

describe('interactions in the strict Slack', () => {
  let now = Date.UTC(2026, 0, 1);
  let slack: StrictSlack;
  let client: webApi.WebClient;

  beforeEach(async () => {
    slack = await startStrictSlack({ now: () => now, triggerLifetimeMs: limits.timing.trigger_id_ms });
    client = clientOf(slack, slack.botToken);
  });

  afterEach(() => slack.stop());

  it('opens one modal for a trigger, within 3 seconds', async () => {
    const trigger_id = issueTrigger(slack.workspace, AYU);
    await client.views.open({ trigger_id, view: modal() });
    await expectError(client.views.open({ trigger_id, view: modal() }), 'exchanged_trigger_id');
    const late = issueTrigger(slack.workspace, AYU);
    now += limits.timing.trigger_id_ms + 1;
    await expectError(client.views.open({ trigger_id: late, view: modal() }), 'expired_trigger_id');
    await expectError(client.views.open({ trigger_id: '1.2', view: modal() }), 'invalid_trigger_id');
    expect([...slack.workspace.views.values()]).toMatchObject([{ user: AYU }]);
  });

  it('fills an open modal only with the hash of its last version', async () => {
    const { view } = await client.views.open({
      trigger_id: issueTrigger(slack.workspace, AYU),
      view: modal(),
    });
    const first = { view_id: view?.id ?? '', hash: view?.hash ?? '' };
    await client.views.update({ ...first, view: modal('Filled') });
    await expectError(client.views.update({ ...first, view: modal('Late') }), 'hash_conflict');
    await expectError(client.views.update({ view_id: 'V0', view: modal() }), 'not_found');
    expect([...slack.workspace.views.values()]).toMatchObject([{ view: { title: { text: 'Filled' } } }]);
  });

  it("refuses a view that is over Slack's limits", async () => {
    const trigger_id = issueTrigger(slack.workspace, AYU);
    await expectError(
      client.views.open({ trigger_id, view: modal('A title of too many characters') }),
      'invalid_arguments',
    );
  });

  it('publishes a Home tab', async () => {
    await client.views.publish({ user_id: AYU, view: { type: 'home', blocks: [section('Runs')] } });
    expect(slack.workspace.homes.get(AYU)?.view).toMatchObject({ type: 'home' });
  });

  it('serves a response_url 5 times, and for 30 minutes', async () => {
    const where = { user: AYU, channel: CHANNEL, messageTs: undefined };
    const url = issueResponseUrl(slack.workspace, where);
    const answers = [];
    for (let use = 0; use < 6; use += 1) answers.push(await postJson(url, { text: `${use}` }));
    expect(answers).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', '{"ok":false,"error":"used_url"}']);
    expect(slack.ephemerals(AYU)).toHaveLength(5);
    const late = issueResponseUrl(slack.workspace, where);
    now += 30 * 60_000 + 1;
    expect(await postJson(late, { text: 'late' })).toBe('{"ok":false,"error":"expired_url"}');
  });
});

async function postJson(url: string, body: object): Promise<string> {
  const headers = { 'Content-Type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).text();
}
