import { z } from 'zod';

/** Slack's payloads, as far as this bot reads them. Fields: docs.slack.dev, "Slash commands", "Interaction payloads". */

const command = z.object({
  user_id: z.string(),
  user_name: z.string().default(''),
  channel_id: z.string(),
  text: z.string().default(''),
  trigger_id: z.string(),
});

/** A typed command, as whoever asks and what for. */
export function parseCommand(payload: unknown) {
  const parsed = command.parse(payload);
  return {
    visitor: { userId: parsed.user_id, userName: parsed.user_name, channelId: parsed.channel_id },
    text: parsed.text.trim(),
    triggerId: parsed.trigger_id,
  };
}

const button = z.object({
  user: z.object({ id: z.string(), name: z.string().optional(), username: z.string().optional() }),
  container: z.object({ channel_id: z.string(), message_ts: z.string() }),
  actions: z.tuple([z.object({ value: z.unknown().optional() })], z.unknown()),
  trigger_id: z.string(),
});

/** A pressed button. `value` is whatever the payload carried: it may be forged. */
export function parseButton(payload: unknown) {
  const { user, container, actions, trigger_id } = button.parse(payload);
  return {
    visitor: { userId: user.id, userName: user.name ?? user.username ?? '', channelId: container.channel_id },
    message: { channelId: container.channel_id, ts: container.message_ts },
    value: actions[0].value,
    triggerId: trigger_id,
  };
}

const submission = z.object({
  user: z.object({ id: z.string(), name: z.string().optional(), username: z.string().optional() }),
  view: z.looseObject({ id: z.string() }),
});

/** A submitted modal. It stands in no channel. */
export function parseSubmission(payload: unknown) {
  const { user, view } = submission.parse(payload);
  return { user: { userId: user.id, userName: user.name ?? user.username ?? '' }, view, viewId: view.id };
}

const homeOpened = z.object({ user: z.string(), tab: z.string() });

/** Someone opened the app: `tab` is `home` or `messages`. */
export function parseHomeOpened(event: unknown) {
  const { user, tab } = homeOpened.parse(event);
  return { userId: user, tab };
}

const homeButton = button.omit({ container: true });

/** A pressed button of the Home tab, which stands in no channel. */
export function parseHomeButton(payload: unknown) {
  const { user, actions, trigger_id } = homeButton.parse(payload);
  const who = { userId: user.id, userName: user.name ?? user.username ?? '' };
  return { user: who, value: actions[0].value, triggerId: trigger_id };
}
