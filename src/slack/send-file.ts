import type { SlackClient } from './client.ts';
import { type FileContent, uploadFile } from './upload-file.ts';

/** Sends a file with a text to one person, in the app's own conversation with them. */
export async function sendFile(
  client: SlackClient,
  userId: string,
  file: { readonly name: string; readonly text: string; readonly content: FileContent },
): Promise<void> {
  // Posting to a member's id opens the conversation, which a file cannot; no further scope is needed for it.
  const { channel, ts } = await client.chat.postMessage({ channel: userId, text: file.text });
  if (channel === undefined || ts === undefined) throw new Error('Slack named no conversation for the file');
  await uploadFile(client, { channel, ts }, { name: file.name, content: file.content });
}
