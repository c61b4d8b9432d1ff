import { z } from 'zod';
import { accessory, actionElement, image, inputElement } from './elements.ts';
import limits from './limits.json' with { type: 'json' };
import { anyText, labelText, plainText } from './texts.ts';

const id = { block_id: z.string().min(1).max(limits.ids.block_id).optional() };

const section = z
  .strictObject({
    ...id,
    type: z.literal('section'),
    text: anyText().optional(),
    fields: z.array(anyText(limits.section.field_text)).min(1).max(limits.section.fields).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined, {
    error: `a section needs ${limits.section.needs}`,
  });

const header = z.strictObject({ ...id, type: z.literal('header'), text: labelText(limits.header.text) });

const divider = z.strictObject({ ...id, type: z.literal('divider') });

const context = z.strictObject({
  ...id,
  type: z.literal('context'),
  elements: z
    .array(z.union([anyText(), image], { error: 'a context holds texts and images' }))
    .min(1)
    .max(limits.context.elements),
});

const actions = z.strictObject({
  ...id,
  type: z.literal('actions'),
  elements: z.array(actionElement).min(1).max(limits.actions.elements),
});

const input = z.strictObject({
  ...id,
  type: z.literal('input'),
  label: plainText(limits.input.label),
  element: inputElement,
  hint: plainText(limits.input.hint).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
});

const imageBlock = image.extend({ ...id, title: plainText(limits.image.title).optional() });

const richTextLeaf = z.looseObject({ type: z.string(), text: z.string().min(1).optional() });

const richText = z.strictObject({
  ...id,
  type: z.literal('rich_text'),
  elements: z
    .array(
      z.looseObject({
        type: z.enum(['rich_text_section', 'rich_text_list', 'rich_text_preformatted', 'rich_text_quote']),
        elements: z.array(richTextLeaf).min(1),
      }),
    )
    .min(1),
});

const table = z.looseObject({
  ...id,
  type: z.literal('table'),
  rows: z
    .array(z.array(z.looseObject({ type: z.string() })).max(limits.table.cells_per_row))
    .min(1)
    .max(limits.table.rows),
});

/** A block that folds other blocks. Slack has introduced it workspace by workspace since June 2026. */
const container = z.strictObject({
  ...id,
  type: z.literal('container'),
  title: plainText(limits.container.title),
  is_collapsible: z.boolean().optional(),
  default_collapsed: z.boolean().optional(),
  child_blocks: z
    .array(z.discriminatedUnion('type', [section, context, divider, actions]))
    .min(1)
    .max(limits.container.children),
});

/** Every block that this project may send. Slack has more types; some are not shown by any client yet. */
const block = z.discriminatedUnion(
  'type',
  [section, header, divider, context, actions, input, imageBlock, richText, table, container],
  { error: 'a block of a type that this project does not send' },
);

/** A list of at most `most` blocks. */
export function blockList(most: number) {
  return z.array(block).max(most);
}
