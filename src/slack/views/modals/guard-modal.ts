import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Lack } from '../../../sync/rules/approval.ts';
import { GUARD_GRADES, type GuardLimits, gradeOf } from '../../../sync/rules/rules.ts';
import { plannedChanges, type Run } from '../../../sync/run/run.ts';
import { extra, submissionOf } from '../../connect/shapes.ts';
import { GUARDED_CONFIRMATION, parseRunId, storedRunId, WITHDRAWAL } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { plain } from '../../text/escape.ts';
import { formModal, input, plainText, section } from '../blocks.ts';
import { labelled, place } from '../inline.ts';
import { guardText } from '../run/warnings.ts';

/** Where the inputs of the guard's modal stand in `view.state.values`. */
export const GUARD_INPUTS = {
  target: { blockId: 'guard:target', actionId: 'target' },
  reason: { blockId: 'guard:reason', actionId: 'reason' },
} as const;

/** Characters of a reason. `max` is the length of `sync_runs.reason`. */
export const REASON_LENGTH = { min: 5, max: 1_000 } as const;

/** Asks for the target's name and a reason, if the guard tripped or if an admin acts alone (`lack`: what the run lacks). */
export function guardModal(t: Texts, run: Run, limits: GuardLimits, lack?: Lack): types.ModalView {
  const { id: runId, target, reverts, guard } = run;
  const alone = lack !== undefined;
  const metadata = JSON.stringify({ runId, target, alone, shown: gradeOf(guard) });
  const title = alone ? t.alone.modalTitle : t.guard.modalTitle;
  const execute = reverts === undefined ? t.guard.submit : t.rollback.dialogConfirm;
  const submit = alone ? t.alone.submit : execute;
  const { min: min_length, max: max_length } = REASON_LENGTH;
  return formModal(GUARDED_CONFIRMATION, metadata, { title, submit, close: t.guard.close }, [
    section('guard:facts', explanation(t, run, limits, lack)),
    textInput(GUARD_INPUTS.target, t.guard.targetLabel, t.guard.targetHint(plain(target, 100)), {
      max_length: 100,
    }),
    textInput(GUARD_INPUTS.reason, t.guard.reasonLabel, reasonHint(t, run, lack), {
      multiline: true,
      min_length,
      max_length,
    }),
  ]);
}

/** Offers the withdrawal of the admin's approval. It needs no reason. */
export function withdrawalModal(t: Texts, run: Run): types.ModalView {
  const { title, explain, submit } = t.guard.withdrawal;
  const words = { title, submit, close: t.guard.close };
  return formModal(WITHDRAWAL, String(run.id), words, [section('withdrawal', labelled(t, explain))]);
}

function reasonHint(t: Texts, { guard }: Run, lack: Lack | undefined): string {
  if (lack !== undefined) return t.alone.reasonHint;
  return guard.tripped ? t.guard.reasonHint : t.guard.otherHint;
}

function explanation(t: Texts, run: Run, limits: GuardLimits, lack: Lack | undefined): string {
  const { guard, counts } = run;
  // The guard's own facts say everything about a plan that only deactivates.
  const isSaid = guard.tripped && plannedChanges(counts) === counts.deactivate;
  const lines = [
    ...(isSaid ? [] : [t.run.planned(place(run), counts)]),
    ...(guard.tripped ? [guardText(t, place(run), guard, limits)] : []),
    ...(lack === undefined ? [] : [t.alone.explain[lack]]),
  ];
  return labelled(t, lines.join('\n'));
}

function textInput(
  { blockId, actionId }: { readonly blockId: string; readonly actionId: string },
  label: string,
  hint: string,
  options: Pick<types.PlainTextInput, 'multiline' | 'min_length' | 'max_length'>,
): types.InputBlock {
  const element = { type: 'plain_text_input', action_id: actionId, ...options } as const;
  return input(blockId, label, element, { hint: plainText(hint) });
}

const { target, reason } = GUARD_INPUTS;

/** Slack sends `null` for an empty input. */
const typedText = z.object({ value: extra }).transform(({ value }) => value.trim());

const metadata = z.object({
  runId: storedRunId,
  target: z.string(),
  /** Missing in modals of earlier versions, as is the next. */
  alone: z.boolean().default(false),
  shown: z.enum(GUARD_GRADES).optional(),
});

const submission = submissionOf({
  [target.blockId]: z.object({ [target.actionId]: typedText }),
  [reason.blockId]: z.object({ [reason.actionId]: typedText }),
});

/** Parses the submitted withdrawal. Throws `ZodError` where it is not this bot's modal. */
export function readWithdrawal(view: unknown): { readonly runId: number | undefined } {
  const { private_metadata } = z.object({ private_metadata: z.string() }).parse(view);
  return { runId: parseRunId(private_metadata) };
}

/** An admin's input, trimmed. `target` is the name that `typed` must equal. */
export type GuardSubmission = z.infer<typeof metadata> & { readonly typed: string; readonly reason: string };

/**
 * Parses the submitted modal. Throws `ZodError` where it is not this bot's modal, and `SyntaxError` where its metadata is not JSON.
 */
export function readGuardSubmission(view: unknown): GuardSubmission {
  const { private_metadata, state } = submission.parse(view);
  return {
    ...metadata.parse(JSON.parse(private_metadata)),
    typed: state.values[target.blockId][target.actionId],
    reason: state.values[reason.blockId][reason.actionId],
  };
}

/** Mistakes in the input, by `block_id`; undefined where there are none. Looks nothing up: the acknowledgement must not wait. */
export function guardInputErrors(
  t: Texts,
  entered: Pick<GuardSubmission, 'target' | 'typed' | 'reason'>,
): Record<string, string> | undefined {
  const isMistyped = entered.typed.toLowerCase() !== entered.target;
  // Slack counts blanks at the ends too.
  const isShort = entered.reason.length < REASON_LENGTH.min;
  if (!isMistyped && !isShort) return undefined;
  return {
    ...(isMistyped ? { [target.blockId]: t.guard.targetMismatch(plain(entered.target, 100)) } : {}),
    ...(isShort ? { [reason.blockId]: t.guard.reasonMissing(REASON_LENGTH.min) } : {}),
  };
}
