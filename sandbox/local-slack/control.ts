import { z } from 'zod';
import { buttonsOf, type LocalMessage, localMessage } from './message.ts';

const messageList = z.object({ messages: z.array(localMessage) });

const workspace = z.object({
  users: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  channels: z.array(z.looseObject({ id: z.string(), name: z.string() })),
});

const traffic = z.object({
  log: z.array(z.looseObject({ direction: z.string(), kind: z.string(), summary: z.string() })),
});

/** Users and channels. */
export async function readWorkspace(url: string): Promise<z.infer<typeof workspace>> {
  return workspace.parse(await get(url, 'state'));
}

/** The requests to and from the bot. */
export async function readTraffic(url: string): Promise<z.infer<typeof traffic>['log']> {
  return traffic.parse(await get(url, 'log')).log;
}

/** Every message of a channel, oldest first, with thread replies and ephemeral messages. */
export async function readMessages(url: string, channel: string): Promise<LocalMessage[]> {
  return messageList.parse(await get(url, `messages/${channel}`)).messages;
}

/** Acts like a person on the page. Resolves when the bot has acknowledged. Throws if the local Slack refuses. */
export async function act(
  url: string,
  kind: 'command' | 'interact' | 'open-home',
  body: object,
): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${url}/_control/${kind}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The local Slack refused ${kind}: ${await response.text()}`);
}

export type Click = {
  readonly messageTs: string;
  readonly user: string;
  readonly actionId: string;
  readonly value: string | undefined;
  readonly blockId: string | undefined;
};

/**
 * Clicks a button of a message in any channel. A missing value or block id is taken from the message's own button. Throws if
 * there is no such message or button.
 */
export async function clickButton(
  url: string,
  { messageTs, user, actionId, value, blockId }: Click,
): Promise<void> {
  const message = await findMessage(url, messageTs);
  const button = buttonsOf(message).find((each) => each.actionId === actionId);
  if (button === undefined && value === undefined)
    throw new Error(`Message ${messageTs} has no button ${actionId}`);
  const action = {
    type: 'button',
    action_id: actionId,
    block_id: blockId ?? button?.blockId ?? '',
    value: value ?? button?.value,
  };
  await act(url, 'interact', { channel: message.channel, messageTs, user, action });
}

async function findMessage(url: string, ts: string): Promise<LocalMessage> {
  const { channels } = await readWorkspace(url);
  const lists = await Promise.all(channels.map(({ id }) => readMessages(url, id)));
  const message = lists.flat().find((each) => each.ts === ts);
  if (message === undefined) throw new Error(`The local Slack has no message ${ts}`);
  return message;
}

async function get(url: string, path: string): Promise<unknown> {
  return (await fetch(`${url}/_control/${path}`)).json();
}
