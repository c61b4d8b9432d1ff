import type { Run } from '../../sync/run/run.ts';
import { noticeBlockId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { code } from '../text/escape.ts';
import { type Message, section } from './blocks.ts';
import { channelLink, place } from './inline.ts';

const WORD_LIMIT = 100;

/** Why Slack refused something, as the end of a sentence, in mrkdwn. `reason` is Slack's error code. */
export function whyRefused(t: Texts, reason: string): string {
  return t.rejection.reason(reason, code(reason, WORD_LIMIT));
}

/** Why a message comes in another place than usual. `reason` is Slack's error code for the usual place. */
export type Elsewhere =
  /** In the thread, because the run's message cannot be edited. */
  | { readonly place: 'thread'; readonly reason: string }
  /** In the channel, because the thread refused it. */
  | { readonly place: 'channel'; readonly reason: string }
  /** To one person, because the channel refused it. */
  | { readonly place: 'direct'; readonly reason: string };

/** The line that says why a message about a run comes in this place. */
export function elsewhereLine(t: Texts, run: Run, { place: where, reason }: Elsewhere): string {
  const why = whyRefused(t, reason);
  const name = `${place(run)}, ${t.run.number(run.id)}`;
  switch (where) {
    case 'thread':
      return t.rejection.notEdited(why);
    case 'channel':
      return t.rejection.noThread(name, why);
    case 'direct':
      return t.rejection.directly(name, channelLink(run.channelId), why);
  }
}

/** Says that a file is missing, and why. */
export function noFileText(t: Texts, reason: string): string {
  return t.rejection.noFile(whyRefused(t, reason));
}

/** The reply in the thread of a preview whose file Slack never takes. */
export function noFileReply(t: Texts, noticeId: number, reason: string): Message {
  const text = `${noFileText(t, reason)} ${t.rejection.pressViewAll}`;
  return { text, blocks: [section(noticeBlockId(noticeId), text)] };
}
