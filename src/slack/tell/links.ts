import type { Run } from '../../sync/run.ts';
import type { LinkOf } from '../views/link.ts';

/**
 * Links to messages of a workspace, in the form of Slack's own "Copy link": no call of `chat.getPermalink` for each.
 * `teamUrl` is the workspace's address as `auth.test` tells it, with a slash at the end; without one there are no links.
 */
export function createLinks(teamUrl: string | undefined): LinkOf {
  return ({ channelId, messageTs }: Run) =>
    teamUrl === undefined || messageTs === undefined
      ? undefined
      : `${teamUrl}archives/${channelId}/p${messageTs.replace('.', '')}`;
}
