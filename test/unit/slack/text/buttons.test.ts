import { describe, expect, it } from 'vitest';
import { en } from '../../../../src/slack/text/en.ts';
import { id } from '../../../../src/slack/text/id.ts';

/** Every sentence that tells what to press, arguments left out. */
function sentences(texts: object): string[] {
  return Object.values(texts).flatMap((text: unknown) => {
    if (typeof text === 'string') return [text];
    if (typeof text === 'function') return [String(text)];
    return typeof text === 'object' && text !== null ? sentences(text) : [];
  });
}

describe('sentences that tell what to press', () => {
  it('name a button as it stands there', () => {
    const labels: string[] = Object.values(en.run.button);
    const named = sentences(en).flatMap((text) =>
      [...text.matchAll(/\b[Pp]ress ((?:[A-Z]\p{L}*…? ?)+)/gu)].map(([, words = '']) => words.trim()),
    );
    expect(named.length).toBeGreaterThan(15);
    for (const words of named) expect(labels).toContain(words);
  });

  it('name a button in Indonesian too', () => {
    const labels: string[] = Object.values(id.run.button);
    const texts = [id.failure.stale.next, id.refusal.guardTripped, id.refusal.nothingLeft, id.guard.next];
    for (const text of texts) expect(labels.some((label) => text.includes(`ekan ${label}`))).toBe(true);
  });
});
