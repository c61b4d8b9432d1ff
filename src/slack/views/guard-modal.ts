import type { types } from '@slack/bolt';
import type { Run } from '../../sync/run.ts';
import type { GuardLimits } from '../../sync/safety.ts';
import { GUARDED_CONFIRMATION } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { plain } from '../text/escape.ts';
import { plainText, section } from './blocks.ts';
import { GUARD_INPUTS, REASON_LENGTH } from './guard-inputs.ts';
import { place } from './inline.ts';
import { guardText } from './warnings.ts';

/**
 * Asks for the target's name and a reason before a run whose guard tripped is executed. What the guard said is
 * left out where it did not trip.
 */
export function guardModal(t: Texts, run: Run, limits: GuardLimits): types.ModalView {
  return {
    type: 'modal',
    callback_id: GUARDED_CONFIRMATION,
    private_metadata: JSON.stringify({ runId: run.id, target: run.target }),
    title: plainText(t.guard.modalTitle),
    submit: plainText(t.guard.submit),
    close: plainText(t.guard.close),
    blocks: [
      section('guard:facts', explanation(t, run, limits)),
      input(GUARD_INPUTS.target, t.guard.targetLabel, t.guard.targetHint(plain(run.target, 100)), {
        max_length: 100,
      }),
      input(GUARD_INPUTS.reason, t.guard.reasonLabel, t.guard.reasonHint, {
        multiline: true,
        min_length: REASON_LENGTH.min,
        max_length: REASON_LENGTH.max,
      }),
    ],
  };
}

function explanation(t: Texts, run: Run, limits: GuardLimits): string {
  const plan = t.run.planned(place(run), run.counts);
  if (!run.guard.tripped) return plan;
  return `${plan}\n${guardText(t, place(run), run.guard, limits)}`;
}

function input(
  { blockId, actionId }: { readonly blockId: string; readonly actionId: string },
  label: string,
  hint: string,
  options: Pick<types.PlainTextInput, 'multiline' | 'min_length' | 'max_length'>,
): types.InputBlock {
  return {
    type: 'input',
    block_id: blockId,
    label: plainText(label),
    hint: plainText(hint),
    element: { type: 'plain_text_input', action_id: actionId, ...options },
  };
}
