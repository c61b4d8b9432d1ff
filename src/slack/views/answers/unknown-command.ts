import { COMMANDS, type Command, isCommand, nearest } from '../../../config/commands.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { command, inARow } from '../inline.ts';

/** Commands that change something. After a typing error in one of these, the answer says that nothing was changed. */
const CHANGING: readonly string[] = ['all', 'rollback', 'pause', 'resume'] satisfies readonly Command[];

/** How the labels of buttons begin, and other words for Cancel: people type them as commands, in English and Indonesian. */
const ON_BUTTONS: readonly string[] = [
  ...['confirm', 'execute', 'cancel', 'stop', 'adjust', 'view all'],
  ...['konfirmasi', 'jalankan', 'batal', 'batalkan', 'hentikan', 'sesuaikan', 'lihat semua'],
];

/** Arguments that a suggestion invents if the person typed none. */
const EXEMPLIFIED: readonly string[] = ['run', 'email', 'target [active|inactive] [text]'];

/** The answer to an unknown target or command, with a suggestion. */
export function unknownTargetText(t: Texts, typed: string, targets: readonly string[]): string {
  const [first = '', ...rest] = wordsOf(typed);
  // `batal!`, `“stop”.`
  const said = [first, ...rest].map((word) => word.replace(/[\p{P}`]+$/u, ''));
  const isOnButton = ON_BUTTONS.some((label) => `${said.join(' ')} `.startsWith(`${label} `));
  if (isOnButton && !targets.includes(said[0] ?? '')) {
    return [
      t.help.unknownCommand(code(typed, 100)),
      t.help.buttons(command(t, 'status')),
      t.help.nothingChanged,
    ].join(' ');
  }
  const meant = suggestion(typed, targets);
  const isExample =
    isCommand(first) && EXEMPLIFIED.includes(COMMANDS[first]) && !hasArgument(COMMANDS[first], rest, targets);
  const lookUp = isCommand(first) && !CHANGING.includes(first);
  return [
    whatIsWrong(t, typed, { meant, targets }),
    ...(lookUp ? [] : [t.help.nothingChanged]),
    ...(meant === undefined ? [] : [(isExample ? t.help.example : t.help.suggestion)(command(t, meant))]),
    ...(takesTarget(isCommand(first) ? first : meant) ? [targetList(t, targets)] : []),
    ...(meant === undefined ? [t.help.seeHelp(command(t, 'help'))] : []),
  ].join(' ');
}

/** The words of a command in small letters, without quotes around them. */
export function wordsOf(typed: string): readonly string[] {
  return wordsAsTyped(typed).map((word) => word.toLowerCase());
}

/** The same words in the letters that the person typed: a part of an email is looked for in these. */
function wordsAsTyped(typed: string): readonly string[] {
  const words = typed.split(/\s+/);
  return words.map((word) => word.replace(/^["'“”‘’`«»]+|["'“”‘’`«»]+$/g, '')).filter((word) => word !== '');
}

/** Whether one of the words is what the command needs: a run's number, or else nearly a target. */
function hasArgument(needed: string, words: readonly string[], targets: readonly string[]): boolean {
  const isMeant = (word: string) => numberIn(word) !== undefined || nearest(word, targets) !== undefined;
  return words.some(needed === 'run' ? (word) => numberIn(word) !== undefined : isMeant);
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
  const [first = '', ...rest] = wordsOf(typed);
  const shown = code(typed, 100);
  if (!isCommand(first)) {
    const [word = ''] = meant?.split(' ') ?? [];
    return isCommand(word) ? t.help.unknownCommand(shown) : t.help.unknown(shown);
  }
  const [about] = rest;
  // A number may be a run's.
  const isNoTarget = about !== undefined && !targets.includes(about) && numberIn(about) === undefined;
  if (isNoTarget && takesTarget(first)) return t.help.unknown(code(about, 100));
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

/** How many targets an error names: a text has up to 3,000 characters. */
const NAMED = 20;

function targetList(t: Texts, targets: readonly string[]): string {
  const [only, ...rest] = targets;
  if (only === undefined) return t.help.noTargets;
  if (rest.length === 0) return t.help.target(named(only));
  return t.help.targets(inARow(t, targets, NAMED, named));
}

function named(target: string): string {
  return code(target, 80);
}

/** The run's number in a word as people write it: `45`, `#45,`, `45.`, `run45`. */
function numberIn(word: string): string | undefined {
  return /^\W*(?:run)?\W*(\d+)\W*$/i.exec(word)?.[1];
}

/** Other words for a command. */
const ALIASES: ReadonlyMap<string, Command> = new Map([
  ['undo', 'rollback'],
  ['revert', 'rollback'],
  ['roll', 'rollback'],
  ['jeda', 'pause'],
]);

/** Words for a preview, before `all`. */
const PREVIEWING: readonly string[] = ['sync', 'preview', 'run'];

/** What a text after `/usersync` probably meant; undefined where nothing is near. */
export function suggestion(typed: string, targets: readonly string[]): string | undefined {
  const words = wordsAsTyped(typed);
  const [first = '', ...rest] = wordsOf(typed);
  const meant = ALIASES.get(first) ?? nearest(first, [...targets, ...Object.keys(COMMANDS)]);
  if (meant === undefined || !isCommand(meant)) {
    return behind(words, targets) ?? rest.find((word) => targets.includes(word)) ?? meant;
  }
  const found = argument(meant, words.slice(1), targets);
  // `pause production`, `puase surabaya`: without the word behind it, the command would mean every target.
  const isExact = meant === first || meant !== 'rollback';
  if (CHANGING.includes(meant) && isExact && rest.length > 0 && found.length === 0) return undefined;
  return [meant, ...found].join(' ');
}

/** The command behind other words (`show users dev`, `dev pause`), unless it would mean more than was named before it. */
function behind(words: readonly string[], targets: readonly string[]): string | undefined {
  const verb = words.findIndex((word, at) => at > 0 && isCommand(word.toLowerCase()));
  if (verb < 0) return undefined;
  const before = words.slice(0, verb).map((word) => word.toLowerCase());
  const named = before.flatMap((word) => nearest(word, targets) ?? numberIn(word) ?? []);
  const meant = suggestion([...words.slice(verb), ...named].join(' '), targets);
  // `surabaya resume`
  if (meant !== undefined && CHANGING.includes(meant)) {
    return meant === 'all' && before.every((word) => PREVIEWING.includes(word)) ? meant : undefined;
  }
  const suggested = meant?.split(' ') ?? [];
  return named.every((word) => suggested.includes(word)) ? meant : undefined;
}

function argument(command: Command, words: readonly string[], targets: readonly string[]): readonly string[] {
  const runs = words.flatMap((each) => numberIn(each) ?? []);
  const fromIt = fromTarget(words, targets);
  switch (COMMANDS[command]) {
    case '':
      return [];
    case '[run|target]':
      return (runs.length > 0 ? runs : fromIt).slice(0, 1);
    case 'run':
      return [runs[0] ?? '12'];
    case 'email':
      return words.length === 0 ? ['vendor1@dkm'] : words;
    case '[target]':
      return words.join(' ').toLowerCase() === 'all' ? ['all'] : fromIt.slice(0, 1);
    case 'target [active|inactive] [text]':
      if (fromIt.length === 0) return targets.slice(0, 1);
      return fromIt.slice(0, /^(?:in)?active$/i.test(fromIt[1] ?? '') ? 3 : 2);
  }
}

/** The words from the first target on; its name in place of a word that is only near it. A word that is a target comes first. */
function fromTarget(typed: readonly string[], targets: readonly string[]): readonly string[] {
  const words = typed.map((word) => word.toLowerCase());
  const exact = words.findIndex((word) => targets.includes(word));
  const at = exact >= 0 ? exact : words.findIndex((word) => nearest(word, targets) !== undefined);
  const target = at < 0 ? undefined : nearest(words[at] ?? '', targets);
  return target === undefined ? [] : [target, ...typed.slice(at + 1)];
}
