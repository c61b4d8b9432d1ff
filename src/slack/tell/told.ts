import type { DigestFacts } from '../../sync/automation/digest.ts';
import type { Progress, ReadersOf } from '../../sync/ports/ports.ts';
import type { Runs } from '../../sync/ports/runs.ts';
import type { Audit, ChainPlace, Notice, Outbox } from '../../sync/ports/steps.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Batches } from '../../sync/use-cases/batch.ts';
import { type SlackClient, slackErrorCode } from '../connect/client.ts';
import type { Network } from '../connect/network.ts';
import { mayBeDone, type Rejection, rejectionOf } from '../connect/rejection.ts';
import { hasFolds, type Message, withoutFolds } from '../views/blocks.ts';
import { isNoticePosted, isReplyPosted } from './own-messages.ts';
import type { Showing } from './show-run.ts';

export type Digest = {
  readonly channelId: string;
  /** The events between the due time before `due` and `due`. */
  readonly facts: (due: Date) => Promise<DigestFacts>;
};

export type DeliveryPorts = {
  readonly audit: Pick<Audit, 'newestOf'>;
  readonly client: SlackClient;
  readonly network: Network;
  /** A client with a timeout of 2 s, for edits: an edit may be repeated, and nothing waits for it. */
  readonly editClient: SlackClient;
  readonly runs: Runs;
  readonly batches: Batches;
  readonly outbox: Outbox;
  readonly progress: Progress;
  readonly readersOf: ReadersOf;
  readonly showing: Showing;
  /** Undefined: this process delivers no digest. */
  readonly digest?: Digest | undefined;
};

/** A notice about a run, and what its delivery needs. */
export type AboutRun = DeliveryPorts & {
  readonly run: Run;
  readonly notice: Notice;
  /** The newest audit row of the run, if it was read already. */
  readonly chainPlace?: ChainPlace | undefined;
};

/** The outcome of a notice. `reason` as in `Rejection`. */
export type Told =
  | { readonly outcome: 'told' }
  /** Slack never takes it. The people concerned find its content elsewhere. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Slack refused it everywhere. */
  | { readonly outcome: 'untold'; readonly reason: string }
  /** Some people were told, and the next attempt tells others: all of them would take longer than the lease of a notice. */
  | { readonly outcome: 'goes_on' };

/** Slack took the notice, or there is nothing to tell. */
export const TOLD: Told = { outcome: 'told' };

/** Slack's final rejection of a call; undefined if Slack took it. Throws Slack's error if it may take the call later. */
export async function rejected(call: () => Promise<unknown>): Promise<Rejection | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const rejection = rejectionOf(error);
    if (rejection.kind === 'later') throw error;
    return rejection;
  }
}

/** Sends what makes a message of a notice, and remembers if it may have made one although Slack's answer was lost. */
export async function posting<Answer>(
  { outbox, notice }: { readonly outbox: Pick<Outbox, 'answerLost'>; readonly notice: Notice },
  post: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await post();
  } catch (error) {
    if (mayBeDone(error)) await outbox.answerLost(notice);
    throw error;
  }
}

/** Posts a notice in the thread `ts` or in the run's channel, unless an earlier attempt has posted it there. */
export async function postOnce(
  about: AboutRun,
  message: () => Message | Promise<Message>,
  ts?: string,
): Promise<void> {
  const { client, run, notice } = about;
  const isThere = ts === undefined ? isNoticePosted : isReplyPosted;
  if (notice.attempts > 1 && (await isThere(about, run, notice.id))) return;
  const place = { channel: run.channelId, ...(ts === undefined ? {} : { thread_ts: ts }) };
  const content = await message();
  await posting(about, () => client.chat.postMessage({ ...place, ...content }));
}

/** Delivers a notice that is one call. Throws Slack's error if it may take the call later. */
export async function toldBy(call: () => Promise<unknown>): Promise<Told> {
  const rejection = await rejected(call);
  return rejection === undefined ? TOLD : { outcome: 'refused', reason: rejection.reason };
}

