import { describe, expect, it } from 'vitest';
import { checkView } from '../../../../../sandbox/strict-slack/limits/limits.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { readTargetChoice, targetModal } from '../../../../../src/slack/views/modals/target-modal.ts';

const targets = (count: number) => Array.from({ length: count }, (_, n) => `t${n}-${'x'.repeat(26)}`);

describe.each([
  ['English', en],
  ['Indonesian', id],
])('the modal of a shortcut in %s', (_language, t) => {
  it.each([1, 3, 100, 101, 350])('is one that Slack takes, with %d targets', (count) => {
    for (const place of [{ channelId: 'C1' }, { suggested: 'C1' }, { suggested: undefined }]) {
      const view = targetModal(t, targets(count), place);
      expect(checkView(view)).toEqual([]);
      const text = JSON.stringify(view);
      expect(targets(count).filter((target) => !text.includes(`"value":"${target}"`))).toEqual([]);
    }
  });
});

const values = {
  'choice:target': { target: { type: 'static_select', selected_option: { value: 'dev' } } },
};
const chosen = {
  'choice:channel': { channel: { type: 'conversations_select', selected_conversation: 'C2' } },
};

describe('a choice', () => {
  it('is of the channel that the modal was opened in', () => {
    const view = { private_metadata: '{"channelId":"C1"}', state: { values: { ...values, ...chosen } } };
    expect(readTargetChoice(view)).toEqual({ target: 'dev', channelId: 'C1' });
  });

  it('is of the channel that was chosen, where it was opened in none', () => {
    const view = { private_metadata: '{}', state: { values: { ...values, ...chosen } } };
    expect(readTargetChoice(view)).toEqual({ target: 'dev', channelId: 'C2' });
  });

  it.each([
    ['no metadata', { state: { values } }],
    ['no JSON in it', { private_metadata: 'x', state: { values } }],
    ['no channel', { private_metadata: '{}', state: { values } }],
    ['another channel id', { private_metadata: '{"channelId":"U1"}', state: { values } }],
    ['no target', { private_metadata: '{"channelId":"C1"}', state: { values: {} } }],
  ])('is none with %s', (_what, view) => {
    expect(() => readTargetChoice(view)).toThrow();
  });
});
