import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { commandBody, interactionBody, postSigned } from '../../../sandbox/strict-slack/signed-request.ts';
import {
  appHomeOpened,
  messageAction,
  slashCommand,
  viewSubmission,
} from '../../../sandbox/strict-slack/slack-payloads.ts';
import { issueResponseUrl, issueTrigger } from '../../../sandbox/strict-slack/workspace.ts';
import { CHANNEL, preview, sees, settled, shown } from '../../support/strict-conversation.ts';
import { IMPATIENT, type StrictWorld, startStrictWorld } from '../../support/strict-world.ts';

let world: StrictWorld;
let lines: { readonly level: string; readonly msg: string }[] = [];

beforeAll(async () => {
  const logs = { write: (line: string) => void lines.push(JSON.parse(line)) };
  world = await startStrictWorld({ timing: IMPATIENT, logs });
});

beforeEach(() => {
  lines = [];
});

afterAll(async () => {
  await world.stop();
});

const troubles = () => lines.filter(({ level }) => level === 'warn' || level === 'error');

const send = (body: string, contentType: string, headers: Readonly<Record<string, string>> = {}) => {
  const url = `http://127.0.0.1:${world.bot.port}/slack/events`;
  return postSigned({ url, signingSecret: world.slack.signingSecret, body, contentType, headers });
};

const origin = () => {
  const { workspace } = world.slack;
  const { teamId, appId } = workspace;
  return { teamId, appId, user: { id: AYU.id, name: 'ayu' }, triggerId: issueTrigger(workspace, AYU.id) };
};

const inChannel = (messageTs?: string) => ({
  channel: { id: CHANNEL, name: 'dev-support' },
  responseUrl: issueResponseUrl(world.slack.workspace, { user: AYU.id, channel: CHANNEL, messageTs }),
});

const published = () => world.slack.calls.filter(({ method }) => method === 'views.publish').length;

/** The event of the Home tab with other fields in it, as Slack wraps it. */
const opened = (fields: Readonly<Record<string, unknown>>, without: readonly string[] = []) => {
  const envelope = appHomeOpened(origin());
  const { event } = JSON.parse(JSON.stringify(envelope));
  for (const field of without) delete event[field];
  return JSON.stringify({ ...envelope, event: { ...event, ...fields } });
};

const deliver = (event: string, headers?: Readonly<Record<string, string>>) =>
  send(event, 'application/json', headers);

describe('an event', () => {
  it.each([
    ['with the Home tab', () => opened({})],
    ['without a tab', () => opened({}, ['tab'])],
    ['with no tab', () => opened({ tab: null })],
    ['with more than is known', () => opened({ view: { id: 'V1' }, context: { entities: [] } })],
  ])('%s shows the Home tab, and is no trouble', async (_, event) => {
    const before = published();
    expect((await deliver(event())).status).toBe(200);
    await sees(world, 'the tab', () => published() === before + 1);
    expect(troubles()).toEqual([]);
  });

  it('that is delivered again shows it again', async () => {
    const before = published();
    const event = opened({});
    for (const retry of ['0', '1', '2', '3']) {
      const headers = { 'X-Slack-Retry-Num': retry, 'X-Slack-Retry-Reason': 'http_timeout' };
      expect((await deliver(event, headers)).status).toBe(200);
    }
    await sees(world, 'the tab', () => published() === before + 4);
    expect(troubles()).toEqual([]);
  });

  it.each([
    ['of the Messages tab', () => opened({ tab: 'messages' })],
    ['of a tab that is not known', () => opened({ tab: 'about' })],
    ['of nobody', () => opened({}, ['user'])],
    ['of another kind', () => opened({ type: 'team_join', user: { id: 'U1' } })],
    ['of a message', () => opened({ type: 'message', text: 'hello', channel: CHANNEL })],
    ['of a changed message', () => opened({ type: 'message', subtype: 'message_changed', message: {} })],
    ['of a kind that Slack has not yet', () => opened({ type: 'assistant_something', odd: [{}] })],
    ['of a kind that Slack has not yet, without a time', () => opened({ type: 'odd' }, ['event_ts', 'user'])],
  ])('%s does nothing, and is no trouble', async (_, event) => {
    const [before, calls] = [published(), world.slack.calls.length];
    expect((await deliver(event(), { 'X-Slack-Retry-Num': '1' })).status).toBe(200);
    // Once a later event is served, so is this one.
    expect((await deliver(opened({}))).status).toBe(200);
    await sees(world, 'the tab', () => published() > before);
    await settled(world);
    expect(published()).toBe(before + 1);
    expect(world.slack.calls.slice(calls).map(({ method }) => method)).toEqual(['views.publish']);
    expect(troubles()).toEqual([]);
  });
});

