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
 * How many typing errors lie between two words. An error is a letter too many, missing, wrong, or swapped with its neighbour
 * (Damerau-Levenshtein distance, each letter edited at most once).
 */
export function distance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= to.length; column += 1) {
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const edits = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      rows[row]?.push(edits);
    }
  }
  return at(from.length, to.length);
}

/** The nearest of `names`, if at most a third of its letters, or a single one, would be mistyped; else undefined. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const word = typed.toLowerCase().slice(0, 100);
  const most = (name: string) => Math.max(1, Math.floor(name.length / 3));
  return names
    .filter((name) => Math.abs(name.length - word.length) <= most(name))
    .map((name) => ({ name, edits: distance(word, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= most(name))
    .sort((a, b) => a.edits - b.edits)
    .at(0)?.name;
}

/** Tells apart deployments in one workspace: of two apps with the same command, Slack calls the one that was installed last. */
export type Deployment = {
  /** The slash command, with its slash (`SLACK_COMMAND`). The manifest names the app and its bot user after it. */
  readonly command: string;
  /** A word on every card and on the Home tab (`DEPLOYMENT_LABEL`). It contains no characters of Slack's markup. */
  readonly label: string | undefined;
};

export const DEFAULT_DEPLOYMENT: Deployment = { command: '/usersync', label: undefined };
