import { describe, expect, it } from 'vitest';
import { checkMessage, checkView } from '../support/slack-limits.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (block_id: string, text = 'Some text') => ({ type: 'section', block_id, text: mrkdwn(text) });
const button = (action_id: string, rest: object = {}) => ({
  type: 'button',
  action_id,
  text: plain('Cancel'),
  value: '42',
  ...rest,
});
const actions = (...elements: object[]) => ({ type: 'actions', block_id: 'actions', elements });
const message = (...blocks: object[]) => ({ channel: 'C1', text: 'Preview of Dev', blocks });
const confirm = { title: plain('Sure?'), text: plain('Gone.'), confirm: plain('Yes'), deny: plain('No') };

const input = {
  type: 'input',
  block_id: 'why',
  label: plain('Reason'),
  element: { type: 'plain_text_input', action_id: 'reason' },
};
const modal = (rest: object = {}) => ({
  type: 'modal',
  title: plain('Users'),
  blocks: [section('a')],
  ...rest,
});

describe('checkMessage', () => {
  it('finds nothing wrong with a preview as this project sends it', () => {
    const preview = message(
      { type: 'header', block_id: 'title', text: plain('Preview of Dev') },
      { type: 'section', block_id: 'counts', fields: [mrkdwn('*New*\n3'), mrkdwn('*Gone*\n2')] },
      { type: 'divider', block_id: 'line' },
      { type: 'context', block_id: 'plan', elements: [mrkdwn('Plan `abc`')] },
      actions(button('confirm', { style: 'danger', confirm }), button('cancel')),
    );
    expect(checkMessage(preview)).toEqual([]);
    expect(checkMessage({ text: 'Cancelled', blocks: [] }, 'update')).toEqual([]);
  });

  it.each([
    ['more than 50 blocks', message(...Array.from({ length: 51 }, (_, n) => section(`b${n}`))), 'blocks'],
    ['an empty section text', message(section('a', '')), 'blocks[0].text.text'],
    ['a section text over 3,000', message(section('a', 'x'.repeat(3001))), 'blocks[0].text.text'],
    ['a section with neither text nor fields', message({ type: 'section', block_id: 'a' }), 'blocks[0]'],
    [
      'more than 10 fields',
      message({ type: 'section', block_id: 'a', fields: Array.from({ length: 11 }, () => mrkdwn('x')) }),
      'blocks[0].fields',
    ],
    [
      'a field over 2,000',
      message({ type: 'section', block_id: 'a', fields: [mrkdwn('x'.repeat(2001))] }),
      'blocks[0].fields[0].text',
    ],
    [
      'a header in mrkdwn',
      message({ type: 'header', block_id: 'a', text: mrkdwn('x') }),
      'blocks[0].text.type',
    ],
    [
      'a header over 150',
      message({ type: 'header', block_id: 'a', text: plain('x'.repeat(151)) }),
      'blocks[0].text.text',
    ],
    [
      'more than 10 context elements',
      message({ type: 'context', block_id: 'a', elements: Array.from({ length: 11 }, () => mrkdwn('x')) }),
      'blocks[0].elements',
    ],
    [
      'more than 25 actions',
      message(actions(...Array.from({ length: 26 }, (_, n) => button(`a${n}`)))),
      'blocks[0].elements',
    ],
    [
      'a button text over 75',
      message(actions(button('a', { text: plain('x'.repeat(76)) }))),
      'blocks[0].elements[0].text.text',
    ],
    [
      'a button value over 2,000',
      message(actions(button('a', { value: 'x'.repeat(2001) }))),
      'blocks[0].elements[0].value',
    ],
    [
      'a button style of no meaning',
      message(actions(button('a', { style: 'default' }))),
      'blocks[0].elements[0].style',
    ],
    [
      'a confirm dialog in mrkdwn',
      message(actions(button('a', { confirm: { ...confirm, text: mrkdwn('Gone.') } }))),
      'blocks[0].elements[0].confirm.text.type',
    ],
    [
      'a confirm title over 100',
      message(actions(button('a', { confirm: { ...confirm, title: plain('x'.repeat(101)) } }))),
      'blocks[0].elements[0].confirm.title.text',
    ],
    [
      'a confirm text over 300',
      message(actions(button('a', { confirm: { ...confirm, text: plain('x'.repeat(301)) } }))),
      'blocks[0].elements[0].confirm.text.text',
    ],
    [
      "a confirm dialog's button over 30",
      message(actions(button('a', { confirm: { ...confirm, deny: plain('x'.repeat(31)) } }))),
      'blocks[0].elements[0].confirm.deny.text',
    ],
    [
      'an option text over 75',
      message(
        actions({
          type: 'overflow',
          action_id: 'more',
          options: [{ text: plain('x'.repeat(76)), value: 'a' }],
        }),
      ),
      'blocks[0].elements[0].options[0].text.text',
    ],
    ['a block type that is not sent here', message({ type: 'video', block_id: 'a' }), 'blocks[0].type'],
    ['a field that Slack does not know', message({ ...section('a'), colour: 'red' }), 'blocks[0]'],
    ['a block_id that stands twice', message(section('a'), section('a')), 'blocks[1].block_id'],
  ])("refuses %s with Slack's invalid_blocks", (_what, payload, path) => {
    expect(checkMessage(payload)).toEqual([expect.objectContaining({ path, slackError: 'invalid_blocks' })]);
  });

  it.each([
    ['a block without a block_id', message({ type: 'divider' }), 'blocks[0].block_id'],
    [
      'a button without an action_id',
      message(actions({ type: 'button', text: plain('Go') })),
      'blocks[0].elements[0].action_id',
    ],
    [
      'an action_id that stands twice',
      message({ ...section('a'), accessory: button('go') }, actions(button('go'))),
      'blocks[1].elements[0].action_id',
    ],
    [
      'an emoji in a button',
      message(actions(button('a', { text: plain('Go 🚀') }))),
      'blocks[0].elements[0].text.text',
    ],
    [
      'an emoji code in a header',
      message({ type: 'header', block_id: 'a', text: plain('Done :tada:') }),
      'blocks[0].text.text',
    ],
    ['a ping of the channel', message(section('a', 'Name: <!channel>')), 'blocks[0].text.text'],
    ['a ping of everybody with a label', { text: 'Hi <!everyone|all>' }, 'text'],
    [
      'a ping of those here',
      message({ type: 'context', block_id: 'a', elements: [mrkdwn('<!here>')] }),
      'blocks[0].elements[0].text',
    ],
    ['blocks without a top-level text', { blocks: [section('a')] }, 'text'],
    ['a top-level text over 4,000', { text: 'x'.repeat(4001) }, 'text'],
    [
      'two emphasised buttons',
      message(actions(button('a', { style: 'primary' }), button('b', { style: 'danger' }))),
      'blocks',
    ],
  ])('finds %s, which Slack would take', (_what, payload, path) => {
    expect(checkMessage(payload)).toEqual([expect.objectContaining({ path, slackError: undefined })]);
  });

  it('refuses 12,000 characters in all blocks together', () => {
    const blocks = Array.from({ length: 4 }, (_, n) => section(`b${n}`, 'x'.repeat(3000)));
    expect(checkMessage(message(...blocks))).toEqual([
      expect.objectContaining({ path: 'blocks', slackError: 'msg_blocks_too_long' }),
    ]);
    expect(checkMessage(message(...blocks.slice(1), section('b4', 'x'.repeat(2999))))).toEqual([]);
  });

  it('refuses a message with nothing in it', () => {
    expect(checkMessage({ channel: 'C1', text: ' ' })).toEqual([
      expect.objectContaining({ path: 'text', slackError: 'no_text' }),
    ]);
  });

  it('refuses an update whose text is over 4,000', () => {
    expect(checkMessage({ text: 'x'.repeat(4001), blocks: [] }, 'update')).toEqual([
      expect.objectContaining({ path: 'text', slackError: 'msg_too_long' }),
    ]);
  });

  it('finds an update that leaves open what becomes of the blocks, which Slack would take', () => {
    expect(checkMessage({ text: 'Done' }, 'update')).toEqual([
      expect.objectContaining({ path: 'blocks', slackError: undefined }),
    ]);
  });

  it('reports every violation at once, where the payload is broken in several ways', () => {
    const paths = checkMessage({ blocks: [section('a', ''), { type: 'divider' }] }).map(({ path }) => path);
    expect(paths).toEqual(['blocks[0].text.text', 'blocks[1].block_id', 'text']);
  });
});

