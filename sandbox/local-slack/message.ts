import { z } from 'zod';

const plain = z.looseObject({ type: z.string(), text: z.string() });

const element = z.looseObject({
  type: z.string(),
  action_id: z.string().optional(),
  value: z.string().optional(),
  text: z.union([plain, z.string()]).optional(),
});

const block = z.looseObject({
  type: z.string(),
  block_id: z.string().optional(),
  text: plain.optional(),
  fields: z.array(plain).optional(),
  elements: z.array(element).optional(),
  accessory: element.optional(),
});

export const localMessage = z.looseObject({
  ts: z.string(),
  channel: z.string(),
  user: z.string().optional(),
  text: z.string().default(''),
  thread_ts: z.string().optional(),
  subtype: z.string().optional(),
  /** The only user who sees an ephemeral message. */
  ephemeral_to: z.string().optional(),
  blocks: z.array(block).optional(),
  files: z.array(z.looseObject({ name: z.string() })).optional(),
});

export type LocalMessage = z.infer<typeof localMessage>;
type Block = z.infer<typeof block>;

export type LocalButton = { readonly actionId: string; readonly blockId: string; readonly value: string };

/** Every button of a message, accessories included. */
export function buttonsOf(message: LocalMessage): LocalButton[] {
  return (message.blocks ?? []).flatMap((each) =>
    [...(each.elements ?? []), ...(each.accessory === undefined ? [] : [each.accessory])]
      .filter(({ type }) => type === 'button')
      .map(({ action_id, value }) => ({
        actionId: action_id ?? '',
        blockId: each.block_id ?? '',
        value: value ?? '',
      })),
  );
}

/** All texts that a message shows, one per line. A message with blocks does not show its top-level text; only notifications do. */
export function shownText({ text, blocks = [] }: Pick<LocalMessage, 'text' | 'blocks'>): string {
  return blocks.length === 0 ? text : blocks.flatMap(textsOf).join('\n');
}

function textsOf({ text, fields, elements, accessory }: Block): string[] {
  const parts = [text, ...(fields ?? []), ...(elements ?? []), accessory];
  return parts.flatMap((part) => {
    const shown = typeof part?.text === 'string' ? part.text : part?.text?.text;
    return shown === undefined ? [] : [shown];
  });
}

/** A channel in readable form, for the message of a failed test. */
export function transcript(messages: readonly LocalMessage[]): string {
  if (messages.length === 0) return '(no messages)';
  return messages
    .map((message) => {
      const where = message.thread_ts === undefined ? '' : ` in thread ${message.thread_ts}`;
      const whom = message.ephemeral_to === undefined ? '' : ` only to ${message.ephemeral_to}`;
      const files = (message.files ?? []).map(({ name }) => `\n    [file ${name}]`).join('');
      const buttons = buttonsOf(message).map(({ actionId }) => `\n    [button ${actionId}]`);
      const text = `${message.text}\n${shownText(message)}`.replaceAll('\n', '\n    ');
      return `${message.ts}${where}${whom} ${message.user ?? '?'}: ${text}${files}${buttons.join('')}`;
    })
    .join('\n');
}
