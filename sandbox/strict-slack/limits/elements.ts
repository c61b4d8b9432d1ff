import { z } from 'zod';
import limits from './limits.json' with { type: 'json' };
import { anyText, labelText, plainText } from './texts.ts';

const actionId = z.string().min(1).max(limits.ids.action_id).optional();

const confirm = z.strictObject({
  title: plainText(limits.confirm.title),
  text: plainText(limits.confirm.text),
  confirm: plainText(limits.confirm.confirm),
  deny: plainText(limits.confirm.deny),
  style: z.enum(['primary', 'danger']).optional(),
});

const button = z.strictObject({
  type: z.literal('button'),
  text: labelText(limits.button.text),
  action_id: actionId,
  value: z.string().max(limits.button.value).optional(),
  url: z.string().max(limits.button.url).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: confirm.optional(),
  accessibility_label: z.string().max(limits.button.accessibility_label).optional(),
});

function options(min: number, max: number) {
  const option = z.strictObject({
    text: anyText(limits.option.text),
    value: z.string().min(1).max(limits.option.value),
    description: anyText(limits.option.description).optional(),
    url: z.string().max(limits.option.url).optional(),
  });
  return z.array(option).min(min).max(max);
}

const optionGroup = z.strictObject({
  label: plainText(limits.option_group.label),
  options: options(1, limits.option_group.options),
});

const choice = { action_id: actionId, confirm: confirm.optional(), focus_on_load: z.boolean().optional() };
const placeholder = plainText(limits.select.placeholder).optional();
const [fewestOverflow = 1, mostOverflow = 1] = limits.overflow.options;
const [fewestChecked = 1, mostChecked = 1] = limits.checkboxes.options;

const overflow = z.strictObject({
  type: z.literal('overflow'),
  options: options(fewestOverflow, mostOverflow),
  action_id: actionId,
  confirm: confirm.optional(),
});

const staticSelect = z
  .strictObject({
    ...choice,
    type: z.enum(['static_select', 'multi_static_select']),
    placeholder,
    options: options(1, limits.select.options).optional(),
    option_groups: z.array(optionGroup).min(1).max(limits.select.option_groups).optional(),
    initial_option: z.unknown().optional(),
    initial_options: z.unknown().optional(),
  })
  .refine((select) => (select.options === undefined) !== (select.option_groups === undefined), {
    error: 'a select has either options or option_groups',
  });

const externalSelect = z.strictObject({
  ...choice,
  type: z.enum(['external_select', 'multi_external_select']),
  placeholder,
  min_query_length: z.int().min(0).optional(),
  max_selected_items: z.int().min(1).optional(),
  initial_option: z.unknown().optional(),
  initial_options: z.unknown().optional(),
});

/** The answer to a person's search in an external select. */
export const suggestions = z.strictObject({ options: options(0, limits.select.options) });

const listedSelect = z.looseObject({
  ...choice,
  type: z.enum(['users_select', 'channels_select', 'conversations_select', 'datepicker', 'timepicker']),
  placeholder,
});

const boxes = z.strictObject({
  ...choice,
  type: z.enum(['checkboxes', 'radio_buttons']),
  options: options(fewestChecked, mostChecked),
  initial_option: z.unknown().optional(),
  initial_options: z.unknown().optional(),
});

const textInput = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: actionId,
  placeholder,
  initial_value: z.string().optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(limits.plain_text_input.max_length).optional(),
  max_length: z.int().min(1).max(limits.plain_text_input.max_length).optional(),
  focus_on_load: z.boolean().optional(),
});

/** An image, as a block's element. */
export const image = z.strictObject({
  type: z.literal('image'),
  image_url: z.string().min(1).max(limits.image.image_url),
  alt_text: z.string().min(1).max(limits.image.alt_text),
});

const unknown = { error: 'an element of a type that does not belong here' };

/** The elements that an actions block may contain. */
export const actionElement = z.discriminatedUnion(
  'type',
  [button, overflow, staticSelect, externalSelect, listedSelect, boxes],
  unknown,
);

/** The elements that a section may have as its accessory. */
export const accessory = z.discriminatedUnion(
  'type',
  [button, overflow, staticSelect, externalSelect, listedSelect, boxes, image],
  unknown,
);

/** The elements that an input block may contain. */
export const inputElement = z.discriminatedUnion(
  'type',
  [textInput, staticSelect, externalSelect, listedSelect, boxes],
  unknown,
);
