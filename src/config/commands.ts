/** The commands and their arguments. `[…]` is optional. */
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

/** Whether a word begins a command. Targets are no commands. */
export function isCommand(word: string): word is Command {
  return Object.hasOwn(COMMANDS, word);
}
