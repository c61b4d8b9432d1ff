import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { firstLines, packLines, section } from '../../../../src/slack/views/blocks.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

describe('packLines', () => {
  it('loses, repeats and reorders no line that it says it shows', () => {
    const line = fc.string({ minLength: 1, maxLength: 400 }).map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(line), fc.nat(6), fc.nat(8_000), (lines, blocks, bytes) => {
        const { texts, shown, left } = packLines(lines, { blocks, bytes });
        expect(texts.flatMap((text) => text.split('\n'))).toEqual(lines.slice(0, shown));
        expect(texts.length + left.blocks).toBe(blocks);
        expect(left.blocks).toBeGreaterThanOrEqual(0);
        const sections = texts.map((text) => section('x'.repeat(40), text));
        expect(Buffer.byteLength(JSON.stringify(sections))).toBeLessThanOrEqual(
          Math.max(2, bytes - left.bytes),
        );
        for (const text of texts) expect(text.length).toBeLessThanOrEqual(3_000);
      }),
    );
  });

  it('fills a section before it starts the next', () => {
    const { texts } = packLines(
      Array.from({ length: 300 }, () => 'x'.repeat(28)),
      { blocks: 10, bytes: 100_000 },
    );
    expect(texts.map((text) => text.split('\n').length)).toEqual([100, 100, 100]);
  });

  it('ends before the line that takes more bytes than are left', () => {
    const lines = ['x'.repeat(50), 'é'.repeat(50)];
    const { left } = packLines(lines, { blocks: 1, bytes: 1_000 });
    const needed = 1_000 - left.bytes;
    expect(packLines(lines, { blocks: 1, bytes: needed }).shown).toBe(2);
    expect(packLines(lines, { blocks: 1, bytes: needed - 1 }).shown).toBe(1);
  });
});

describe('firstLines', () => {
  it('takes the lines that fit with their line ends, and no more', () => {
    expect(firstLines(['ab', 'cd', 'ef'], 6)).toEqual(['ab', 'cd']);
    expect(firstLines(['ab', 'cd', 'ef'], 5)).toEqual(['ab']);
  });
});
