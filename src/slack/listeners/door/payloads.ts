import { z } from 'zod';
import { maybe } from '../../connect/shapes.ts';

/**
 * Slack's payloads, as far as this bot reads them. Fields: docs.slack.dev, "Slash commands", "Interaction payloads". A person's
 * name may be missing. The person's id, the place and the button may not.
 */

const extra = maybe(z.string()).transform((text) => text ?? '');

const command = z.object({
  user_id: z.string(),
  user_name: extra,
  channel_id: z.string(),
  text: extra,
  trigger_id: z.string(),
});

const user = z
  .object({ id: z.string(), name: extra, username: extra })
  .transform(({ id, name, username }) => ({ userId: id, userName: name || username }));

/** What was typed, by whom and where. */
export type CommandAsked = {
  readonly visitor: { readonly userId: string; readonly userName: string; readonly channelId: string };
  readonly text: string;
  /** The same for each delivery of the same request. */
  readonly requestKey: string;
  readonly triggerId?: string;
  /** The thread in which the bot was mentioned. */
  readonly threadTs?: string | undefined;
};

/** A typed command: the person, and the text. */
export function parseCommand(payload: unknown): CommandAsked {
  const parsed = command.parse(payload);
  return {
    visitor: { userId: parsed.user_id, userName: parsed.user_name, channelId: parsed.channel_id },
    text: parsed.text.trim(),
    requestKey: parsed.trigger_id,
    triggerId: parsed.trigger_id,
  };
}

const mention = z.object({
  user: z.string(),
  channel: z.string(),
  ts: z.string(),
  thread_ts: maybe(z.string()),
  text: extra,
});

/**
 * What somebody typed behind a mention of the bot; undefined where the event names nobody. It counts as a command where the
 * message begins with the mention. Slack may send an event twice: the message is the request (docs.slack.dev, "app_mention").
 */
export function parseMention(event: unknown, botUserId: string | undefined): CommandAsked | undefined {
  const { data } = mention.safeParse(event);
  if (data === undefined) return undefined;
  const { user: userId, channel: channelId, ts, thread_ts: threadTs, text } = data;
  const [, mentioned, words = ''] = /^\s*<@(\w+)(?:\|[^>]*)?>[\s,:]*(.*)$/s.exec(text) ?? [];
  return {
    visitor: { userId, userName: '', channelId },
    // A message that only speaks of the bot asks for nothing: it is told of `help`.
    text: mentioned === undefined || mentioned !== botUserId ? 'help' : typedText(words),
    requestKey: `mention ${channelId} ${ts}`,
    threadTs,
  };
}

/** The text as it was typed: without Slack's links, code marks and entities (docs.slack.dev, "Formatting message text"). */
function typedText(text: string): string {
  return text
    .replace(/<(?:mailto:|tel:|https?:)[^>|]*\|([^>]*)>/g, '$1')
    .replace(/<(?:mailto:|tel:)?([^>|@#!][^>|]*)>/g, '$1')
    .replaceAll('`', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

const shortcut = z.object({ user, channel: maybe(z.object({ id: z.string() })), trigger_id: z.string() });

export type ShortcutAsked = ReturnType<typeof parseShortcut>;

/** A shortcut; one of a message says in which channel that is. */
export function parseShortcut(payload: unknown) {
  const { user: who, channel, trigger_id } = shortcut.parse(payload);
  const visitor = channel === undefined ? who : { ...who, channelId: channel.id };
  return { visitor, channelId: channel?.id, triggerId: trigger_id };
}

const button = z.object({
  user,
  message: maybe(z.object({ thread_ts: maybe(z.string()) })),
  container: z.object({ channel_id: z.string(), message_ts: z.string(), thread_ts: maybe(z.string()) }),
  actions: z.tuple([z.object({ value: z.unknown().optional() })], z.unknown()),
  trigger_id: z.string(),
});

/**
 * A pressed button. A reply in the thread of a run's message stands for that message: it has its buttons where Slack does
 * not let the message be edited. `value` is whatever the payload carried: it may be forged. */
export function parseButton(payload: unknown) {
  const { user: who, container, message, actions, trigger_id } = button.parse(payload);
  const ts = container.thread_ts ?? message?.thread_ts ?? container.message_ts;
  return {
    visitor: { ...who, channelId: container.channel_id },
    message: { channelId: container.channel_id, ts },
    value: actions[0].value,
    triggerId: trigger_id,
  };
}

export type Press = ReturnType<typeof parseButton>;

const submission = z.object({
  user,
  view: z.looseObject({ id: z.string() }),
  trigger_id: z.string(),
});

/** A submitted modal. It is in no channel. */
export function parseSubmission(payload: unknown) {
  const { user: who, view, trigger_id } = submission.parse(payload);
  return { user: who, view, viewId: view.id, triggerId: trigger_id };
}

const suggestion = z.object({ user, value: extra, view: z.unknown().optional() });

export type Typing = ReturnType<typeof parseSuggestion>;

/** Somebody types into a select whose options are looked up. It stands in a modal, and gives no leave to open another one. */
export function parseSuggestion(payload: unknown) {
  const { user: visitor, value, view } = suggestion.parse(payload);
  return { visitor, text: value.trim(), view, triggerId: '' };
}

const homeOpened = z.object({ user: z.string(), tab: maybe(z.string()) });

/**
 * Whose Home tab is to be shown; undefined where the event tells of another tab, or of nobody. Slack's type lets `tab` be
 * left out, and then the Home tab may be the one.
 */
export function parseHomeOpened(event: unknown): string | undefined {
  const { data } = homeOpened.safeParse(event);
  return data === undefined || (data.tab ?? 'home') !== 'home' ? undefined : data.user;
}

const joined = z.object({ user: z.string(), channel: z.string(), inviter: maybe(z.string()) });

export type Joined = z.infer<typeof joined>;

/**
 * Who came into which channel, and who invited them, if anybody did (docs.slack.dev, member_joined_channel); undefined
 * where the event does not say.
 */
export function parseJoined(event: unknown): Joined | undefined {
  return joined.safeParse(event).data;
}

const viewButton = button
  .omit({ container: true })
  .extend({ view: maybe(z.object({ id: z.string(), hash: maybe(z.string()) })) });

export type ViewPress = ReturnType<typeof parseViewButton>;

/** A pressed button of the Home tab or of a modal, which are in no channel. */
export function parseViewButton(payload: unknown) {
  const { user: who, actions, trigger_id, view } = viewButton.parse(payload);
  return { visitor: who, value: actions[0].value, triggerId: trigger_id, view };
}
