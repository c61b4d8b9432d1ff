import { z } from 'zod';
import limits from './limits.json' with { type: 'json' };
import { HOUSE_RULE, slackError } from './violation.ts';

type Place = { readonly path: readonly PropertyKey[]; readonly value: unknown };
type Report = (path: readonly PropertyKey[], message: string, mark: object) => void;

const PING = /<!(channel|here|everyone)\b/;

/** Rules for a payload as a whole. They are checked even if parts of the payload are malformed. */
export function wholePayload(payload: unknown, context: z.RefinementCtx): void {
  const report: Report = (path, message, params) =>
    context.addIssue({ code: 'custom', path: [...path], message, params });
  const places = [...walk(payload, [])];
  checkPings(places, report);
  checkBlockIds(payload, report);
  checkActionIds(places, report);
}

/** Rules for messages only. */
export function wholeMessage(payload: unknown, context: z.RefinementCtx): void {
  const report: Report = (path, message, params) =>
    context.addIssue({ code: 'custom', path: [...path], message, params });
  const places = [...walk(blocksOf(payload), ['blocks'])];
  checkTopLevelText(payload, report);
  checkTotal(places, report);
  if (places.filter(({ value }) => isElement(value) && value.style !== undefined).length > 1) {
    report(['blocks'], 'at most one button of a message is emphasised', HOUSE_RULE);
  }
  const tables = blocksOf(payload).filter((each) => typed.safeParse(each).data?.type === 'table');
  if (tables.length > limits.message.tables_per_message) report(['blocks'], 'one table a message', {});
}

function checkTopLevelText(payload: unknown, report: Report): void {
  const { text = '', blocks } = outline.safeParse(payload).data ?? {};
  if (text.trim() !== '') return;
  const mark = blocks === undefined ? slackError('no_text') : HOUSE_RULE;
  report(['text'], 'every message has a text, for notifications and screen readers', mark);
}

function checkTotal(places: readonly Place[], report: Report): void {
  const texts = places.filter(({ path }) => path.at(-1) === 'text').map(({ value }) => value);
  const total = texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
  if (total < limits.message.total_blocks_chars) return;
  const rule = `all blocks together stay under ${limits.message.total_blocks_chars} characters, not ${total}`;
  report(['blocks'], rule, slackError('msg_blocks_too_long'));
}

function checkPings(places: readonly Place[], report: Report): void {
  for (const { path, value } of places) {
    if (typeof value === 'string' && PING.test(value)) report(path, 'nothing pings everybody', HOUSE_RULE);
  }
}

function checkBlockIds(payload: unknown, report: Report): void {
  const seen = new Set<string>();
  for (const [index, each] of blocksOf(payload).entries()) {
    const id = typed.safeParse(each).data?.block_id;
    const path = ['blocks', index, 'block_id'];
    if (id === undefined) report(path, 'every block has a block_id of our own', HOUSE_RULE);
    else if (seen.has(id)) report(path, `the block_id ${id} already exists`, {});
    else seen.add(id);
  }
}

/**
 * Slack demands that an `action_id` is unique within its block. If other blocks use the same one, as the rows of a list do, the
 * values must differ.
 */
function checkActionIds(places: readonly Place[], report: Report): void {
  const seen = new Set<string>();
  for (const { path, value } of places) {
    if (!isElement(value)) continue;
    const { action_id: id, value: carried = '' } = value;
    if (id === undefined) {
      report([...path, 'action_id'], 'every element has an action_id of our own', HOUSE_RULE);
      continue;
    }
    const marks = [`of block ${String(path[1])}: ${id}`, `with a value: ${id} ${carried}`];
    if (marks.some((mark) => seen.has(mark))) {
      report([...path, 'action_id'], `the action_id ${id} stands twice`, HOUSE_RULE);
    }
    for (const mark of marks) seen.add(mark);
  }
}

const typed = z.looseObject({ type: z.string(), block_id: z.string().optional() });

const INTERACTIVE = /^(button|overflow|checkboxes|radio_buttons|plain_text_input|\w+picker|\w+_select)$/;

const element = z.looseObject({
  type: z.string().regex(INTERACTIVE),
  action_id: z.string().optional(),
  value: z.string().optional(),
  style: z.string().optional(),
});

function isElement(value: unknown): value is z.infer<typeof element> {
  // Most values are texts, and zod would take long to explain why a text is no object.
  return typeof value === 'object' && element.safeParse(value).success;
}

const outline = z.looseObject({ text: z.string().optional(), blocks: z.array(z.unknown()).optional() });

function blocksOf(payload: unknown): readonly unknown[] {
  return outline.safeParse(payload).data?.blocks ?? [];
}

/** The value and everything in it, each with its path. */
function* walk(value: unknown, path: readonly PropertyKey[]): Generator<Place> {
  yield { path, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}
