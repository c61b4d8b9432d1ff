import type { Batches } from '../sync/batch.ts';
import type { SlackClient } from './client.ts';
import { findBatchMessage } from './own-messages.ts';
import type { Showing } from './show-run.ts';
import { updateMessage } from './update-message.ts';
import { batchMessage } from './views/batch-message.ts';

type Ports = { readonly client: SlackClient; readonly batches: Batches; readonly showing: Showing };

/** Posts or edits the message that sums up a batch. Throws what Slack or the database throws. */
export async function showBatch(
  { client, batches, showing }: Ports,
  batchId: number,
  attempts: number,
): Promise<void> {
  const batch = await batches.find(batchId);
  if (batch === undefined) return;
  const { channelId: channel } = batch;
  // Posted before, but Slack's answer was lost.
  const doubtful = batch.messageTs === undefined && attempts > 1;
  const messageTs = doubtful ? await findBatchMessage(client, batch) : batch.messageTs;
  const message = batchMessage(showing.t, batch, { linkOf: showing.linkOf });
  if (messageTs !== undefined && (await updateMessage(client, channel, messageTs, message))) {
    if (doubtful) await batches.attachMessage(batchId, messageTs);
    return;
  }
  const { ts } = await client.chat.postMessage({ channel, ...message });
  if (ts !== undefined) await batches.attachMessage(batchId, ts);
}
