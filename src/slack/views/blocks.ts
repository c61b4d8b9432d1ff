import type { types } from '@slack/bolt';
import type { Texts } from '../text/en.ts';
import { plain } from '../text/escape.ts';

/** The content of a message. Notifications and screen readers get `text`. Slack's types require a mutable array. */
export type Message = { text: string; blocks: types.KnownBlock[] };

/** Plain text in which names such as `:tada:` stay text. `text` has at least 1 character. */
export function plainText(text: string): types.PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

/** mrkdwn in which Slack creates no links and mentions by itself (`verbatim`). */
function markup(text: string): types.MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** A text of up to 3,000 characters, never folded behind "See more". `accessory` stands beside it. */
export function section(blockId: string, text: string, accessory?: types.Button): types.SectionBlock {
  const beside = accessory && { accessory };
  return { type: 'section', block_id: blockId, text: markup(text), expand: true, ...beside };
}

/** Up to 10 fields of 2,000 characters, in two columns. */
export function fields(blockId: string, texts: readonly string[]): types.SectionBlock {
  return { type: 'section', block_id: blockId, fields: texts.map(markup) };
}

const SPOKEN_LIMIT = 3_000;

/** A message whose `text` is `title` and the texts of its blocks, as far as there is space: screen readers read nothing else. */
export function spoken(title: string, blocks: types.KnownBlock[]): Message {
  const lines = blocks.flatMap(textsOf).flatMap((text) => text.split('\n'));
  const said = firstLines(lines, SPOKEN_LIMIT - title.length);
  return { text: [title, ...said, ...(said.length < lines.length ? ['…'] : [])].join('\n'), blocks };
}

/** A field, which has its value below its name, is one line. */
function textsOf(block: types.KnownBlock): readonly string[] {
  if (block.type === 'section') {
    const named = (block.fields ?? []).map(({ text }) => text.replace('\n', ': '));
    return block.text === undefined ? named : [block.text.text, ...named];
  }
  if (block.type !== 'context') return [];
  return block.elements.flatMap((element) => ('text' in element ? [element.text] : []));
}

/** Slack's limit for a header. */
const HEADER_LIMIT = 150;

/** A header, cut to 150 characters. */
export function header(blockId: string, text: string): types.HeaderBlock {
  return { type: 'header', block_id: blockId, text: plainText(plain(text, HEADER_LIMIT)) };
}

/** Up to 10 small texts in a row. */
export function context(blockId: string, texts: readonly string[]): types.ContextBlock {
  return { type: 'context', block_id: blockId, elements: texts.map(markup) };
}

/** A button without emphasis. `label` has up to 75 characters; screen readers say `spoken` instead of it. */
export function button(actionId: string, label: string, value: string, spoken?: string): types.Button {
  const said = spoken && { accessibility_label: spoken };
  return { type: 'button', action_id: actionId, text: plainText(label), value, ...said };
}

/** Buttons in a row. */
export function actions(blockId: string, elements: types.Button[]): types.ActionsBlock {
  return { type: 'actions', block_id: blockId, elements };
}

type DialogWords = { readonly title: string; readonly text: string; readonly confirm: string };

/** Asks before a button acts. Up to 100 characters for `title`, 300 for `text`, 30 for `confirm`. */
export function dialog(t: Texts, words: DialogWords, style: 'primary' | 'danger'): types.ConfirmationDialog {
  const { title, text, confirm } = words;
  const [yes, no] = [plainText(confirm), plainText(t.run.dialog.deny)];
  return { title: plainText(title), text: plainText(text), confirm: yes, deny: no, style };
}

const TITLE_LIMIT = 24;

/** A modal that only shows something. `title` is cut to 24 characters, Slack's limit. */
export function readOnlyModal(t: Texts, title: string, blocks: types.KnownBlock[]): types.ModalView {
  return {
    type: 'modal',
    title: plainText(plain(title, TITLE_LIMIT)),
    close: plainText(t.trouble.close),
    blocks,
  };
}

type FormWords = { readonly title: string; readonly submit: string; readonly close: string };

