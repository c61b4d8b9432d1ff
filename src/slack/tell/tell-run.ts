import { isPerson } from '../../sync/rules/approval.ts';
import { plannedChanges, type Run } from '../../sync/run/run.ts';
import { type SlackClient, slackErrorCode } from '../connect/client.ts';
import { type Rejection, rejectionOf } from '../connect/rejection.ts';
import { hasFolds, type Message, withoutFolds } from '../views/blocks.ts';
import { replacement } from '../views/run/run-message.ts';
import { type Elsewhere, peopleOf, threadReply } from '../views/run/thread-reply.ts';
import { attach, findRunMessage } from './own-messages.ts';
import { isUneventful, type Showing, showRun, showSuccessor } from './show-run.ts';
import { type AboutRun, posting, postOnce, postToEach, rejected, TOLD, type Told } from './told.ts';

/**
 * Posts or edits the run's message. If Slack never takes the edit, a run that is not over is posted again, because people need its
 * buttons; the end of a run is told in the thread. Throws Slack's error if it may take the message later.
 */
export async function showState(about: AboutRun): Promise<Told> {
  const { run, progress, showing } = about;
  // A read that goes on shows its progress again, and Cancel.
  if (run.status !== 'reading') await progress.settle(run);
  if (isUneventful(run) && !showing.quietLine && (await notesOf(about)).length === 0) return TOLD;
  const message = await showRun(showing, run);
  try {
    const { messageTs: ts } = run;
    if (ts !== undefined) {
      const update = (content: Message) => updateMessage(about.editClient, run.channelId, ts, content);
      if (await sendFolded(showing, message, update)) return showSuccessor(about.runs, run).then(() => TOLD);
      // Somebody deleted the message, and nobody waits for such a preview.
      if (run.status === 'expired' || run.status === 'superseded') return TOLD;
    }
  } catch (error) {
    const rejection = rejectionOf(error);
    if (rejection.kind === 'later') throw error;
    return afterRefusedEdit(about, message, rejection);
  }
  return postOrGoOn(about, message);
}

/** Who asked while the run was read, and was told to wait for it: such a note stands as an approval of no plan. */
function notesOf({ runs, run }: AboutRun) {
  return runs.approvals({ ...run, planHash: '' });
}

/** Posts the run's message. If the channel never takes it, tells people about the run elsewhere. */
async function postOrGoOn(about: AboutRun, message: Message): Promise<Told> {
  try {
    return await post(about, message);
  } catch (error) {
    const rejection = rejectionOf(error);
    if (rejection.kind === 'later') throw error;
    return afterRefusedPost(about, rejection.reason);
  }
}

async function post(about: AboutRun, message: Message): Promise<Told> {
  const { run, client, runs, showing } = about;
  if (await editPosted(about, message)) return TOLD;
  const posted = await sendFolded(showing, message, (content) =>
    posting(about, () => client.chat.postMessage({ channel: run.channelId, ...content })),
  );
  if (posted.ts === undefined || (await attach({ client, runs }, run, posted.ts))) return TOLD;
  const now = await runs.find(run.id);
  return now === undefined ? TOLD : showState({ ...about, run: now });
}

/** Edits and attaches a message of the run that was posted although Slack's answer was lost. Returns false where there is none. */
async function editPosted(about: AboutRun, message: Message): Promise<boolean> {
  const { editClient, runs, showing, run, notice } = about;
  const { channelId, messageTs: known } = run;
  const mayStand = known === undefined || notice.attempts > 1;
  const found = mayStand ? await findRunMessage(about, run, known).catch(takenForAbsent(about)) : undefined;
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

/**
 * Where Slack refuses the look, the message of a run that no person asked for is taken for absent: only its notices post it, and none of
 * their answers was lost.
 */
function takenForAbsent({ run, notice }: AboutRun): (error: unknown) => undefined {
  return (error) => {
    const { kind } = rejectionOf(error);
    if (kind !== 'refused' || notice.lostAnswers > 0 || isPerson(run.requestedBy)) throw error;
  };
}

async function afterRefusedEdit(
  about: AboutRun,
  message: Message,
  { reason, kind }: Rejection,
): Promise<Told> {
  const { run, runs, showing } = about;
  if (kind === 'channel_gone') return afterRefusedPost(about, reason);
  switch (run.status) {
    case 'reading':
    case 'ready':
    case 'executing':
      return postOrGoOn(about, replacement(showing.t, run, message, reason));
    case 'completed':
    case 'cancelled':
      await runs.refuseMessage(run.id, reason);
      if (hasOutcomeNotice(run)) return { outcome: 'refused', reason };
      return tellOutcome({ ...about, run: { ...run, messageRefused: reason } });
    case 'failed':
    case 'expired':
    case 'superseded':
      await runs.refuseMessage(run.id, reason);
      return { outcome: 'refused', reason };
  }
}

/** Tells people about a run of which the channel takes no message, if somebody waits for it. `reason` as in `Rejection`. */
export async function afterRefusedPost(about: AboutRun, reason: string): Promise<Told> {
  const { run } = about;
  const awaited = run.status === 'ready' || run.status === 'cancelled' || run.status === 'completed';
  if (!awaited || hasOutcomeNotice(run)) return { outcome: 'refused', reason };
  return tellDirectly(about, reason);
}

/** Whether another notice tells the thread how this run ended. */
function hasOutcomeNotice(run: Run): boolean {
  return run.status === 'failed' || (run.status === 'completed' && plannedChanges(run.counts) > 0);
}

/**
 * Tells the outcome of a run in the first place that Slack takes: thread, channel, or directly to people; a later one says why.
 * Throws Slack's error if it may take the outcome later; the next attempt does not repeat what Slack took.
 */
export async function tellOutcome(about: AboutRun): Promise<Told> {
  const { messageTs, messageRefused } = about.run;
  const inThread = () => postOutcome(about, messageRefused, messageTs);
  const thread = messageTs === undefined ? undefined : await rejected(inThread);
  if (messageTs !== undefined && thread === undefined) return TOLD;
  if (thread?.kind === 'channel_gone') return tellDirectly(about, thread.reason);
  const channel = await rejected(() => postOutcome(about, thread?.reason));
  return channel === undefined ? TOLD : tellDirectly(about, channel.reason);
}

/** Tells the people of a run directly. `reason`: why the channel does not take it, as in `Rejection`. */
export async function tellDirectly(about: AboutRun, reason: string): Promise<Told> {
  const message = await outcomeOf(about, { place: 'direct', reason });
  // An operator at the command line has no conversation in Slack.
  const people = peopleOf(about.run).filter(isPerson);
  return postToEach(about, { ids: people.map(({ id }) => id) }, message, reason);
}

/** Posts the outcome in the thread `ts`, or in the channel. `reason`: why it comes there, if unusual, as in `Rejection`. */
async function postOutcome(about: AboutRun, reason: string | undefined, ts?: string): Promise<void> {
  const place = ts === undefined ? 'channel' : 'thread';
  await postOnce(about, () => outcomeOf(about, reason === undefined ? undefined : { place, reason }), ts);
}

async function outcomeOf(
  { showing, audit, run, notice, chainPlace }: AboutRun,
  elsewhere: Elsewhere | undefined,
): Promise<Message> {
  return threadReply(showing.t, run, notice.id, elsewhere, chainPlace ?? (await audit.newestOf(run.id)));
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
async function sendFolded<T>(
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
