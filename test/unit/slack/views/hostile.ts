import fc from 'fast-check';

const TRAPS = [
  '<!channel>',
  '<@U123>',
  '<https://x.test|click>',
  '`',
  '```',
  '&amp;',
  '*b*',
  '\u202e',
  '\u0000',
  '\n',
  '"',
  '\\',
  '😀',
  '\ud83d',
  '\u{e0041}',
  ' ',
  '=1+1',
  '\u202e@x',
  '\ufffd',
  ':tada:',
  'a@b.test',
];

/**
 * Any code point of Unicode, halves of surrogate pairs among them. fast-check's own unit `binary` leaves those out, and first fills
 * a table of a million characters, for seconds.
 */
export const character = fc.nat(0x10_ffff).map((codePoint) => String.fromCodePoint(codePoint));

const piece = fc.oneof(fc.constantFrom(...TRAPS), fc.string({ unit: character, maxLength: 12 }));

/** What a depot server or a person could send to break a message, up to `length` UTF-16 units. */
export function hostileText(length: number): fc.Arbitrary<string> {
  const mixed = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('').slice(0, length));
  const same = fc
    .tuple(fc.constantFrom(...TRAPS), fc.nat(length))
    .map(([trap, n]) => trap.repeat(n).slice(0, length));
  return fc.oneof(mixed, same);
}
