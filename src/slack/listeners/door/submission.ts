import { setTimeout as wait } from 'node:timers/promises';
import type { AckFn, types, ViewResponseAction } from '@slack/bolt';
import { refuse } from '../../../sync/run/click.ts';
import type { Run } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { unmarked } from '../../text/escape.ts';
import { refusalText } from '../../views/answers/refusal.ts';
import { directly, inModal, inTurn, type Tell } from './answer.ts';
import type { Enter, Guest } from './entrance.ts';
import { parseSubmission, parseSuggestion, type Typing } from './payloads.ts';
import type { Services } from './services.ts';

/** Slack waits 3 s for an acknowledgement, and for the options of a select. */
const ANSWERED_WITHIN_MS = 2_000;

type InputErrors = Readonly<Record<string, string>>;

/** Somebody whose submitted modal is served. Whatever they are told otherwise closes the modal. */
export type Submitter = Guest & {
  /** Closes the modal. */
  readonly close: () => Promise<unknown>;
  /** Leaves the modal open, with all that was typed, and errors under its inputs. False if it is too late for that. */
  readonly keepOpen: (errors: InputErrors) => Promise<boolean>;
};

/** What a submitted modal is about: where its answer goes and who must be allowed there, and what serves it. */
type Matter = {
  /** Undefined where it is in no channel: the answer goes to the person directly. */
  readonly channelId: string | undefined;
  readonly serve: (guest: Submitter, viewId: string) => Promise<void>;
};

/** A modal's input, as its view reads it. */
export type Form<Input> = {
  /** Throws where the modal is none of this version: it was forged, or opened by another one. */
  readonly read: (view: unknown) => Input;
  /** The mistakes in the input, by block, before anything is looked up. */
  readonly errors: (input: Input, t: Texts) => Record<string, string> | undefined;
  /**
   * Where the modal stays open until its input was looked at: the block under which trouble is told, and what was typed, for
   * when it is too late for that.
   */
  readonly staysOpen?:
    | { readonly errorsAt: string; readonly typed: (input: Input, t: Texts) => string }
    | undefined;
  /** Undefined input could not be read. Never throws. */
  readonly about: (input: Input | undefined) => Promise<Matter>;
};

/** The input of a modal about a run. */
export type RunForm<Input extends { readonly runId: number | undefined }> = Pick<
  Form<Input>,
  'read' | 'errors' | 'staysOpen'
> & { readonly serve: (run: Run, input: Input, guest: Submitter, viewId: string) => Promise<void> };

/** A modal about a run: its answer goes to the channel of that run. */
export function aboutRun<Input extends { readonly runId: number | undefined }>(
  { records }: Pick<Services, 'records'>,
  { read, errors, staysOpen, serve }: RunForm<Input>,
): Form<Input> {
  return {
    read,
    errors,
    staysOpen,
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

type Listener = (ack: AckFn<ViewResponseAction>, body: unknown) => Promise<void>;

/** Serves a submitted modal. Mistakes in the input are shown in the modal, which stays open then. */
export function submitted<Input>(services: Services, enter: Enter, form: Form<Input>): Listener {
  const { client, telling } = services;
  const { t: common } = telling.showing;
  const { staysOpen } = form;
  return async (ack, body) => {
    const { view, viewId, user, triggerId } = parseSubmission(body);
    const { close, keepOpen } = answerOnce(ack);
    const input = readable(() => form.read(view));
    const errors = input && form.errors(input, common);
    if (errors !== undefined) {
      await keepOpen(errors);
      return;
    }
    if (staysOpen === undefined) await close();
    const deadline = setTimeout(() => void close().catch(() => {}), ANSWERED_WITHIN_MS);
    const { channelId: channel, serve } = await form.about(input);
    const away = inTurn(directly(client, user.userId), inModal(client, common, triggerId));
    const beside: Tell = async (text) => {
      await close();
      if (channel === undefined) return away(text);
      return inTurn(() => client.chat.postEphemeral({ channel, user: user.userId, text }), away)(text);
    };
    const trouble: Tell | undefined =
      staysOpen &&
      (async (text) => {
        if (await keepOpen({ [staysOpen.errorsAt]: unmarked(text) })) return;
        await beside([text, ...(input === undefined ? [] : [staysOpen.typed(input, common)])].join(' '));
      });
    const visitor = channel === undefined ? user : { ...user, channelId: channel };
    await enter({
      read: () => ({ visitor, triggerId }),
      beside,
      trouble,
      serve: (_, guest) => serve({ ...guest, close, keepOpen }, viewId),
    });
    clearTimeout(deadline);
    await close();
  };
}

/**
 * Answers somebody who types into a select whose options are looked up. Whoever may not see them gets none: Slack shows no
 * words there.
 */
export function suggested(
  enter: Enter,
  serve: (typing: Typing, guest: Guest) => Promise<readonly types.PlainTextOption[]>,
): (ack: (answer: { options: types.PlainTextOption[] }) => Promise<void>, body: unknown) => Promise<void> {
  return async (ack, body) => {
    let found: readonly types.PlainTextOption[] = [];
    const looking = enter({
      read: () => parseSuggestion(body),
      beside: async () => {},
      serve: async (typing, guest) => {
        found = await serve(typing, guest);
      },
    });
    await Promise.race([looking, wait(ANSWERED_WITHIN_MS, undefined, { ref: false })]);
    await ack({ options: [...found] });
  };
}

/** Slack takes one acknowledgement: which comes second is false. */
function answerOnce(ack: AckFn<ViewResponseAction>): Pick<Submitter, 'close' | 'keepOpen'> {
  let answered = false;
  const once = async (answer: () => Promise<void>) => {
    if (answered) return false;
    answered = true;
    await answer();
    return true;
  };
  return {
    close: () => once(() => ack()),
    keepOpen: (errors) => once(() => ack({ response_action: 'errors', errors })),
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