describe('a command', () => {
  it("without a name and a text, as Slack's documentation allows, is answered", async () => {
    const {
      user_name: _,
      text: __,
      ...fields
    } = slashCommand(origin(), inChannel(), {
      command: '/usersync',
      text: '',
    });
    const told = world.slack.ephemerals(AYU.id).length;
    expect((await send(commandBody(fields), 'application/x-www-form-urlencoded')).status).toBe(200);
    await sees(world, 'the help', () => world.slack.ephemerals(AYU.id).length > told);
    expect(troubles()).toEqual([]);
  });
});

describe('a click', () => {
  it('with nothing but the id of who pressed is served', async () => {
    const message = await preview(world, world.ayu, 'dev');
    await settled(world);
    const payload = { ...message, type: 'message' };
    const action = { actionId: 'cancel_run', blockId: 'x', value: '1' };
    const click = messageAction(origin(), inChannel(message.ts), payload, action);
    const body = interactionBody({ ...click, user: { id: AYU.id, name: null } });
    expect((await send(body, 'application/x-www-form-urlencoded')).status).toBe(200);
    await sees(world, 'the end of the run', () => shown(message).includes('Sync Cancelled'));
  });

  it('on a button of another version is answered', async () => {
    const message = await preview(world, world.ayu, 'dev');
    await settled(world);
    lines = [];
    const told = world.slack.ephemerals(AYU.id).length;
    const action = { actionId: 'approve_run', blockId: 'x', value: '2' };
    expect((await world.ayu.clickForged(message, action)).status).toBe(200);
    const answer = await sees(world, 'an answer', () => world.slack.ephemerals(AYU.id)[told]);
    expect(shown(answer)).toContain('This button belongs to another version of usersync');
    expect(troubles()).toEqual([]);
  });

  it('on a button of another version on the Home tab, which has no response_url, is answered directly', async () => {
    await world.ayu.openHome();
    const home = await sees(world, 'the Home tab', () => world.slack.workspace.homes.get(AYU.id));
    const button = {
      type: 'button',
      action_id: 'approve_run',
      text: { type: 'plain_text', text: 'Approve' },
    };
    const blocks = [{ type: 'actions', block_id: 'old', elements: [button] }];
    const direct = () => world.slack.messages(`D${AYU.id.slice(1)}`);
    expect(direct()).toEqual([]);
    await world.ayu.clickInView({ ...home, view: { ...home.view, blocks } }, 'approve_run');
    const answer = await sees(world, 'an answer', () => direct().at(0));
    expect(shown(answer)).toContain('This button belongs to another version of usersync');
    expect(troubles()).toEqual([]);
  });
});

describe('a submitted modal', () => {
  it('of another version says so itself', async () => {
    const view = { id: 'V1', type: 'modal', callback_id: 'approval', private_metadata: '' };
    const body = interactionBody(viewSubmission(origin(), view, {}));
    const { status, body: answer } = await send(body, 'application/x-www-form-urlencoded');
    expect(status).toBe(200);
    expect(JSON.parse(answer)).toMatchObject({ response_action: 'update', view: { type: 'modal' } });
    expect(answer).toContain('another version of usersync');
    expect(troubles()).toEqual([]);
  });
});
