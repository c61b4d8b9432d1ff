import { z } from 'zod';
import type { Batch } from '../sync/batch.ts';
import type { Runs } from '../sync/ports.ts';
import type { Run } from '../sync/run.ts';
import type { SlackClient } from './client.ts';
import { batchBlockId, noticeBlockId, runBlockId } from './ids.ts';
import { planCsvName } from './views/plan-csv.ts';

/**
 * Finds what the bot posted before Slack's answer was lost, so that it is not posted twice. Its block ids mark it:
 * unlike `metadata`, Slack returns them to every caller.
 */

const messages = z.array(
  z.object({
    ts: z.string(),
    blocks: z.array(z.object({ block_id: z.string().optional() })).default([]),
    files: z.array(z.object({ name: z.string().nullish() })).default([]),
  }),
);
type Posted = z.infer<typeof messages>[number];

const PAGE = 200;
/** Slack's clock and the database's may differ by so much. */
const CLOCK_SLACK_SECONDS = 300;

/** The `ts` of the run's channel message, where one was posted. */
export function findRunMessage(client: SlackClient, run: Run): Promise<string | undefined> {
  const prefix = runBlockId(run, '').split(':').slice(0, 2).join(':');
  return findMessage(client, run.channelId, run.requestedAt, `${prefix}:`);
}

/** The `ts` of the message that sums up a batch, where one was posted. */
export function findBatchMessage(
  client: SlackClient,
  { id, channelId, runs }: Batch,
): Promise<string | undefined> {
  return findMessage(client, channelId, runs[0]?.requestedAt ?? new Date(), batchBlockId(id, ''));
}

async function findMessage(client: SlackClient, channel: string, since: Date, prefix: string) {
  const oldest = String(since.getTime() / 1000 - CLOCK_SLACK_SECONDS);
  const answer = await client.conversations.history({ channel, oldest, limit: PAGE });
  const posted = messages.parse(answer.messages ?? []);
  return posted.find((message) => carries(message, (id) => id.startsWith(prefix)))?.ts;
}

/**
 * Makes a message that was just posted the run's message. Where another process has posted one meanwhile, which can
 * be if this one stood still for longer than its lease, ours is taken away again: nobody would keep it up to date.
 * False then.
 */
export async function attach(
  { client, runs }: { readonly client: SlackClient; readonly runs: Runs },
  run: Run,
  ts: string,
): Promise<boolean> {
  if (await runs.attachMessage(run.id, ts, run.messageTs)) return true;
  await client.chat.delete({ channel: run.channelId, ts });
  return false;
}

export async function isReplyPosted(client: SlackClient, run: Run, noticeId: number): Promise<boolean> {
  const replies = await repliesOf(client, run);
  return replies.some((reply) => carries(reply, (id) => id === noticeBlockId(noticeId)));
}

export async function isPlanFilePosted(client: SlackClient, run: Run): Promise<boolean> {
  const replies = await repliesOf(client, run);
  return replies.some(({ files }) => files.some(({ name }) => name === planCsvName(run)));
}

async function repliesOf(client: SlackClient, run: Run): Promise<readonly Posted[]> {
  if (run.messageTs === undefined) return [];
  const answer = await client.conversations.replies({
    channel: run.channelId,
    ts: run.messageTs,
    limit: PAGE,
  });
  return messages.parse(answer.messages ?? []);
}

function carries({ blocks }: Posted, isOurs: (blockId: string) => boolean): boolean {
  return blocks.some(({ block_id: id }) => id !== undefined && isOurs(id));
}
