import { App, LogLevel } from '@slack/bolt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSlack, startLocalSlack } from '../../../sandbox/local-slack/local-slack.ts';
import { hasLocalSlack } from '../../../sandbox/local-slack/program.ts';
import { AYU, BUDI, CITRA } from '../../../sandbox/local-slack/workspace.ts';
import { until } from '../../../sandbox/process/until.ts';

const MODAL = {
  type: 'modal' as const,
  callback_id: 'reason',
  title: { type: 'plain_text' as const, text: 'Why?' },
  submit: { type: 'plain_text' as const, text: 'Send' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: { type: 'plain_text' as const, text: 'Reason' },
      element: { type: 'plain_text_input' as const, action_id: 'reason' },
    },
  ],
};

describe.skipIf(!hasLocalSlack())('local Slack', () => {
  let slack: LocalSlack;
  let bot: App;

  beforeAll(async () => {
    slack = await startLocalSlack({ mode: 'socket' });
    bot = echoBot(slack);
    await bot.start();
    await slack.waitForBot();
  });

  afterAll(async () => {
    await bot.stop();
    await slack.stop();
  });

  it('hands a typed command to the bot and shows its answer', async () => {
    await slack.command(AYU.id, 'dev');
    const answer = await slack.waitFor((messages) =>
      messages.find(({ text }) => text === 'U0ADMIN001 wants dev'),
    );
    expect(answer).toMatchObject({ user: slack.botUserId, channel: slack.channelId });
  });

  it("clicks a message's button with the value and block_id that stand in it", async () => {
    await slack.command(AYU.id, 'click');
    const { ts } = await slack.waitFor((messages) =>
      messages.find(({ text }) => text.includes('wants click')),
    );
    await slack.click(ts, CITRA.id, 'confirm');
    await slack.waitFor((messages) =>
      messages.find(({ text }) => text === 'U0MEMBER01 pressed run_1 in buttons'),
    );
  });

  it('refuses to click a button that the message does not show', async () => {
    await slack.command(AYU.id, 'nothing');
    const { ts } = await slack.waitFor((messages) =>
      messages.find(({ text }) => text.includes('wants nothing')),
    );
    await expect(slack.click(ts, AYU.id, 'cancel')).rejects.toThrow(`Message ${ts} has no button cancel`);
  });

  it('submits an open modal with what a person enters, and tells what the bot finds wrong', async () => {
    await slack.command(BUDI.id, 'modal');
    await slack.waitForView(({ callback_id }) => callback_id === 'reason');
    const refused = await slack.submitView(BUDI.id, { reason: 'no' });
    expect(refused.errors).toEqual({ why: 'Longer, please' });
    const accepted = await slack.submitView(BUDI.id, { reason: 'because' });
    expect(accepted).toEqual({ open: undefined, errors: {} });
    await slack.waitFor((messages) => messages.find(({ text }) => text === 'because'));
  });

  it('shows the Home tab that the bot publishes', async () => {
    await slack.openHome(CITRA.id);
    const home = await until(() => slack.homeView(CITRA.id), {
      failure: () => 'a Home tab',
    });
    expect(home.type).toBe('home');
  });

  it('fails with a transcript of the channel where the message waited for does not come', async () => {
    await slack.command(AYU.id, 'transcript');
    await slack.waitFor((messages) => messages.find(({ text }) => text.includes('wants transcript')));
    await expect(slack.waitFor(() => false, { timeoutMs: 0 })).rejects.toThrow(
      /channel shows:.*U0USERSYNC: U0ADMIN001 wants transcript.*\[button confirm\]/s,
    );
  });
});

/** A bot that answers each command, click, modal and opening of Home with what it received. */
function echoBot({ apiUrl, botToken, appToken, channelId }: LocalSlack): App {
  const clientOptions = { slackApiUrl: apiUrl };
  const bot = new App({
    token: botToken,
    appToken,
    socketMode: true,
    clientOptions,
    logLevel: LogLevel.ERROR,
  });
  bot.command('/usersync', async ({ ack, command, client }) => {
    await ack();
    if (command.text === 'modal') {
      await client.views.open({ trigger_id: command.trigger_id, view: MODAL });
      return;
    }
    const text = `${command.user_id} wants ${command.text}`;
    const buttons = command.text === 'nothing' ? [] : [buttonBlock()];
    await client.chat.postMessage({ channel: command.channel_id, text, blocks: buttons });
  });
  bot.action('confirm', async ({ ack, body, action, client }) => {
    await ack();
    if (action.type !== 'button' || !('block_id' in action)) return;
    const text = `${body.user.id} pressed ${action.value} in ${action.block_id}`;
    await client.chat.postMessage({ channel: channelId, text });
  });
  bot.view('reason', async ({ ack, view, client }) => {
    const reason = view.state.values['why']?.['reason']?.value ?? '';
    if (reason.length < 5) return ack({ response_action: 'errors', errors: { why: 'Longer, please' } });
    await ack();
    await client.chat.postMessage({ channel: channelId, text: reason });
  });
  bot.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [] } });
  });
  return bot;
}

function buttonBlock() {
  const text = { type: 'plain_text' as const, text: 'Confirm' };
  return {
    type: 'actions' as const,
    block_id: 'buttons',
    elements: [{ type: 'button' as const, action_id: 'confirm', value: 'run_1', text }],
  };
}
