import { z } from 'zod';
import { shown } from './chat.ts';
import { suggestions } from './limits/elements.ts';
import {
  type Acknowledgement,
  commandBody,
  interactionBody,
  postSigned,
  type SignedRequest,
} from './signed-request.ts';
import {
  type Action,
  appHomeOpened,
  appMention,
  blockSuggestion,
  memberJoinedChannel,
  messageAction,
  type Origin,
  shortcut,
  slashCommand,
  viewAction,
  viewSubmission,
} from './slack-payloads.ts';
import type { StrictSlack } from './strict-slack.ts';
import { closeOrReplace } from './submission.ts';
import { shownView } from './view-store.ts';
import { type Entries, viewValues } from './view-values.ts';
import { issueResponseUrl, issueTrigger, type StoredMessage, type StoredView } from './workspace.ts';

/** Changes to a request that is otherwise genuine. */
type Forgery = Partial<
  Pick<SignedRequest, 'timestamp' | 'signature' | 'signingSecret' | 'tamper' | 'headers'>
>;

/** A member of the strict Slack. Each action is sent to the bot at `requestUrl` as a signed request. */
export type SlackPerson = {
  /** Types `/usersync TEXT`. */
  command(text: string, channelId?: string, forgery?: Forgery): Promise<Acknowledgement>;
  /** Posts a message that mentions the bot as `@usersync`, in the channel or in a thread. */
  mention(text: string, place?: { channelId?: string; threadTs?: string }): Promise<Acknowledgement>;
  /** Uses a shortcut: of the given message, or else a global one. */
  shortcut(callbackId: string, message?: StoredMessage): Promise<Acknowledgement>;
  /** Clicks a button of the message. Throws if the message shows no button with this action_id. */
  click(message: StoredMessage, actionId: string, forgery?: Forgery): Promise<Acknowledgement>;
  /** Sends a click on a button that the message does not show (any more). No real client would send it. */
  clickForged(message: StoredMessage, action: Action, forgery?: Forgery): Promise<Acknowledgement>;
  /** Clicks a button in a modal or Home tab. */
  clickInView(view: StoredView, actionId: string, forgery?: Forgery): Promise<Acknowledgement>;
  /** Submits a modal and applies the bot's answer: the modal closes, changes or shows errors. */
  submit(view: StoredView, entries: Entries, forgery?: Forgery): Promise<Acknowledgement>;
  /** Types into an external select of a modal. Returns the options that the bot offers. */
  suggest(view: StoredView, actionId: string, typed: string): Promise<readonly Suggestion[]>;
  /** Opens the app's Home tab. */
  openHome(forgery?: Forgery): Promise<Acknowledgement>;
  /** Adds the bot, or another member, to a channel. */
  invite(channelId: string, member?: string): Promise<Acknowledgement>;
};

const DEV_SUPPORT = 'C0DEVSUP01';

/**
 * Creates a person. `requestUrl` is the bot's address, for example `http://127.0.0.1:3000/slack/events`; `slashCommandName` is
 * the bot's command.
 */
