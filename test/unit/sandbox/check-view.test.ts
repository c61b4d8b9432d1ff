import { describe, expect, it } from 'vitest';
import { checkView } from '../../../sandbox/strict-slack/limits/limits.ts';
import { actions, button, plain, section } from './sample-blocks.ts';

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
