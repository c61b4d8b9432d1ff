import type { DigestFacts } from '../../sync/automation/digest.ts';
import type { Audit } from '../../sync/ports/audit.ts';
import type { Outbox } from '../../sync/ports/outbox.ts';
import type { Progress, ReadersOf } from '../../sync/ports/ports.ts';
import type { Runs } from '../../sync/ports/runs.ts';
import type { Batches } from '../../sync/use-cases/batch.ts';
import { type SlackClient, slackErrorCode } from '../connect/client.ts';
import type { Network } from '../connect/network.ts';
import { type Rejection, rejectionOf } from '../connect/rejection.ts';
import type { Message } from '../views/blocks.ts';
import { hasFolds, withoutFolds } from '../views/run/fold.ts';
import type { Showing } from './show-run.ts';

/** Where the digest goes, and what it tells. */
export type Digest = {
  readonly channelId: string;
  /** What happened before a due time, since the one before it. */
  readonly facts: (due: Date) => Promise<DigestFacts>;
};

/** The ports of every delivery. */
export type DeliveryPorts = {
  readonly audit: Pick<Audit, 'newestOf'>;
  readonly client: SlackClient;
  readonly network: Network;
  /** A client that waits 2 s for an answer, for edits: an edit may be repeated, and nothing waits for it. */
  readonly editClient: SlackClient;
  readonly runs: Runs;
  readonly batches: Batches;
  readonly outbox: Outbox;
  readonly progress: Progress;
  readonly readersOf: ReadersOf;
  readonly showing: Showing;
  /** Undefined where this process tells no digest: it claims none then. */
  readonly digest?: Digest | undefined;
};

/** The outcome of a notice; `reason` is Slack's own word. */
export type Told =
  | { readonly outcome: 'told' }
  /** Slack never takes it. The people concerned find its content elsewhere. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Slack took it in no place. */
  | { readonly outcome: 'untold'; readonly reason: string };

export const TOLD: Told = { outcome: 'told' };

/** How Slack rejects a call for good; undefined where it takes the call. Throws Slack's error if it may take it later. */
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

/** The outcome of a notice that is one call. Throws Slack's error if it may take the call later. */
export async function toldBy(call: () => Promise<unknown>): Promise<Told> {
  const rejection = await rejected(call);
  return rejection === undefined ? TOLD : { outcome: 'refused', reason: rejection.reason };
}

/** Edits a message. False if somebody has deleted it: its content must then go somewhere else. */
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

/**
 * Sends a message. Where Slack does not take the folds in it (`invalid_blocks`), it is sent again without, and this process
 * makes no more of them. Throws what the last call throws.
 */
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
