import type { types } from '@slack/bolt';
import { type Change, type ChangeAction, LISTED_ACTIONS } from '../../../sync/run/change.ts';
import type { Run } from '../../../sync/run/run.ts';
import { planBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { packLines, readOnlyModal, type Space, section } from '../blocks.ts';
import { changeLine, listHeading } from '../run/excerpt.ts';
import { rollbackLines, summary } from '../run/summary.ts';

type Kind = ChangeAction | 'unchanged';

/** `total` is the whole number; `lines` may be fewer. */
type List = { readonly lines: readonly string[]; readonly total: number };

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

/** Long enough for an email of 255 characters, even if each one is escaped. */
const EMAIL_LIMIT = 1_600;

export type Unchanged = {
  readonly emails: readonly string[];
  /** Whether there are more than the caller read. */
  readonly truncated: boolean;
};

/**
 * The emails of a plan, as many as a modal holds (some 8,000; 100 blocks and 250 kB). `entries` are the run's changes: all, or the
 * first of each kind. Missing ones are counted, by the run's counts.
 */
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
  const lists = listsOf(t, run, entries, unchanged);
  const blocks = new Map<Kind, types.KnownBlock[]>();
  let space = SPACE;
  for (const kind of CLAIM_ORDER) {
    const packed = packLines(lists[kind].lines, space);
    blocks.set(kind, kindBlocks(t, run, kind, { ...packed, total: lists[kind].total }));
    space = packed.left;
  }
  const listed = SHOWN_ORDER.filter((kind) => lists[kind].total > 0).flatMap(
    (kind) => blocks.get(kind) ?? [],
  );
  return readOnlyModal(t, title, [
    about,
    ...(listed.length > 0 ? listed : [section(planBlockId(run.id, 'empty'), t.plan.modalEmpty)]),
  ]);
}

/** Whether the users of a plan were deleted, since their time was over: it counts some, and lists none. */
export function isGone({ counts }: Run, listed: number): boolean {
  return listed === 0 && LISTED_ACTIONS.some((action) => counts[action] > 0);
}

function listsOf(
  t: Texts,
  run: Run,
  entries: readonly Change[],
  unchanged: Unchanged,
): Readonly<Record<Kind, List>> {
  const changes = (action: ChangeAction): List => ({
    lines: entries
      .filter((change) => change.action === action)
      .map((change) => changeLine(t, change, EMAIL_LIMIT)),
    total: run.counts[action],
  });
  return {
    add: changes('add'),
    reactivate: changes('reactivate'),
    deactivate: changes('deactivate'),
    omitted: changes('omitted'),
    protected: changes('protected'),
    kept: changes('kept'),
    skipped: changes('skipped'),
    unchanged: {
      lines: unchanged.emails.map((email) => code(email, EMAIL_LIMIT)),
      total: unchanged.truncated
        ? Math.max(run.counts.unchanged, unchanged.emails.length + 1)
        : unchanged.emails.length,
    },
  };
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
