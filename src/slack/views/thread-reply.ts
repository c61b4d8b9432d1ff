import type { Run } from '../../sync/run.ts';
import { noticeBlockId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { code } from '../text/escape.ts';
import { type Message, section } from './blocks.ts';
import { failureWords } from './failure.ts';
import { firstLine } from './summary.ts';

const STALE_EMAILS = 10;

/**
 * What the thread of a run's message is told: the result in the contract's words (section 1), or the failure,
 * what it means and what to do. The first block's id marks the reply as this notice, so that a sender who lost
 * Slack's answer can find it.
 */
export function threadReply(t: Texts, run: Run, noticeId: number): Message {
  const text = replyText(t, run);
  return { text, blocks: [section(noticeBlockId(noticeId), text)] };
}

function replyText(t: Texts, run: Run): string {
  switch (run.status) {
    case 'completed':
      return run.reverts === undefined
        ? t.run.result(run.counts)
        : t.rollback.result(run.reverts, run.counts);
    case 'failed':
      return failureText(t, run);
    case 'reading':
    case 'ready':
    case 'executing':
    case 'cancelled':
    case 'expired':
    case 'superseded':
      return firstLine(t, run);
  }
}

function failureText(t: Texts, run: Run): string {
  const { what, next } = failureWords(t, run);
  return [what, t.failure.nothingChanged, ...staleEmails(t, run), next].join('\n');
}

function staleEmails(t: Texts, { failure }: Run): string[] {
  if (failure?.code !== 'stale' || failure.emails.length === 0) return [];
  const shown = failure.emails.slice(0, STALE_EMAILS).map((email) => code(email, 160));
  return [t.failure.stale.changed(shown.join(', '), Math.max(0, failure.total - shown.length))];
}
