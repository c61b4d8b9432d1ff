import type { SlackClient } from '../connect/client.ts';
import { rejectionOf } from '../connect/rejection.ts';
import type { Message } from '../views/blocks.ts';

/** Edits a message. False where somebody deleted it meanwhile: what it would say must stand somewhere else. */
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
