import { describe, expect, it } from 'vitest';
import { checkMessage } from '../../../sandbox/strict-slack/limits/limits.ts';
import { actions, button, confirm, message, mrkdwn, plain, section } from './sample-blocks.ts';

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

  it('lets the rows of a list share an action_id, each with its own value', () => {
    const row = (id: string) => ({ ...section(id), accessory: button('details', { value: id }) });
    expect(checkMessage(message(row('1'), row('2')))).toEqual([]);
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
      'an action_id that stands twice in a block, whatever its values',
      message(actions(button('go', { value: '1' }), button('go', { value: '2' }))),
      'blocks[0].elements[1].action_id',
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
