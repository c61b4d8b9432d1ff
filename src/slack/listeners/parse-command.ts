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
  const [word] = words;
  const about = word === undefined ? bareAsk : askAbout;
  const known =
    verb === 'users'
      ? usersAsk(words, targets)
      : verb === 'find'
        ? findAsk(text)
        : about(verb, targets, words);
  return known ?? { verb: 'unknown', typed: decoded(text.trim()) };
}

/** People copy `/usersync dev` with its quotes, and keyboards make curly ones of them. */
function unquoted(word: string): string {
  return word.replace(/^["'`“”‘’«»]+|["'`“”‘’«»]+$/gu, '');
}

/** An email may hold blanks (`vendor 1@dkm`), so all that follows the command is searched for. */
function findAsk(text: string): Ask | undefined {
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

function bareAsk(verb: string, targets: readonly string[]): Ask | undefined {
  switch (verb) {
    case '':
      return { verb: 'help' };
    case 'help':
    case 'config':
    case 'all':
      return { verb };
    case 'rollback':
      return { verb, runId: undefined };
    case 'status':
    case 'history':
    case 'inactive':
    case 'pause':
    case 'resume':
      return { verb, target: undefined };
    default:
      return targets.includes(verb) ? { verb: 'preview', target: verb } : undefined;
  }
}

function askAbout(verb: string, targets: readonly string[], words: readonly string[]): Ask | undefined {
  const [word = ''] = words;
  if (words.length > 1) return undefined;
  switch (verb) {
    case 'rollback':
      if (targets.includes(word)) return { verb, runId: undefined, target: word };
      return NUMBER.test(word) ? { verb, runId: runNumber(word) } : undefined;
    case 'export':
      return NUMBER.test(word) ? { verb, runId: runNumber(word) } : undefined;
    case 'status':
    case 'history':
    case 'inactive':
    case 'pause':
    case 'resume':
      return targets.includes(word) ? { verb, target: word } : undefined;
    default:
      return undefined;
  }
}

function usersAsk(words: readonly string[], targets: readonly string[]): Ask | undefined {
  const [target = '', second, ...others] = words;
  if (!targets.includes(target)) return undefined;
  const status = second === 'active' || second === 'inactive' ? second : undefined;
  const texts = status === undefined && second !== undefined ? [second, ...others] : others;
  return texts.length > 1 ? undefined : { verb: 'users', target, status, text: texts[0] };
}

/** As people write a run's number, whether there is such a run or not. */
const NUMBER = /^#?\d+$/;

function runNumber(word: string): number {
  return parseRunId(word.replace(/^#/, '')) ?? 0;
}
