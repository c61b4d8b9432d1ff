import { describe, expect, it } from 'vitest';
import { en } from '../../../../src/slack/text/en.ts';
import {
  EXCERPT_ROWS,
  excerptBlocks,
  excerptHoldsAll,
  NO_EXCERPT,
} from '../../../../src/slack/views/excerpt.ts';
import { aRun, changes } from '../../../support/view-fixtures.ts';
import { textOf } from './read-payload.ts';

describe('excerptHoldsAll', () => {
  const holds = (counts: object, excerpt: object) =>
    excerptHoldsAll(en, aRun({}, { add: 0, ...counts }), { ...NO_EXCERPT, ...excerpt });

  it('is true where every change is listed', () => {
    expect(holds({ add: EXCERPT_ROWS }, { add: changes('add', EXCERPT_ROWS) })).toBe(true);
    expect(holds({}, {})).toBe(true);
  });

  it('is false where the caller read only the first ones', () => {
    expect(holds({ add: EXCERPT_ROWS + 1 }, { add: changes('add', EXCERPT_ROWS) })).toBe(false);
    expect(holds({ skipped: 2 }, { skipped: changes('skipped', 1) })).toBe(false);
  });

  it('is false where there are more than a message lists', () => {
    const add = changes('add', EXCERPT_ROWS + 1);
    expect(holds({ add: EXCERPT_ROWS + 1 }, { add })).toBe(false);
  });

  it('is false where the emails are too long for their budget', () => {
    const add = changes(
      'add',
      Array.from({ length: 20 }, (_, n) => `${n}${'x'.repeat(120)}@dkm`),
    );
    expect(holds({ add: 20 }, { add })).toBe(false);
    const text = textOf(
      { blocks: excerptBlocks(en, aRun({}, { add: 20 }), { ...NO_EXCERPT, add }) },
      'run:12:ready:add',
    );
    const shown = text.split('\n').length - 2;
    expect(shown).toBeGreaterThan(5);
    expect(text).toContain(`…and ${20 - shown} more.`);
  });

  it('is false where one email is cut', () => {
    expect(holds({ deactivate: 1 }, { deactivate: changes('deactivate', ['x'.repeat(200)]) })).toBe(false);
  });
});
