import type { types } from '@slack/bolt';

type Payload = { readonly text?: string; readonly blocks: readonly types.AnyBlock[] };

/** The texts of one block, joined by line ends. Throws where there is no such block. */
export function textOf(payload: Payload, blockId: string): string {
  const block = payload.blocks.find(({ block_id }) => block_id === blockId);
  if (block === undefined) throw new Error(`No block ${blockId} in ${JSON.stringify(payload.blocks)}`);
  return blockTexts(block).join('\n');
}

/** Every text that Slack reads as markup: the top-level one and those of type `mrkdwn`. */
export function textsIn(payload: Payload): string[] {
  const found: string[] = payload.text === undefined ? [] : [payload.text];
  JSON.stringify(payload.blocks, (_key, value: unknown) => {
    if (isText(value) && value.type === 'mrkdwn') found.push(value.text);
    return value;
  });
  return found;
}

/** The buttons, from left to right. */
export function buttonsIn(payload: Payload): types.Button[] {
  const actions = payload.blocks.filter((block): block is types.ActionsBlock => block.type === 'actions');
  return actions.flatMap(({ elements }) => elements).filter((element) => element.type === 'button');
}

function blockTexts(block: types.AnyBlock): string[] {
  const found: string[] = [];
  JSON.stringify(block, (_key, value: unknown) => {
    if (isText(value)) found.push(value.text);
    return value;
  });
  return found;
}

function isText(value: unknown): value is { type: string; text: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'text' in value &&
    typeof value.text === 'string' &&
    'type' in value
  );
}
