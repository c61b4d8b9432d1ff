import type { types } from '@slack/bolt';
import { type Change, type ChangeAction, LISTED_ACTIONS, omittedEffect } from '../../../sync/run/change.ts';
import type { Run } from '../../../sync/run/run.ts';
import { planBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code, csvField } from '../../text/escape.ts';
import { packLines, readOnlyModal, type Space, section } from '../blocks.ts';
import { command, noFileText, targetLabel, WHOLE_EMAIL } from '../inline.ts';
import { changeLine, listHeading } from './excerpt.ts';
import { runState } from './run-state.ts';
import { rollbackLines, summary } from './summary.ts';

type Kind = ChangeAction | 'unchanged';

const SHOWN_ORDER: readonly Kind[] = [...LISTED_ACTIONS, 'unchanged'];

/** Which kind gets space first: a long list of new users must not crowd out users who lose their access. */
const CLAIM_ORDER: readonly Kind[] = [
  'deactivate',
  'reactivate',
  'omitted',
  'protected',
  'kept',
  'skipped',
  'add',
  'unchanged',
];

/** The space for the lists, of 100 blocks and 250 kB in all. */
const SPACE: Space = { blocks: 84, bytes: 240_000 };

export type Unchanged = {
  readonly emails: readonly string[];
  /** Whether there are more than the caller read. */
  readonly truncated: boolean;
};

/** The emails of a plan, as many as a modal holds (some 8,000; 100 blocks and 250 kB). Others are only counted. */
export function planModal(
  t: Texts,
  run: Run,
  entries: readonly Change[],
  unchanged: Unchanged,
): types.ModalView {
  const title = t.plan.modalTitle(run.id);
  const about = section(
    planBlockId(run.id, 'summary'),
    [summary(t, run), ...rollbackLines(t, run)].join('\n'),
  );
  if (isGone(run, entries.length)) {
    return readOnlyModal(t, title, [about, section(planBlockId(run.id, 'gone'), t.plan.gone)]);
  }
  const blocks = new Map<Kind, types.KnownBlock[]>();
  let space = SPACE;
  for (const kind of CLAIM_ORDER) {
    const { lines, total } =
      kind === 'unchanged' ? unchangedList(run, unchanged) : changesList(t, run, entries, kind);
    const packed = packLines(lines, space);
    if (total > 0) blocks.set(kind, kindBlocks(t, run, kind, { ...packed, total }));
    space = packed.left;
  }
  const listed = SHOWN_ORDER.flatMap((kind) => blocks.get(kind) ?? []);
  return readOnlyModal(t, title, [
    about,
    ...(listed.length > 0 ? listed : [section(planBlockId(run.id, 'empty'), t.plan.modalEmpty)]),
  ]);
}

/** Whether the users of a plan were deleted when their time was over (`RETENTION_DAYS`): the run counts some, the plan has none. */
export function isGone({ counts }: Run, listed: number): boolean {
  return listed === 0 && LISTED_ACTIONS.some((action) => counts[action] > 0);
}

/** `total` is the whole number; `lines` may be fewer. */
function changesList(t: Texts, { counts }: Run, entries: readonly Change[], action: ChangeAction) {
  const changes = entries.filter((change) => change.action === action);
  return { lines: changes.map((change) => changeLine(t, change, WHOLE_EMAIL)), total: counts[action] };
}

function unchangedList({ counts }: Run, { emails, truncated }: Unchanged) {
  const lines = emails.map((email) => code(email, WHOLE_EMAIL));
  return { lines, total: truncated ? Math.max(counts.unchanged, lines.length + 1) : lines.length };
}

function moreOf(t: Texts, { fileRefused }: Run, kind: Kind): (n: number) => string {
  if (kind === 'unchanged') return t.plan.moreUnchanged;
  return fileRefused === undefined ? t.plan.more : t.plan.moreOnly;
}

function kindBlocks(
  t: Texts,
  run: Run,
  kind: Kind,
  { texts, total, shown }: { texts: readonly string[]; total: number; shown: number },
): types.KnownBlock[] {
  const more = moreOf(t, run, kind);
  return [
    section(planBlockId(run.id, kind), heading(t, run, kind, total)),
    ...texts.map((text, index) => section(planBlockId(run.id, `${kind}:${index}`), text)),
    ...(shown < total ? [section(planBlockId(run.id, `${kind}:more`), more(total - shown))] : []),
  ];
}

/** Unchanged users are read from the table as it is now: there may be others than at the time of the plan. */
function heading(t: Texts, run: Run, kind: Kind, total: number): string {
  return kind === 'unchanged' && total !== run.counts.unchanged
    ? `*${t.plan.activeNow(total)}*`
    : listHeading(t, run, kind, total);
}

/** The text above the CSV file of `/usersync export`, in mrkdwn: the run, and whether it was executed. */
export function exportFileText(t: Texts, run: Run): string {
  return t.users.exported(run.id, targetLabel(run), runState(t, run));
}

/** The text in place of a file that could not be sent: why, and what to do. */
export function exportRefusalText(t: Texts, run: Run, refusal: string): string {
  const again = t.file.askAgain(command(t, `export ${run.id}`));
  const next = `${noFileText(t, refusal)} ${t.file.viewAll} ${again}`;
  return `${t.file.planOf(run.id, targetLabel(run), runState(t, run))}\n${next}`;
}

/** The first line of the file, with its line end. */
export const PLAN_CSV_HEADER = 'action,email,status_before,status_after,detail\r\n';

/** One change as a line of the file (RFC 4180: CRLF; UTF-8 without a byte order mark). */
export function planCsvRow(change: Change): string {
  const { action, email, statusBefore, statusAfter } = change;
  const fields = [action, email, statusBefore ?? '', statusAfter ?? '', csvDetail(change)];
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** The detail of a change; for an omitted user, what the plan would have done. */
function csvDetail(change: Change): string {
  const { action, detail = '', sourceId } = change;
  if (action === 'omitted') return omittedEffect(change);
  return sourceId === undefined ? detail : `id_user ${sourceId}: ${detail}`;
}

/** Such as `usersync-dev-run-12.csv`. Characters that a file name may not contain become `-`. */
export function planCsvName(run: Pick<Run, 'id' | 'target'>): string {
  return `usersync-${run.target.replace(/[^\p{L}\p{N}_-]/gu, '-')}-run-${run.id}.csv`;
}
