import { z } from 'zod';
import type { ClaimedPost } from '../../sync/automation/schedule.ts';
import type { Runs } from '../../sync/ports/runs.ts';
import type { Notice } from '../../sync/ports/steps.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Batch } from '../../sync/use-cases/batch.ts';
import type { SlackClient } from '../connect/client.ts';
import { isBlind } from '../connect/rejection.ts';
import { SlackUnusableError } from '../connect/rejection-reason.ts';
import { listOf, maybe } from '../connect/shapes.ts';
import { batchBlockId, noticeBlockId, remindersIn } from '../ids.ts';
import { planCsvName } from '../views/run/whole-plan.ts';

/**
 * Finds a message that the bot has posted although Slack's answer was lost, so that it is not posted twice. Block ids mark the
 * bot's messages: Slack returns them to every caller, unlike `metadata`. Where Slack never lets the bot look, a message whose answers
 * are lost may come up to eight times in a day.
 */

/** Who the bot is, as in `SlackIdentity`. */
export type Self = { readonly botId: string; readonly botUserId: string };

/** Who looks. `notice`: for which notice; without one, nothing is taken for absent where Slack never lets the bot look. */
export type Looking = {
  readonly client: SlackClient;
  readonly showing: { readonly me?: Self };
  readonly notice?: Pick<Notice, 'ageSeconds' | 'lostAnswers'>;
};

const posted = z.object({
  ts: z.string(),
  user: maybe(z.string()),
  bot_id: maybe(z.string()),
  blocks: listOf(z.object({ block_id: maybe(z.string()) })),
  files: listOf(z.object({ name: maybe(z.string()) })),
});
type Posted = z.infer<typeof posted>;

/** A message of another shape is not the bot's. */
const anyMessage = posted.or(z.unknown().transform(() => undefined));

const page = z.object({
  messages: z.array(anyMessage).transform((all) => all.filter((each) => each !== undefined)),
  response_metadata: maybe(z.object({ next_cursor: maybe(z.string()) })),
});

/** The page size that Slack recommends. A page may be shorter although more pages follow. */
const PAGE = 200;
/**
 * Fewer calls than Slack takes in a minute (50): a longer look would meet that limit, and begin anew, for a day. In a channel with more
 * messages since, the bot posts its message a second time.
 */
const MOST_PAGES = 40;
/** By how much Slack's clock and the database's may differ. */
const CLOCK_SLACK_SECONDS = 300;

/** The `ts` of a posted message of the run, other than `known`; undefined where there is none. */
export function findRunMessage(
  looking: Looking,
  { id, channelId, requestedAt }: Run,
  known: string | undefined,
): Promise<string | undefined> {
  return findMessage(looking, channelId, requestedAt, (found) => {
    return found.ts !== known && carries(found, (block) => block.startsWith(`run:${id}:`));
  });
}

/** Whether a notice was posted in the channel itself, after the thread had refused it. */
export function isNoticePosted(looking: Looking, run: Run, noticeId: number): Promise<boolean> {
  return isPosted(looking, run.channelId, run.requestedAt, (block) => block === noticeBlockId(noticeId));
}

/** Whether a message with a block that `isOurs` was posted in a channel since the time `since`. */
export async function isPosted(
  looking: Looking,
  channel: string,
  since: Date,
  isOurs: (blockId: string) => boolean,
): Promise<boolean> {
  return (await findMessage(looking, channel, since, (found) => carries(found, isOurs))) !== undefined;
}

/** Whether an earlier claim of a key of `Reminders` has led to its post. */
export async function isReminderPosted(
  looking: Looking,
  channel: string,
  { key, since, mayStand }: ClaimedPost,
): Promise<boolean> {
  return mayStand && isPosted(looking, channel, since, (block) => remindersIn(block).includes(key));
}

/** The `ts` of a message that sums up a batch, other than the known one; undefined where there is none. */
export function findBatchMessage(
  looking: Looking,
  { id, channelId, messageTs: known, runs }: Batch,
): Promise<string | undefined> {
  return findMessage(looking, channelId, runs[0]?.requestedAt ?? new Date(), (found) => {
    return found.ts !== known && carries(found, (block) => block.startsWith(batchBlockId(id, '')));
  });
}

