import { type Command, isCommand } from '../../config/commands.ts';
import type { UserStatus } from '../../sync/run/change.ts';
import { isRunNumber, parseRunId } from '../ids.ts';
import { copied, unescaped } from '../text/escape.ts';

/** A parsed command. `runId` is 0 for a number that no run can have. */
export type ParsedCommand =
  | { readonly verb: 'help' | 'config' }
  | { readonly verb: 'preview'; readonly target: string }
  | { readonly verb: 'all' }
  /** Undefined `runId`: the newest sync that is not taken back, of `target` if given. */
  | { readonly verb: 'rollback'; readonly runId: number | undefined; readonly target?: string }
  | { readonly verb: 'export'; readonly runId: number }
  /** Undefined `target`: all targets. */
  | {
      readonly verb: 'status' | 'history' | 'inactive' | 'pause' | 'resume';
      readonly target: string | undefined;
    }
  | {
      readonly verb: 'users';
      readonly target: string;
      readonly status: UserStatus | undefined;
      readonly text: string | undefined;
    }
  /** `text`, here and above: an email or a part of one, as typed. */
  | { readonly verb: 'find'; readonly text: string }
  | { readonly verb: 'unknown'; readonly typed: string };

/** The number of characters that are read: enough for a command and the longest email, so that no pattern takes long. */
const LONGEST = 4_000;

/** Parses the text after `/usersync`. Case does not matter, except in an email, which the database compares. */
export function parseCommand(text: string, targets: readonly string[]): ParsedCommand {
  // Slack makes links of emails.
  const typed = unescaped(
    text
      .trim()
      .slice(0, LONGEST)
      .replace(/<mailto:([^|>]+)(?:\|[^>]*)?>/g, '$1'),
  );
  const [verb = '', ...words] = typed.toLowerCase().split(/\s+/).map(unquoted);
  const known = isCommand(verb)
    ? PARSERS[verb]({ words, targets, text: typed })
    : previewCommand(verb, words, targets);
  return known ?? { verb: 'unknown', typed };
}

/** Some type the command again behind itself, as in `@usersync /usersync dev`. */
export function withoutCommand(text: string, command: string): string {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  return first.toLowerCase() === command ? rest.join(' ') : text;
}

/** The words after the command, and the whole text as typed. */
type Typed = {
  readonly words: readonly string[];
  readonly targets: readonly string[];
  readonly text: string;
};

/** The parser of each command. Undefined: the words do not fit the command. */
const PARSERS: Readonly<Record<Command, (typed: Typed) => ParsedCommand | undefined>> = {
  all: withoutWords('all'),
  status: ofTarget('status'),
  history: ofTarget('history'),
  users: usersCommand,
  inactive: ofTarget('inactive'),
  find: findCommand,
  export: exportCommand,
  pause: ofTarget('pause'),
  resume: ofTarget('resume'),
  rollback: rollbackCommand,
  config: withoutWords('config'),
  help: withoutWords('help'),
};

/** `/usersync dev`, or `/usersync` alone, which asks for help. */
function previewCommand(
  verb: string,
  words: readonly string[],
  targets: readonly string[],
): ParsedCommand | undefined {
  if (words.length > 0) return undefined;
  if (verb === '') return { verb: 'help' };
  return targets.includes(verb) ? { verb: 'preview', target: verb } : undefined;
}

function withoutWords(verb: 'help' | 'config' | 'all'): (typed: Typed) => ParsedCommand | undefined {
  return ({ words }) => (words.length === 0 ? { verb } : undefined);
}

/** A command about one target, or about all of them. */
function ofTarget(
  verb: 'status' | 'history' | 'inactive' | 'pause' | 'resume',
): (typed: Typed) => ParsedCommand | undefined {
  return ({ words, targets }) => {
    const [target, ...others] = words;
    if (others.length > 0) return undefined;
    if (target === undefined || target === 'all') return { verb, target: undefined };
    return targets.includes(target) ? { verb, target } : undefined;
  };
}

/** People copy `/usersync dev` with its quotes, and keyboards turn them into curly ones. */
function unquoted(text: string): string {
  return text.replace(/^["'`“”‘’«»\s]+|["'`“”‘’«»\s]+$/gu, '');
}

/** An email may contain blanks (`vendor 1@dkm`), so the search is for the whole text after the command. */
function findCommand({ text }: Typed): ParsedCommand | undefined {
  const searched = behindWords(text, 1);
  return searched === undefined ? undefined : { verb: 'find', text: searched };
}

/** The text behind that many words, as typed, or as the person copied it from one of the bot's lists; undefined if there is none. */
function behindWords(text: string, words: number): string | undefined {
  const behind = unquoted(text.replace(new RegExp(`^(?:\\S+\\s*){0,${words}}`), ''));
  return behind === '' ? undefined : copied(behind);
}

function exportCommand({ words }: Typed): ParsedCommand | undefined {
  const runId = onlyRun(words);
  return runId === undefined ? undefined : { verb: 'export', runId };
}

function rollbackCommand({ words, targets }: Typed): ParsedCommand | undefined {
  const [target, ...others] = words;
  if (target === undefined) return { verb: 'rollback', runId: undefined };
  if (targets.includes(target)) {
    return others.length === 0 ? { verb: 'rollback', runId: undefined, target } : undefined;
  }
  const runId = onlyRun(words);
  return runId === undefined ? undefined : { verb: 'rollback', runId };
}

function usersCommand({ words, targets, text }: Typed): ParsedCommand | undefined {
  const [target = '', second] = words;
  if (!targets.includes(target)) return undefined;
  const status = second === 'active' || second === 'inactive' ? second : undefined;
  // An email may contain blanks here too.
  return { verb: 'users', target, status, text: behindWords(text, status === undefined ? 2 : 3) };
}

/** The run's number, if it is the only word; 0 if no run can have it. */
function onlyRun([word = '', ...others]: readonly string[]): number | undefined {
  if (others.length > 0 || !isRunNumber(word)) return undefined;
  return parseRunId(word.replace(/^#/, '')) ?? 0;
}
