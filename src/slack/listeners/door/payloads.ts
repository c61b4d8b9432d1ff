import { z } from 'zod';
import { extra, maybe } from '../../connect/shapes.ts';
import { parseRunId } from '../../ids.ts';
import { unescaped } from '../../text/escape.ts';

/** Slack's payloads, as far as the bot reads them (docs.slack.dev, "Interaction payloads"). Only names may be missing. */

/** Whether a name is that of a conversation of several people (docs.slack.dev, "Conversation object", `is_mpim`). */
const isGroup = extra.transform((name) => name.startsWith('mpdm-'));

const command = z.object({
  user_id: z.string(),
  user_name: extra,
  channel_id: z.string(),
  channel_name: isGroup,
  text: extra,
  trigger_id: z.string(),
});

const user = z
  .object({ id: z.string(), name: extra, username: extra })
  .transform(({ id, name, username }) => ({ userId: id, userName: name || username }));

export type CommandAsked = {
  readonly visitor: {
    readonly userId: string;
    readonly userName: string;
    readonly channelId: string;
    /** A conversation of several people, to which nobody can add an app. */
    readonly inGroup?: boolean;
  };
  readonly text: string;
  /** Equal for each delivery of the same request. */
  readonly requestKey: string;
  readonly triggerId?: string;
  /** The thread in which the bot was mentioned. */
  readonly threadTs?: string | undefined;
};

/** `asks`: see `Asks` in `gate.ts`. */
export type NamedCommand = CommandAsked & Pick<Press, 'asks'>;

/** Parses a slash command. Throws a ZodError for any other payload. */
export function parseSlashCommand(payload: unknown): CommandAsked {
  const { user_id: userId, user_name: userName, ...asked } = command.parse(payload);
  const { text, channel_id: channelId, channel_name: inGroup, trigger_id: triggerId } = asked;
  const visitor = { userId, userName, channelId, inGroup };
  return { visitor, text: text.trim(), requestKey: triggerId, triggerId };
}

const mention = z.object({
  user: z.string(),
  channel: z.string(),
  ts: z.string(),
  thread_ts: maybe(z.string()),
  text: extra,
  edited: maybe(z.object({ ts: z.string() })),
});

/** Whoever mistypes mends it within minutes. A later edit of an old `pause` must not pause again. */
const EDITED_WITHIN_SECONDS = 300;

/**
 * Parses a mention of the bot; undefined where the event names no person. A message that begins with the mention counts as a
 * command. Slack may send an event twice, so the message's id is the request key, with the time of its edit: Slack sends an edited
 * message anew (docs.slack.dev, "app_mention"). Edited later, it asks for nothing but help.
 */
export function parseMention(event: unknown, botUserId: string | undefined): CommandAsked | undefined {
  const { data } = mention.safeParse(event);
  if (data === undefined) return undefined;
  const { user: userId, channel: channelId, ts, thread_ts: threadTs, text, edited } = data;
  const isLate = edited !== undefined && Number(edited.ts) - Number(ts) > EDITED_WITHIN_SECONDS;
  const [, mentioned, words = ''] = /^\s*<@(\w+)(?:\|[^>]*)?>[\s,:]*(.*)$/s.exec(text) ?? [];
  const isCommand = mentioned !== undefined && mentioned === botUserId && !isLate;
  return {
    visitor: { userId, userName: '', channelId },
    // A message that only mentions the bot asks for nothing, so its author gets the help.
    text: isCommand ? typedText(words.slice(0, LONGEST_TEXT)) : 'help',
    requestKey: `mention ${channelId} ${ts}${edited === undefined ? '' : ` ${edited.ts}`}`,
    threadTs,
  };
}

/** Longer than any command. The patterns below take long for a long text of opening brackets. */
const LONGEST_TEXT = 4_000;

