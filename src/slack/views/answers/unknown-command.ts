import { COMMANDS, type Command, isCommand } from '../../../config/commands.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { command, firstOf } from '../inline.ts';

/** Commands that change something. After a typing error in one of these, the answer says that nothing was changed. */
const CHANGING: readonly string[] = ['all', 'rollback', 'pause', 'resume'] satisfies readonly Command[];

/** Labels of buttons, which people type as commands, in English and Indonesian. */
const ON_BUTTONS: readonly string[] = [
  'confirm',
  'execute',
  'cancel',
  'adjust',
  'konfirmasi',
  'jalankan',
  'batal',
  'batalkan',
  'sesuaikan',
];

/** Arguments that a suggestion invents if the person typed none. */
const EXEMPLIFIED: readonly string[] = ['run', 'email', 'target [active|inactive] [text]'];

/** The answer to an unknown target or command, with a suggestion. */
export function unknownTargetText(t: Texts, typed: string, targets: readonly string[]): string {
  const [first = '', ...rest] = typed.trim().toLowerCase().split(/\s+/);
  if (ON_BUTTONS.includes(first) && !targets.includes(first)) {
    return [
      t.help.unknownCommand(code(typed, 100)),
      t.help.buttons(command(t, 'status')),
      t.help.nothingChanged,
    ].join(' ');
  }
  const meant = suggestion(typed, targets);
  const isExample = isCommand(first) && EXEMPLIFIED.includes(COMMANDS[first]) && !hasArgument(rest, targets);
  const lookUp = isCommand(first) && !CHANGING.includes(first);
  return [
    whatIsWrong(t, typed, { meant, targets }),
    ...(lookUp ? [] : [t.help.nothingChanged]),
    ...(meant === undefined ? [] : [(isExample ? t.help.example : t.help.suggestion)(command(t, meant))]),
    ...(takesTarget(isCommand(first) ? first : meant) ? [targetList(t, targets)] : []),
    ...(meant === undefined ? [t.help.seeHelp(command(t, 'help'))] : []),
  ].join(' ');
}

/** Whether one of the words is a run's number, or nearly a target. */
function hasArgument(words: readonly string[], targets: readonly string[]): boolean {
  return words.some((word) => numberIn(word) !== undefined || nearest(word, targets) !== undefined);
}

/** Whether a list of targets helps. An unknown word may be meant as a target, so it helps there too. */
function takesTarget(typed = ''): boolean {
  const [first = ''] = typed.split(' ');
  return !isCommand(first) || COMMANDS[first].includes('target');
}

function whatIsWrong(
  t: Texts,
  typed: string,
  { meant, targets }: { readonly meant: string | undefined; readonly targets: readonly string[] },
): string {
  const [first = '', ...rest] = typed.trim().toLowerCase().split(/\s+/);
  const shown = code(typed, 100);
  if (!isCommand(first)) {
    const [word = ''] = meant?.split(' ') ?? [];
    return isCommand(word) ? t.help.unknownCommand(shown) : t.help.unknown(shown);
  }
  const [about] = rest;
  if (about !== undefined && isNoTarget(about, targets) && takesTarget(first))
    return t.help.unknown(code(about, 100));
  const word = rest.length === 1 && COMMANDS[first] === 'run';
  if (rest.length > 0 && !word) return t.help.unclear(shown);
  switch (COMMANDS[first]) {
    case 'target [active|inactive] [text]':
      return t.help.needsTarget(shown);
    case 'run':
      return t.help.needsRun(shown);
    case 'email':
      return t.help.needsEmail(shown);
    default:
      return t.help.unclear(shown);
  }
}

/** A number may be a run's. */
function isNoTarget(word: string, targets: readonly string[]): boolean {
  return !targets.includes(word) && numberIn(word) === undefined;
}

/** How many targets an error names: a text has up to 3,000 characters. */
const NAMED = 20;

function targetList(t: Texts, targets: readonly string[]): string {
  const [only, ...rest] = targets;
  if (only === undefined) return t.help.noTargets;
  if (rest.length === 0) return t.help.target(named(only));
  const { shown, more } = firstOf(targets, NAMED, named);
  return t.help.targets(shown.join(', '), more);
}

function named(target: string): string {
  return code(target, 80);
}

/** The run's number in a word as people write it: `45`, `#45,`, `45.`, `run45`. */
function numberIn(word: string): string | undefined {
  return /^\W*(?:run)?\W*(\d+)\W*$/.exec(word)?.[1];
}

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
  if (meant === undefined || !isCommand(meant)) {
    // As in `show users dev` and `sync dev`.
    const verb = rest.findIndex(isCommand);
    if (verb >= 0) return suggestion(rest.slice(verb).join(' '), targets);
    return rest.find((word) => targets.includes(word)) ?? meant;
  }
  return [meant, ...argument(meant, rest, targets)].join(' ');
}

function argument(command: Command, words: string[], targets: readonly string[]): string[] {
  const [word = '', ...rest] = words;
  const runs = words.flatMap((each) => numberIn(each) ?? []);
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

/** The name that was probably meant: at most a third of its letters wrong, or one; else undefined. */
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
