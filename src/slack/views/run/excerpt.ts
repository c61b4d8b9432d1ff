import type { types } from '@slack/bolt';
import {
  type Change,
  type ChangeAction,
  isEffective,
  LISTED_ACTIONS,
  omittedEffect,
} from '../../../sync/run/change.ts';
import { plannedChanges, type Run } from '../../../sync/run/run.ts';
import { runBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code, mrkdwn } from '../../text/escape.ts';
import { firstFitting, packLines, plainText, section } from '../blocks.ts';
import { wordsFor } from '../inline.ts';
import { tenseOf } from './run-state.ts';

/** The first changes of each kind, in plan order. */
export type Excerpt = Readonly<Record<ChangeAction, readonly Change[]>>;

/** How many changes of each kind a message lists at most, to keep it short. */
export const EXCERPT_ROWS = 10;

/** A plan with more changes of one kind is uploaded as a file too. */
const FILE_FROM = 30;

export const NO_EXCERPT: Excerpt = {
  add: [],
  reactivate: [],
  deactivate: [],
  omitted: [],
  protected: [],
  kept: [],
  skipped: [],
};

/** Characters of JSON for the lines of each kind, if the other blocks leave so many. */
const budgetOf = (action: ChangeAction) => (isEffective(action) ? 1_200 : 700);

/** Characters of JSON around the lines of a kind: the keys of the block, the heading and the last line. */
const AROUND_LINES = 200;

/** Characters for an email in a message. */
const EMAIL_LIMIT = 160;

/** Whether the plan is uploaded as a file too: View All is long, or a message would have to cut an email. */
export function planHasFile({ counts }: Pick<Run, 'counts'>, excerpt: Excerpt): boolean {
  return LISTED_ACTIONS.some(
    (action) =>
      counts[action] > FILE_FROM || excerpt[action].some(({ email }) => code(email).length > EMAIL_LIMIT),
  );
}

/** Every kind of change in the excerpt, with as many of its first lines as fit beside the other blocks. */
export function excerptBlocks(
  t: Texts,
  run: Run,
  excerpt: Excerpt,
  others: readonly types.KnownBlock[],
): types.KnownBlock[] {
  const actions = LISTED_ACTIONS.filter((action) => excerpt[action].length > 0);
  const wanted = actions.reduce((sum, action) => sum + budgetOf(action), 0);
  const share = Math.min(1, (spaceBeside(others) - actions.length * AROUND_LINES) / wanted);
  return actions.map((action) =>
    section(runBlockId(run, action), listText(t, run, excerpt, { action, space: share * budgetOf(action) })),
  );
}

/** One kind of change, and the characters of JSON for its lines. */
type List = { readonly action: ChangeAction; readonly space: number };

function listText(t: Texts, run: Run, excerpt: Excerpt, list: List): string {
  const total = run.counts[list.action];
  const lines = fittingLines(t, excerpt, list);
  const more = total - lines.length;
  const heading = listHeading(t, run, list.action, total);
  return [heading, ...lines, ...(more > 0 ? [moreText(t, run, excerpt, more)] : [])].join('\n');
}

function fittingLines(t: Texts, excerpt: Excerpt, { action, space }: List): readonly string[] {
  const lines = excerpt[action].slice(0, EXCERPT_ROWS).map((change) => changeLine(t, change, EMAIL_LIMIT));
  return firstFitting(lines, {
    most: EXCERPT_ROWS,
    space,
    costOf: (line) => JSON.stringify(`\n${line}`).length - 2,
  });
}

/** Where to find the users that are not listed. A run without changes has no file and no View All, a run at work no buttons. */
function moreText(t: Texts, run: Run, excerpt: Excerpt, more: number): string {
  if (plannedChanges(run.counts) === 0) return t.plan.moreOnly(more);
  const hasFile = run.fileRefused === undefined && planHasFile(run, excerpt);
  if (hasFile) return t.plan.more(more);
  return run.status === 'executing' ? t.plan.moreOnly(more) : t.plan.moreInView(more);
}

const DETAIL_LIMIT = 160;

/** One line of a list: the email as code, cut to `limit` characters; for a skipped row also the row's id and the reason. */
export function changeLine(t: Texts, change: Change, limit: number): string {
  const words = detailWords(t, change);
  return words === undefined ? code(change.email, limit) : `${code(change.email, limit)} ${words}`;
}

/** The heading over a list of `total` changes of one kind, or of unchanged users. */
export function listHeading(
  t: Texts,
  { status, reverts }: Pick<Run, 'status' | 'reverts'>,
  kind: ChangeAction | 'unchanged',
  total: number,
): string {
  if (isEffective(kind)) return `*${t.plan.effectList[tenseOf(status)][kind]} (${total})*`;
  const words = kind === 'skipped' && reverts !== undefined ? t.rollback.skippedList : t.plan.list[kind];
  return `*${words(total)}*`;
}

/** Why a user is not changed. A reason that this version does not know, or an older version's detail, is shown as it is. */
function detailWords(t: Texts, change: Change): string | undefined {
  const { action, detail, sourceId } = change;
  if (action === 'omitted') return t.plan.wouldHave[omittedEffect(change)];
  if (detail === undefined) return undefined;
  if (sourceId !== undefined) {
    const reason = wordsFor(t.plan.skipReason, detail) ?? detail;
    return mrkdwn(t.plan.skippedRow(sourceId, reason), DETAIL_LIMIT);
  }
  if (detail === 'changed_since') return t.rollback.skippedUser;
  return wordsFor(t.plan.keepReason, detail) ?? mrkdwn(detail, DETAIL_LIMIT);
}

/** How many unchanged users a preview can unfold at most. */
export const FOLDED_USERS = 200;

/** Of the 12,000 characters that all blocks of a message may have; the others are for the line of `replacement`. */
const MOST_CHARACTERS = 11_500;
/** The keys of the block, its title and its last line. */
const AROUND_FOLD = 700;

/** The characters of JSON that the other blocks leave. */
export function spaceBeside(others: readonly types.KnownBlock[]): number {
  return MOST_CHARACTERS - JSON.stringify(others).length;
}

/** The unchanged users, folded (container block, docs.slack.dev, since June 2026), as far as there is space: View All has all. */
export function unchangedFold(
  t: Texts,
  run: Run,
  emails: readonly string[],
  others: readonly types.KnownBlock[],
): types.ContainerBlock[] {
  const bytes = spaceBeside(others) - AROUND_FOLD;
  const { texts, shown } = packLines(
    emails.map((email) => code(email, EMAIL_LIMIT)),
    { blocks: 4, bytes },
  );
  if (shown === 0) return [];
  const total = Math.max(run.counts.unchanged, shown);
  const lines = [...texts, ...(shown < total ? [t.plan.moreInView(total - shown)] : [])];
  return [
    {
      type: 'container',
      block_id: runBlockId(run, 'unchanged'),
      title: plainText(t.plan.list.unchanged(total)),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: lines.map((text, index) => section(runBlockId(run, `unchanged:${index}`), text)),
    },
  ];
}
