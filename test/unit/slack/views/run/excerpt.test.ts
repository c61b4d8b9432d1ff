import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import {
  EXCERPT_ROWS,
  excerptBlocks,
  NO_EXCERPT,
  planHasFile,
} from '../../../../../src/slack/views/run/excerpt.ts';
import { aRun, changes } from '../../../../support/view-fixtures.ts';
import { textOf } from '../read-payload.ts';

describe('a plan', () => {
  const hasFile = (counts: object, excerpt: object) =>
    planHasFile(aRun({}, { add: 0, ...counts }), { ...NO_EXCERPT, ...excerpt });

  it.each([
    [{}, false],
    [{ add: 30, deactivate: 30, skipped: 30 }, false],
    [{ add: 31 }, true],
    [{ skipped: 31 }, true],
  ])('of %j goes to the thread as a file: %s', (counts, expected) => {
    expect(hasFile(counts, {})).toBe(expected);
  });

  it('goes there where the message cuts an email', () => {
    expect(hasFile({ deactivate: 1 }, { deactivate: changes('deactivate', ['x'.repeat(200)]) })).toBe(true);
  });
});

describe('the lists of a message', () => {
  const shown = (total: number, listed = EXCERPT_ROWS) =>
    textOf(
      {
        blocks: excerptBlocks(
          en,
          aRun({}, { add: total }),
          { ...NO_EXCERPT, add: changes('add', listed) },
          [],
        ),
      },
      'run:12:ready:add',
    );

  it('say where the others are: in View All, and in the file where there is one', () => {
    expect(shown(EXCERPT_ROWS)).not.toContain('more');
    expect(shown(30)).toContain('…and 20 more. Press View All to see them.');
    expect(shown(31)).toContain('…and 21 more. The CSV file in the thread lists them all.');
  });

  it('name no button while the plan is executed, as there is none', () => {
    const run = aRun({ status: 'executing' }, { add: 30 });
    const blocks = excerptBlocks(en, run, { ...NO_EXCERPT, add: changes('add', EXCERPT_ROWS) }, []);
    expect(textOf({ blocks }, 'run:12:executing:add')).toMatch(/…and 20 more$/);
  });

  it('are shorter where the emails are too long for their budget', () => {
    const add = changes(
      'add',
      Array.from({ length: 20 }, (_, n) => `${n}${'x'.repeat(120)}@dkm`),
    );
    const text = textOf(
      { blocks: excerptBlocks(en, aRun({}, { add: 20 }), { ...NO_EXCERPT, add }, []) },
      'run:12:ready:add',
    );
    const lines = text.split('\n').length - 2;
    expect(lines).toBeGreaterThan(5);
    expect(text).toContain(`…and ${20 - lines} more.`);
  });
});
