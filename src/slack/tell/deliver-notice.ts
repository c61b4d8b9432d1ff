import { CALL_REASONS, isStillDue } from '../../sync/automation/calls.ts';
import type { Notice } from '../../sync/ports/steps.ts';
import { isRule } from '../../sync/rules/rules.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Batch } from '../../sync/use-cases/batch.ts';
import { type OwnCause, SlackUnusableError } from '../connect/rejection-reason.ts';
import { callMessage, digestBlockId, digestMessage } from '../views/answers/automation.ts';
import type { Message } from '../views/blocks.ts';
import type { LinkOf } from '../views/inline.ts';
import { batchMessage } from '../views/run/batch-message.ts';
import { attachPlan } from './files.ts';
import { findBatchMessage, isPosted } from './own-messages.ts';
import { successorOf } from './show-run.ts';
import { afterRefusedPost, showState, tellDirectly, tellOutcome, updateMessage } from './tell-run.ts';
import {
  type AboutRun,
  type DeliveryPorts,
  posting,
  postOnce,
  postToAdmins,
  rejected,
  TOLD,
  type Told,
  toldBy,
  whoLearned,
} from './told.ts';

/** Delivers a notice, once as far as Slack tells. Throws Slack's error if it may take it later, and errors of the database. */
export async function deliverNotice(ports: DeliveryPorts, notice: Notice): Promise<Told> {
  if (notice.kind === 'digest') return tellDigest(ports, notice);
  const [run, chainPlace] = await Promise.all([
    notice.run?.messageTs === undefined ? ports.runs.find(notice.runId) : notice.run,
    notice.kind === 'thread' ? ports.audit.newestOf(notice.runId) : undefined,
  ]);
  // The requester learned at once that the bot cannot post there. Nothing of such a run was ever shown.
  if (run === undefined || run.failure?.code === 'channel_unreachable') return TOLD;
  const successor = notice.kind === 'summary' ? undefined : await successorOf(ports.runs, run);
  if (successor !== undefined) {
    // An earlier edit, whose answer was lost, may have overwritten the shorter plan.
    if (notice.attempts > 1) await ports.runs.showAgain(successor.id);
    return TOLD;
  }
  // A slow Slack takes an edit, but no sooner the next time.
  const editClient = notice.attempts > 1 ? ports.client : ports.editClient;
  const about = { ...ports, editClient, run, notice, chainPlace };
  switch (await ports.readersOf(run.channelId)) {
    case 'ours':
      return deliverInChannel(about, notice);
    case 'shared':
      return tellElsewhere(about, notice);
    case 'unknown':
      if (isNewList(run, notice)) throw readersUnknown();
      return deliverInChannel(about, notice);
  }
}

function readersUnknown(): SlackUnusableError {
  return new SlackUnusableError('readers_unknown', 'Slack did not say who reads the channel');
}

type OfRun = Exclude<Notice, { kind: 'digest' }>;
type Call = Extract<Notice, { kind: 'call' }>;

/** Whether the notice may show users that the channel has not seen yet: the first message of a run says only that it is read. */
function isNewList({ messageTs, status, confirmedBy }: Run, { kind }: Notice): boolean {
  if (kind !== 'message') return kind === 'list';
  return messageTs === undefined || status === 'ready' || (confirmedBy !== undefined && isRule(confirmedBy));
}

/** People of another company read the channel by now, so the people of this run are told directly. */
async function tellElsewhere(about: AboutRun, notice: OfRun): Promise<Told> {
  const reason: OwnCause = 'shared_channel';
  switch (notice.kind) {
    case 'message':
      return afterRefusedPost(about, reason);
    case 'thread':
      return tellDirectly(about, reason);
    case 'call': {
      const call = isAlone(notice) && callOf(about, notice);
      return call ? postToAdmins(about, call(about.showing.linkOf)) : { outcome: 'refused', reason };
    }
    case 'list':
    case 'summary':
      return { outcome: 'refused', reason };
  }
}

async function deliverInChannel(about: AboutRun, notice: OfRun): Promise<Told> {
  const { batchId } = about.run;
  switch (notice.kind) {
    case 'message':
      return showState(about);
    case 'thread':
      return tellOutcome(about);
    case 'list':
      return attachPlan(about);
    case 'call':
      return callPeople(about, notice);
    case 'summary':
      return batchId === undefined ? TOLD : showBatch(about, batchId);
  }
}

