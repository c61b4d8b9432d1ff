import { isDirect } from '../ids.ts';

/** Why Slack did not take something, where its error code does not say it. */
export const OWN_CAUSES = [
  /** People of another company read the channel. */
  'shared_channel',
  'readers_unknown',
  /** A post may stand in Slack, and Slack does not let the bot look for it. */
  'answer_lost',
  /** Slack took a message, but named no `ts`. */
  'named_no_message',
  'named_no_conversation',
  /** Slack gave no address for an upload. */
  'named_no_address',
  /** Such as a proxy's web page. */
  'foreign_answer',
  /** The bot needed its own database for it. */
  'database',
] as const;
export type OwnCause = (typeof OWN_CAUSES)[number];

/** Causes that quote words as they are, in each language: a library's, or an HTTP status. */
export const QUOTED_CAUSES = ['no_answer', 'file_not_taken'] as const;
export type QuotedCause = (typeof QUOTED_CAUSES)[number];

/** A reason of the bot's own, as it is stored beside Slack's error codes: `no_answer: fetch failed`. */
export type OwnReason = OwnCause | `${QuotedCause}: ${string}`;

/** A stored reason as data. */
export type Reason =
  | { readonly by: 'slack'; readonly code: string }
  | { readonly by: 'usersync'; readonly cause: OwnCause }
  | { readonly by: 'quote'; readonly cause: QuotedCause; readonly words: string };

/** Whether a text has the form of Slack's error codes (`is_archived`): two words or more, unlike a proxy's `forbidden`. */
export function isSlackCode(text: string): boolean {
  return /^[a-z0-9]+(_[a-z0-9]+)+$|^(rate|access)limited$/.test(text);
}

/** Reads a stored reason. Rows of older versions hold a library's words, or an English sentence, without a cause. */
export function readReason(stored: string): Reason {
  const own = OWN_CAUSES.find((cause) => cause === stored);
  if (own !== undefined) return { by: 'usersync', cause: own };
  const quoted = QUOTED_CAUSES.find((cause) => stored.startsWith(`${cause}: `));
  if (quoted !== undefined) return { by: 'quote', cause: quoted, words: stored.slice(quoted.length + 2) };
  return isSlackCode(stored)
    ? { by: 'slack', code: stored }
    : { by: 'quote', cause: 'no_answer', words: stored };
}

/** Why the bot cannot post in a channel, if people can mend it. `between_people`: a conversation to which no app can be invited. */
export type ChannelTrouble = 'no_member' | 'between_people' | 'archived' | 'members_only';

const CHANNEL_TROUBLES: ReadonlyMap<string, ChannelTrouble> = new Map([
  ['not_in_channel', 'no_member'],
  ['channel_not_found', 'no_member'],
  ['is_archived', 'archived'],
  ['restricted_action', 'members_only'],
  ['restricted_action_read_only_channel', 'members_only'],
]);

/** Why the bot could not post in a channel or group, as stored; undefined if people there cannot mend it. */
export function channelTroubleOf(
  stored: string,
  channelId: string,
  inGroup = false,
): ChannelTrouble | undefined {
  const trouble = CHANNEL_TROUBLES.get(stored);
  return trouble === 'no_member' && (inGroup || isDirect(channelId)) ? 'between_people' : trouble;
}

/** Slack's answer cannot be used, or the call must wait. The message is for the log. */
export class SlackUnusableError extends Error {
  readonly reason: OwnReason;

  constructor(reason: OwnReason, message: string) {
    super(message);
    this.name = 'SlackUnusableError';
    this.reason = reason;
  }
}
