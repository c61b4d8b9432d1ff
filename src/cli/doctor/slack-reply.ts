import type { NoAnswer } from '../../slack/connect/token-facts.ts';
import { fail, type Verdict, warn } from './finding.ts';

/** Where to get a token. */
export const NEW_TOKEN = {
  SLACK_BOT_TOKEN: 'Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions into SLACK_BOT_TOKEN.',
  SLACK_APP_TOKEN:
    'Generate an App-Level Token with connections:write (Basic Information) for SLACK_APP_TOKEN, and see that Socket Mode is on.',
} as const;

/** The remedy for missing scopes. */
export const REINSTALL =
  'OAuth & Permissions → Scopes, as in manifest.yml; then install the app to the workspace again.';

/** The remedy for an app that is installed to a whole organisation. */
export const ONE_WORKSPACE =
  'Install the app to one workspace of it (api.slack.com/apps → the app → Install App, signed in there), and write that token into SLACK_BOT_TOKEN.';

const REMEDIES: Readonly<Record<string, string>> = {
  channel_not_found:
    'Correct the channel id; a private channel must be joined first: type /invite @usersync there.',
  not_in_channel: 'Type /invite @usersync in that channel.',
  missing_scope: 'Add the scopes of manifest.yml to the app and install it again.',
  account_inactive: 'The app was removed from the workspace: install it again and copy its new token.',
  link_disabled: 'Turn Socket Mode on: https://api.slack.com/apps → the app → Socket Mode.',
  no_such_subteam: 'Correct the id in SLACK_ADMIN_USERGROUP_IDS (it begins with S).',
  user_not_found:
    'Correct the id in SLACK_ADMIN_USER_IDS: in Slack, the profile → ⋮ → Copy member ID (it begins with U).',
  not_allowed_token_type:
    'Use the other kind of token: xoxb-… for SLACK_BOT_TOKEN, xapp-… for SLACK_APP_TOKEN.',
};

/**
 * The verdict if Slack gives no answer. `remedy` is for error codes without a known remedy; `bot` is the bot's name in the
 * workspace.
 */
export function noAnswer(reply: NoAnswer, remedy: string, bot = 'usersync'): Verdict {
  switch (reply.outcome) {
    case 'refused': {
      const { error, needed } = reply;
      if (needed === undefined)
        return fail(`Slack says ${error}`, (REMEDIES[error] ?? remedy).replaceAll('@usersync', `@${bot}`));
      // The scope of an app-level token is chosen when the token is generated, not in the manifest.
      const todo =
        needed === 'connections:write'
          ? remedy
          : 'Add that scope to the app (manifest.yml has them all) and install it again.';
      return fail(`Slack says ${error}: ${needed}`, todo);
    }
    case 'limited':
      return warn(`Slack limits the rate and did not answer`, `Try again in ${reply.seconds} seconds.`);
    case 'unreachable':
      return fail(
        `Slack cannot be reached: ${reply.reason}`,
        'See that this machine reaches SLACK_API_URL (DNS, firewall, proxy, certificate).',
      );
  }
}
