import { COMMANDS, type Command, isCommand } from '../../config/commands.ts';
import { nearest } from './nearest.ts';

/** What was probably meant by a text that is no command, as it is typed after `/usersync`; else undefined. */
export function suggestion(typed: string, targets: readonly string[]): string | undefined {
  const [first = '', ...rest] = typed.trim().toLowerCase().split(/\s+/);
  const meant = nearest(first, [...targets, ...Object.keys(COMMANDS)]);
  if (meant === undefined || !isCommand(meant)) return meant;
  return [meant, ...argument(meant, rest, targets)].join(' ');
}

function argument(command: Command, [word = '', ...rest]: string[], targets: readonly string[]): string[] {
  switch (COMMANDS[command]) {
    case '':
      return [];
    case '[run]':
      return /^\d+$/.test(word) ? [word] : [];
    case 'run':
      return [/^\d+$/.test(word) ? word : '12'];
    case '[target]':
      return known(word, targets);
    case 'target':
      return known(word, targets).length > 0 ? [...known(word, targets), ...rest] : targets.slice(0, 1);
  }
}

function known(word: string, targets: readonly string[]): string[] {
  const target = nearest(word, targets);
  return target === undefined ? [] : [target];
}
