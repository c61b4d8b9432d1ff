import type { Batches } from '../sync/batch.ts';
import type { Notice } from '../sync/outbox.ts';
import type { Progress, Runs } from '../sync/ports.ts';
import { plannedChanges, type Run } from '../sync/run.ts';
import type { SlackClient } from './client.ts';
import { attach, findRunMessage, isPlanFilePosted, isReplyPosted } from './own-messages.ts';
import { planFile } from './plan-file.ts';
import { showBatch } from './show-batch.ts';
import { isUneventful, messageHoldsPlan, type Showing, showRun } from './show-run.ts';
import { updateMessage } from './update-message.ts';
import { uploadFile } from './upload-file.ts';
import { planCsvName } from './views/plan-csv.ts';
import { threadReply } from './views/thread-reply.ts';

export type DeliveryPorts = {
  readonly client: SlackClient;
  readonly runs: Runs;
  readonly batches: Batches;
  readonly progress: Progress;
  readonly showing: Showing;
};

/** Tells Slack what a notice says, once as far as Slack lets that be known. Throws what Slack or the database throws. */
export async function deliver(ports: DeliveryPorts, notice: Notice): Promise<void> {
  const run = await ports.runs.find(notice.runId);
  // Whoever asked was told at once that the bot cannot post there; nothing of such a run was ever shown.
  if (run === undefined || run.failure?.code === 'channel_unreachable') return;
  switch (notice.kind) {
    case 'message':
      return showState(ports, run, notice);
    case 'thread':
      return reply(ports, run, notice);
    case 'list':
      return attachPlan(ports, run, notice);
    case 'summary':
      return run.batchId === undefined ? undefined : showBatch(ports, run.batchId, notice.attempts);
  }
}

async function showState(ports: DeliveryPorts, run: Run, notice: Notice): Promise<void> {
  const { client, runs, progress, showing } = ports;
  await progress.settle(run);
  if (isUneventful(run) && !showing.quietLine) return;
  const message = await showRun(showing, run);
  const { channelId: channel, messageTs: known } = run;
  if (known !== undefined && (await updateMessage(client, channel, known, message))) return;
  // Posted before, but Slack's answer was lost.
  const doubtful = known === undefined || notice.attempts > 1;
  const found = doubtful ? await findRunMessage(client, run) : undefined;
  if (found !== undefined && (await updateMessage(client, channel, found, message))) {
    await runs.attachMessage(run.id, found, known);
    return;
  }
  const posted = await client.chat.postMessage({ channel, ...message });
  if (posted.ts === undefined || (await attach({ client, runs }, run, posted.ts))) return;
  const now = await runs.find(run.id);
  if (now !== undefined) await showState(ports, now, notice);
}

async function reply({ client, showing }: DeliveryPorts, run: Run, notice: Notice): Promise<void> {
  if (notice.attempts > 1 && (await isReplyPosted(client, run, notice.id))) return;
  await client.chat.postMessage({
    channel: run.channelId,
    ...(run.messageTs === undefined ? {} : { thread_ts: run.messageTs }),
    ...threadReply(showing.t, run, notice.id),
  });
}

async function attachPlan({ client, showing }: DeliveryPorts, run: Run, notice: Notice): Promise<void> {
  if (run.messageTs === undefined || (await messageHoldsPlan(showing, run))) return;
  if (notice.attempts > 1 && (await isPlanFilePosted(client, run))) return;
  const lines = plannedChanges(run.counts) + run.counts.omitted + run.counts.protected + run.counts.skipped;
  await uploadFile(
    client,
    { channel: run.channelId, ts: run.messageTs },
    {
      name: planCsvName(run),
      comment: showing.t.plan.fileComment(run.id, lines),
      content: await planFile(showing.plans, run),
    },
  );
}