describe('checkView', () => {
  it('finds nothing wrong with a modal and a Home tab as this project sends them', () => {
    const form = modal({
      blocks: [input],
      submit: plain('Confirm'),
      close: plain('Cancel'),
      private_metadata: '42',
    });
    expect(checkView(form)).toEqual([]);
    expect(checkView({ type: 'home', blocks: [section('a')] })).toEqual([]);
  });

  it.each([
    ['a title over 24', modal({ title: plain('x'.repeat(25)) }), 'title.text'],
    ['a modal without a title', { type: 'modal', blocks: [] }, 'title'],
    ['a submit label over 24', modal({ submit: plain('x'.repeat(25)) }), 'submit.text'],
    ['private_metadata over 3,000', modal({ private_metadata: 'x'.repeat(3001) }), 'private_metadata'],
    ['a callback_id over 255', modal({ callback_id: 'x'.repeat(256) }), 'callback_id'],
    [
      'more than 100 blocks',
      modal({ blocks: Array.from({ length: 101 }, (_, n) => section(`b${n}`)) }),
      'blocks',
    ],
    ['an input without submit', modal({ blocks: [input] }), 'submit'],
    [
      'an input label over 2,000',
      modal({ submit: plain('Go'), blocks: [{ ...input, label: plain('x'.repeat(2001)) }] }),
      'blocks[0].label.text',
    ],
    [
      'a table in a modal',
      modal({ blocks: [{ type: 'table', block_id: 't', rows: [[{ type: 'raw_text', text: 'x' }]] }] }),
      'blocks',
    ],
    ['a title on a Home tab', { type: 'home', title: plain('Home'), blocks: [] }, ''],
  ])("refuses %s with Slack's invalid_arguments", (_what, view, path) => {
    expect(checkView(view)).toEqual([expect.objectContaining({ path, slackError: 'invalid_arguments' })]);
  });

  it('refuses a view of more than 250,000 bytes, however few characters they are', () => {
    const blocks = Array.from({ length: 90 }, (_, n) => section(`b${n}`, '€'.repeat(950)));
    expect(checkView(modal({ blocks }))).toEqual([expect.objectContaining({ slackError: 'view_too_large' })]);
    expect(checkView(modal({ blocks: blocks.slice(5) }))).toEqual([]);
  });

  it('takes two emphasised buttons on a Home tab, which shows several runs', () => {
    const buttons = [button('a', { style: 'primary' }), button('b', { style: 'danger' })];
    expect(checkView({ type: 'home', blocks: [actions(...buttons)] })).toEqual([]);
  });
});
