import { type Command, isCommand } from '../../config/commands.ts';
import type { UserStatus } from '../../sync/run/change.ts';
import { parseRunId } from '../ids.ts';

/** What someone typed after `/usersync`. A run is 0 where what was typed cannot be a run's number. */
export type Ask =
  | { readonly verb: 'help' | 'config' }
  | { readonly verb: 'preview'; readonly target: string }
  | { readonly verb: 'all' }
  /** Where no run is named: the newest sync that still stands, of the target where one is named. */
  | { readonly verb: 'rollback'; readonly runId: number | undefined; readonly target?: string }
  | { readonly verb: 'export'; readonly runId: number }
  /** All targets where `target` is undefined. */
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
  /** An email, or a part of one, as it was typed. */
  | { readonly verb: 'find'; readonly text: string }
  | { readonly verb: 'unknown'; readonly typed: string };

/** Reads the text of a command. Small and capital letters are the same but in an email: there the database decides. */
export function parseAsk(text: string, targets: readonly string[]): Ask {
  const [verb = '', ...words] = text.trim().toLowerCase().split(/\s+/).map(unquoted);
  const known = isCommand(verb) ? ASKS[verb]({ words, targets, text }) : previewAsk(verb, words, targets);
  return known ?? { verb: 'unknown', typed: decoded(text.trim()) };
}

/** The words behind the command's first one, and all of the text as it was typed. */
type Typed = {
  readonly words: readonly string[];
  readonly targets: readonly string[];
  readonly text: string;
};

/** What each command asks for; undefined where its words make no sense. */
const ASKS: Readonly<Record<Command, (typed: Typed) => Ask | undefined>> = {
  all: alone('all'),
  status: ofTarget('status'),
  history: ofTarget('history'),
  users: usersAsk,
  inactive: ofTarget('inactive'),
  find: findAsk,
  export: exportAsk,
  pause: ofTarget('pause'),
  resume: ofTarget('resume'),
  rollback: rollbackAsk,
  config: alone('config'),
  help: alone('help'),
};

/** `/usersync dev`, and `/usersync` alone, which asks for help. */
function previewAsk(verb: string, words: readonly string[], targets: readonly string[]): Ask | undefined {
  if (words.length > 0) return undefined;
  if (verb === '') return { verb: 'help' };
  return targets.includes(verb) ? { verb: 'preview', target: verb } : undefined;
}

function alone(verb: 'help' | 'config' | 'all'): (typed: Typed) => Ask | undefined {
  return ({ words }) => (words.length === 0 ? { verb } : undefined);
}

/** A command about one target, or about all of them. */
function ofTarget(
  verb: 'status' | 'history' | 'inactive' | 'pause' | 'resume',
): (typed: Typed) => Ask | undefined {
  return ({ words, targets }) => {
    const [target, ...others] = words;
    const isKnown = target === undefined || targets.includes(target);
    return isKnown && others.length === 0 ? { verb, target } : undefined;
  };
}

/** People copy `/usersync dev` with its quotes, and keyboards make curly ones of them. */
function unquoted(word: string): string {
  return word.replace(/^["'`“”‘’«»]+|["'`“”‘’«»]+$/gu, '');
}

/** An email may hold blanks (`vendor 1@dkm`), so all that follows the command is searched for. */
function findAsk({ text }: Typed): Ask | undefined {
  const typed = decoded(text.trim().replace(/^\S+/, ''))
    .replace(/^[\s`"“”]+|[\s`"“”]+$/g, '')
    .trim();
  return typed === '' ? undefined : { verb: 'find', text: typed };
}

/** Slack may make a link of an email, and sends three signs as entities (docs.slack.dev, "Formatting message text"). */
function decoded(text: string): string {
  return text
    .replace(/<mailto:([^|>]+)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function exportAsk({ words }: Typed): Ask | undefined {
  const runId = onlyRun(words);
  return runId === undefined ? undefined : { verb: 'export', runId };
}

function rollbackAsk({ words, targets }: Typed): Ask | undefined {
  const [target, ...others] = words;
  if (target === undefined) return { verb: 'rollback', runId: undefined };
  if (targets.includes(target)) {
    return others.length === 0 ? { verb: 'rollback', runId: undefined, target } : undefined;
  }
  const runId = onlyRun(words);
  return runId === undefined ? undefined : { verb: 'rollback', runId };
}

function usersAsk({ words, targets }: Typed): Ask | undefined {
  const [target = '', second, ...others] = words;
  if (!targets.includes(target)) return undefined;
  const status = second === 'active' || second === 'inactive' ? second : undefined;
  const texts = status === undefined && second !== undefined ? [second, ...others] : others;
  return texts.length > 1 ? undefined : { verb: 'users', target, status, text: texts[0] };
}

/** As people write a run's number, whether there is such a run or not. */
const NUMBER = /^#?\d+$/;

/** The one word, if it is the number of a run; 0 where no run can have it. */
function onlyRun([word = '', ...others]: readonly string[]): number | undefined {
  if (others.length > 0 || !NUMBER.test(word)) return undefined;
  return parseRunId(word.replace(/^#/, '')) ?? 0;
}
