import type { RespondFn, types } from '@slack/bolt';
import {
  DatabaseLostError,
  DatabaseRefusedError,
  type DatabaseTrouble,
  isDatabaseTrouble,
} from '../../sync/failures/errors.ts';
import type { Logger } from '../../sync/ports/ports.ts';
import { isUnanswered, type SlackClient, slackErrorCode } from '../connect/client.ts';
import { rejectionOf } from '../connect/rejection.ts';
import type { Texts } from '../text/en.ts';
import { code, mrkdwn } from '../text/escape.ts';
import { loadingModal, type Message, messageModal } from '../views/blocks.ts';
import { whyRefused } from '../views/inline.ts';

const REFUSAL_LIMIT = 100;
const WORDS_LIMIT = 300;

/** Tells one person something that nobody else sees. */
export type Tell = (text: string) => Promise<unknown>;

/** Tells a person by the second way if Slack does not take the first one, and logs why. Throws the error of the second way. */
export function inTurn<Told = string>(logger: Logger, first: Way<Told>, second: Way<Told>): Way<Told> {
  return (told) =>
    first(told).catch((error: unknown) => {
      logger.warn({ err: error }, 'a person could not be answered where they asked; trying another way');
      return second(told);
    });
}

type Way<Told> = (told: Told) => Promise<unknown>;

/** Tells a person in the app's own conversation with them. Slack opens it when the bot posts to a member's id. */
export function directly(client: SlackClient, userId: string): Way<string | Message> {
  return (told) =>
    client.chat.postMessage({
      channel: userId,
      ...(typeof told === 'string' ? { text: told } : withoutButtons(told)),
    });
}

/** With `SLACK_CHANNEL_IDS`, a click in a conversation with the app would be refused, and audited. */
function withoutButtons({ text, blocks }: Message): Message {
  const rest = blocks.filter(({ type }) => type !== 'actions');
  return {
    text,
    blocks: rest.map((block) => {
      if (block.type !== 'section') return block;
      const { accessory, ...plain } = block;
      return plain;
    }),
  };
}

/**
 * Answers one person in the same place, by the response_url, or directly if Slack refuses (after 5 answers, or 30 minutes), or if
 * Bolt gives no `respond`, against its types: a click on a Home tab or in a modal has no response_url.
 */
export function privately(
  telling: Telling,
  respond: RespondFn | undefined,
  userId: string,
): Way<string | Message> {
  if (respond === undefined) return directly(telling.client, userId);
  return orDirectly(telling, userId, (told) => {
    const content = typeof told === 'string' ? { text: told } : told;
    return respond({ response_type: 'ephemeral', replace_original: false, ...content });
  });
}

/** Tells a person `here`, or else directly. */
export function orDirectly<Told extends string | Message>(
  { client, logger }: Telling,
  userId: string,
  here: Way<Told>,
): Way<Told> {
  return inTurn(logger, here, directly(client, userId));
}

type Telling = { readonly client: SlackClient; readonly logger: Logger };

/** The person who typed or clicked: the texts in their language, and how to tell them. */
export type Asker = {
  readonly t: Texts;
  readonly tell: Tell;
  /** The channel of the run, if the person asked elsewhere: the answer must name it, for "this channel" would mislead. */
  readonly channelId?: string;
  /** Whether the person asked in a conversation of several people, to which nobody can add an app. */
  readonly inGroup?: boolean;
  /** Called if this process stops, so that the run is left to another one. Undefined: the person is told. */
  readonly onStopping?: () => Promise<void>;
};

/** Serves a request, tells the person about errors in plain words, and logs them. Never throws: Bolt has acknowledged already. */
export async function answering(
  { t, logger }: { t: Texts; logger: Logger },
  tell: Tell,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const lost = error instanceof DatabaseLostError;
    // Slack's own troubles are no errors of the bot.
    const isSlacks =
      error instanceof TooLateError || slackErrorCode(error) !== undefined || isUnanswered(error);
    const level = isSlacks ? 'warn' : 'error';
    logger[level]({ err: error }, lost ? 'the database cannot be reached' : 'a request could not be served');
    try {
      await tell(troubleOf(error, t));
    } catch (telling) {
      logger.warn({ err: telling }, 'nor could that be told');
    }
  }
}