export function slackPerson(
  slack: StrictSlack,
  requestUrl: string,
  userId: string,
  slashCommandName = '/usersync',
): SlackPerson {
  const { workspace, signingSecret } = slack;

  const origin = (): Origin => {
    const member = workspace.members.get(userId);
    return {
      teamId: workspace.teamId,
      appId: workspace.appId,
      user: {
        id: userId,
        name: member?.name ?? userId,
        ...(member?.team_id === undefined ? {} : { teamId: member.team_id }),
      },
      triggerId: issueTrigger(workspace, userId),
    };
  };

  const inChannel = (id: string, messageTs?: string) => ({
    channel: { id, name: workspace.channels.get(id)?.name ?? 'directmessage' },
    responseUrl: issueResponseUrl(workspace, { user: userId, channel: id, messageTs }),
  });

  const send = (body: string, forgery: Forgery = {}, contentType = 'application/x-www-form-urlencoded') =>
    postSigned({ url: requestUrl, signingSecret, body, contentType, ...forgery });

  let mentions = 0;
  const sendEvent = (event: object, forgery?: Forgery) =>
    send(JSON.stringify(event), forgery, 'application/json');

  const clickForged: SlackPerson['clickForged'] = (message, action, forgery) => {
    const payload = { ...shown(workspace, message) };
    const place = inChannel(message.channel, message.ts);
    return send(interactionBody(messageAction(origin(), place, payload, action)), forgery);
  };

  return {
    clickForged,
    command(text, channelId = DEV_SUPPORT, forgery) {
      const command = { command: slashCommandName, text };
      return send(commandBody(slashCommand(origin(), inChannel(channelId), command)), forgery);
    },
    click: (message, actionId, forgery) =>
      clickForged(message, findButton(message.blocks, actionId), forgery),
    clickInView(view, actionId, forgery) {
      const action = findButton(z.array(z.unknown()).parse(view.view['blocks']), actionId);
      return send(interactionBody(viewAction(origin(), shownView(workspace, view), action)), forgery);
    },
    async submit(view, entries, forgery) {
      const shownNow = shownView(workspace, view);
      const values = viewValues(z.array(z.unknown()).parse(view.view['blocks']), entries);
      const answer = await send(interactionBody(viewSubmission(origin(), shownNow, values)), forgery);
      if (answer.status === 200) closeOrReplace(workspace, view, answer.body);
      return answer;
    },
    async suggest(view, actionId, typed) {
      const { block_id: blockId = '' } =
        inputs(view).find(({ element }) => element.action_id === actionId) ?? {};
      const payload = blockSuggestion(origin(), shownView(workspace, view), {
        actionId,
        blockId,
        value: typed,
      });
      const { body } = await send(interactionBody(payload));
      return suggestions
        .parse(JSON.parse(body))
        .options.map(({ value, text }) => ({ value, text: text.text }));
    },
    invite: (channelId, member = workspace.botUserId) =>
      sendEvent(memberJoinedChannel(origin(), member, channelId)),
    mention(text, { channelId = DEV_SUPPORT, threadTs } = {}) {
      mentions += 1;
      const said = {
        channel: channelId,
        ts: `${Math.floor(Date.now() / 1000)}.${String(mentions).padStart(6, '0')}`,
        text: text.replace('@usersync', `<@${workspace.botUserId}>`),
        ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      };
      return sendEvent(appMention(origin(), said));
    },
    shortcut(callbackId, message) {
      const place = message && {
        ...inChannel(message.channel, message.ts),
        message: { ...shown(workspace, message) },
      };
      return send(interactionBody(shortcut(origin(), callbackId, place)));
    },
    openHome: (forgery) => sendEvent(appHomeOpened(origin()), forgery),
  };
}

export type Suggestion = { readonly value: string; readonly text: string };

const input = z.looseObject({ block_id: z.string(), element: z.looseObject({ action_id: z.string() }) });

function inputs({ view }: StoredView) {
  return z
    .array(z.unknown())
    .parse(view['blocks'])
    .flatMap((block) => input.safeParse(block).data ?? []);
}

const button = z.looseObject({
  type: z.literal('button'),
  action_id: z.string(),
  value: z.string().optional(),
  text: z.unknown(),
});

const holder = z.looseObject({
  block_id: z.string().default(''),
  elements: z.array(z.unknown()).default([]),
  accessory: z.unknown().optional(),
});

/** Finds a button in the blocks. Throws if there is none with this action_id. */
function findButton(blocks: readonly unknown[] = [], actionId: string): Action {
  const buttons = blocks.flatMap((block) => {
    const { block_id: blockId, elements, accessory } = holder.parse(block);
    const found = [...elements, accessory].flatMap((each) => button.safeParse(each).data ?? []);
    return found.map(({ action_id, value, text }) => ({ actionId: action_id, blockId, value, text }));
  });
  const match = buttons.find((each) => each.actionId === actionId);
  if (match !== undefined) return match;
  const others = buttons.map((each) => each.actionId).join(', ');
  throw new Error(`There is no button ${actionId} to click, only: ${others || 'none'}`);
}
