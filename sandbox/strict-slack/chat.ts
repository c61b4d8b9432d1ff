import { z } from 'zod';
import { checkMessage } from './limits/limits.ts';
import { admit, channelForBot, method, refused } from './method.ts';
import { nextTs, type StoredMessage, type Workspace } from './workspace.ts';

const content = {
  channel: z.string(),
  text: z.string().default(''),
  blocks: z.array(z.unknown()).optional(),
  metadata: z.unknown().optional(),
  thread_ts: z.string().optional(),
};

const post = method('chat.postMessage', z.looseObject(content), (args, workspace) => {
  const channel = channelForBot(workspace, args.channel);
  if ('error' in channel) return channel;
  const refusal = admit(workspace, 'chat.postMessage', checkMessage(args));
  if (refusal !== undefined) return refusal;
  if (args.thread_ts !== undefined && find(workspace, channel.id, args.thread_ts) === undefined) {
    return refused('message_not_found');
  }
  const message = store(workspace, { ...args, channel: channel.id });
  return { ok: true, channel: channel.id, ts: message.ts, message: shown(workspace, message) };
});

const update = method('chat.update', z.looseObject({ ...content, ts: z.string() }), (args, workspace) => {
  const message = find(workspace, args.channel, args.ts);
  if (!workspace.channels.has(args.channel) && message === undefined) return refused('channel_not_found');
  if (message === undefined) return refused('message_not_found');
  if (message.user !== workspace.botUserId) return refused('cant_update_message');
  const refusal = admit(workspace, 'chat.update', checkMessage(args, 'update'));
  if (refusal !== undefined) return refusal;
  message.text = args.text;
  message.blocks = args.blocks ?? message.blocks;
  message.edited = true;
  return {
    ok: true,
    channel: args.channel,
    ts: args.ts,
    text: args.text,
    message: shown(workspace, message),
  };
});

const remove = method(
  'chat.delete',
  z.looseObject({ channel: z.string(), ts: z.string() }),
  ({ channel, ts }, workspace) => {
    const message = find(workspace, channel, ts);
    if (message === undefined) return refused('message_not_found');
    if (message.user !== workspace.botUserId) return refused('cant_delete_message');
    workspace.messages.splice(workspace.messages.indexOf(message), 1);
    return { ok: true, channel, ts };
  },
);

const postEphemeral = method(
  'chat.postEphemeral',
  z.looseObject({ ...content, user: z.string() }),
  (args, workspace) => {
    const channel = channelForBot(workspace, args.channel);
    if ('error' in channel) return channel;
    if (!channel.members.includes(args.user)) return refused('user_not_in_channel');
    const refusal = admit(workspace, 'chat.postEphemeral', checkMessage(args));
    if (refusal !== undefined) return refusal;
    const message = store(workspace, { ...args, channel: channel.id, ephemeralTo: args.user });
    return { ok: true, message_ts: message.ts };
  },
);

const getPermalink = method(
  'chat.getPermalink',
  z.looseObject({ channel: z.string(), message_ts: z.string() }),
  ({ channel, message_ts }, workspace) => {
    if (!workspace.channels.has(channel)) return refused('channel_not_found');
    if (find(workspace, channel, message_ts) === undefined) return refused('message_not_found');
    const permalink = `${workspace.url}/archives/${channel}/p${message_ts.replace('.', '')}`;
    return { ok: true, channel, permalink };
  },
);

export const chatMethods = { ...post, ...update, ...remove, ...postEphemeral, ...getPermalink };

type Draft = {
  readonly channel: string;
  readonly text: string;
  readonly blocks?: readonly unknown[] | undefined;
  readonly metadata?: unknown;
  readonly thread_ts?: string | undefined;
  readonly ephemeralTo?: string | undefined;
  readonly fileIds?: readonly string[];
};

/** Stores a message of the bot in the channel. */
export function store(workspace: Workspace, draft: Draft): StoredMessage {
  const message: StoredMessage = {
    channel: draft.channel,
    ts: nextTs(workspace),
    at: workspace.now(),
    user: workspace.botUserId,
    text: draft.text,
    blocks: draft.blocks,
    edited: false,
    threadTs: draft.thread_ts,
    metadata: draft.metadata,
    ephemeralTo: draft.ephemeralTo,
    fileIds: draft.fileIds ?? [],
  };
  workspace.messages.push(message);
  return message;
}

/** Finds a message. Ephemeral messages cannot be found again. */
export function find(workspace: Workspace, channel: string, ts: string): StoredMessage | undefined {
  return workspace.messages.find(
    (each) => each.channel === channel && each.ts === ts && each.ephemeralTo === undefined,
  );
}

/** A message as the Web API returns it. */
export function shown(workspace: Workspace, message: StoredMessage, withMetadata = false): object {
  const { user } = message;
  const member = workspace.members.get(user);
  const isBot = member === undefined || member.is_bot === true;
  return {
    type: 'message',
    ts: message.ts,
    user,
    ...(isBot ? { bot_id: `B${user.slice(1)}` } : {}),
    ...(user === workspace.botUserId ? { app_id: workspace.appId } : {}),
    team: workspace.teamId,
    text: message.text,
    ...(message.blocks === undefined ? {} : { blocks: message.blocks }),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.fileIds.length === 0 ? {} : { files: message.fileIds.map((id) => shownFile(workspace, id)) }),
    ...(withMetadata && message.metadata !== undefined ? { metadata: message.metadata } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
  };
}

function shownFile({ files }: Workspace, id: string): object {
  const { name = '', length = 0 } = files.get(id) ?? {};
  return { id, name, size: length };
}
