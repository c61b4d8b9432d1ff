import { z } from 'zod';
import type { Runs } from '../../sync/ports/runs.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Batch } from '../../sync/use-cases/batch.ts';
import type { SlackClient } from '../connect/client.ts';
import { listOf, maybe } from '../connect/shapes.ts';
import { batchBlockId, noticeBlockId } from '../ids.ts';
import { planCsvName } from '../views/run/files.ts';

/**
 * Finds a message that the bot posted although Slack's answer was lost. It is then not posted twice. Block ids mark the bot's
 * messages: unlike `metadata`, Slack returns them to every caller.
 */

const posted = z.object({
  ts: z.string(),
  blocks: listOf(z.object({ block_id: maybe(z.string()) })),
  files: listOf(z.object({ name: maybe(z.string()) })),
});
type Posted = z.infer<typeof posted>;

/** A message of a shape that the bot does not know is none of its own. */
const someone = posted.or(z.unknown().transform(() => undefined));

const page = z.object({
  messages: z.array(someone).transform((all) => all.filter((each) => each !== undefined)),
  response_metadata: maybe(z.object({ next_cursor: maybe(z.string()) })),
});

/** Slack's recommended maximum for a page. A page may bring fewer, although there are more. */
const PAGE = 200;
/** Some minutes' worth of calls (50 a minute). Whoever writes so much meanwhile reads a message twice. */
const MOST_PAGES = 100;
/** Slack's clock and the database's may differ by so much. */
const CLOCK_SLACK_SECONDS = 300;

/** The `ts` of the run's channel message, where one was posted that is not `known`. */
export function findRunMessage(
  client: SlackClient,
  { id, channelId, requestedAt }: Run,
  known: string | undefined,
): Promise<string | undefined> {
  return findMessage(client, channelId, requestedAt, (found) => {
    return found.ts !== known && carries(found, (block) => block.startsWith(`run:${id}:`));
  });
}

/** Whether a notice is in the channel itself, because the thread had not taken it. */
export function isNoticePosted(client: SlackClient, run: Run, noticeId: number): Promise<boolean> {
  return findByBlock(client, run.channelId, run.requestedAt, noticeBlockId(noticeId));
}

/** Whether a message with this block was posted in a channel since then. */
export async function findByBlock(
  client: SlackClient,
  channel: string,
  since: Date,
  blockId: string,
): Promise<boolean> {
  const isIt = (found: Posted) => carries(found, (block) => block === blockId);
  return (await findMessage(client, channel, since, isIt)) !== undefined;
}

/** The `ts` of the message that sums up a batch, where one was posted. */
export function findBatchMessage(
  client: SlackClient,
  { id, channelId, runs }: Batch,
): Promise<string | undefined> {
  return findMessage(client, channelId, runs[0]?.requestedAt ?? new Date(), (found) =>
    carries(found, (block) => block.startsWith(batchBlockId(id, ''))),
  );
}

async function findMessage(
  client: SlackClient,
  channel: string,
  since: Date,
  isIt: (message: Posted) => boolean,
): Promise<string | undefined> {
  const ask = (cursor: Cursor) => client.conversations.history({ channel, ...from(since), ...cursor });
  return (await findOn(ask, isIt))?.ts;
}

/**
 * Makes a message that was just posted the run's message. Where another process has posted one meanwhile, which can
 * be if this one stood still for longer than its lease, ours is taken away again: nobody would keep it up to date.
 * False then, also where Slack does not let it be taken away: a click on it is refused, since it is not the run's message.
 */
export async function attach(
  { client, runs }: { readonly client: SlackClient; readonly runs: Pick<Runs, 'attachMessage'> },
  run: Run,
  ts: string,
): Promise<boolean> {
  if (await runs.attachMessage(run.id, ts, run.messageTs)) return true;
  await client.chat.delete({ channel: run.channelId, ts }).catch(() => {});
  return false;
}

export async function isReplyPosted(client: SlackClient, run: Run, noticeId: number): Promise<boolean> {
  return isInThread(client, run, (reply) => carries(reply, (id) => id === noticeBlockId(noticeId)));
}

export async function isPlanFilePosted(client: SlackClient, run: Run): Promise<boolean> {
  return isInThread(client, run, ({ files }) => files.some(({ name }) => name === planCsvName(run)));
}

async function isInThread(
  client: SlackClient,
  { channelId: channel, messageTs: ts, requestedAt }: Run,
  isIt: (reply: Posted) => boolean,
): Promise<boolean> {
  if (ts === undefined) return false;
  const ask = (cursor: Cursor) =>
    client.conversations.replies({ channel, ts, ...from(requestedAt), ...cursor });
  return (await findOn(ask, isIt)) !== undefined;
}

type Cursor = { readonly cursor?: string };

/** Nothing of a run is older than its request, so that a busy channel is not read from its beginning. */
function from(since: Date): { readonly oldest: string; readonly limit: number } {
  return { oldest: String(since.getTime() / 1000 - CLOCK_SLACK_SECONDS), limit: PAGE };
}

/** Looks through page after page, as long as Slack names a next one (docs.slack.dev, "Pagination"). */
async function findOn(
  ask: (cursor: Cursor) => Promise<unknown>,
  isIt: (message: Posted) => boolean,
): Promise<Posted | undefined> {
  let cursor: Cursor = {};
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { messages, response_metadata } = page.parse(await ask(cursor));
    const found = messages.find(isIt);
    const next = response_metadata?.next_cursor ?? '';
    if (found !== undefined || next === '') return found;
    cursor = { cursor: next };
  }
  return undefined;
}

function carries({ blocks }: Posted, isOurs: (blockId: string) => boolean): boolean {
  return blocks.some(({ block_id: id }) => id !== undefined && isOurs(id));
}
