import { z } from 'zod';
import { shown } from './chat.ts';
import { type Answer, channelForBot, method, type Refused, refused } from './method.ts';
import type { Channel, StoredMessage, Workspace } from './workspace.ts';

function missingScope({ scopes }: Workspace, needed: string) {
  return { ...refused('missing_scope'), needed, provided: scopes.join(',') };
}

/** The channel, if the bot may read there: a conversation with one member needs another scope than a channel. */
function channelToRead(workspace: Workspace, id: string): Channel | Refused {
  const channel = channelForBot(workspace, id);
  if ('error' in channel) return channel;
  const needed = channel.id.startsWith('D') ? 'im:history' : 'channels:history';
  return workspace.scopes.includes(needed) ? channel : missingScope(workspace, needed);
}

const info = method(
  'conversations.info',
  z.looseObject({ channel: z.string() }),
  ({ channel: id }, workspace) => {
    // The manifest does not ask for it, and no bot of a test has it.
    if (id.startsWith('D')) return missingScope(workspace, 'im:read');
    const channel = workspace.channels.get(id);
    if (channel === undefined) return refused('channel_not_found');
    const { name, members, shown: otherwise } = channel;
    const needed = otherwise?.['is_mpim'] === true ? 'mpim:read' : 'channels:read';
    if (!workspace.scopes.includes(needed)) return missingScope(workspace, needed);
    const is_member = members.includes(workspace.botUserId);
    const sharing = {
      is_shared: false,
      is_ext_shared: false,
      is_org_shared: false,
      is_pending_ext_shared: false,
    };
    const told = { id, name, is_channel: true, is_archived: false, is_member, ...sharing };
    return { ok: true, channel: { ...told, ...otherwise } };
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

/** Slack may return fewer messages than requested although there are more. Here it always does. */
const MOST_PER_PAGE = 15;

/** One page of messages, as Slack returns it, with a cursor if there are more. */
function pageOf(
  workspace: Workspace,
  messages: readonly StoredMessage[],
  {
    cursor = 0,
    limit,
    include_all_metadata,
  }: { cursor?: number | undefined; limit: number; include_all_metadata: boolean },
): Answer {
  const end = cursor + Math.min(limit, MOST_PER_PAGE);
  const page = messages.slice(cursor, end).map((message) => shown(workspace, message, include_all_metadata));
  if (end >= messages.length) return { ok: true, messages: page, has_more: false };
  return { ok: true, messages: page, has_more: true, response_metadata: { next_cursor: String(end) } };
}

const replies = method(
  'conversations.replies',
  z.looseObject({
    channel: z.string(),
    ts: z.string(),
    oldest: z.coerce.number().default(0),
    include_all_metadata: withMetadata,
    ...paged,
  }),
  ({ channel: id, ts, oldest, ...asked }, workspace) => {
    const channel = channelToRead(workspace, id);
    if ('error' in channel) return channel;
    const thread = workspace.messages.filter(
      (each) =>
        each.channel === id &&
        each.ephemeralTo === undefined &&
        (each.ts === ts || (each.threadTs === ts && Number(each.ts) > oldest)),
    );
    if (thread.length === 0) return refused('thread_not_found');
    return pageOf(workspace, thread, asked);
  },
);

const history = method(
  'conversations.history',
  z.looseObject({
    channel: z.string(),
    oldest: z.coerce.number().default(0),
    latest: z.coerce.number().default(Number.POSITIVE_INFINITY),
    include_all_metadata: withMetadata,
    ...paged,
  }),
  ({ channel: id, oldest, latest, ...asked }, workspace) => {
    const channel = channelToRead(workspace, id);
    if ('error' in channel) return channel;
    const messages = workspace.messages
      .filter((each) => each.channel === id && each.ephemeralTo === undefined && each.threadTs === undefined)
      .filter(({ ts }) => Number(ts) > oldest && Number(ts) < latest)
      .reverse();
    return pageOf(workspace, messages, asked);
  },
);

export const conversationMethods = { ...info, ...members, ...replies, ...history };
