import type { types } from '@slack/bolt';

/**
 * What a message sends to Slack: always both, because `text` is what notifications and screen readers get.
 * The arrays are mutable only because Slack's types ask for it.
 */
export type Message = { text: string; blocks: types.KnownBlock[] };

/** Plain text without emoji names turned into emoji. `text` is at least 1 character long. */
export function plainText(text: string): types.PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

/** mrkdwn in which Slack links and mentions nothing on its own (`verbatim`). */
function markup(text: string): types.MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Up to 3,000 characters, never folded behind "See more". */
export function section(blockId: string, text: string): types.SectionBlock {
  return { type: 'section', block_id: blockId, text: markup(text), expand: true };
}

/** Up to 10 fields of 2,000 characters, in two columns. */
export function fields(blockId: string, texts: readonly string[]): types.SectionBlock {
  return { type: 'section', block_id: blockId, fields: texts.map(markup) };
}

/** Up to 150 characters. */
export function header(blockId: string, text: string): types.HeaderBlock {
  return { type: 'header', block_id: blockId, text: plainText(text) };
}

/** Up to 10 small texts in a row. */
export function context(blockId: string, texts: readonly string[]): types.ContextBlock {
  return { type: 'context', block_id: blockId, elements: texts.map(markup) };
}

/** A button with no emphasis. `label` is up to 75 characters; `spoken` is what screen readers say instead of it. */
export function button(actionId: string, label: string, value: string, spoken?: string): types.Button {
  return {
    type: 'button',
    action_id: actionId,
    text: plainText(label),
    value,
    ...(spoken === undefined ? {} : { accessibility_label: spoken }),
  };
}
