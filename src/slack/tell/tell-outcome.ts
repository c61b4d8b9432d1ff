import type { Notice } from '../../sync/ports/steps.ts';
import { isPerson } from '../../sync/rules/approval.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Rejection } from '../connect/rejection.ts';
import { type Elsewhere, peopleOf, threadReply } from '../views/run/thread-reply.ts';
import { isNoticePosted, isReplyPosted } from './own-messages.ts';
import { type DeliveryPorts, rejected, TOLD, type Told } from './told.ts';

/**
 * Tells the outcome of a run in the first place that Slack takes: the thread of the run's message, the channel, or directly to the
 * people of the run. A message in a later place says why it comes there. Throws Slack's error if it may take the outcome later; the
 * next attempt does not repeat messages that Slack took.
 */
export async function tellOutcome(ports: DeliveryPorts, run: Run, notice: Notice): Promise<Told> {
  const { messageTs } = run;
  const thread =
    messageTs === undefined ? undefined : await rejected(() => reply(ports, run, notice, messageTs));
  if (messageTs !== undefined && thread === undefined) return TOLD;
  if (thread?.kind === 'channel_gone') return tellDirectly(ports, run, notice, thread.reason);
  const channel = await rejected(() => postInChannel(ports, run, notice, thread));
  return channel === undefined ? TOLD : tellDirectly(ports, run, notice, channel.reason);
}

/** Tells the people of a run directly. `reason` is Slack's error code for the channel. */
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
  // An operator at the command line has no conversation in Slack.
  for (const { id } of peopleOf(run).filter(isPerson)) {
    if (notice.toldTo.includes(id)) continue;
    // A post to a member's id opens the app's own conversation with them (docs.slack.dev, chat.postMessage).
    const rejection = await rejected(() => client.chat.postMessage({ channel: id, ...message }));
    if (rejection === undefined) {
      told += 1;
      await outbox.toldTo(notice, id);
    } else last = rejection.reason;
  }
  return told > 0 ? TOLD : { outcome: 'untold', reason: last };
}

async function reply(
  { client, showing, audit }: DeliveryPorts,
  run: Run,
  notice: Notice,
  ts: string,
): Promise<void> {
  const { messageRefused: reason } = run;
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
