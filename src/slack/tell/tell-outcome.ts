import type { Notice } from '../../sync/ports/outbox.ts';
import { isPerson } from '../../sync/rules/approval.ts';
import type { Run } from '../../sync/run/run.ts';
import { type Rejection, rejectionOf } from '../connect/rejection.ts';
import { peopleOf, threadReply } from '../views/run/thread-reply.ts';
import type { Elsewhere } from '../views/told-elsewhere.ts';
import { isNoticePosted, isReplyPosted } from './own-messages.ts';
import { type DeliveryPorts, TOLD, type Told } from './told.ts';

/**
 * Tells the outcome of a run in the first place that Slack takes: the thread of the run's message, the channel, directly to
 * the people concerned. A message in a further place says why it comes this way. Throws Slack's error if it may take the
 * outcome later; the next try does not repeat messages that were taken.
 */
export async function tellOutcome(ports: DeliveryPorts, run: Run, notice: Notice): Promise<Told> {
  const inThread = run.messageTs === undefined ? undefined : await refusalOf(() => reply(ports, run, notice));
  if (inThread?.outcome === 'told') return TOLD;
  const { rejection: thread } = inThread ?? {};
  if (thread?.kind !== 'channel_gone') {
    const inChannel = await refusalOf(() => postInChannel(ports, run, notice, thread));
    if (inChannel.outcome === 'told') return TOLD;
    return tellDirectly(ports, run, notice, inChannel.rejection.reason);
  }
  return tellDirectly(ports, run, notice, thread.reason);
}

/** Tells the people whom a run concerns directly. `reason` is Slack's word for the channel. */
export async function tellDirectly(
  { client, outbox, showing, audit }: DeliveryPorts,
  run: Run,
  notice: Notice,
  reason: string,
): Promise<Told> {
  const message = threadReply(
    showing.t,
    run,
    notice.id,
    { place: 'direct', reason },
    await audit.newestOf(run.id),
  );
  let told = notice.toldTo.length;
  let last = reason;
  // An operator has no conversation in Slack.
  for (const { id } of peopleOf(run).filter(isPerson)) {
    if (notice.toldTo.includes(id)) continue;
    // Posting to a member's id opens the app's own conversation with them (docs.slack.dev, chat.postMessage).
    const direct = await refusalOf(() => client.chat.postMessage({ channel: id, ...message }));
    if (direct.outcome === 'told') {
      told += 1;
      await outbox.toldTo(notice, id);
    } else last = direct.rejection.reason;
  }
  return told > 0 ? TOLD : { outcome: 'untold', reason: last };
}

type Tried =
  | { readonly outcome: 'told'; readonly rejection?: undefined }
  | { readonly outcome: 'refused'; readonly rejection: Rejection };

/** Throws where Slack may take it later. */
async function refusalOf(tell: () => Promise<unknown>): Promise<Tried> {
  try {
    await tell();
    return { outcome: 'told' };
  } catch (error) {
    const rejection = rejectionOf(error);
    if (rejection.kind === 'later') throw error;
    return { outcome: 'refused', rejection };
  }
}

async function reply({ client, showing, audit }: DeliveryPorts, run: Run, notice: Notice): Promise<void> {
  const { messageRefused: reason, messageTs: ts } = run;
  if (ts === undefined) return;
  if (notice.attempts > 1 && (await isReplyPosted(client, run, notice.id))) return;
  const elsewhere: Elsewhere | undefined = reason === undefined ? undefined : { place: 'thread', reason };
  await client.chat.postMessage({
    channel: run.channelId,
    thread_ts: ts,
    ...threadReply(showing.t, run, notice.id, elsewhere, await audit.newestOf(run.id)),
  });
}

async function postInChannel(
  { client, showing, audit }: DeliveryPorts,
  run: Run,
  notice: Notice,
  thread: Rejection | undefined,
): Promise<void> {
  if (notice.attempts > 1 && (await isNoticePosted(client, run, notice.id))) return;
  const elsewhere: Elsewhere | undefined =
    thread === undefined ? undefined : { place: 'channel', reason: thread.reason };
  await client.chat.postMessage({
    channel: run.channelId,
    ...threadReply(showing.t, run, notice.id, elsewhere, await audit.newestOf(run.id)),
  });
}
