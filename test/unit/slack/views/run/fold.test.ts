import { describe, expect, it } from 'vitest';
import { checkMessage } from '../../../../../sandbox/strict-slack/limits/limits.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { hasFolds, withoutFolds } from '../../../../../src/slack/views/blocks.ts';
import { NO_EXCERPT } from '../../../../../src/slack/views/run/excerpt.ts';
import { runMessage } from '../../../../../src/slack/views/run/run-message.ts';
import { aRun, changes } from '../../../../support/view-fixtures.ts';
import { textsIn } from '../read-payload.ts';

const options = {
  guardLimits: { count: 5, percent: 20 },
  people: { needed: 1, approvals: [] },
  breakGlass: false,
};
const emails = (n: number, long = '') =>
  Array.from({ length: n }, (_, index) => `${long}user${index + 1}@dkm`);

const shown = (unchanged: readonly string[], counts: object = {}, excerpt = NO_EXCERPT) =>
  runMessage(en, aRun({}, { add: 3, deactivate: 2, unchanged: unchanged.length, ...counts }), excerpt, {
    ...options,
    unchanged,
  });

describe('the unchanged users of a preview', () => {
  it('are folded, with how many they are as the title, above the buttons', () => {
    const message = shown(emails(10));
    const fold = message.blocks.find(({ type }) => type === 'container');
    expect(fold).toMatchObject({
      title: { text: 'Unchanged Users (10)' },
      is_collapsible: true,
      default_collapsed: true,
      block_id: 'run:12:ready:unchanged',
    });
    expect(textsIn(message).join('\n')).toContain('`user1@dkm`\n`user2@dkm`');
    expect(message.blocks.at(-1)?.type).toBe('actions');
    expect(checkMessage(message)).toEqual([]);
  });

  it('are as many as a message holds, and View All is named for the others', () => {
    for (const [long, rows] of [
      ['', 0],
      ['x'.repeat(240), 0],
      ['x'.repeat(240), 30],
    ] as const) {
      const many = changes('add', emails(rows, long));
      const message = shown(emails(200, long), { unchanged: 5_000, add: 100 }, { ...NO_EXCERPT, add: many });
      expect(checkMessage(message)).toEqual([]);
      expect(JSON.stringify(message.blocks).length).toBeLessThan(12_000);
      expect(textsIn(message).join('\n')).toMatch(/…and \d+ more\. Press View All to see them\./);
    }
  });

  it('are left to View All where Slack does not take it, or nobody is unchanged', () => {
    expect(hasFolds(shown([]))).toBe(false);
    const plain = withoutFolds(shown(emails(10)));
    expect(hasFolds(plain)).toBe(false);
    expect(plain).toEqual(shown([], { unchanged: 10 }));
  });
});
