import { z } from 'zod';
import { shown } from './chat.ts';
import { channelForBot, method, refused } from './method.ts';

const info = method(
  'conversations.info',
  z.looseObject({ channel: z.string() }),
  ({ channel: id }, workspace) => {
    const channel = workspace.channels.get(id);
    if (channel === undefined) return refused('channel_not_found');
    const { name, members } = channel;
    const is_member = members.includes(workspace.botUserId);
    return { ok: true, channel: { id, name, is_channel: true, is_archived: false, is_member } };
  },
);

const paged = {
  cursor: z.coerce.number().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};

const members = method(
  'conversations.members',
  z.looseObject({ channel: z.string(), ...paged }),
  ({ channel: id, cursor = 0, limit }, workspace) => {
    const channel = workspace.channels.get(id);
    if (channel === undefined) return refused('channel_not_found');
    const end = cursor + limit;
    const next_cursor = end < channel.members.length ? String(end) : '';
    return { ok: true, members: channel.members.slice(cursor, end), response_metadata: { next_cursor } };
  },
);

const withMetadata = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .default(false)
  .transform((flag) => flag === true || flag === 'true' || flag === '1');

const replies = method(
  'conversations.replies',
  z.looseObject({ channel: z.string(), ts: z.string(), include_all_metadata: withMetadata }),
  ({ channel: id, ts, include_all_metadata }, workspace) => {
    const channel = channelForBot(workspace, id);
    if ('error' in channel) return channel;
    const thread = workspace.messages.filter(
      (each) =>
        each.channel === id && each.ephemeralTo === undefined && (each.ts === ts || each.threadTs === ts),
    );
    if (thread.length === 0) return refused('thread_not_found');
    const messages = thread.map((message) => shown(workspace, message, include_all_metadata));
    return { ok: true, messages, has_more: false, response_metadata: { next_cursor: '' } };
  },
);

const history = method(
  'conversations.history',
  z.looseObject({
    channel: z.string(),
    oldest: z.coerce.number().default(0),
    latest: z.coerce.number().default(Number.POSITIVE_INFINITY),
    include_all_metadata: withMetadata,
    limit: paged.limit,
  }),
  ({ channel: id, oldest, latest, include_all_metadata, limit }, workspace) => {
    const channel = channelForBot(workspace, id);
    if ('error' in channel) return channel;
    const messages = workspace.messages
      .filter((each) => each.channel === id && each.ephemeralTo === undefined && each.threadTs === undefined)
      .filter(({ ts }) => Number(ts) > oldest && Number(ts) < latest)
      .reverse();
    const page = messages.slice(0, limit).map((message) => shown(workspace, message, include_all_metadata));
    return { ok: true, messages: page, has_more: messages.length > limit };
  },
);

export const conversationMethods = { ...info, ...members, ...replies, ...history };
