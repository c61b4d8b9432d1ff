import type { Notice } from '../../sync/ports/steps.ts';
import { isPerson } from '../../sync/rules/approval.ts';
import { plannedChanges, type Run } from '../../sync/run/run.ts';
import { type Rejection, rejectionOf } from '../connect/rejection.ts';
import type { Message } from '../views/blocks.ts';
import { replacement } from '../views/run/run-message.ts';
import { type Elsewhere, peopleOf, threadReply } from '../views/run/thread-reply.ts';
import { attach, findRunMessage, isNoticePosted, isReplyPosted } from './own-messages.ts';
import { isUneventful, showRun } from './show-run.ts';
import {
  type DeliveryPorts,
  postToEach,
  rejected,
  sendFolded,
  TOLD,
  type Told,
  updateMessage,
} from './told.ts';

/**
 * Posts or edits the run's message. If Slack never takes the edit, a run that is not over is posted again, because people need its
 * buttons; the end of a run is told in the thread. Throws Slack's error if it may take the message later.
 */
export async function showState(ports: DeliveryPorts, run: Run, notice: Notice): Promise<Told> {
  const { progress, showing } = ports;
  await progress.settle(run);
  if (isUneventful(run) && !showing.quietLine) return TOLD;
  const message = await showRun(showing, run);
  try {
    const { messageTs: ts } = run;
    if (ts !== undefined) {
      const update = (content: Message) => updateMessage(ports.editClient, run.channelId, ts, content);
      if (await sendFolded(showing, message, update)) return TOLD;
      // Somebody deleted the message, and nobody waits for such a preview.
      if (run.status === 'expired' || run.status === 'superseded') return TOLD;
    }
  } catch (error) {
    const rejection = rejectionOf(error);
    if (rejection.kind === 'later') throw error;
    return afterRefusedEdit(ports, run, notice, { message, rejection });
  }
  return postOrGoOn(ports, run, notice, message);
}

/** Posts the run's message. If the channel never takes it, tells people about the run elsewhere. */
async function postOrGoOn(ports: DeliveryPorts, run: Run, notice: Notice, message: Message): Promise<Told> {
  try {
    return await post(ports, run, notice, message);
  } catch (error) {
    const rejection = rejectionOf(error);
    if (rejection.kind === 'later') throw error;
    return afterRefusedPost(ports, run, notice, rejection.reason);
  }
}

async function post(ports: DeliveryPorts, run: Run, notice: Notice, message: Message): Promise<Told> {
  const { client, runs, showing } = ports;
  if (await editPosted(ports, run, notice, message)) return TOLD;
  const posted = await sendFolded(showing, message, (content) =>
    client.chat.postMessage({ channel: run.channelId, ...content }),
  );
  if (posted.ts === undefined || (await attach({ client, runs }, run, posted.ts))) return TOLD;
  const now = await runs.find(run.id);
  return now === undefined ? TOLD : showState(ports, now, notice);
}

/** Edits and attaches a message of the run that was posted although Slack's answer was lost. Returns false where there is none. */
async function editPosted(
  { client, editClient, runs, showing }: DeliveryPorts,
  run: Run,
  notice: Notice,
  message: Message,
): Promise<boolean> {
  const { channelId, messageTs: known } = run;
  const found =
    known === undefined || notice.attempts > 1 ? await findRunMessage(client, run, known) : undefined;
  if (found === undefined) return false;
  const update = (content: Message) => updateMessage(editClient, channelId, found, content);
  const gone = await sendFolded(showing, message, update).then(
    (edited) => !edited,
    (error: unknown) => {
      // Keep the message: its content was right when it was posted.
      if (rejectionOf(error).kind === 'refused') return false;
      throw error;
    },
  );
  if (!gone) await runs.attachMessage(run, found, known);
  return !gone;
}

async function afterRefusedEdit(
  ports: DeliveryPorts,
  run: Run,
  notice: Notice,
  { message, rejection }: { readonly message: Message; readonly rejection: Rejection },
): Promise<Told> {
  const { reason, kind } = rejection;
  if (kind === 'channel_gone') return afterRefusedPost(ports, run, notice, reason);
  switch (run.status) {
    case 'reading':
    case 'ready':
    case 'executing':
      return postOrGoOn(ports, run, notice, replacement(ports.showing.t, run, message, reason));
    case 'completed':
    case 'cancelled':
      await ports.runs.refuseMessage(run.id, reason);
      if (hasOutcomeNotice(run)) return { outcome: 'refused', reason };
      return tellOutcome(ports, { ...run, messageRefused: reason }, notice);
    case 'failed':
    case 'expired':
    case 'superseded':
      await ports.runs.refuseMessage(run.id, reason);
      return { outcome: 'refused', reason };
  }
}

/**
 * Tells people about a run whose channel takes no message of it. Nobody waits for a preview that expired or was replaced. `reason`
 * as in `Rejection`.
 */
export async function afterRefusedPost(
  ports: DeliveryPorts,
  run: Run,
  notice: Notice,
  reason: string,
): Promise<Told> {
  const awaited = run.status === 'ready' || run.status === 'cancelled' || run.status === 'completed';
  if (!awaited || hasOutcomeNotice(run)) return { outcome: 'refused', reason };
  return tellDirectly(ports, run, notice, reason);
}

/** Whether another notice tells the thread how this run ended. */
function hasOutcomeNotice(run: Run): boolean {
  return run.status === 'failed' || (run.status === 'completed' && plannedChanges(run.counts) > 0);
}

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
  const channel = await rejected(() => postInChannel(ports, run, notice, thread?.reason));
  return channel === undefined ? TOLD : tellDirectly(ports, run, notice, channel.reason);
}

/** Tells the people of a run directly. `reason`: why the channel does not take it, as in `Rejection`. */
export async function tellDirectly(
  ports: DeliveryPorts,
  run: Run,
  notice: Notice,
  reason: string,
): Promise<Told> {
  const message = await outcomeOf(ports, run, notice, { place: 'direct', reason });
  // An operator at the command line has no conversation in Slack.
  const people = peopleOf(run).filter(isPerson);
  const { told, refused } = await postToEach(
    ports,
    notice,
    people.map(({ id }) => id),
    message,
  );
  return told + notice.toldTo.length > 0 ? TOLD : { outcome: 'untold', reason: refused ?? reason };
}

async function reply(ports: DeliveryPorts, run: Run, notice: Notice, ts: string): Promise<void> {
  const { client } = ports;
  const { channelId: channel, messageRefused: reason } = run;
  if (notice.attempts > 1 && (await isReplyPosted(client, run, notice.id))) return;
  const elsewhere = reason === undefined ? undefined : ({ place: 'thread', reason } as const);
  const message = await outcomeOf(ports, run, notice, elsewhere);
  await client.chat.postMessage({ channel, thread_ts: ts, ...message });
}

/** `why`: why the thread does not take it, as in `Rejection`. */
async function postInChannel(ports: DeliveryPorts, run: Run, notice: Notice, why?: string): Promise<void> {
  const { client } = ports;
  if (notice.attempts > 1 && (await isNoticePosted(client, run, notice.id))) return;
  const elsewhere = why === undefined ? undefined : ({ place: 'channel', reason: why } as const);
  const message = await outcomeOf(ports, run, notice, elsewhere);
  await client.chat.postMessage({ channel: run.channelId, ...message });
}

async function outcomeOf(
  { showing, audit }: DeliveryPorts,
  run: Run,
  notice: Notice,
  elsewhere: Elsewhere | undefined,
): Promise<Message> {
  return threadReply(showing.t, run, notice.id, elsewhere, await audit.newestOf(run.id));
}
