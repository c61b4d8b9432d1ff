import type { App, RespondFn } from '@slack/bolt';
import { refuse } from '../../sync/click.ts';
import type { Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import { messageModal } from '../views/blocks.ts';
import { refusalText } from '../views/refusal.ts';
import { alone, answering, directly, inTurn, type Tell } from './answer.ts';
import { createEntrance, type Entry, type Guest } from './entrance.ts';
import { inModal } from './modal.ts';
import {
  type CommandAsked,
  type HomePress,
  type Press,
  parseButton,
  parseCommand,
  parseHomeButton,
  parseHomeOpened,
  parseSubmission,
} from './payloads.ts';
import type { Services } from './services.ts';

/** A modal's input, as its view reads it. */
export type ModalForm<Input extends { readonly runId: number | undefined }> = {
  /** Throws where the modal is none of this version: it was forged, or opened by another one. */
  readonly read: (view: unknown) => Input;
  /** The mistakes in the input, by block, before anything is looked up. */
  readonly errors: (input: Input, t: Texts) => Record<string, string> | undefined;
  readonly serve: (run: Run, input: Input, guest: Guest, viewId: string) => Promise<void>;
};

export type CommandListener<Asked extends CommandAsked> = Pick<Entry<Asked>, 'modalTitle'> & {
  /** Adds what the words of the command mean. */
  readonly read: (asked: CommandAsked) => Asked;
  readonly serveAnyone: (asked: Asked, t: Texts, respond: RespondFn) => Promise<boolean>;
  readonly serve: (asked: Asked, guest: Guest, respond: RespondFn) => Promise<void>;
};

/**
 * The one way in from Slack. Listeners are registered here alone. Every request takes the same steps: acknowledged, read, the
 * language looked up, the person authorised; then refused and audited, or served. Errors are told to that person alone.
 */
export function createDoor(app: App, services: Services) {
  const { client, logger, records, people, telling } = services;
  const { t: common } = telling.showing;
  const enter = createEntrance(services);
  /** The names of all listeners, in order. */
  const registered: string[] = [];

  return {
    /** A slash command. */
    command: <Asked extends CommandAsked>(name: string, listener: CommandListener<Asked>): void => {
      registered.push(name);
      app.command(name, async ({ ack, command, respond }) => {
        await ack();
        await enter({
          read: () => listener.read(parseCommand(command)),
          beside: alone(respond, client, command.user_id),
          modalTitle: listener.modalTitle,
          serveAnyone: (asked, t) => listener.serveAnyone(asked, t, respond),
          serve: (asked, guest) => listener.serve(asked, guest, respond),
        });
      });
    },

    /** A button on a message. */
    button: (
      actionId: string,
      serve: (press: Press, guest: Guest, respond: RespondFn) => Promise<void>,
      modalTitle?: string,
    ): void => {
      registered.push(actionId);
      app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body, respond }) => {
        await ack();
        await enter({
          read: () => parseButton(body),
          beside: alone(respond, client, body.user.id),
          modalTitle: () => modalTitle,
          serve: (press, guest) => serve(press, guest, respond),
        });
      });
    },

    /** A button on the Home tab, which is in no channel. */
    homeButton: (actionId: string, serve: (press: HomePress, guest: Guest) => Promise<void>): void => {
      registered.push(actionId);
      app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body }) => {
        await ack();
        const beside = inTurn(directly(client, body.user.id), inModal(client, common, body.trigger_id));
        await enter({ read: () => parseHomeButton(body), beside, serve });
      });
    },

    /** A submitted modal about a run. A modal is in no channel: the answer goes to the channel of its run, or else directly. */
    submission: <Input extends { readonly runId: number | undefined }>(
      callbackId: string,
      form: ModalForm<Input>,
    ): void => {
      registered.push(callbackId);
      app.view(callbackId, async ({ ack, body }) => {
        const { view, viewId, user, triggerId } = parseSubmission(body);
        const input = readable(() => form.read(view));
        const errors = input && form.errors(input, common);
        if (errors !== undefined) {
          await ack({ response_action: 'errors', errors });
          return;
        }
        await ack();
        const runId = input?.runId;
        const run = runId === undefined ? undefined : await records.runs.find(runId).catch(() => undefined);
        const channel = run?.channelId;
        const away = inTurn(directly(client, user.userId), inModal(client, common, triggerId));
        const beside: Tell = (text) =>
          channel === undefined
            ? away(text)
            : inTurn(() => client.chat.postEphemeral({ channel, user: user.userId, text }), away)(text);
        const visitor = channel === undefined ? user : { ...user, channelId: channel };
        await enter({
          read: () => ({ visitor, triggerId }),
          beside,
          serve: async (_, guest) => {
            if (run !== undefined && input !== undefined) return form.serve(run, input, guest, viewId);
            const { refusal } = await refuse(records.audit, guest.actor, { code: 'run_not_found' }, {});
            await guest.tell(refusalText(guest.t, refusal));
          },
        });
      });
    },

    /** The Home tab was opened. Anyone may: `serve` decides what they see. */
    homeOpened: (serve: (userId: string) => Promise<void>): void => {
      registered.push('app_home_opened');
      app.event('app_home_opened', async ({ event }) => {
        const userId = parseHomeOpened(event);
        if (userId === undefined) return;
        await answering({ t: common, logger }, directly(client, userId), () => serve(userId));
      });
    },

    /**
     * Buttons and modals of another version of the bot. They stay in Slack through an upgrade or a way back. Their users are
     * told so, because Bolt would leave them without an answer. To be called when all others are registered.
     */
    unknown: (): void => {
      app.action({ type: 'block_actions', action_id: noneOf(registered) }, async (press) => {
        const { ack, body, respond } = press;
        await ack();
        const tell = alone(respond, client, body.user.id);
        await answering({ t: common, logger }, tell, async () => {
          await tell((await people.textsOf(body.user.id)).trouble.unknownButton);
        });
      });
      const callback_id = noneOf(registered);
      app.view({ type: 'view_submission', callback_id }, async ({ ack }) => {
        const { t } = telling.showing;
        const view = messageModal(t, 'usersync', t.trouble.unknownButton);
        await ack({ response_action: 'update', view });
      });
    },
  };
}

export type Door = ReturnType<typeof createDoor>;

/** Undefined where the modal's input cannot be read: it was forged, or opened by another version. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function noneOf(names: readonly string[]): RegExp {
  return new RegExp(`^(?!(?:${names.join('|')})$)`);
}