/**
 * Posts a message to each member, once as far as the outbox remembers (docs.slack.dev, chat.postMessage). Returns how many Slack
 * took, the last refusal, and the error with which Slack said that it may take one later. Throws the error if Slack said nothing.
 */
export async function postToEach(
  { client, outbox, notice }: AboutRun,
  ids: readonly string[],
  message: Message,
): Promise<{ readonly told: number; readonly refused: string | undefined; readonly later: unknown }> {
  let told = 0;
  let refused: string | undefined;
  let later: unknown;
  for (const id of ids) {
    if (notice.toldTo.includes(id)) continue;
    try {
      await client.chat.postMessage({ channel: id, ...message });
      told += 1;
      await outbox.toldTo(notice, id);
    } catch (error) {
      const { kind, reason } = rejectionOf(error);
      if (slackErrorCode(error) === undefined) throw error;
      if (kind === 'later') later = error;
      else refused = reason;
    }
  }
  return { told, refused, later };
}

/** How many members one attempt looks at, within the lease of the notice: with the channel, as many as a notice remembers. */
const MOST_AT_ONCE = 14;
/** For so long, the next members wait for those of whom Slack may say later who is an admin, or whom it may tell later. */
const DOUBT_SECONDS = 60;

/** Marks the last one of those who are done with. Stands before every letter, for older processes, which would begin anew. */
const LOOKED_AT = '-';

/** Who has learned of a notice: the channel, and people. */
export function whoLearned({ toldTo }: Pick<Notice, 'toldTo'>): readonly string[] {
  return toldTo.filter((id) => !id.startsWith(LOOKED_AT));
}

/**
 * Posts a message to every admin but the one who confirmed, some at a time by their ids: the last one of these stands for all
 * before. `untold` if Slack took it for nobody. Throws Slack's error if it may take the message later, or say later who is an
 * admin; the others are told before.
 */
export async function postToAdmins(about: AboutRun, message: Message): Promise<Told> {
  const { notice, run, showing, outbox } = about;
  const after = notice.toldTo.findLast((id) => id.startsWith(LOOKED_AT)) ?? '';
  const looked = await showing.adminMembers?.(after.replace(LOOKED_AT, ''), MOST_AT_ONCE);
  const others = looked?.admins.filter((id) => id !== run.confirmedBy?.id) ?? [];
  const { told, refused, later = looked?.doubt } = await postToEach(about, others, message);
  const isLast = looked?.last === undefined || looked.admins.length === 0;
  if (later !== undefined && (isLast || notice.ageSeconds < DOUBT_SECONDS)) throw later;
  if (looked?.last !== undefined) {
    await outbox.toldTo(notice, `${LOOKED_AT}${looked.last}`);
    return { outcome: 'goes_on' };
  }
  if (told + whoLearned(notice).length > 0) return TOLD;
  const isNobodyElse = others.length === 0 && after === '';
  return isNobodyElse ? TOLD : { outcome: 'untold', reason: refused ?? 'no_member' };
}

/** Edits a message. Returns false if the message was deleted: its content must then go elsewhere. */
export async function updateMessage(
  client: SlackClient,
  channel: string,
  ts: string,
  message: Message,
): Promise<boolean> {
  try {
    await client.chat.update({ channel, ts, ...message });
    return true;
  } catch (error) {
    if (rejectionOf(error).kind === 'message_gone') return false;
    throw error;
  }
}

/** Sends a message; if Slack refuses its fold blocks (`invalid_blocks`), once more without them: this process uses no more. */
export async function sendFolded<T>(
  { folds }: Pick<Showing, 'folds'>,
  message: Message,
  send: (message: Message) => Promise<T>,
): Promise<T> {
  try {
    return await send(message);
  } catch (error) {
    if (slackErrorCode(error) !== 'invalid_blocks' || !hasFolds(message)) throw error;
    const sent = await send(withoutFolds(message));
    if (folds !== undefined) folds.areTaken = false;
    return sent;
  }
}
