import type { Block } from './pages.ts';

/** The commands of a shell block: one a line or between &&, a line that ends with \ going on in the next. No comments. */
export function commandsOf({ text }: Block): readonly string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => line.replace(/(^|\s)#\s.*$/, '').split(' && '))
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

/** The statements of an SQL block. */
export function statementsOf({ text }: Block): readonly string[] {
  return text
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
