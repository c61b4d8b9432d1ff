import { z } from 'zod';
import type { Refusal } from '../../sync/refusal.ts';
import { maybe } from '../connect/shapes.ts';
import { parseRunId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { plain } from '../text/escape.ts';
import { GUARD_INPUTS, REASON_LENGTH } from './guard-inputs.ts';

const { target, reason } = GUARD_INPUTS;

/** Slack sends `null` for an input that was left empty. */
const typedText = z.object({ value: maybe(z.string()) }).transform(({ value }) => (value ?? '').trim());

const metadata = z.object({
  runId: z.number().refine((id) => parseRunId(String(id)) !== undefined),
  target: z.string(),
});

const submission = z.object({
  private_metadata: z.string(),
  state: z.object({
    values: z.object({
      [target.blockId]: z.object({ [target.actionId]: typedText }),
      [reason.blockId]: z.object({ [reason.actionId]: typedText }),
    }),
  }),
});

/** What an admin entered, blanks at the ends removed. `target` is the name that `typed` must equal. */
export type GuardSubmission = {
  readonly runId: number;
  readonly target: string;
  readonly typed: string;
  readonly reason: string;
};

/**
 * Reads the submitted modal. Throws `ZodError` where it is not this bot's modal, and `SyntaxError` where its
 * metadata is not JSON.
 */
export function readGuardSubmission(view: unknown): GuardSubmission {
  const { private_metadata, state } = submission.parse(view);
  return {
    ...metadata.parse(JSON.parse(private_metadata)),
    typed: state.values[target.blockId][target.actionId],
    reason: state.values[reason.blockId][reason.actionId],
  };
}

/**
 * What to show under the modal's inputs (`response_action: errors`, keyed by `block_id`); undefined where the
 * refusal is not about what was entered.
 */
export function guardInputErrors(t: Texts, refusal: Refusal): Record<string, string> | undefined {
  if (refusal.code === 'target_mismatch') {
    return { [target.blockId]: t.guard.targetMismatch(plain(refusal.expected, 100)) };
  }
  if (refusal.code === 'reason_missing') {
    return { [reason.blockId]: t.guard.reasonMissing(REASON_LENGTH.min) };
  }
  return undefined;
}
