import type { types } from '@slack/bolt';
import type { Run } from '../../../sync/run/run.ts';
import { type Batch, type BatchedConfirmation, deactivatesNobody } from '../../../sync/use-cases/batch.ts';
import { ACTIONS, batchBlockId, MOST_OFFERED, offeredValue } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { refusalText } from '../answers/refusal.ts';
import {
  actions,
  button,
  dialog,
  firstLines,
  header,
  type Message,
  type Packed,
  packLines,
  type Space,
  section,
} from '../blocks.ts';
import { type LinkOf, labelled, runLink, targetLabel } from '../inline.ts';
import { runState } from './run-state.ts';

/** The space for the runs, of 50 blocks and 12,000 characters in all. */
const SPACE: Space = { blocks: 40, bytes: 10_000 };

/** States of runs that still need something, in the order in which the last line counts them. */
const OPEN = ['waits', 'reading', 'unseen', 'ready', 'executing', 'failed'] as const;

/** The message that sums up a `/usersync all`. If not all lines fit, runs that need something come first. */
export function batchMessage(t: Texts, batch: Batch, { linkOf }: { readonly linkOf: LinkOf }): Message {
  const { texts, shown } = packed(t, batch.runs, linkOf);
  const more = batch.runs.length - shown;
  const closing = closingLine(t, batch.runs);
  return {
    text: labelled(t, `${t.batch.title}. ${closing}`),
    blocks: [
      header(batchBlockId(batch.id, 'header'), labelled(t, t.batch.title)),
      ...texts.map((text, index) => section(batchBlockId(batch.id, `runs:${index}`), text)),
      ...(more > 0 ? [section(batchBlockId(batch.id, 'more'), t.batch.more(more))] : []),
      section(batchBlockId(batch.id, 'closing'), closing),
      ...confirmBlock(t, batch),
    ],
  };
}

function packed(t: Texts, runs: readonly Run[], linkOf: LinkOf): Packed {
  const pack = (ordered: readonly Run[]) =>
    packLines(
      ordered.map((run) => runLine(t, run, linkOf)),
      SPACE,
    );
  const inTurn = pack(runs);
  return inTurn.shown === runs.length ? inTurn : pack(runs.toSorted((a, b) => urgency(b) - urgency(a)));
}

/** A failed run comes first, a run that is over last. */
function urgency(run: Run): number {
  const open = openAs(run);
  return open === undefined ? -1 : OPEN.indexOf(open);
}

/** The run's state if it still needs something; else undefined. `unseen`: planned, but Slack has not taken its message yet. */
function openAs({ status, waits, messageTs }: Run) {
  if (waits) return 'waits';
  return status === 'ready' && messageTs === undefined ? 'unseen' : OPEN.find((open) => open === status);
}

function runLine(t: Texts, run: Run, linkOf: LinkOf): string {
  const link = runLink(linkOf, run, t.state.open);
  return `• ${targetLabel(run)}: ${runState(t, run)}${link === undefined ? '' : ` · ${link}`}`;
}

function closingLine(t: Texts, runs: readonly Run[]): string {
  if (runs.length === 0) return t.batch.none;
  const said = OPEN.flatMap((open) => {
    const n = runs.filter((run) => openAs(run) === open).length;
    return n === 0 ? [] : [t.batch[open](n)];
  });
  return said.length === 0 ? t.batch.done : said.join(' ');
}

/** One button for all runs that deactivate nobody, and whose plan people can see. */
function confirmBlock(t: Texts, { id, runs }: Batch): types.ActionsBlock[] {
  const seen = runs.filter((run) => run.messageTs !== undefined);
  const offered = seen.filter(deactivatesNobody).slice(0, MOST_OFFERED);
  if (offered.length === 0) return [];
  const sum = (name: 'add' | 'reactivate') => offered.reduce((total, { counts }) => total + counts[name], 0);
  const planned = t.state.planned({ add: sum('add'), reactivate: sum('reactivate'), deactivate: 0 });
  const value = offeredValue({ batchId: id, runIds: offered.map((run) => run.id) });
  const { title, text, confirm } = t.batch.dialog;
  const n = offered.length;
  const asked = dialog(t, { title: title(n), text: text(n, planned), confirm: confirm(n) }, 'primary');
  const confirmAll = button(ACTIONS.confirmBatch, t.batch.button, value);
  return [actions(batchBlockId(id, 'confirm'), [{ ...confirmAll, style: 'primary', confirm: asked }])];
}

/** The space for the lines, of 3,000 characters in all. */
const ANSWER_SPACE = 2_400;

/** The answer to the admin who confirmed several runs at once: how many are executed, and for each other run why it is not. */
export function batchAnswer(
  t: Texts,
  looked: readonly BatchedConfirmation[],
  { notes, notReached }: { readonly notes: readonly string[]; readonly notReached: number },
): string {
  const claimed = looked.filter(({ confirmation }) => confirmation.outcome === 'claimed').length;
  const lines = [...looked.flatMap((each) => confirmationLine(t, each)), ...notes];
  const shown = firstLines(lines, ANSWER_SPACE);
  const more = lines.length - shown.length;
  return [
    claimed === 0 ? t.batch.noneConfirmed : t.batch.confirmed(claimed, looked.length),
    ...shown,
    ...(more > 0 ? [t.plan.moreOnly(more)] : []),
    ...(notReached > 0 ? [t.batch.notReached(notReached)] : []),
  ].join('\n');
}

function confirmationLine(t: Texts, { run, confirmation }: BatchedConfirmation): string[] {
  const label = run === undefined ? '' : `${targetLabel(run)}: `;
  switch (confirmation.outcome) {
    case 'claimed':
      return [];
    case 'approved':
    case 'withdrawn':
      return [`• ${label}${t.batch.approved(confirmation.people, confirmation.needed)}`];
    case 'refused':
      return [`• ${label}${refusalText(t, confirmation.refusal)}`];
  }
}
