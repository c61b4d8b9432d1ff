import type { SlackClient } from '../connect/client.ts';

/** With the calls around it shorter than the time for which a delivery is claimed (outbox): nobody else uploads meanwhile. */
const UPLOAD_WITHIN_MS = 20_000;

/** What is uploaded, piece by piece, so that it need not fit into memory. `bytes` is the length of all pieces. */
export type FileContent = {
  readonly bytes: number;
  pieces(): AsyncIterable<Uint8Array>;
};

export function inMemory(text: string): FileContent {
  const buffer = Buffer.from(text);
  return {
    bytes: buffer.length,
    pieces: async function* () {
      yield buffer;
    },
  };
}

/**
 * Uploads a file into a thread by Slack's three steps (docs.slack.dev, "Working with files"). The client's own
 * `files.uploadV2` holds the file in memory twice and gives it no more time than any other call.
 * Throws what the client throws, and where the address for the upload does not take the file.
 */
export async function uploadFile(
  client: SlackClient,
  thread: { readonly channel: string; readonly ts: string },
  file: { readonly name: string; readonly comment?: string; readonly content: FileContent },
): Promise<void> {
  const { name, comment, content } = file;
  const place = await client.files.getUploadURLExternal({ filename: name, length: content.bytes });
  if (place.upload_url === undefined || place.file_id === undefined)
    throw new Error('Slack named no address for the file');
  await send(place.upload_url, content);
  await client.files.completeUploadExternal({
    files: [{ id: place.file_id, title: name }],
    channel_id: thread.channel,
    thread_ts: thread.ts,
    ...(comment === undefined ? {} : { initial_comment: comment }),
  });
}

async function send(address: string, { bytes, pieces }: FileContent): Promise<void> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(bytes) },
    body: pieces(),
    duplex: 'half',
    signal: AbortSignal.timeout(UPLOAD_WITHIN_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Slack did not take the file: HTTP ${response.status}`);
}
