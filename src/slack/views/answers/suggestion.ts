import { COMMANDS, type Command, isCommand } from '../../../config/commands.ts';
import { isRunNumber } from '../../ids.ts';

/** Other words for a command. */
const ALIASES: ReadonlyMap<string, Command> = new Map([
  ['undo', 'rollback'],
  ['revert', 'rollback'],
  ['roll', 'rollback'],
]);

/**
 * The command or target that was probably meant by an unknown text, as typed after `/usersync`; undefined where nothing is near.
 */
export function suggestion(typed: string, targets: readonly string[]): string | undefined {
  const [first = '', ...rest] = typed.trim().toLowerCase().split(/\s+/);
  const meant = ALIASES.get(first) ?? nearest(first, [...targets, ...Object.keys(COMMANDS)]);
  if (meant === undefined) return rest.find((word) => targets.includes(word));
  if (!isCommand(meant)) return meant;
  return [meant, ...argument(meant, rest, targets)].join(' ');
}

function argument(command: Command, words: string[], targets: readonly string[]): string[] {
  const [word = '', ...rest] = words;
  const runs = words.filter(isRunNumber).map((each) => each.replace('#', ''));
  switch (COMMANDS[command]) {
    case '':
      return [];
    case '[run|target]':
      return runs.length > 0 ? runs.slice(0, 1) : words.flatMap((each) => known(each, targets)).slice(0, 1);
    case 'run':
      return [runs[0] ?? '12'];
    case 'email':
      return word === '' ? ['vendor1@dkm'] : [word, ...rest];
    case '[target]':
      return known(word, targets);
    case 'target [active|inactive] [text]':
      return known(word, targets).length > 0
        ? [...known(word, targets), ...rest.slice(0, isStatus(rest[0]) ? 2 : 1)]
        : targets.slice(0, 1);
  }
}

function isStatus(word: string | undefined): boolean {
  return word === 'active' || word === 'inactive';
}

function known(word: string, targets: readonly string[]): string[] {
  const target = nearest(word, targets);
  return target === undefined ? [] : [target];
}

/**
 * How many typing errors lie between two words. An error is a letter too many, missing, wrong, or swapped with its neighbour
 * (Damerau-Levenshtein distance, each letter edited at most once).
 */
function distance(from: string, to: string): number {
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

/** The name that was probably meant: at most half of its letters wrong, or one; else undefined. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const word = typed.toLowerCase().slice(0, 100);
  const most = (name: string) => Math.max(1, Math.floor(name.length / 2));
  return names
    .filter((name) => Math.abs(name.length - word.length) <= most(name))
    .map((name) => ({ name, edits: distance(word, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= most(name))
    .sort((a, b) => a.edits - b.edits)
    .at(0)?.name;
}
