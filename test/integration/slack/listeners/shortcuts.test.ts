import { beforeEach, describe, expect, it } from 'vitest';
import { AYU, BUDI, CITRA } from '../../../../sandbox/local-slack/workspace.ts';
import { postSigned } from '../../../../sandbox/strict-slack/signed-request.ts';
import { appMention } from '../../../../sandbox/strict-slack/slack-payloads.ts';
import { slackPerson } from '../../../../sandbox/strict-slack/slack-person.ts';
import { issueTrigger, type StoredMessage } from '../../../../sandbox/strict-slack/workspace.ts';
import {
  audited,
  CHANNEL,
  everything,
  modal,
  newMessage,
  preview,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../../support/strict-conversation.ts';
import { inStrictWorld, useStrictWorld } from '../../../support/strict-world.ts';

const ELSEWHERE = 'C0OTHER001';
const members = [AYU.id, BUDI.id, CITRA.id, 'U0USERSYNC'];
const world = useStrictWorld({
  settings: { SLACK_CHANNEL_IDS: CHANNEL },
  slack: {
    channels: [
      { id: CHANNEL, name: 'dev-support', members },
      { id: ELSEWHERE, name: 'elsewhere', members },
    ],
  },
});

/** What stands in the channel before each test, and goes on with. */
let before: StoredMessage[] = [];
beforeEach(async () => {
  await settled(world);
  world.slack.workspace.views.clear();
  before = world.slack.messages(CHANNEL);
});

describe('a shortcut', () => {
  it('asks for target and channel, and begins the preview that the command begins', async () => {
    await world.ayu.shortcut('preview_anywhere');
    await world.ayu.submit(await modal(world, 'Show Preview'), { target: 'dev' });
    const card = await newMessage(world, before);
    expect(shown(card)).toContain('Sync Preview: Dev');
    expect(shown(card)).toContain(`Requested by <@${AYU.id}>`);
  });

  it('of a message asks for the target alone, and begins in the channel of the message', async () => {
    const [message] = before;
    if (message === undefined) throw new Error('There is no message yet');
    await world.ayu.shortcut('preview_here', message);
    const asked = await modal(world, 'Show Preview');
    expect(JSON.stringify(asked.view)).toContain(`<#${CHANNEL}>`);
    expect(JSON.stringify(asked.view)).not.toContain('conversations_select');
    await world.ayu.submit(asked, { target: 'test' });
    expect(shown(await newMessage(world, before))).toContain('Sync Preview: Test');
  });

  it('of a message in a group of people asks for a channel too, since the bot cannot post there', async () => {
    const [message] = before;
    if (message === undefined) throw new Error('There is no message yet');
    const group = { id: 'G0GROUP001', name: 'mpdm-ayu--budi-1', members: [AYU.id] };
    world.slack.workspace.channels.set(group.id, group);
    await world.ayu.shortcut('preview_here', { ...message, channel: group.id });
    expect(JSON.stringify((await modal(world, 'Show Preview')).view)).toContain('conversations_select');
  });

  it('with a channel in which the command does not work begins nothing, and says where it works', async () => {
    await world.ayu.shortcut('preview_anywhere');
    const asked = await modal(world, 'Show Preview');
    const now = await everything(world);
    const answer = await toldAfter(world, () =>
      world.ayu.submit(asked, { target: 'dev', channel: ELSEWHERE }),
    );
    expect(answer).toContain(`usersync does not work in this channel. Use it in <#${CHANNEL}>.`);
    expect(await everything(world)).toEqual(now);
  });

  it("of a message in the bot's own conversation begins there, as the command does", () =>
    inStrictWorld(async (other) => {
      const own = `D${AYU.id.slice(1)}`;
      await other.ayu.shortcut('preview_of_old');
      const message = await sees(other, 'a message there', () => other.slack.messages(own).at(-1));
      await other.ayu.shortcut('preview_here', message);
      await other.ayu.submit(await modal(other, 'Show Preview'), { target: 'dev' });
      await sees(other, 'the preview there', () =>
        other.slack.messages(own).find((each) => shown(each).includes('Sync Preview: Dev')),
      );
    }));

  it('submitted twice begins once', async () => {
    await world.ayu.shortcut('preview_anywhere');
    const asked = await modal(world, 'Show Preview');
    const requested = (await audited(world, 'requested')).length;
    await Promise.all([
      world.ayu.submit(asked, { target: 'dev' }),
      world.ayu.submit(asked, { target: 'dev' }),
    ]);
    await newMessage(world, before);
    await settled(world);
    expect(await audited(world, 'requested')).toHaveLength(requested + 1);
  });

  it('of somebody who is no admin says so in its modal, and is audited', async () => {
    const now = await everything(world);
    await world.citra.shortcut('preview_anywhere');
    await modal(world, 'Only usersync admins may do this');
    expect((await audited(world, 'refused')).at(-1)).toMatchObject({
      actor_id: CITRA.id,
      outcome: 'not_admin',
    });
    expect(await everything(world)).toEqual(now);
  });

  it('of another version of the bot is told so', async () => {
    const told = () => world.slack.messages(`D${AYU.id.slice(1)}`).at(-1);
    await world.ayu.shortcut('preview_of_old');
    const answer = await sees(world, 'the answer', told);
    expect(shown(answer)).toContain('belongs to another version of usersync');
  });
});

describe('a mention of the bot', () => {
  it('begins the preview that the command begins, once, however often Slack sends it', async () => {
    const { workspace, signingSecret } = world.slack;
    const { teamId, appId, botUserId } = workspace;
    const triggerId = issueTrigger(workspace, AYU.id);
    const origin = { teamId, appId, user: { id: AYU.id, name: 'ayu' }, triggerId };
    const said = { channel: CHANNEL, ts: '1700000000.000900', text: `<@${botUserId}> dev` };
    const url = `http://127.0.0.1:${world.bot.port}/slack/events`;
    const body = JSON.stringify(appMention(origin, said));
    const request = { url, signingSecret, body, contentType: 'application/json' };
    const deliver = (retry: string) => postSigned({ ...request, headers: { 'X-Slack-Retry-Num': retry } });
    await deliver('0');
    const card = await newMessage(world, before);
    expect(card.threadTs).toBeUndefined();
    expect(shown(card)).toContain('Sync Preview: Dev');
    await settled(world);
    for (const retry of ['1', '2', '3']) expect((await deliver(retry)).status).toBe(200);
    const since = world.slack.messages(CHANNEL);
    await world.ayu.mention('@usersync test');
    expect(shown(await newMessage(world, since))).toContain('Sync Preview: Test');
    await settled(world);
    expect(world.slack.messages(CHANNEL)).toHaveLength(before.length + 2);
  });

  it('that its author edits counts as what it says now', async () => {
    const { workspace, signingSecret } = world.slack;
    const { teamId, appId, botUserId } = workspace;
    const triggerId = issueTrigger(workspace, AYU.id);
    const origin = { teamId, appId, user: { id: AYU.id, name: 'ayu' }, triggerId };
    const url = `http://127.0.0.1:${world.bot.port}/slack/events`;
    const deliver = (target: string, edited?: { user: string; ts: string }) => {
      const text = `<@${botUserId}> ${target}`;
      const said = { channel: CHANNEL, ts: '1700000000.000901', text, ...(edited && { edited }) };
      const body = JSON.stringify(appMention(origin, said));
      return postSigned({ url, signingSecret, body, contentType: 'application/json' });
    };
    await deliver('dev');
    expect(shown(await newMessage(world, before))).toContain('Sync Preview: Dev');
    await settled(world);
    const since = world.slack.messages(CHANNEL);
    await deliver('test', { user: AYU.id, ts: '1700000007.000000' });
    expect(shown(await newMessage(world, since))).toContain('Sync Preview: Test');
    await settled(world);
  });

  it('in a thread has the preview in the channel, and says so in the thread', async () => {
    const parent = await preview(world, world.ayu, 'dev');
    await settled(world);
    before = world.slack.messages(CHANNEL);
    const answer = toldAfter(world, () => world.ayu.mention('@usersync test', { threadTs: parent.ts }));
    expect(shown(await newMessage(world, before))).toContain('Sync Preview: Test');
    expect(await answer).toContain('The preview appears in the channel');
    expect(world.slack.ephemerals(AYU.id).at(-1)?.threadTs).toBe(parent.ts);
  });

  it('in a thread that takes a run back, or asks for all, says there where the preview is', async () => {
    const parent = await preview(world, world.ayu, 'dev');
    await world.ayu.click(parent, 'confirm_run');
    await sees(world, 'the result', () => (shown(parent).includes('Sync Completed') ? parent : undefined));
    for (const words of ['rollback dev', 'all']) {
      const answer = await toldAfter(world, () =>
        world.ayu.mention(`@usersync ${words}`, { threadTs: parent.ts }),
      );
      expect(answer, words).toContain('The preview appears in the channel');
    }
  });

  it('in a thread that pauses rules is answered there, beside the line in the channel', async () => {
    const parent = await preview(world, world.ayu, 'test');
    await settled(world);
    for (const [words, answer] of [
      ['pause dev', 'paused the rules of `dev`'],
      ['resume dev', 'resumed the rules of `dev`'],
    ] as const) {
      const told = await toldAfter(world, () =>
        world.ayu.mention(`@usersync ${words}`, { threadTs: parent.ts }),
      );
      expect(told).toContain(answer);
      expect(world.slack.ephemerals(AYU.id).at(-1)?.threadTs).toBe(parent.ts);
      expect(world.slack.messages(CHANNEL).map(shown)).toContainEqual(expect.stringContaining(answer));
    }
  });

  it.each([
    ['@usersync status', 'Target Status'],
    ['@usersync history', 'Latest Runs'],
    ['@usersync', 'How to Use usersync'],
    ['somebody asked @usersync dev yesterday', 'How to Use usersync'],
    ['@usersync prd', 'Did you mean `/usersync prod`?'],
    ['@usersync users dev', 'Type `/usersync users dev` in the channel.'],
  ])('%s is answered to that person alone', async (text, answer) => {
    const now = await everything(world);
    expect(await toldAfter(world, () => world.ayu.mention(text))).toContain(answer);
    expect(await everything(world)).toEqual(now);
  });

  it('of somebody who is no admin is refused alone, and audited', async () => {
    const now = await everything(world);
    const answer = await toldAfter(world, () => world.citra.mention('@usersync dev'), CITRA.id);
    expect(answer).toContain('Only usersync admins may do this');
    expect((await audited(world, 'refused')).at(-1)).toMatchObject({
      actor_id: CITRA.id,
      outcome: 'not_admin',
    });
    expect(await everything(world)).toEqual(now);
  });

  it('in a channel where the command does not work is refused', async () => {
    const answer = await toldAfter(world, () => world.ayu.mention('@usersync dev', { channelId: ELSEWHERE }));
    expect(answer).toContain('usersync does not work in this channel.');
  });
});

describe('a deployment with a name of its own', () => {
  it('answers to its command and stands on its cards', async () => {
    const settings = { SLACK_COMMAND: '/sync-staging', DEPLOYMENT_LABEL: 'staging' };
    await inStrictWorld(
      async (staging) => {
        const { slack, bot } = staging;
        const url = `http://127.0.0.1:${bot.port}/slack/events`;
        const ayu = slackPerson(slack, url, AYU.id, '/sync-staging');
        const help = await toldAfter(staging, () => ayu.command('help'));
        expect(help).toContain('`/sync-staging dev`');
        expect(help).not.toContain('/usersync');
        const card = await preview(staging, ayu, 'dev');
        expect(shown(card)).toContain('[staging] Sync Preview: Dev');
        // The other one's command is another app's.
        expect((await staging.ayu.command('dev')).status).toBe(404);
      },
      { settings },
    );
  });
});
