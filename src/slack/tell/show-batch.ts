import type { Batch } from '../../sync/use-cases/batch.ts';
import type { Message } from '../views/blocks.ts';
import { batchMessage } from '../views/run/batch-message.ts';
import { findBatchMessage } from './own-messages.ts';
import { type DeliveryPorts, rejected, TOLD, type Told, toldBy, updateMessage } from './told.ts';

/**
 * Posts or edits the message that sums up a batch. If Slack never takes the edit, posts a new message, but only once no run is in
 * progress: else each read page would post one. Throws Slack's error if it may take the message later.
 */
export async function showBatch(ports: DeliveryPorts, batchId: number, attempts: number): Promise<Told> {
  const batch = await ports.batches.find(batchId);
  if (batch === undefined) return TOLD;
  const message = batchMessage(ports.showing.t, batch, { linkOf: ports.showing.linkOf });
  let isEdited = false;
  const rejection = await rejected(async () => {
    isEdited = await edit(ports, batch, message, attempts);
  });
  if (isEdited) return TOLD;
  if (rejection !== undefined && (rejection.kind === 'channel_gone' || isInWork(batch))) {
    return { outcome: 'refused', reason: rejection.reason };
  }
  return toldBy(async () => {
    const { ts } = await ports.client.chat.postMessage({ channel: batch.channelId, ...message });
    if (ts !== undefined) await ports.batches.attachMessage(batchId, ts);
  });
}

/** Returns false where there is no message to edit. */
async function edit(
  { client, editClient, batches }: DeliveryPorts,
  batch: Batch,
  message: Message,
  attempts: number,
): Promise<boolean> {
  const { channelId: channel } = batch;
  // The message may have been posted, and Slack's answer lost.
  const doubtful = batch.messageTs === undefined && attempts > 1;
  const messageTs = doubtful ? await findBatchMessage(client, batch) : batch.messageTs;
  if (messageTs === undefined || !(await updateMessage(editClient, channel, messageTs, message)))
    return false;
  if (doubtful) await batches.attachMessage(batch.id, messageTs);
  return true;
}

function isInWork({ runs }: Batch): boolean {
  return runs.some(({ status }) => status === 'reading' || status === 'executing');
}