async function findMessage(
  looking: Looking,
  channel: string,
  since: Date,
  isIt: (message: Posted) => boolean,
): Promise<string | undefined> {
  const ask = (cursor: Cursor) =>
    looking.client.conversations.history({ channel, ...from(since), ...cursor });
  return (await findOn(looking, ask, isIt))?.ts;
}

/**
 * Makes a message just posted the run's message. If another process has posted one meanwhile, deletes it and returns false: nobody
 * would update it. If Slack refuses that, clicks on it are refused, since it is not the run's message.
 */
export async function attach(
  { client, runs }: { readonly client: SlackClient; readonly runs: Pick<Runs, 'attachMessage'> },
  run: Run,
  ts: string,
): Promise<boolean> {
  if (await runs.attachMessage(run, ts, run.messageTs)) return true;
  await client.chat.delete({ channel: run.channelId, ts }).catch(() => {});
  return false;
}

/** Whether the thread of the run's message has this notice. */
export async function isReplyPosted(looking: Looking, run: Run, noticeId: number): Promise<boolean> {
  return isInThread(looking, run, (reply) => carries(reply, (id) => id === noticeBlockId(noticeId)));
}

/** Whether the thread of the run's message has the plan's file. */
export async function isPlanFilePosted(looking: Looking, run: Run): Promise<boolean> {
  return isInThread(looking, run, ({ files }) => files.some(({ name }) => name === planCsvName(run)));
}

async function isInThread(
  looking: Looking,
  { channelId: channel, messageTs: ts, requestedAt }: Run,
  isIt: (reply: Posted) => boolean,
): Promise<boolean> {
  if (ts === undefined) return false;
  const ask = (cursor: Cursor) =>
    looking.client.conversations.replies({ channel, ts, ...from(requestedAt), ...cursor });
  return (await findOn(looking, ask, isIt)) !== undefined;
}

type Cursor = { readonly cursor?: string };

/** Starts at the run's request instead of the channel's beginning: no message of the run is older. */
function from(since: Date): { readonly oldest: string; readonly limit: number } {
  return { oldest: String(since.getTime() / 1000 - CLOCK_SLACK_SECONDS), limit: PAGE };
}

/** After each post that may stand, and that cannot be looked for, the next one waits until its notice is so many times older. */
const TIMES_OLDER = 5;

/** Whether another post must wait, since so many may stand already: at most eight are made in a day. */
export function isTooEarly(ageSeconds: number, mayStand: number): boolean {
  return mayStand > 0 && ageSeconds < TIMES_OLDER ** mayStand;
}

/** The error of a message that waits so. */
export function unclear(): SlackUnusableError {
  return new SlackUnusableError('answer_lost', 'The message may have arrived, so the next one waits');
}

/** Looks through the pages, as long as Slack names a next one (docs.slack.dev, "Pagination"). */
async function findOn(
  { notice, showing: { me } }: Looking,
  ask: (cursor: Cursor) => Promise<unknown>,
  isIt: (message: Posted) => boolean,
): Promise<Posted | undefined> {
  let cursor: Cursor = {};
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const answer = await ask(cursor).catch((error: unknown) => {
      if (pages > 0 || notice === undefined || !isBlind(error)) throw error;
      if (isTooEarly(notice.ageSeconds, notice.lostAnswers)) throw unclear();
    });
    if (answer === undefined) return undefined;
    const { messages, response_metadata } = page.parse(answer);
    const found = messages.find((each) => isOwn(each, me) && isIt(each));
    const next = response_metadata?.next_cursor ?? '';
    if (found !== undefined || next === '') return found;
    cursor = { cursor: next };
  }
  return undefined;
}

/** Another bot in the channel may have runs and reminders of the same keys, as on a copy of the database. */
function isOwn({ user, bot_id: bot }: Posted, me: Self | undefined): boolean {
  if (me === undefined || (user === undefined && bot === undefined)) return true;
  return user === me.botUserId || bot === me.botId;
}

function carries({ blocks }: Posted, isOurs: (blockId: string) => boolean): boolean {
  return blocks.some(({ block_id: id }) => id !== undefined && isOurs(id));
}
