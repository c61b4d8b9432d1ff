import { z } from 'zod';

const option = z.looseObject({ value: z.string() });

const inputBlock = z.looseObject({
  type: z.literal('input'),
  block_id: z.string(),
  optional: z.boolean().default(false),
  element: z.looseObject({
    type: z.string(),
    action_id: z.string(),
    initial_value: z.string().optional(),
    initial_conversation: z.string().optional(),
    options: z.array(option).default([]),
    option_groups: z.array(z.looseObject({ options: z.array(option) })).default([]),
  }),
});

type Element = z.infer<typeof inputBlock>['element'];

/** `view.state.values`, by block_id, then by action_id. */
export type ViewValues = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** The entries of a person, by action_id: a text, an option's value, or a complete value that is passed on unchanged. */
export type Entries = Readonly<Record<string, string | object>>;

/**
 * The `view.state.values` that Slack sends for a filled modal: every input is included, null if left empty. Throws if the modal
 * has no such input, or if Slack's client would not submit because a required input is empty.
 */
export function viewValues(blocks: readonly unknown[], entries: Entries): ViewValues {
  const inputs = blocks.map((block) => inputBlock.safeParse(block)).flatMap(({ data }) => data ?? []);
  const known = inputs.map(({ element }) => element.action_id);
  const unknown = Object.keys(entries).filter((actionId) => !known.includes(actionId));
  if (unknown.length > 0)
    throw new Error(`The modal has no input ${unknown.join(', ')}, only ${known.join(', ')}`);
  return Object.fromEntries(
    inputs.map(({ block_id, element, optional }) => {
      const { initial_value, initial_conversation } = element;
      const entry = entries[element.action_id] ?? initial_value ?? initial_conversation ?? '';
      if (entry === '' && !optional) throw new Error(`Slack does not submit without ${element.action_id}`);
      return [block_id, { [element.action_id]: typeof entry === 'string' ? chosen(element, entry) : entry }];
    }),
  );
}

function chosen({ type, options, option_groups: groups }: Element, entry: string): object {
  if (type === 'plain_text_input') return { type, value: entry === '' ? null : entry };
  if (type === 'multi_external_select') return { type, selected_options: picked(entry) };
  if (type === 'conversations_select') return { type, selected_conversation: entry === '' ? null : entry };
  const all = [...options, ...groups.flatMap((group) => group.options)];
  const selected = all.find(({ value }) => value === entry) ?? null;
  if (selected === null && entry !== '') throw new Error(`The ${type} has no option ${entry}`);
  if (type === 'checkboxes' || type === 'multi_static_select')
    return { type, selected_options: selected === null ? [] : [selected] };
  return { type, selected_option: selected };
}

/** Options that a person found in a search, by their values, separated by commas. */
function picked(entry: string): object[] {
  const values = entry.split(',').filter((value) => value !== '');
  return values.map((value) => ({ text: { type: 'plain_text', text: value }, value }));
}
