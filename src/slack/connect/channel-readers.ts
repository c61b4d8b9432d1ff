import { z } from 'zod';
import type { Logger, ReadersOf } from '../../sync/ports/ports.ts';
import type { SlackClient } from './client.ts';
import { BELIEVED_MS } from './members.ts';
import { rejectionOf } from './rejection.ts';
import { remembering } from './remembering.ts';
import { flag } from './shapes.ts';

/**
 * Whether a channel is shared with another company (docs.slack.dev, "Conversation object"). `is_pending_ext_shared` counts too: the
 * invited people will be able to read what is posted now.
 */
const conversation = z
  .object({ is_ext_shared: flag, is_pending_ext_shared: flag })
  .transform((said) => said.is_ext_shared || said.is_pending_ext_shared);

/** Whether people of another company read a channel. Throws the errors of Slack's call. */
export async function isSharedOutside(client: SlackClient, channel: string): Promise<boolean> {
  return conversation.parse((await client.conversations.info({ channel })).channel);
}

const missingScope = z.object({
  data: z.object({ error: z.literal('missing_scope'), provided: z.string().default('') }),
});

/**
 * Whether Slack refused because the app was installed before it asked for the scopes of channels. If the token has both of them,
 * Slack misses the scope of another kind of conversation, such as a group of direct messages.
 */
function lacksChannelScopes(error: unknown): boolean {
  const { data: said } = missingScope.safeParse(error);
  const provided = said?.data.provided.split(',').map((scope) => scope.trim());
  return provided !== undefined && !CHANNEL_SCOPES.every((scope) => provided.includes(scope));
}

const CHANNEL_SCOPES = ['channels:read', 'groups:read'];

/**
 * Asks Slack who reads a channel, and remembers the answer for half a minute. An app installed before it asked for `channels:read`
 * and `groups:read` gets no answer: every channel then counts as `ours`, and log and doctor name the missing scopes. Any other
 * error gives `unknown`. `mayBeShared` is `SLACK_ALLOW_SHARED_CHANNELS`.
 */
export function createReaders(options: {
  readonly client: SlackClient;
  readonly mayBeShared: (channelId: string) => boolean;
  readonly logger: Logger;
}): ReadersOf {
  const { client, mayBeShared, logger } = options;
  let warned = false;

  const isShared = remembering(BELIEVED_MS, async (channel) => {
    try {
      return await isSharedOutside(client, channel);
    } catch (error) {
      // The bot is not in this channel, so it cannot post there either. The person is told about that.
      if (rejectionOf(error).kind === 'channel_gone') return false;
      if (!lacksChannelScopes(error)) throw error;
      if (!warned) logger.warn({ channel }, NO_SCOPE);
      warned = true;
      return false;
    }
  });

  return async (channelId) => {
    // An id with D is the app's own conversation with one member, who was authorised.
    if (channelId.startsWith('D') || mayBeShared(channelId)) return 'ours';
    try {
      return (await isShared(channelId)) ? 'shared' : 'ours';
    } catch (error) {
      logger.warn({ channel: channelId, err: error }, 'Slack did not say who reads the channel');
      return 'unknown';
    }
  };
}

const NO_SCOPE =
  'the Slack app lacks channels:read or groups:read, so a channel that another company reads is not noticed';
