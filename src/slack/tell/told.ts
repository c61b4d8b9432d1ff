import type { DigestFacts } from '../../sync/automation/digest.ts';
import type { Progress, ReadersOf } from '../../sync/ports/ports.ts';
import type { Runs } from '../../sync/ports/runs.ts';
import type { Audit, ChainPlace, Notice, Outbox } from '../../sync/ports/steps.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Batches } from '../../sync/use-cases/batch.ts';
import { type SlackClient, slackErrorCode } from '../connect/client.ts';
import type { Network } from '../connect/network.ts';
import { mayBeDone, type Rejection, rejectionOf } from '../connect/rejection.ts';
import type { Message } from '../views/blocks.ts';
import { isNoticePosted, isReplyPosted, isTooEarly, unclear } from './own-messages.ts';
import type { Showing } from './show-run.ts';

export type Digest = {
  readonly channelId: string;
  /** The events between the due time before `due` and `due`. */
  readonly facts: (due: Date) => Promise<DigestFacts>;
};

export type DeliveryPorts = {
  readonly audit: Pick<Audit, 'newestOf'>;
  readonly client: SlackClient;
  readonly network: Network;
  /** A client with a timeout of 2 s, for the first try of an edit: an edit may be repeated, and nothing waits for it. */
  readonly editClient: SlackClient;
  readonly runs: Runs;
  readonly batches: Batches;
  readonly outbox: Outbox;
  readonly progress: Progress;
  readonly readersOf: ReadersOf;
  readonly showing: Showing;
  /** Undefined: this process delivers no digest. */
  readonly digest?: Digest | undefined;
};

/** A notice about a run, and what its delivery needs. */
export type AboutRun = DeliveryPorts & {
  readonly run: Run;
  readonly notice: Notice;
  /** The newest audit row of the run, if it was read already. */
  readonly chainPlace?: ChainPlace | undefined;
};

/** The outcome of a notice. `reason` as in `Rejection`. */
export type Told =
  | { readonly outcome: 'told' }
  /** Slack never takes it. The people concerned find its content elsewhere. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Slack refused it everywhere. */
  | { readonly outcome: 'untold'; readonly reason: string }
  /** Some people were told, and the next attempt tells others: all of them would take longer than the lease of a notice. */
  | { readonly outcome: 'goes_on' };

/** Slack took the notice, or there is nothing to tell. */
export const TOLD: Told = { outcome: 'told' };

/** Slack's final rejection of a call; undefined if Slack took it. Throws Slack's error if it may take the call later. */
export async function rejected(call: () => Promise<unknown>): Promise<Rejection | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const rejection = rejectionOf(error);
    if (rejection.kind === 'later') throw error;
    return rejection;
  }
}

/** Sends what makes a message of a notice, and remembers if it may have made one although Slack's answer was lost. */
export async function posting<Answer>(
  { outbox, notice }: { readonly outbox: Pick<Outbox, 'answerLost'>; readonly notice: Notice },
  post: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await post();
  } catch (error) {
    if (mayBeDone(error)) await outbox.answerLost(notice);
    throw error;
  }
}

/** Posts a notice in the thread `ts` or in the run's channel, unless an earlier attempt has posted it there. */
export async function postOnce(
  about: AboutRun,
  message: () => Message | Promise<Message>,
  ts?: string,
): Promise<void> {
  const { client, run, notice } = about;
  const isThere = ts === undefined ? isNoticePosted : isReplyPosted;
  if (notice.attempts > 1 && (await isThere(about, run, notice.id))) return;
  const place = { channel: run.channelId, ...(ts === undefined ? {} : { thread_ts: ts }) };
  const content = await message();
  await posting(about, () => client.chat.postMessage({ ...place, ...content }));
}

/** Delivers a notice that is one call. Throws Slack's error if it may take the call later. */
export async function toldBy(call: () => Promise<unknown>): Promise<Told> {
  const rejection = await rejected(call);
  return rejection === undefined ? TOLD : { outcome: 'refused', reason: rejection.reason };
}

/** Within how many milliseconds one attempt begins with its last member: a notice has a lease. */
const BEGUN_WITHIN_MS = 15_000;

