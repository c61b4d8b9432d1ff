/** The commands and their arguments. Brackets mark an optional argument. */
export const COMMANDS = {
  all: '',
  status: '[target]',
  history: '[target]',
  users: 'target [active|inactive] [text]',
  inactive: '[target]',
  find: 'email',
  export: 'run',
  pause: '[target]',
  resume: '[target]',
  rollback: '[run|target]',
  config: '',
  help: '',
} as const;

export type Command = keyof typeof COMMANDS;

/** Whether a word is a command. No target may have such a name. */
export function isCommand(word: string): word is Command {
  return Object.hasOwn(COMMANDS, word);
}

/**
 * Tells this deployment of the bot from another one in the same workspace. Slash commands have no namespace: if two apps register
 * the same command, Slack calls the app that was installed last.
 */
export type Deployment = {
  /** The slash command, with its slash (`SLACK_COMMAND`). The manifest names the app and its bot user after it. */
  readonly command: string;
  /** A word on every card and on the Home tab (`DEPLOYMENT_LABEL`). It contains no characters of Slack's markup. */
  readonly label: string | undefined;
};

export const DEFAULT_DEPLOYMENT: Deployment = { command: '/usersync', label: undefined };