/** A modal with inputs. Slack sends `metadata` back with the submission. Up to 24 characters for each word. */
export function formModal(
  callbackId: string,
  metadata: string,
  { title, submit, close }: FormWords,
  blocks: types.KnownBlock[],
): types.ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    private_metadata: metadata,
    title: plainText(title),
    submit: plainText(submit),
    close: plainText(close),
    blocks,
  };
}

export function input(
  blockId: string,
  label: string,
  element: types.InputBlock['element'],
  more: Pick<types.InputBlock, 'hint' | 'optional'> = {},
): types.InputBlock {
  return { type: 'input', block_id: blockId, label: plainText(label), element, ...more };
}

/** Opened at once, because a `trigger_id` expires after 3 s. `views.update` replaces it by the content. */
export function loadingModal(t: Texts, title: string): types.ModalView {
  return readOnlyModal(t, title, [section('loading', t.trouble.loading)]);
}

/** A modal with one text, such as a refusal. `body` is mrkdwn of up to 3,000 characters. */
export function messageModal(t: Texts, title: string, body: string): types.ModalView {
  return readOnlyModal(t, title, [section('message', body)]);
}

/** Slack's limit for a section's text is 3,000 characters. */
const TEXT_LIMIT = 2_900;

/** JSON around the text of one section: keys, type and a `block_id` of up to 40 characters. */
const SECTION_BYTES = 180;

/** The space that is left in a message or view: blocks, and bytes of JSON. */
export type Space = { readonly blocks: number; readonly bytes: number };

export type Packed = ReturnType<typeof packLines>;

/** Packs lines into as few sections as possible, until the lines or the space run out. `texts`: one for each section. */
export function packLines(lines: readonly string[], space: Space) {
  const sections: string[][] = [];
  let { bytes } = space;
  let length = TEXT_LIMIT;
  let shown = 0;
  for (const line of lines) {
    const startsSection = length + line.length + 1 > TEXT_LIMIT;
    const cost = Buffer.byteLength(JSON.stringify(line)) + (startsSection ? SECTION_BYTES : 0);
    if (cost > bytes || (startsSection && sections.length >= space.blocks)) break;
    if (startsSection) sections.push([]);
    length = startsSection ? line.length : length + line.length + 1;
    sections.at(-1)?.push(line);
    bytes -= cost;
    shown += 1;
  }
  const texts = sections.map((lines) => lines.join('\n'));
  return { texts, shown, left: { blocks: space.blocks - texts.length, bytes } };
}

/** The first items that fit into `space`, at most `most`. `costOf` is in the unit of `space`. */
export function firstFitting<Item>(
  items: readonly Item[],
  limits: { readonly most: number; readonly space: number; readonly costOf: (item: Item) => number },
): readonly Item[] {
  const { most, costOf } = limits;
  let left = limits.space;
  const first = items.slice(0, most).findIndex((item) => {
    left -= costOf(item);
    return left < 0;
  });
  return items.slice(0, first < 0 ? most : first);
}

/** The first lines that fit into `space` characters. */
export function firstLines(lines: readonly string[], space: number): readonly string[] {
  return firstFitting(lines, { most: lines.length, space, costOf: ({ length }) => length + 1 });
}

/** The first blocks, at most `blocks`, that fit into `characters` of JSON; at least one, so that no page is empty. */
export function fitting<Block>(
  all: readonly Block[],
  { blocks, characters }: { readonly blocks: number; readonly characters: number },
): readonly Block[] {
  const costOf = (block: Block) => JSON.stringify(block).length + 1;
  const held = firstFitting(all, { most: blocks, space: characters, costOf });
  return held.length > 0 ? held : all.slice(0, Math.min(1, blocks));
}

export function hasFolds({ blocks }: Message): boolean {
  return blocks.some(({ type }) => type === 'container');
}

/** The message without fold blocks, for a workspace that does not take them. View All shows the folded users too. */
export function withoutFolds(message: Message): Message {
  return { ...message, blocks: message.blocks.filter(({ type }) => type !== 'container') };
}
