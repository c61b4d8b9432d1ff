import { buttonsOf, type LocalMessage } from '../local-slack/message.ts';
import { AYU } from '../local-slack/workspace.ts';
import type { World } from './world.ts';

/** The steps that a person takes, in the words of the scenarios. */

const hasButton = (message: LocalMessage, actionId: string) =>
  buttonsOf(message).some((button) => button.actionId === actionId);

/** Types `/usersync TARGET` and waits for the preview with its Confirm button. */
export async function preview({ slack }: World, target: string, user = AYU.id): Promise<LocalMessage> {
  const before = new Set((await slack.messages()).map(({ ts }) => ts));
  await slack.command(user, target);
  return slack.waitFor((messages) =>
    messages.find((message) => !before.has(message.ts) && hasButton(message, 'cancel_run')),
  );
}

/** Clicks Confirm & Execute and waits for the thread's answer. */
export async function confirm({ slack }: World, message: LocalMessage, user = AYU.id): Promise<string> {
  await slack.click(message.ts, user, 'confirm_run');
  return threadReply({ slack }, message.ts);
}

/** The first answer in a message's thread; files do not count. */
export async function threadReply({ slack }: Pick<World, 'slack'>, ts: string, timeoutMs = 60_000) {
  const reply = await slack.waitFor(
    (messages) =>
      messages.find(
        (message) => message.thread_ts === ts && message.ts !== ts && message.files === undefined,
      ),
    { timeoutMs },
  );
  return reply.text;
}

/** Waits for a message with the button, and returns the message. */
export async function untilButton({ slack }: World, actionId: string): Promise<LocalMessage> {
  return slack.waitFor((messages) => messages.find((message) => hasButton(message, actionId)));
}

/** The message in its present state. Throws if it is gone. */
export async function again({ slack }: World, { ts }: Pick<LocalMessage, 'ts'>): Promise<LocalMessage> {
  const message = (await slack.messages()).find((candidate) => candidate.ts === ts);
  if (message === undefined) throw new Error(`There is no message ${ts} any more`);
  return message;
}
