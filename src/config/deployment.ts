/**
 * What tells this deployment of the bot from another one in the same workspace. Slash commands have no namespace: of two apps
 * with the same one, Slack calls whichever was installed last.
 */
export type Deployment = {
  /** The slash command with its slash (`SLACK_COMMAND`). The manifest names the app and its bot user after it. */
  readonly command: string;
  /** A word that stands on every card and on the Home tab (`DEPLOYMENT_LABEL`); it has no characters of Slack's markup. */
  readonly label: string | undefined;
};

export const DEFAULT_DEPLOYMENT: Deployment = { command: '/usersync', label: undefined };