function troubleOf(error: unknown, t: Texts): string {
  if (error instanceof TooLateError) return t.trouble.tooLate;
  const refusal = slackErrorCode(error);
  // Of all that is asked for people, only the update of a window is answered so.
  if (refusal === 'not_found') return t.trouble.windowClosed;
  const { kind, reason } = rejectionOf(error);
  if (refusal !== undefined && kind !== 'later') return t.trouble.slackRefused(code(refusal, REFUSAL_LIMIT));
  if (refusal !== undefined || isUnanswered(error)) return t.trouble.slackUnanswered(whyRefused(t, reason));
  if (isDatabaseTrouble(error)) return databaseTrouble(t, error);
  return t.trouble.unexpected(undefined);
}

/** The answer to a person whose request failed at the database. */
export function databaseTrouble(t: Texts, error: DatabaseTrouble): string {
  if (error instanceof DatabaseRefusedError) {
    // The server's words name a table only: `The table 'audit_logs' is full`.
    if (error.refusal === 'disk_full') return t.trouble.databaseUnusable(t.trouble.databaseWhy.disk_full);
    return t.trouble.databaseRefused(mrkdwn(error.words, WORDS_LIMIT));
  }
  if (error.committing) return t.trouble.databaseLostCommitting;
  if (error.why === 'busy') return t.trouble.databaseBusy;
  return error.why === undefined
    ? t.trouble.databaseLost
    : t.trouble.databaseUnusable(t.trouble.databaseWhy[error.why]);
}

/** Why the database failed, as a sentence; undefined if it did not answer. */
export function databaseWhy(t: Texts, error: DatabaseTrouble): string | undefined {
  if (error.why !== undefined) return t.trouble.databaseWhy[error.why];
  if (!(error instanceof DatabaseRefusedError)) return undefined;
  return `${t.failure.databaseRefused.what(mrkdwn(error.words, WORDS_LIMIT), mrkdwn(error.number, 10))}.`;
}

/** Says that a run waits for the database. `why`: a sentence, if the server said so. */
export function onHold(t: Texts, runId: number, why: string | undefined): string {
  return why === undefined
    ? t.trouble.databaseLostDuringRun(runId)
    : t.trouble.databaseUnusableDuringRun(runId, why);
}

const APP_NAME = 'usersync';

/** Tells a person in a new modal, where no other way is left. */
export function inModal(client: SlackClient, t: Texts, triggerId: string): Tell {
  return (text) => client.views.open({ trigger_id: triggerId, view: messageModal(t, APP_NAME, text) });
}

export type OpenedModal = {
  show(view: types.ModalView): Promise<void>;
  /** Replaces the modal's content with a text, such as a refusal. */
  say: Tell;
};

/** Slack did not open a modal, because its `trigger_id` had expired. Nothing else had been done yet. */
class TooLateError extends Error {
  override readonly name = 'TooLateError';
}

/** Opens an empty modal at once, because a `trigger_id` expires after 3 s (`TooLateError`). Throws the errors of Slack's call. */
export async function openModal(
  client: SlackClient,
  t: Texts,
  triggerId: string,
  title: string,
): Promise<OpenedModal> {
  const opening = client.views.open({ trigger_id: triggerId, view: loadingModal(t, title) });
  const { view } = await opening.catch((cause: unknown) => {
    if (slackErrorCode(cause) !== 'expired_trigger_id') throw cause;
    throw new TooLateError('The modal was asked for too late', { cause });
  });
  if (view?.id === undefined) throw new Error('Slack named no modal');
  const { id } = view;
  // Slack gives the modal a new hash with each content.
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