/** What the outbox remembers of a member, before the id: told, no admin, refused for good, or told perhaps. */
const MARKS = { told: '', unwanted: '#', refused: '!', unclear: '?' } as const;

/** Who has learned of a notice: the channel, and people. */
export function whoLearned({ toldTo }: Pick<Notice, 'toldTo'>): readonly string[] {
  return toldTo.filter((entry) => /^\w/.test(entry));
}

type Members = { readonly ids: readonly string[]; readonly isWanted?: (id: string) => Promise<boolean> };

/**
 * Posts a message to members, to each once as far as the outbox remembers (docs.slack.dev, chat.postMessage). One whom Slack may have
 * told is tried eight times in a day, and one of whom it says "later" with each attempt; neither holds up the others. `untold` if
 * Slack refused all, for `reason` if it gives none now. Throws Slack's error if it may take the message later, or say later who is
 * wanted.
 */
export async function postToEach(
  about: AboutRun,
  members: Members,
  message: Message,
  reason?: string,
): Promise<Told> {
  const { toldTo, ageSeconds, attempts } = about.notice;
  const entries = new Set(toldTo);
  const isOver = (id: string) =>
    [MARKS.told, MARKS.unwanted, MARKS.refused].some((mark) => entries.has(mark + id));
  const timesUnclear = (id: string) => toldTo.filter((entry) => entry === MARKS.unclear + id).length;
  const left = members.ids.filter((id) => !isOver(id));
  const due = left.filter((id) => !isTooEarly(ageSeconds, timesUnclear(id)));
  const ends: End[] = [];
  const beginUntil = performance.now() + BEGUN_WITHIN_MS;
  // From the other side each second time: many of whom Slack says "later" must not keep the last ones from their turn.
  for (const id of attempts % 2 === 1 ? due : due.toReversed()) {
    if (performance.now() > beginUntil) break;
    ends.push(await postTo(about, id, members, message));
  }
  if (ends.length < due.length && ends.some(({ end }) => end !== 'later')) return { outcome: 'goes_on' };
  const later = ends.find((end) => end.end === 'later');
  if (later !== undefined) throw later.error;
  if (due.length < left.length) throw unclear();
  if (whoLearned(about.notice).length > 0 || ends.some(({ end }) => end === 'told')) return TOLD;
  const refused = ends.findLast((end) => end.end === 'refused')?.reason ?? reason;
  const wasRefused = refused !== undefined || toldTo.some((entry) => entry.startsWith(MARKS.refused));
  return wasRefused ? { outcome: 'untold', reason: refused ?? 'no_member' } : TOLD;
}

type End =
  | { readonly end: 'told' | 'unwanted' }
  | { readonly end: 'refused'; readonly reason: string }
  | { readonly end: 'later'; readonly error: unknown };

/** Tells one member. Throws the error if Slack itself says nothing. */
async function postTo(
  { client, outbox, notice }: AboutRun,
  id: string,
  { isWanted = async () => true }: Members,
  message: Message,
): Promise<End> {
  const remember = (mark: keyof typeof MARKS) => outbox.toldTo(notice, MARKS[mark] + id);
  let end: 'told' | 'unwanted' = 'unwanted';
  try {
    if (await isWanted(id)) {
      end = 'told';
      await client.chat.postMessage({ channel: id, ...message });
    }
  } catch (error) {
    const { kind, reason } = rejectionOf(error);
    if (kind !== 'later') {
      await remember('refused');
      return { end: 'refused', reason };
    }
    if (end === 'told' && mayBeDone(error)) await remember('unclear');
    if (slackErrorCode(error) === undefined) throw error;
    return { end: 'later', error };
  }
  await remember(end);
  return { end };
}

/** Posts a message to every admin but the one who confirmed. Like `postToEach`; also throws if Slack may say later who is one. */
export async function postToAdmins(about: AboutRun, message: Message): Promise<Told> {
  const { run, showing } = about;
  if (showing.listed === undefined) return TOLD;
  const { ids, doubt } = await showing.listed.members();
  const others = ids.filter((id) => id !== run.confirmedBy?.id);
  const told = await postToEach(about, { ids: others, isWanted: showing.listed.isAdmin }, message);
  if (doubt !== undefined && told.outcome !== 'goes_on') throw doubt;
  return told;
}
