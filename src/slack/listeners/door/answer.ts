import type { RespondFn, types } from '@slack/bolt';
import { DatabaseLostError, DatabaseRefusedError } from '../../../sync/failures/errors.ts';
import type { LostReason } from '../../../sync/failures/failure.ts';
import type { Logger } from '../../../sync/ports/ports.ts';
import { type SlackClient, slackErrorCode } from '../../connect/client.ts';
import type { Texts } from '../../text/en.ts';
import { code, mrkdwn } from '../../text/escape.ts';
import { loadingModal, messageModal } from '../../views/blocks.ts';

const REFUSAL_LIMIT = 100;
const WORDS_LIMIT = 300;

/** Tells the person who typed or clicked, alone. */
export type Tell = (text: string) => Promise<unknown>;

/** Tells a person in the first of several ways that Slack takes. Throws the error of the last one. */
export function inTurn(...ways: readonly [Tell, ...Tell[]]): Tell {
  return async (text) => {
    const [first, next, ...others] = ways;
    if (next === undefined) return first(text);
    return first(text).catch(() => inTurn(next, ...others)(text));
  };
}

/** Tells a person in the app's own conversation with them, which posting to a member's id opens. */
export function directly(client: SlackClient, userId: string): Tell {
  return (text) => client.chat.postMessage({ channel: userId, text });
}

/**
 * Answers the person in the same place, by the response_url. If Slack does not take that, such as after 5 answers or 30
 * minutes, the answer goes to them directly.
 */
export function alone(respond: RespondFn, client: SlackClient, userId: string): Tell {
  const here: Tell = (text) => respond({ response_type: 'ephemeral', replace_original: false, text });
  return inTurn(here, directly(client, userId));
}

/** The person who typed or clicked: their language, and the way to tell them alone. */
export type Asker = { readonly t: Texts; readonly tell: Tell };

/**
 * Serves a person's request. Errors are told to the person in plain words and logged in full. Never throws: Bolt has
 * acknowledged already, and nobody else would tell them.
 */
export async function answering(
  { t, logger }: { t: Texts; logger: Logger },
  tell: Tell,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const lost = error instanceof DatabaseLostError;
    logger.error({ err: error }, lost ? 'the database cannot be reached' : 'a request could not be served');
    try {
      await tell(troubleOf(error, t));
    } catch (telling) {
      logger.warn({ err: telling }, 'nor could that be told');
    }
  }
}

function troubleOf(error: unknown, t: Texts): string {
  const refusal = slackErrorCode(error);
  if (refusal !== undefined) return t.trouble.slackRefused(code(refusal, REFUSAL_LIMIT));
  if (error instanceof DatabaseRefusedError || error instanceof DatabaseLostError) {
    return databaseTrouble(t, error);
  }
  return t.trouble.unexpected(undefined);
}

/** The answer to a person whose request the database did not serve. */
export function databaseTrouble(t: Texts, error: DatabaseRefusedError | DatabaseLostError): string {
  if (error instanceof DatabaseRefusedError)
    return t.trouble.databaseRefused(mrkdwn(error.words, WORDS_LIMIT));
  if (error.committing) return t.trouble.databaseLostCommitting;
  return error.why === undefined
    ? t.trouble.databaseLost
    : t.trouble.databaseUnusable(t.trouble.databaseWhy[error.why]);
}

/** Says of a run that it waits for the database, and why where the server said it. */
export function onHold(t: Texts, runId: number, why: LostReason | undefined): string {
  return why === undefined
    ? t.trouble.databaseLostDuringRun(runId)
    : t.trouble.databaseUnusableDuringRun(runId, t.trouble.databaseWhy[why]);
}

const APP_NAME = 'usersync';

/** Tells a person in a new modal, if there is no other way. */
export function inModal(client: SlackClient, t: Texts, triggerId: string): Tell {
  return (text) => client.views.open({ trigger_id: triggerId, view: messageModal(t, APP_NAME, text) });
}

export type OpenedModal = {
  show(view: types.ModalView): Promise<void>;
  /** Fills the modal with one text, such as a refusal. */
  say: Tell;
};

/**
 * Opens a modal at once, empty, since a `trigger_id` lives 3 s (docs.slack.dev, "Modals"); it is filled after the
 * checks. Throws the errors of Slack's call.
 */
export async function openModal(
  client: SlackClient,
  t: Texts,
  triggerId: string,
  title: string,
): Promise<OpenedModal> {
  const { view } = await client.views.open({ trigger_id: triggerId, view: loadingModal(t, title) });
  if (view?.id === undefined) throw new Error('Slack named no modal');
  const { id } = view;
  // Slack names a new one with each content.
  let { hash } = view;
  const show = async (content: types.ModalView) => {
    const shown = await client.views.update({
      view_id: id,
      view: content,
      ...(hash === undefined ? {} : { hash }),
    });
    hash = shown.view?.hash;
  };
  return { show, say: (text) => show(messageModal(t, title, text)) };
}