/** Restores the text as typed: without Slack's links, code marks and entities (docs.slack.dev, "Formatting message text"). */
function typedText(text: string): string {
  const unlinked = text
    .replace(/<(?:mailto:|tel:|https?:)[^>|]*\|([^>]*)>/g, '$1')
    .replace(/<(?:mailto:|tel:)?([^>|@#!][^>|]*)>/g, '$1');
  return unescaped(unlinked.replaceAll('`', '')).trim();
}

/** The id of a channel; undefined for a group of people, where the bot cannot post. */
const place = z
  .object({ id: z.string(), name: isGroup })
  .transform(({ id, name }) => (name ? undefined : id));

const shortcut = z.object({ user, channel: maybe(place), trigger_id: z.string(), callback_id: extra });

export type ShortcutAsked = ReturnType<typeof parseShortcut>;

/** Parses a shortcut. Only a shortcut on a message has a channel. Throws a ZodError for any other payload. */
export function parseShortcut(payload: unknown) {
  const { user: who, channel: channelId, trigger_id, callback_id } = shortcut.parse(payload);
  const visitor = channelId === undefined ? who : { ...who, channelId };
  return { visitor, channelId, triggerId: trigger_id, asks: { what: callback_id } };
}

const button = z.object({
  user,
  message: maybe(z.object({ thread_ts: maybe(z.string()) })),
  container: z.object({ channel_id: z.string(), message_ts: z.string(), thread_ts: maybe(z.string()) }),
  actions: z.tuple([z.object({ action_id: extra, value: z.unknown().optional() })], z.unknown()),
  trigger_id: z.string(),
});

/** Parses a click on a message. `value` may be forged. Throws a ZodError for any other payload. */
export function parseButton(payload: unknown) {
  const { user: who, container, message, actions, trigger_id } = button.parse(payload);
  // Where Slack refuses to edit the run's message, a reply in its thread carries the buttons.
  const ts = container.thread_ts ?? message?.thread_ts ?? container.message_ts;
  return {
    visitor: { ...who, channelId: container.channel_id },
    message: { channelId: container.channel_id, ts },
    value: actions[0].value,
    triggerId: trigger_id,
    asks: askedBy(actions[0]),
  };
}

function askedBy({ action_id, value }: { readonly action_id: string; readonly value?: unknown }) {
  return { what: action_id, ofRunId: parseRunId(value) };
}

export type Press = ReturnType<typeof parseButton>;

const submission = z.object({
  user,
  view: z.looseObject({ id: z.string(), callback_id: extra }),
  trigger_id: z.string(),
});

/** Parses a submitted modal, which is in no channel. Throws a ZodError for any other payload. */
export function parseSubmission(payload: unknown) {
  const { user: who, view, trigger_id } = submission.parse(payload);
  return { user: who, view, viewId: view.id, triggerId: trigger_id, what: view.callback_id };
}

const suggestion = z.object({ user, action_id: extra, value: extra, view: z.unknown().optional() });

export type Typing = ReturnType<typeof parseSuggestion>;

/** Parses what somebody types into a select. Without `trigger_id`, no modal can open. Throws a ZodError for any other payload. */
export function parseSuggestion(payload: unknown) {
  const { user: visitor, action_id: what, value, view } = suggestion.parse(payload);
  return { visitor, text: value.trim(), view, triggerId: '', asks: { what } };
}

const homeOpened = z.object({ user: z.string(), tab: maybe(z.string()) });

/** Whose Home tab was opened; undefined for another tab, or where no person is named. Slack's types let `tab` be missing. */
export function parseHomeOpened(event: unknown): string | undefined {
  const { data } = homeOpened.safeParse(event);
  return data === undefined || (data.tab ?? 'home') !== 'home' ? undefined : data.user;
}

const joined = z.object({ user: z.string(), channel: z.string(), inviter: maybe(z.string()) });

export type Joined = z.infer<typeof joined>;

/** Who joined a channel, and who invited them (docs.slack.dev, "member_joined_channel"); undefined for another shape. */
export function parseJoined(event: unknown): Joined | undefined {
  return joined.safeParse(event).data;
}

const viewButton = button
  .omit({ container: true })
  .extend({ view: maybe(z.object({ id: z.string(), hash: maybe(z.string()) })) });

export type ViewPress = ReturnType<typeof parseViewButton>;

/** Parses a click on the Home tab or in a modal: neither is in a channel. Throws a ZodError for any other payload. */
export function parseViewButton(payload: unknown) {
  const { user: who, actions, trigger_id, view } = viewButton.parse(payload);
  const [pressed] = actions;
  return { visitor: who, value: pressed.value, triggerId: trigger_id, view, asks: askedBy(pressed) };
}
