import { plannedChanges, type Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import { failureWords } from './failure.ts';
import { mention } from './inline.ts';

/** In a list, a reason stands among many: its message has it to the end. */
const REASON_LIMIT = 150;

/** How a run stands, in a few words of mrkdwn that follow a colon or a comma. */
export function standing(t: Texts, run: Run): string {
  const words = t.state;
  const confirmer = mention(run.confirmedBy ?? run.requestedBy);
  if (run.waits) return words.waits;
  switch (run.status) {
    case 'reading':
      return run.reverts === undefined ? words.reading : words.lookingUp;
    case 'ready':
      return words.ready(words.counts(run.counts));
    case 'executing':
      return words.executing(confirmer, words.counts(run.counts));
    case 'completed':
      if (plannedChanges(run.counts) > 0) return words.completed(confirmer, words.counts(run.counts));
      if (run.undecided !== undefined) return words.undecided;
      return run.reverts === undefined ? words.allSynced : words.nothingLeft;
    case 'cancelled':
      return words.cancelled(mention(run.cancelledBy ?? run.requestedBy));
    case 'expired':
    case 'superseded':
      return words[run.status];
    case 'failed':
      return words.failed(failureWords(t, run, REASON_LIMIT).what);
  }
}
