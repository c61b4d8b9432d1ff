import type { types } from '@slack/bolt';
import { EFFECTIVE_ACTIONS } from '../../sync/change.ts';
import type { Run } from '../../sync/run.ts';
import { ADJUSTMENT } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { ADJUST_INPUTS, ADJUST_LIMITS } from './adjust-inputs.ts';
import { plainText, section } from './blocks.ts';
import { place } from './inline.ts';

/** Asks whom to leave out of a plan: single emails, whole kinds of changes, or both. */
export function adjustModal(t: Texts, run: Run): types.ModalView {
  return {
    type: 'modal',
    callback_id: ADJUSTMENT,
    private_metadata: JSON.stringify({ runId: run.id }),
    title: plainText(t.adjust.modalTitle),
    submit: plainText(t.adjust.submit),
    close: plainText(t.adjust.close),
    blocks: [
      section('adjust:plan', `${t.run.planned(place(run), run.counts)}\n${t.adjust.explain}`),
      emailsInput(t),
      ...actionsInput(t, run),
    ],
  };
}

function emailsInput(t: Texts): types.InputBlock {
  const { blockId, actionId } = ADJUST_INPUTS.emails;
  const { characters } = ADJUST_LIMITS;
  return {
    type: 'input',
    block_id: blockId,
    optional: true,
    label: plainText(t.adjust.emailsLabel),
    hint: plainText(t.adjust.emailsHint(characters)),
    element: { type: 'plain_text_input', action_id: actionId, multiline: true, max_length: characters },
  };
}

/** A box for each kind that the plan has. */
function actionsInput(t: Texts, { counts }: Run): types.InputBlock[] {
  const { blockId, actionId } = ADJUST_INPUTS.actions;
  const options = EFFECTIVE_ACTIONS.filter((action) => counts[action] > 0).map((action) => ({
    text: plainText(t.adjust.action[action](counts[action])),
    value: action,
  }));
  if (options.length === 0) return [];
  return [
    {
      type: 'input',
      block_id: blockId,
      optional: true,
      label: plainText(t.adjust.actionsLabel),
      element: { type: 'checkboxes', action_id: actionId, options },
    },
  ];
}
