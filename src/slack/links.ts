import type { Run } from '../sync/run.ts';
import type { LinkOf } from './views/link.ts';

/**
 * Links to messages of a workspace, in the form of Slack's own "Copy link": no call of `chat.getPermalink` for each.
 * `teamUrl` is the workspace's address as `auth.test` tells it, with a slash at the end.
 */
export function createLinks(teamUrl: string): LinkOf {
  return ({ channelId, messageTs }: Run) =>
    messageTs === undefined ? undefined : `${teamUrl}archives/${channelId}/p${messageTs.replace('.', '')}`;
}
