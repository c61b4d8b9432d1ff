import { setTimeout as wait } from 'node:timers/promises';
import type { AckFn, types, ViewResponseAction } from '@slack/bolt';
import type { Runs } from '../../../sync/ports/runs.ts';
import type { Audit } from '../../../sync/ports/steps.ts';
import { refuse } from '../../../sync/run/refusal.ts';
import type { Run } from '../../../sync/run/run.ts';
import { directly, inModal, inTurn, type Tell } from '../../tell/answer.ts';
import type { Showing } from '../../tell/show-run.ts';
import type { Texts } from '../../text/en.ts';
import { unmarked } from '../../text/escape.ts';
import { refusalText } from '../../views/answers/refusal.ts';
import type { Admitted, Enter } from './entrance.ts';
import { parseSubmission, parseSuggestion, type Typing } from './payloads.ts';
import type { Services } from './services.ts';

/** Shorter than the 3 s that Slack waits for an acknowledgement, and for the options of a select. */
const ANSWERED_WITHIN_MS = 2_000;

type InputErrors = Readonly<Record<string, string>>;

/** The admin whose submitted modal is served. Whatever else is told to the admin closes the modal first. */
export type Submitter = Admitted & {
  readonly close: () => Promise<unknown>;
  /** Keeps the modal open with its input, and shows errors under the inputs. Returns false if it is too late. */
  readonly keepOpen: (errors: InputErrors) => Promise<boolean>;
};

/** Where the answer to a submitted modal goes, and the work that it asks for. The person must be allowed in that channel. */
type Handler = {
  /** Undefined where there is no channel: the answer goes to the person directly. */
  readonly channelId: string | undefined;
  readonly serve: (admitted: Submitter, viewId: string) => Promise<void>;
};

/** How a modal's input is parsed, checked and served. */
export type Form<Input> = {
  /** The run that the modal is about. */
  readonly runOf?: (input: Input) => number | undefined;
  /** Throws where the modal was forged, or opened by another version of the bot. */
  readonly read: (view: unknown) => Input;
  /** Mistakes in the input, by block. Checked before any look-up. */
  readonly errors?: (input: Input, t: Texts) => Record<string, string> | undefined;
  /** For a modal that stays open until its input was checked: where to show errors, and the input as text if that is too late. */
  readonly staysOpen?:
    | { readonly errorsAt: string; readonly typed: (input: Input, t: Texts) => string }
    | undefined;
  /** `input` is undefined if it could not be parsed. Never throws. */
  readonly about: (input: Input | undefined) => Promise<Handler>;
};

export type RunForm<Input extends { readonly runId: number | undefined }> = Pick<
  Form<Input>,
  'read' | 'errors' | 'staysOpen'
> & { readonly serve: (run: Run, input: Input, admitted: Submitter, viewId: string) => Promise<void> };

/** Makes a form about a run: its answer goes to the run's channel. */
export function aboutRun<Input extends { readonly runId: number | undefined }>(
  { records }: { readonly records: { readonly runs: Pick<Runs, 'find'>; readonly audit: Audit } },
  { serve, ...form }: RunForm<Input>,
): Form<Input> {
  return {
    ...form,
    runOf: ({ runId }) => runId,
    about: async (input) => {
      const runId = input?.runId;
      const finding = runId === undefined ? Promise.resolve(undefined) : records.runs.find(runId);
      const known = await finding.catch(() => undefined);
      return {
        channelId: known?.channelId,
        serve: async (admitted, viewId) => {
          // Throws here if the database failed, where that is told.
          const run = await finding;
          if (run !== undefined && input !== undefined) return serve(run, input, admitted, viewId);
          const { refusal } = await refuse(records.audit, admitted.actor, { code: 'run_not_found' });
          await admitted.tell(refusalText(admitted.t, refusal));
        },
      };
    },
  };
}

type Ports = Pick<Services, 'client' | 'logger'> & {
  readonly telling: { readonly showing: Pick<Showing, 't'> };
};

type Listener = (ack: AckFn<ViewResponseAction>, body: unknown) => Promise<void>;

/** Serves a submitted modal. If its input has mistakes, the modal stays open and shows them. */
export function submitted<Input>(ports: Ports, enter: Enter, form: Form<Input>): Listener {
  const { client, logger, telling } = ports;
  const { t: common } = telling.showing;
  const { staysOpen } = form;
  return async (ack, body) => {
    const { view, viewId, user, triggerId, what } = parseSubmission(body);
    const { close, keepOpen } = answerOnce(ack, logger);
    const input = readable(() => form.read(view));
    const asks = { what, ofRunId: input && form.runOf?.(input) };
    const errors = input && form.errors?.(input, common);
    if (errors !== undefined) {
      await keepOpen(errors);
      return;
    }
    // Where Slack has not heard it, the modal stays open and Slack says so there. Nothing was done, and the person submits it again.
    if (staysOpen === undefined && !(await close())) return;
    const deadline = setTimeout(() => void close(), ANSWERED_WITHIN_MS);
    const { channelId: channel, serve } = await form.about(input);
    const away = inTurn(logger, directly(client, user.userId), inModal(client, common, triggerId));
    const beside: Tell = async (text) => {
      await close();
      if (channel === undefined) return away(text);
      const here: Tell = () => client.chat.postEphemeral({ channel, user: user.userId, text });
      return inTurn(logger, here, away)(text);
    };
    const trouble: Tell | undefined =
      staysOpen &&
      (async (text) => {
        if (await keepOpen({ [staysOpen.errorsAt]: unmarked(text) })) return;
        await beside([text, ...(input === undefined ? [] : [staysOpen.typed(input, common)])].join(' '));
      });
    const visitor = channel === undefined ? user : { ...user, channelId: channel };
    await enter({
      read: () => ({ visitor, triggerId, asks }),
      beside,
      trouble,
      serve: (_, admitted) => serve({ ...admitted, close, keepOpen }, viewId),
    });
    clearTimeout(deadline);
    await close();
  };
}

/** Looks up options while somebody types. A person who may not see them gets none: Slack can show no message there. */
export function suggested(
  enter: Enter,
  serve: (typing: Typing, admitted: Admitted) => Promise<readonly types.PlainTextOption[]>,
): (ack: (answer: { options: types.PlainTextOption[] }) => Promise<void>, body: unknown) => Promise<void> {
  return async (ack, body) => {
    let found: readonly types.PlainTextOption[] = [];
    const looking = enter({
      read: () => parseSuggestion(body),
      beside: async () => {},
      serve: async (typing, admitted) => {
        found = await serve(typing, admitted);
      },
    });
    await Promise.race([looking, wait(ANSWERED_WITHIN_MS, undefined, { ref: false })]);
    await ack({ options: [...found] });
  };
}

/**
 * Slack takes one acknowledgement. The first call sends it; a later call returns false. So does one whose socket has closed meanwhile:
 * the step may be done, and is told elsewhere.
 */
function answerOnce(ack: AckFn<ViewResponseAction>, logger: Services['logger']) {
  let answered = false;
  const once = async (answer: () => Promise<void>) => {
    if (answered) return false;
    answered = true;
    return answer().then(
      () => true,
      (error: unknown) => {
        logger.warn({ err: error }, 'Slack did not hear the answer to a submitted modal');
        return false;
      },
    );
  };
  return {
    close: () => once(() => ack()),
    keepOpen: (errors: InputErrors) => once(() => ack({ response_action: 'errors', errors })),
  };
}

/** Undefined where the modal's input cannot be parsed: it was forged, or opened by another version of the bot. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