/** Posts or edits the summary of a batch. Replaces it only once no run is in progress: else each read page would post one. */
async function showBatch(about: AboutRun, batchId: number): Promise<Told> {
  const batch = await about.batches.find(batchId);
  if (batch === undefined) return TOLD;
  const { id, channelId: channel, messageTs: known } = batch;
  const message = batchMessage(about.showing.t, batch, { linkOf: about.showing.linkOf });
  let isEdited = false;
  const rejection = await rejected(async () => {
    isEdited = known !== undefined && (await updateMessage(about.editClient, channel, known, message));
  });
  if (isEdited) return TOLD;
  const isFinal = rejection?.kind === 'channel_gone' || isInWork(batch);
  if (rejection !== undefined && isFinal) return { outcome: 'refused', reason: rejection.reason };
  return toldBy(async () => {
    const ts = (await editPosted(about, batch, message)) ?? (await post(about, channel, message));
    if (ts !== undefined) await about.batches.attachMessage(id, ts);
  });
}

/** Edits a summary that was posted although Slack's answer was lost, and returns its `ts`; undefined where there is none. */
async function editPosted(about: AboutRun, batch: Batch, message: Message): Promise<string | undefined> {
  const found = about.notice.attempts > 1 ? await findBatchMessage(about, batch) : undefined;
  if (found === undefined) return undefined;
  return (await updateMessage(about.editClient, batch.channelId, found, message)) ? found : undefined;
}

async function post(about: AboutRun, channel: string, message: Message): Promise<string | undefined> {
  return (await posting(about, () => about.client.chat.postMessage({ channel, ...message }))).ts;
}

function isInWork({ runs }: Batch): boolean {
  return runs.some(({ status }) => status === 'reading' || status === 'executing');
}

/** Whether the notice calls all admins because one of them acted alone. */
function isAlone({ reason }: Call): boolean {
  return reason === 'broke_glass';
}

/** Mentions people in the run's channel; if one admin acted alone, tells the others directly too: they may not be in it. */
async function callPeople(about: AboutRun, notice: Call): Promise<Told> {
  const call = callOf(about, notice);
  if (call === undefined) return TOLD;
  const { showing, run, outbox } = about;
  if (!isAlone(notice)) return callInChannel(about, call);
  // The channel comes before the people. Its id is remembered among theirs, and is sorted before them.
  const isBefore = whoLearned(notice).length > 0;
  const told = isBefore ? TOLD : await callInChannel(about, call);
  if (!isBefore && told.outcome === 'told') {
    if (showing.ownChannels?.includes(run.channelId) === true) return told;
    await outbox.toldTo(notice, run.channelId);
  }
  const direct = await postToAdmins(about, call(showing.linkOf));
  return told.outcome === 'told' && direct.outcome !== 'goes_on' ? told : direct;
}

type MakeCall = (linkOf?: LinkOf) => Message;

/** Makes the call; `linkOf`: outside the thread. Undefined where calls are off, or where the reason for the call is gone. */
function callOf({ showing, run }: AboutRun, notice: Call): MakeCall | undefined {
  const reason = CALL_REASONS.find((known) => known === notice.reason);
  // An admin who confirms alone was told that all admins will know, so they are mentioned even if calls are off.
  const notify = isAlone(notice) ? [...showing.admins, ...showing.notify] : showing.notify;
  if (reason === undefined || notify.length === 0 || !isStillDue(run, reason)) return undefined;
  const about = { notify, noticeId: notice.id };
  return (linkOf) => callMessage(showing.t, run, reason, { ...about, ...(linkOf && { linkOf }) });
}

/** In the thread of the run's message, or in the channel if the thread never takes it. */
async function callInChannel(about: AboutRun, call: MakeCall): Promise<Told> {
  const { messageTs } = about.run;
  if (messageTs !== undefined) {
    const rejection = await rejected(() => postOnce(about, () => call(), messageTs));
    if (rejection === undefined) return TOLD;
  }
  return toldBy(() => postOnce(about, () => call(about.showing.linkOf)));
}

/** Posts the digest of a due time, once as far as Slack allows to know. Throws Slack's error if it may take the digest later. */
async function tellDigest(ports: DeliveryPorts, notice: Extract<Notice, { kind: 'digest' }>): Promise<Told> {
  const { due: key, attempts } = notice;
  const { client, showing, digest, readersOf } = ports;
  const about = { ...ports, notice };
  const due = new Date(key);
  if (digest === undefined || Number.isNaN(due.getTime())) return TOLD;
  const { channelId: channel } = digest;
  // It quotes the reasons that admins gave, which may name users.
  const readers = await readersOf(channel);
  if (readers === 'unknown') throw readersUnknown();
  if (readers === 'shared') return { outcome: 'refused', reason: 'shared_channel' satisfies OwnCause };
  return toldBy(async () => {
    if (attempts > 1 && (await isPosted(about, channel, due, (block) => block === digestBlockId(key))))
      return;
    const message = digestMessage(showing.t, await digest.facts(due), { key, linkOf: showing.linkOf });
    await posting(about, () => client.chat.postMessage({ channel, ...message }));
  });
}
