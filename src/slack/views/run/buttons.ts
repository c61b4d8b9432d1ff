import type { types } from '@slack/bolt';
import type { Failure } from '../../../sync/failures/failure.ts';
import type { Lack } from '../../../sync/rules/approval.ts';
import { plannedChanges, type Run } from '../../../sync/run/run.ts';
import { ACTIONS, runBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { actions, button, dialog } from '../blocks.ts';
import { plainPlace } from '../inline.ts';

type Button = types.Button;
type Labels = Texts['run']['button'];

function runButton(run: Run, actionId: string, label: string): Button {
  return button(actionId, label, String(run.id));
}

/** Red and with a dialog if anyone is deactivated. If the guard tripped, its modal replaces the dialog. */
function confirmButton(t: Texts, run: Run): Button {
  const { confirm, confirmGuarded } = t.run.button;
  if (run.guard.tripped)
    return { ...runButton(run, ACTIONS.confirmGuarded, confirmGuarded), style: 'danger' };
  const style = run.counts.deactivate > 0 ? 'danger' : 'primary';
  const words = { ...dialogWords(t, run), text: t.run.planned(plainPlace(run), run.counts) };
  return { ...runButton(run, ACTIONS.confirm, confirm), style, confirm: dialog(t, words, style) };
}

function dialogWords(t: Texts, run: Run): { readonly title: string; readonly confirm: string } {
  return run.reverts === undefined
    ? { title: t.run.dialog.title(plainPlace(run, 80)), confirm: t.run.dialog.confirm }
    : { title: t.rollback.dialogTitle(run.reverts), confirm: t.rollback.dialogConfirm };
}

/** Failures of plans that are out of date: the person needs a new preview, so the button does not say Try Again. */
const OUTDATED: readonly (Failure['code'] | undefined)[] = [
  'stale',
  'planned_earlier',
  'protected_since',
  'guard_tripped',
  'second_person_needed',
  'held_back',
  'location_changed',
];

function retryButton(run: Run, labels: Labels): Button[] {
  if (run.nextRunId !== undefined) return [];
  const isOutdated = run.status !== 'failed' || OUTDATED.includes(run.failure?.code);
  const label = isOutdated ? labels.newPreview : labels.tryAgain;
  return [runButton(run, ACTIONS.retry, label)];
}

/** Ends a preview, or a read. */
export function cancelButton(t: Texts, run: Run): Button {
  return runButton(run, ACTIONS.cancel, t.run.button.cancel);
}

function viewButton(run: Run, labels: Labels): Button[] {
  return run.planHash === undefined ? [] : [runButton(run, ACTIONS.viewPlan, labels.viewAll)];
}

function buttonsOf(t: Texts, run: Run): Button[] {
  const labels = t.run.button;
  switch (run.status) {
    case 'reading':
    case 'executing':
      return [];
    case 'ready':
      return [
        confirmButton(t, run),
        cancelButton(t, run),
        runButton(run, ACTIONS.adjust, labels.adjust),
        runButton(run, ACTIONS.viewPlan, labels.viewAll),
      ];
    case 'completed':
      // Another rollback of the same run would find nothing either.
      if (plannedChanges(run.counts) === 0) return run.reverts === undefined ? retryButton(run, labels) : [];
      return run.takenBackBy === undefined
        ? [...viewButton(run, labels), runButton(run, ACTIONS.rollBack, labels.rollBack)]
        : viewButton(run, labels);
    case 'cancelled':
    case 'expired':
    case 'superseded':
    case 'failed':
      return [...retryButton(run, labels), ...viewButton(run, labels)];
  }
}

/** For emergencies. Its dialog is the first of two. */
function aloneButton(t: Texts, run: Run): Button {
  const { dialogTitle: title, dialogText: text, dialogConfirm: confirm } = t.alone;
  const button = runButton(run, ACTIONS.confirmAlone, t.run.button.confirmAlone);
  return { ...button, confirm: dialog(t, { title, text, confirm }, 'danger') };
}

/** The buttons of a run's message in its status; no block where it has none. With `lack`, an admin may confirm alone. */
export function buttonBlocks(t: Texts, run: Run, lack: Lack | undefined): types.ActionsBlock[] {
  const alone = run.status === 'ready' && lack !== undefined ? [aloneButton(t, run)] : [];
  const elements = [...buttonsOf(t, run), ...alone];
  return elements.length === 0 ? [] : [actions(runBlockId(run, 'buttons'), elements)];
}
