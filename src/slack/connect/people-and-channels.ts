import { z } from 'zod';
import type { Logger, ReadersOf } from '../../sync/ports/ports.ts';
import { isDirect } from '../ids.ts';
import { remembering, type SlackClient } from './client.ts';
import { rejectionOf } from './rejection.ts';
import { flag, listOf, maybe } from './shapes.ts';

const said = z.object({
  id: z.string(),
  team_id: maybe(z.string()),
  name: maybe(z.string()),
  locale: maybe(z.string()),
  deleted: flag,
  is_bot: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  profile: maybe(z.object({ display_name: maybe(z.string()), real_name: maybe(z.string()) })),
  enterprise_user: maybe(z.object({ teams: listOf(z.string()) })),
});

/**
 * A person of a workspace. On Enterprise Grid a person may belong to several, listed in `enterprise_user.teams`; `team_id` may then
 * be missing, or name another workspace or the organisation (docs.slack.dev, "user object"). An answer without any workspace is
 * refused: the person could be a stranger.
 */
export const member = said.transform(({ team_id, enterprise_user, ...who }, context) => {
  const teams = [...(team_id === undefined ? [] : [team_id]), ...(enterprise_user?.teams ?? [])];
  if (teams.length === 0) context.addIssue({ code: 'custom', message: 'Slack names no workspace' });
  return { ...who, teams };
});
export type Member = z.infer<typeof member>;

/** Returns Slack's facts about a member. Throws the errors of Slack's call, and a ZodError for an unexpected answer. */
export type MemberOf = (userId: string) => Promise<Member>;

/** Asks Slack about members, and remembers each answer for half a minute. */
export function createMembers(client: SlackClient): MemberOf {
  return remembering(async (userId) =>
    member.parse((await client.users.info({ user: userId, include_locale: true })).user),
  );
}

/** Why a person is never an admin, whatever the settings list: deleted members, bots, guests, and people of other workspaces. */
export function disqualification(
  who: Member,
  teamId: string,
): 'deleted' | 'bot' | 'guest' | 'stranger' | undefined {
  if (who.deleted) return 'deleted';
  if (who.is_bot) return 'bot';
  if (who.is_restricted || who.is_ultra_restricted) return 'guest';
  return who.is_stranger || !who.teams.includes(teamId) ? 'stranger' : undefined;
}

/** The name to show for a member; undefined where Slack gives none. */
export function nameOf({ profile, name }: Member): string | undefined {
  return profile?.display_name || profile?.real_name || name;
}

/** Whether a channel is shared with another company, or will be (docs.slack.dev, "Conversation object"). */
const conversation = z
  .object({ is_ext_shared: flag, is_pending_ext_shared: flag })
  .transform((said) => said.is_ext_shared || said.is_pending_ext_shared);

/** Whether people of another company read a channel. Throws the errors of Slack's call. */
export async function isSharedOutside(client: SlackClient, channel: string): Promise<boolean> {
  return conversation.parse((await client.conversations.info({ channel })).channel);
}

/**
 * Asks Slack who reads a channel, and remembers the answer for half a minute. An app installed before it asked for `channels:read`
 * and `groups:read` gets no answer: every channel then counts as `ours`, and log and doctor name the missing scopes. So does a
 * channel in which the bot is not. Any other error gives `unknown`. `mayBeShared` is `SLACK_ALLOW_SHARED_CHANNELS`.
 */
export function createReaders(options: {
  readonly client: SlackClient;
  readonly mayBeShared: (channelId: string) => boolean;
  readonly logger: Logger;
}): ReadersOf {
  const { client, mayBeShared, logger } = options;
  let warned = false;

  const isShared = remembering(async (channel) => {
    try {
      return await isSharedOutside(client, channel);
    } catch (error) {
      if (!lacksChannelScopes(error)) throw error;
      if (!warned) logger.warn({ channel }, NO_SCOPE);
      warned = true;
      return false;
    }
  });

  return async (channelId) => {
    // The app's own conversation with one member, who was authorised, needs no question.
    if (isDirect(channelId) || mayBeShared(channelId)) return 'ours';
    try {
      return (await isShared(channelId)) ? 'shared' : 'ours';
    } catch (error) {
      // The bot is not in this channel, so it cannot post there either: the person is told to invite it. Not remembered, because
      // the bot may be in it a moment later.
      if (rejectionOf(error).kind === 'channel_gone') return 'ours';
      logger.warn({ channel: channelId, err: error }, 'Slack did not say who reads the channel');
      return 'unknown';
    }
  };
}

const NO_SCOPE =
  'the Slack app lacks channels:read or groups:read, so a channel that another company reads is not noticed';

const missingScope = z.object({
  data: z.object({ error: z.literal('missing_scope'), provided: z.string().default('') }),
});

/** Whether the token lacks a scope of channels. If it has both, Slack misses that of another kind of conversation. */
function lacksChannelScopes(error: unknown): boolean {
  const { data: said } = missingScope.safeParse(error);
  const provided = said?.data.provided.split(',').map((scope) => scope.trim());
  return provided !== undefined && !CHANNEL_SCOPES.every((scope) => provided.includes(scope));
}

const CHANNEL_SCOPES = ['channels:read', 'groups:read'];
