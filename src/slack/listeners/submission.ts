import type { Middleware, SlackViewAction, SlackViewMiddlewareArgs } from '@slack/bolt';
import { refuse } from '../../sync/click.ts';
import type { Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import { refusalText } from '../views/refusal.ts';
import { directly, inTurn, type Tell } from './answer.ts';
import type { Enter, Guest } from './entrance.ts';
import { inModal } from './modal.ts';
import { parseSubmission } from './payloads.ts';
import type { Services } from './services.ts';

/** What a submitted modal is about: where its answer goes and who must be allowed there, and what serves it. */
type Matter = {
  /** Undefined where it is in no channel: the answer goes to the person directly. */
  readonly channelId: string | undefined;
  readonly serve: (guest: Guest, viewId: string) => Promise<void>;
};

/** A modal's input, as its view reads it. */
export type Form<Input> = {
  /** Throws where the modal is none of this version: it was forged, or opened by another one. */
  readonly read: (view: unknown) => Input;
  /** The mistakes in the input, by block, before anything is looked up. */
  readonly errors: (input: Input, t: Texts) => Record<string, string> | undefined;
  /** Undefined input could not be read. Never throws. */
  readonly about: (input: Input | undefined) => Promise<Matter>;
};

/** The input of a modal about a run. */
export type RunForm<Input extends { readonly runId: number | undefined }> = Pick<
  Form<Input>,
  'read' | 'errors'
> & { readonly serve: (run: Run, input: Input, guest: Guest, viewId: string) => Promise<void> };

/** A modal about a run: its answer goes to the channel of that run. */
export function aboutRun<Input extends { readonly runId: number | undefined }>(
  { records }: Pick<Services, 'records'>,
  { read, errors, serve }: RunForm<Input>,
): Form<Input> {
  return {
    read,
    errors,
    about: async (input) => {
      const runId = input?.runId;
      const run = runId === undefined ? undefined : await records.runs.find(runId).catch(() => undefined);
      return {
        channelId: run?.channelId,
        serve: async (guest, viewId) => {
          if (run !== undefined && input !== undefined) return serve(run, input, guest, viewId);
          const { refusal } = await refuse(records.audit, guest.actor, { code: 'run_not_found' }, {});
          await guest.tell(refusalText(guest.t, refusal));
        },
      };
    },
  };
}

type Listener = Middleware<SlackViewMiddlewareArgs<SlackViewAction>>;

/** Serves a submitted modal. Mistakes in the input are shown in the modal, which stays open then. */
export function submitted<Input>(services: Services, enter: Enter, form: Form<Input>): Listener {
  const { client, telling } = services;
  const { t: common } = telling.showing;
  return async ({ ack, body }) => {
    const { view, viewId, user, triggerId } = parseSubmission(body);
    const input = readable(() => form.read(view));
    const errors = input && form.errors(input, common);
    if (errors !== undefined) {
      await ack({ response_action: 'errors', errors });
      return;
    }
    await ack();
    const { channelId: channel, serve } = await form.about(input);
    const away = inTurn(directly(client, user.userId), inModal(client, common, triggerId));
    const beside: Tell = (text) =>
      channel === undefined
        ? away(text)
        : inTurn(() => client.chat.postEphemeral({ channel, user: user.userId, text }), away)(text);
    const visitor = channel === undefined ? user : { ...user, channelId: channel };
    await enter({
      read: () => ({ visitor, triggerId }),
      beside,
      serve: (_, guest) => serve(guest, viewId),
    });
  };
}

/** Undefined where the modal's input cannot be read: it was forged, or opened by another version. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
