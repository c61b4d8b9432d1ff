import type { SlackReply } from '../../slack/inspect.ts';
import { fail, type Verdict, warn } from './finding.ts';

type NoAnswer = Exclude<SlackReply<unknown>, { outcome: 'answered' }>;

const REMEDIES: Readonly<Record<string, string>> = {
  channel_not_found:
    'Correct the channel id; a private channel must be joined first: type /invite @usersync there.',
  not_in_channel: 'Type /invite @usersync in that channel.',
  missing_scope: 'Add the scopes of manifest.yml to the app and install it again.',
  no_such_subteam: 'Correct the id in SLACK_ADMIN_USERGROUP_IDS (it begins with S).',
  not_allowed_token_type:
    'Use the other kind of token: xoxb-… for SLACK_BOT_TOKEN, xapp-… for SLACK_APP_TOKEN.',
};

/** What follows from Slack's not giving an answer. `remedy` is for words of Slack that no other is known for. */
export function noAnswer(reply: NoAnswer, remedy: string): Verdict {
  switch (reply.outcome) {
    case 'refused': {
      const { error, needed } = reply;
      if (needed !== undefined)
        return fail(
          `Slack says ${error}: ${needed}`,
          'Add that scope to the app (manifest.yml has them all) and install it again.',
        );
      return fail(`Slack says ${error}`, REMEDIES[error] ?? remedy);
    }
    case 'limited':
      return warn(
        `Slack limits the rate and did not answer`,
        `Run doctor again in ${reply.seconds} seconds.`,
      );
    case 'unreachable':
      return fail(
        `Slack cannot be reached: ${reply.reason}`,
        'See that this machine reaches SLACK_API_URL (DNS, firewall, proxy, certificate).',
      );
  }
}
