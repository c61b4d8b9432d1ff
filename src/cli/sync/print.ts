import { en } from '../../slack/text/en.ts';
import { refusalText } from '../../slack/views/refusal.ts';
import { runState } from '../../slack/views/run-state.ts';
import { countFields, outcomeLines, summary } from '../../slack/views/summary.ts';
import type { Change } from '../../sync/change.ts';
import type { Refusal } from '../../sync/click.ts';
import type { TargetOverview } from '../../sync/overview.ts';
import type { Run } from '../../sync/run.ts';

/** Slack's markup as a terminal shows it: dates, mentions and links as words, no stars and backquotes. */
function plainText(mrkdwn: string): string {
  return mrkdwn
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<[@#!]([^>]*)>/g, '$1')
    .replace(/[*`]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Control characters of an email must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

export function refusalLine(refusal: Refusal): string {
  return printable(plainText(refusalText(en, refusal)));
}

/** A run as lines: its kind, outcome, counts and plan. */
export function runLines(run: Run, changes: readonly Change[]): readonly string[] {
  const counts =
    run.planHash === undefined ? [] : countFields(en, run).map((field) => field.replace('\n', ' '));
  return [
    summary(en, run),
    ...outcomeLines(en, run),
    counts.join('; '),
    ...changes.map(
      ({ action, email, detail }) =>
        `  ${action.padEnd(10)} ${email}${detail === undefined ? '' : ` (${detail})`}`,
    ),
  ]
    .filter((line) => line !== '')
    .map((line) => printable(plainText(line)));
}

/** One line for a run in a list. */
export function runLine(run: Run): string {
  const state = printable(plainText(runState(en, run)));
  return `${String(run.id).padStart(6)}  ${run.requestedAt.toISOString().slice(0, 16)}  ${run.target}: ${state}`;
}

export function targetLine(overview: TargetOverview): string {
  const { target, locationName, active, inactive, lastSync, pending } = overview;
  if (locationName === undefined) return `${target}: no row in locations`;
  const last = lastSync === undefined ? 'never synced' : `last sync: ${runLine(lastSync).trim()}`;
  const waits = pending === undefined ? '' : `; run ${pending.id} waits to be confirmed`;
  return printable(`${target} (${locationName}): ${active} active, ${inactive} inactive; ${last}${waits}`);
}
