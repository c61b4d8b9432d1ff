import type { App, ViewSubmitAction } from '@slack/bolt';
import { answering, directly, inModal, inTurn, orDirectly, privately, type Tell } from '../../tell/answer.ts';
import type { Texts } from '../../text/en.ts';
import { type Message, messageModal } from '../../views/blocks.ts';
import { command } from '../../views/inline.ts';
import { type Admitted, createEntrance, type Entry } from './entrance.ts';
import {
  type CommandAsked,
  type Joined,
  type NamedCommand,
  type Press,
  parseButton,
  parseHomeOpened,
  parseJoined,
  parseMention,
  parseShortcut,
  parseSlashCommand,
  parseViewButton,
  type ShortcutAsked,
  type ViewPress,
} from './payloads.ts';
import type { Services } from './services.ts';
import { aboutRun, type Form, type RunForm, submitted, suggested } from './submission.ts';

/** Shows the person who typed a command a message that nobody else sees. */
export type Reply = (message: Message) => Promise<unknown>;

export type CommandListener<Asked extends NamedCommand> = Pick<Entry<Asked>, 'modalTitle'> & {
  /** Adds the meaning of the command's words, and its name. */
  readonly read: (asked: CommandAsked) => Asked;
  readonly serveAnyone: (asked: Asked, t: Texts, reply: Reply) => Promise<boolean>;
  readonly serve: (asked: Asked, admitted: Admitted, reply: Reply) => Promise<void>;
};

/**
 * The one place where listeners are registered. Every request goes the same way: acknowledge, parse, look up the person's
 * language, authorise; then serve, or refuse and audit. Errors are told only to that person.
 */
