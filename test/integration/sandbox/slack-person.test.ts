import { App, LogLevel } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../sandbox/process/free-port.ts';
import { until } from '../../../sandbox/process/until.ts';
import { type SlackPerson, slackPerson } from '../../../sandbox/strict-slack/slack-person.ts';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';

const CHANNEL = 'C0DEVSUP01';
const text = (content: string) => ({ type: 'plain_text' as const, text: content });

const BUTTONS = {
  type: 'actions' as const,
  block_id: 'buttons',
  elements: [{ type: 'button' as const, action_id: 'confirm', value: '42', text: text('Confirm') }],
};

const MODAL = {
  type: 'modal' as const,
  callback_id: 'reason',
  title: text('Why?'),
  submit: text('Send'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: text('Reason'),
      element: { type: 'plain_text_input' as const, action_id: 'reason' },
    },
  ],
};

describe('a person in the strict Slack', () => {
  let slack: StrictSlack;
  let bot: App;
  let ayu: SlackPerson;
  const heard: unknown[] = [];

  beforeEach(async () => {
    heard.length = 0;
    slack = await startStrictSlack();
    const port = await freePort();
    bot = listeningBot(slack, heard);
    await bot.start(port);
    ayu = slackPerson(slack, `http://127.0.0.1:${port}/slack/events`, 'U0ADMIN001');
  });

  afterEach(async () => {
    await bot.stop();
    await slack.stop();
  });

  it('types a command, which Bolt acknowledges, and sees the answer of the response_url', async () => {
    expect(await ayu.command('dev')).toMatchObject({ status: 200, body: '' });
    await until(() => slack.ephemerals('U0ADMIN001')[0], { failure: () => 'an answer' });
    expect(heard).toEqual(['ayu in dev-support: /usersync dev']);
  });

  it('clicks the button that a message shows', async () => {
    await ayu.command('buttons');
    const message = await until(() => slack.messages(CHANNEL)[0], {
      failure: () => 'a message',
    });
    expect(await ayu.click(message, 'confirm')).toMatchObject({ status: 200 });
    expect(heard.at(-1)).toBe(`confirm 42 of buttons on ${message.ts}`);
    expect(() => ayu.click(message, 'cancel')).toThrow('There is no button cancel to click, only: confirm');
  });

  it('submits a modal, which stays open with errors and closes without', async () => {
    await ayu.command('modal');
    const [view] = await until(() => slack.workspace.views.size > 0 && [...slack.workspace.views.values()], {
      failure: () => 'a modal',
    });
    if (view === undefined) throw new Error('No modal was opened');
    expect((await ayu.submit(view, { reason: 'no' })).body).toContain('errors');
    expect(slack.workspace.views.size).toBe(1);
    await ayu.submit(view, { reason: 'because' });
    expect(heard.slice(-2)).toEqual(['no', 'because']);
    expect(slack.workspace.views.size).toBe(0);
  });

  it('opens the Home tab', async () => {
    expect(await ayu.openHome()).toMatchObject({ status: 200 });
    expect(heard).toEqual(['home of U0ADMIN001']);
  });

  it.each([
    ['a wrong secret', { signingSecret: 'guessed' }],
    ['a body that was changed after signing', { tamper: (body: string) => body.replace('dev', 'prod') }],
    ['an old timestamp', { timestamp: Math.floor(Date.now() / 1000) - 301 }],
    ['no signature to speak of', { signature: 'v0=00' }],
  ])('is not believed with %s', async (_what, forgery) => {
    expect(await ayu.command('dev', CHANNEL, forgery)).toMatchObject({ status: 401 });
    expect(heard).toEqual([]);
  });
});

/** A bot over HTTP that notes what it hears. */
function listeningBot({ botToken, signingSecret, apiUrl }: StrictSlack, heard: unknown[]): App {
  const clientOptions = { slackApiUrl: apiUrl };
  const bot = new App({ token: botToken, signingSecret, clientOptions, logLevel: LogLevel.ERROR });
  bot.command('/usersync', async ({ ack, command, client, respond }) => {
    await ack();
    heard.push(`${command.user_name} in ${command.channel_name}: ${command.command} ${command.text}`);
    if (command.text === 'modal') {
      await client.views.open({ trigger_id: command.trigger_id, view: MODAL });
      return;
    }
    if (command.text !== 'buttons') await respond('Understood');
    else await client.chat.postMessage({ channel: command.channel_id, text: 'Preview', blocks: [BUTTONS] });
  });
  bot.action({ type: 'block_actions', action_id: 'confirm' }, async ({ ack, action, body }) => {
    const value = 'value' in action ? action.value : '';
    heard.push(`${action.action_id} ${value} of ${action.block_id} on ${body.message?.['ts']}`);
    await ack();
  });
  bot.view('reason', async ({ ack, view }) => {
    const reason = view.state.values['why']?.['reason']?.value ?? '';
    heard.push(reason);
    await (reason.length < 5 ? ack({ response_action: 'errors', errors: { why: 'Longer' } }) : ack());
  });
  bot.event('app_home_opened', async ({ event }) => void heard.push(`home of ${event.user}`));
  return bot;
}
