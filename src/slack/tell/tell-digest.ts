import type { Notice } from '../../sync/ports/outbox.ts';
import { rejectionOf } from '../connect/rejection.ts';
import { digestBlockId, digestMessage } from '../views/answers/digest-message.ts';
import { findByBlock } from './own-messages.ts';
import { type DeliveryPorts, TOLD, type Told } from './told.ts';

/** Posts the digest of a due time, once as far as Slack lets that be known. Throws Slack's error if it may take it later. */
export async function tellDigest(
  { client, showing, digest }: DeliveryPorts,
  { reason: key = '', attempts }: Notice,
): Promise<Told> {
  const due = new Date(key);
  if (digest === undefined || Number.isNaN(due.getTime())) return TOLD;
  const { channelId: channel } = digest;
  try {
    if (attempts > 1 && (await findByBlock(client, channel, due, digestBlockId(key)))) return TOLD;
    const message = digestMessage(showing.t, await digest.facts(due), { key, linkOf: showing.linkOf });
    await client.chat.postMessage({ channel, ...message });
    return TOLD;
  } catch (error) {
    const { kind, reason } = rejectionOf(error);
    if (kind === 'later') throw error;
    return { outcome: 'refused', reason };
  }
}