export function createDoor(app: App, services: Services) {
  const { client, logger, people, telling } = services;
  const { t: common } = telling.showing;
  const enter = createEntrance(services);
  const registered: string[] = [];
  function listenToForm<Input>(callbackId: string, form: Form<Input>): void {
    registered.push(callbackId);
    const serve = submitted(services, enter, form);
    app.view<ViewSubmitAction>(callbackId, ({ ack, body }) => serve(ack, body));
  }
  return {
    /** A slash command, and the same words after a mention of the bot, such as in a thread. */
    command: <Asked extends NamedCommand>(name: string, listener: CommandListener<Asked>): void => {
      const { read, modalTitle, serveAnyone, serve } = listener;
      registered.push(name);
      app.command(name, async ({ ack, command: typed, respond }) => {
        await ack();
        const reply = privately(services, respond, typed.user_id);
        await enter({
          read: () => read(parseSlashCommand(typed)),
          beside: reply,
          modalTitle,
          serveAnyone: (asked, t) => serveAnyone(asked, t, reply),
          serve: (asked, admitted) => serve(asked, admitted, reply),
        });
      });
      app.event('app_mention', async ({ event, context }) => {
        const asked = parseMention(event, context.botUserId);
        if (asked === undefined) return;
        const { visitor, threadTs } = asked;
        const { userId: user, channelId: channel } = visitor;
        const place = { channel, user, ...(threadTs === undefined ? {} : { thread_ts: threadTs }) };
        const here: Reply = (message) => client.chat.postEphemeral({ ...place, ...message });
        const reply: Reply = orDirectly(services, user, here);
        await enter({
          read: () => read(asked),
          beside: orDirectly<string>(services, user, (text) => client.chat.postEphemeral({ ...place, text })),
          serveAnyone: (each, t) => serveAnyone(each, t, reply),
          serve: (each, admitted) => serve(each, admitted, reply),
        });
      });
    },

    /** A shortcut. Opens a modal at once, which `serve` fills. */
    shortcut: (
      { callbackId, type }: { readonly callbackId: string; readonly type: 'global' | 'message' },
      title: string,
      serve: (asked: ShortcutAsked, admitted: Admitted) => Promise<void>,
    ): void => {
      registered.push(callbackId);
      const kind = type === 'global' ? 'shortcut' : 'message_action';
      app.shortcut({ callback_id: callbackId, type: kind }, async ({ ack, body }) => {
        await ack();
        const beside = directly(client, body.user.id);
        await enter({ read: () => parseShortcut(body), beside, modalTitle: () => title, serve });
      });
    },

    /** A button on a message, which `replace` replaces. With `modalTitle`, a modal opens at once, which `serve` fills. */
    button: (
      actionId: string,
      serve: (press: Press, admitted: Admitted, replace: Reply) => Promise<void>,
      modalTitle?: string,
    ): void => {
      registered.push(actionId);
      app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body, respond }) => {
        await ack();
        const here: Reply = (message) => respond({ replace_original: true, ...message });
        const replace: Reply = orDirectly(services, body.user.id, here);
        await enter({
          read: () => parseButton(body),
          beside: privately(services, respond, body.user.id),
          modalTitle: () => modalTitle,
          serve: (press, admitted) => serve(press, admitted, replace),
        });
      });
    },

    /** A button on the Home tab or in a modal: neither is in a channel. */
    viewButton: (actionId: string, serve: (press: ViewPress, admitted: Admitted) => Promise<void>): void => {
      registered.push(actionId);
      app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body }) => {
        await ack();
        const { user, trigger_id } = body;
        const beside = inTurn(logger, directly(client, user.id), inModal(client, common, trigger_id));
        await enter({ read: () => parseViewButton(body), beside, serve });
      });
    },

    /** A submitted modal about a run. The answer goes to the run's channel, or else to the person directly. */
    submission: <Input extends { readonly runId: number | undefined }>(
      callbackId: string,
      form: RunForm<Input>,
    ): void => listenToForm(callbackId, aboutRun(services, form)),

    /** A submitted modal about anything else. */
    form: listenToForm,

    /** A select whose options are looked up while somebody types. */
    options: (actionId: string, serve: Parameters<typeof suggested>[1]): void => {
      registered.push(actionId);
      const offer = suggested(enter, serve);
      app.options<'block_suggestion'>({ action_id: actionId }, ({ ack, body }) => offer(ack, body));
    },

    /** The Home tab was opened, which anyone may do: `serve` decides on the content. */
    homeOpened: (serve: (userId: string) => Promise<void>): void => {
      registered.push('app_home_opened');
      app.event('app_home_opened', async ({ event }) => {
        const userId = parseHomeOpened(event);
        if (userId === undefined) return;
        await answering({ t: common, logger }, directly(client, userId), () => serve(userId));
      });
    },

    /** The bot was added to a channel. `tell` reaches the person who added it; it does nothing where Slack names no person. */
    channelJoined: (serve: (joined: Joined, tell: Tell) => Promise<void>): void => {
      registered.push('member_joined_channel');
      app.event('member_joined_channel', async ({ event, context }) => {
        const joined = parseJoined(event);
        if (joined === undefined || joined.user !== context.botUserId) return;
        const { channel, inviter: user } = joined;
        const here: Tell = (text) => client.chat.postEphemeral({ channel, user: user ?? '', text });
        const tell: Tell = async (text) => user && orDirectly(services, user, here)(text);
        await answering({ t: common, logger }, tell, () => serve(joined, tell));
      });
    },

    /** Buttons and modals of another version of the bot, which stay in Slack. Call it after all other registrations. */
    unknown: (): void => {
      const tellUnknown = (userId: string, tell: Tell) =>
        answering({ t: common, logger }, tell, async () => {
          const t = await people.textsOf(userId);
          await tell(t.trouble.unknownButton(command(t, 'status')));
        });
      app.action({ type: 'block_actions', action_id: noneOf(registered) }, async (press) => {
        const { ack, body, respond } = press;
        await ack();
        await tellUnknown(body.user.id, privately(services, respond, body.user.id));
      });
      const callback_id = noneOf(registered);
      app.shortcut({ callback_id }, async ({ ack, body }) => {
        await ack();
        await tellUnknown(body.user.id, directly(client, body.user.id));
      });
      app.view({ type: 'view_submission', callback_id }, async ({ ack }) => {
        const text = common.trouble.unknownButton(command(common, 'status'));
        await ack({ response_action: 'update', view: messageModal(common, 'usersync', text) });
      });
    },
  };
}

export type Door = ReturnType<typeof createDoor>;

function noneOf(names: readonly string[]): RegExp {
  return new RegExp(`^(?!(?:${names.join('|')})$)`);
}
