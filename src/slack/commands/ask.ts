import { parseRunId } from '../ids.ts';

/** What someone typed after `/usersync`. */
export type Ask =
  | { readonly verb: 'help' }
  | { readonly verb: 'preview'; readonly target: string }
  /** The newest completed run where `runId` is undefined; 0 where it cannot be a run's number. */
  | { readonly verb: 'rollback'; readonly runId: number | undefined }
  | { readonly verb: 'unknown'; readonly typed: string };

/** Reads the text of a command; small and capital letters are the same. */
export function parseAsk(text: string, targets: readonly string[]): Ask {
  const [word = '', argument, ...rest] = text.trim().toLowerCase().split(/\s+/);
  if (argument === undefined) {
    if (word === '' || word === 'help') return { verb: 'help' };
    if (targets.includes(word)) return { verb: 'preview', target: word };
    if (word === 'rollback') return { verb: 'rollback', runId: undefined };
  } else if (word === 'rollback' && rest.length === 0) {
    return { verb: 'rollback', runId: parseRunId(argument.replace(/^#/, '')) ?? 0 };
  }
  return { verb: 'unknown', typed: text.trim() };
}
