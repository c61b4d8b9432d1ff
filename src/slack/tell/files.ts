import type { Plans } from '../../sync/ports/plans.ts';
import type { Logger } from '../../sync/ports/ports.ts';
import { planLines, type Run } from '../../sync/run/run.ts';
import type { SlackClient } from '../connect/client.ts';
import { DIRECT, type Network } from '../connect/network.ts';
import { fileRejectionOf } from '../connect/rejection.ts';
import { SlackUnusableError } from '../connect/rejection-reason.ts';
import { noFileReply } from '../views/run/thread-reply.ts';
import { PLAN_CSV_HEADER, planCsvName, planCsvRow } from '../views/run/whole-plan.ts';
import { isPlanFilePosted } from './own-messages.ts';
import { needsFile } from './show-run.ts';
import { type AboutRun, posting, postOnce, TOLD, type Told } from './told.ts';

/** The content of an upload, in pieces, so that it need not fit into memory. `bytes` is the total length. */
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

const CHUNK = 1_000;

/** A plan as CSV. It is read from the database once for its length, and once for each upload. */
export async function planFile(plans: Plans, run: Run): Promise<FileContent> {
  let bytes = 0;
  for await (const piece of pieces(plans, run)) bytes += piece.length;
  return { bytes, pieces: () => pieces(plans, run) };
}

async function* pieces(plans: Plans, run: Run): AsyncGenerator<Uint8Array> {
  yield Buffer.from(PLAN_CSV_HEADER);
  for (let after = 0; ; ) {
    const changes = await plans.list(run.id, undefined, after, CHUNK);
    if (changes.length > 0) yield Buffer.from(changes.map(planCsvRow).join(''));
    const last = changes.at(-1);
    if (last === undefined || changes.length < CHUNK) return;
    after = last.seq;
  }
}

type Thread = { readonly channel: string; readonly ts: string };

/** With the calls around it shorter than the lease of a notice, so that no other process uploads the same file meanwhile. */
const UPLOAD_WITHIN_MS = 20_000;

/**
 * Uploads a file into a thread by Slack's three steps (docs.slack.dev, "Working with files"). The client's own `files.uploadV2`
 * would hold the file in memory twice, and has the timeout of any other call. Throws the client's errors, and an error if the
 * upload address refuses the file.
 */
export async function uploadFile(
  client: SlackClient,
  thread: Thread,
  file: { readonly name: string; readonly comment?: string; readonly content: FileContent },
  network = DIRECT,
  finishing = (finish: () => Promise<unknown>) => finish(),
): Promise<void> {
  const { name, comment, content } = file;
  const place = await client.files.getUploadURLExternal({ filename: name, length: content.bytes });
  if (place.upload_url === undefined || place.file_id === undefined)
    throw new SlackUnusableError('named_no_address', 'Slack named no address for the file');
  await send(network, place.upload_url, content);
  const files: [{ id: string; title: string }] = [{ id: place.file_id, title: name }];
  await finishing(() =>
    client.files.completeUploadExternal({
      files,
      channel_id: thread.channel,
      thread_ts: thread.ts,
      ...(comment === undefined ? {} : { initial_comment: comment }),
    }),
  );
}

async function send(network: Network, address: string, { bytes, pieces }: FileContent): Promise<void> {
  const response = await network.fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(bytes) },
    body: pieces(),
    duplex: 'half',
    signal: AbortSignal.timeout(UPLOAD_WITHIN_MS),
  });
  await response.body?.cancel();
  if (response.ok) return;
  const status = `HTTP ${response.status}`;
  throw new SlackUnusableError(`file_not_taken: ${status}`, `Slack did not take the file: ${status}`);
}

type Ports = { readonly client: SlackClient; readonly network: Network; readonly logger: Logger };

type SentFile = {
  readonly name: string;
  readonly content: FileContent;
  /** The text above the file. */
  readonly text: string;
  /** The text if the file could not be sent. */
  readonly without: (reason: string) => string;
};

/** Sends a file and a text to one person. Returns why Slack did not take the file, which the text then says too. Never throws. */
export async function sendFile(ports: Ports, userId: string, file: SentFile): Promise<string | undefined> {
  const { client, network, logger } = ports;
  let place: Thread | undefined;
  try {
    // A post to a member's id opens the conversation, an upload does not. No further scope is needed.
    const { channel, ts } = await client.chat.postMessage({ channel: userId, text: file.text });
    if (channel === undefined || ts === undefined)
      throw new SlackUnusableError('named_no_conversation', 'Slack named no conversation for the file');
    place = { channel, ts };
    await uploadFile(client, place, { name: file.name, content: file.content }, network);
    return undefined;
  } catch (error) {
    const { reason } = fileRejectionOf(error);
    logger.warn({ file: file.name, slack: reason, err: error }, 'a file could not be sent');
    if (place !== undefined) await mend(ports, place, file.without(reason));
    return reason;
  }
}

/** Replaces the text that promises the file. If Slack takes no edit, a reply says that the file is missing. */
async function mend({ client, logger }: Ports, { channel, ts }: Thread, text: string): Promise<void> {
  try {
    await client.chat
      .update({ channel, ts, text, blocks: [] })
      .catch(() => client.chat.postMessage({ channel, thread_ts: ts, text }));
  } catch (error) {
    logger.warn({ err: error }, 'the message above a missing file could not be mended');
  }
}

/** For how long a preview's file is tried. */
const FILE_WITHIN_SECONDS = 600;

/**
 * Uploads a plan that is too long for its message as a file in the thread. If Slack does not take it within ten minutes, thread
 * and message say so. Throws Slack's error if it may still take the file.
 */
export async function attachPlan(about: AboutRun): Promise<Told> {
  const { client, showing, network, runs, run, notice } = about;
  if (run.messageTs === undefined || !(await needsFile(showing, run))) return TOLD;
  const thread = { channel: run.channelId, ts: run.messageTs };
  try {
    if (notice.attempts > 1 && (await isPlanFilePosted(about, run))) return TOLD;
    const comment = showing.t.plan.fileComment(run.id, planLines(run.counts));
    const content = await planFile(showing.plans, run);
    const file = { name: planCsvName(run), comment, content };
    await uploadFile(client, thread, file, network, (finish) => posting(about, finish));
    return TOLD;
  } catch (error) {
    const { kind, reason } = fileRejectionOf(error);
    if (kind === 'later' && notice.ageSeconds <= FILE_WITHIN_SECONDS) throw error;
    if (kind !== 'channel_gone') {
      await runs.refuseFile(run.id, reason);
      await sayWhy(about, reason);
    }
    return { outcome: 'refused', reason };
  }
}

/** If Slack refuses this reply too, the preview still has View All. */
async function sayWhy(about: AboutRun, reason: string): Promise<void> {
  const { showing, run, notice } = about;
  try {
    await postOnce(about, () => noFileReply(showing.t, notice.id, reason), run.messageTs);
  } catch (error) {
    if (fileRejectionOf(error).kind === 'later') throw error;
  }
}
