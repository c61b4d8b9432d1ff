import type { Logger } from '../../sync/ports.ts';
import type { SlackClient } from '../connect/client.ts';
import { fileRejectionOf } from '../connect/rejection.ts';
import { type FileContent, uploadFile } from '../tell/upload-file.ts';

type Ports = { readonly client: SlackClient; readonly logger: Logger };

type SentFile = {
  readonly name: string;
  readonly content: FileContent;
  /** What stands above the file. */
  readonly text: string;
  /** What stands there instead where the file does not come. */
  readonly without: (reason: string) => string;
};

/**
 * Sends a file with a text to one person, in the app's own conversation with them. Returns Slack's word for why it
 * did not take it, undefined where it did; the text then says so too. Never throws.
 */
export async function sendFile(ports: Ports, userId: string, file: SentFile): Promise<string | undefined> {
  const { client, logger } = ports;
  let place: { readonly channel: string; readonly ts: string } | undefined;
  try {
    // Posting to a member's id opens the conversation, which a file cannot; no further scope is needed for it.
    const { channel, ts } = await client.chat.postMessage({ channel: userId, text: file.text });
    if (channel === undefined || ts === undefined)
      throw new Error('Slack named no conversation for the file');
    place = { channel, ts };
    await uploadFile(client, place, { name: file.name, content: file.content });
    return undefined;
  } catch (error) {
    const { reason } = fileRejectionOf(error);
    logger.warn({ file: file.name, slack: reason, err: error }, 'a file could not be sent');
    if (place !== undefined) await mend(ports, place, file.without(reason));
    return reason;
  }
}

/** No text may promise a file that is not there. Where Slack takes no edit, an answer below says it. */
async function mend(
  { client, logger }: Ports,
  { channel, ts }: { readonly channel: string; readonly ts: string },
  text: string,
): Promise<void> {
  try {
    await client.chat
      .update({ channel, ts, text, blocks: [] })
      .catch(() => client.chat.postMessage({ channel, thread_ts: ts, text }));
  } catch (error) {
    logger.warn({ err: error }, 'the message above a missing file could not be mended');
  }
}
