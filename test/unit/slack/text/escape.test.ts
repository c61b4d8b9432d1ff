import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { code, literal, mrkdwn, plain, unescaped } from '../../../../src/slack/text/escape.ts';
import { hostileText } from '../views/hostile.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

describe('a name in mrkdwn', () => {
  it('is neither bold nor italic nor struck through, and is else as it is', () => {
    expect(literal('*Gudang* _A_ ~lama~ & <B>', 100)).toBe('∗Gudang∗ ˍAˍ ∼lama∼ &amp; &lt;B&gt;');
    expect(literal('sby_north_2', 100)).toBe('sby_north_2');
    expect(literal('*'.repeat(9), 4)).toBe('∗∗∗…');
  });
});

describe('mrkdwn', () => {
  it('escapes the three characters of markup, the ampersand first', () => {
    expect(mrkdwn('<!channel> & <@U1> &lt;')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt; &amp;lt;');
  });

  it('keeps a data string on its line and shows what is unseen', () => {
    expect(mrkdwn('a\nb\tc\u202ed\u200be\u0085')).toBe('a␊b␉c\\u202ed\\u200be\\u0085');
  });

  it('opens no code span', () => {
    expect(mrkdwn('a`b``c')).toBe('aˋbˋˋc');
  });

  it('leaves ordinary text, accents and emoji as they are', () => {
    expect(mrkdwn("Dépôt n°1, Bandung's 倉庫 😀")).toBe("Dépôt n°1, Bandung's 倉庫 😀");
  });

  it('splits no entity where it cuts', () => {
    expect(mrkdwn('ab&cd', 5)).toBe('ab…');
    expect(mrkdwn('ab&cd', 8)).toBe('ab&amp;…');
    expect(mrkdwn('ab&cd', 9)).toBe('ab&amp;cd');
  });
});

describe('code', () => {
  it('shows an email in a code span', () => {
    expect(code('vendor1@dkm')).toBe('`vendor1@dkm`');
  });

  it('cannot be closed by a backtick in the data', () => {
    expect(code('a` <!channel> `b')).toBe('`aˋ &lt;!channel&gt; ˋb`');
  });

  it('shows an empty string as two quotes', () => {
    expect(code('')).toBe('`""`');
  });

  it('shows blanks at the ends, where a code span may have none', () => {
    expect(code('  a b ')).toBe('`␣␣a b␣`');
    expect(code(' ')).toBe('`␣`');
  });

  it('shows control, bidi and invisible characters as escapes', () => {
    expect(code('\u0000\u007f\u202ea\u2066\ufeff\u00a0\u{e0041}')).toBe(
      '`␀␡\\u202ea\\u2066\\ufeff\\u00a0\\u{e0041}`',
    );
    // Letters and marks by their category, which nobody sees all the same.
    expect(code('a\u3164b\u115f\ufe0f')).toBe('`a\\u3164b\\u115f\\ufe0f`');
  });

  it('shows half a surrogate pair as an escape', () => {
    expect(code('a\ud83d')).toBe('`a\\ud83d`');
  });

  it('splits no surrogate pair where it cuts', () => {
    expect(code('😀😀😀', 7)).toBe('`😀😀…`');
    expect(code('😀😀😀', 6)).toBe('`😀…`');
    expect(code('😀😀😀', 8)).toBe('`😀😀😀`');
  });

  it('never exceeds its limit, never breaks out and never hides a character, whatever the data', () => {
    fc.assert(
      fc.property(hostileText(300), fc.integer({ min: 4, max: 400 }), (data, limit) => {
        const shown = code(data, limit);
        expect(shown.length).toBeLessThanOrEqual(limit);
        expect(shown).toMatch(/^`[^`<>]+`$/);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(shown.replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&');
      }),
    );
  });

  it('shows different strings differently where none is cut, look-alikes of backticks aside', () => {
    expect(code('a\u202eb')).not.toBe(code('ab'));
    expect(code('a b')).not.toBe(code('a\u00a0b'));
  });
});

describe('plain', () => {
  it('leaves markup alone, which plain text does not read', () => {
    expect(plain('R&D <1> `x`')).toBe('R&D <1> `x`');
  });

  it('leaves no mention whole', () => {
    expect(plain('<!channel> <@U1> <#C1>')).toBe('‹!channel> ‹@U1> ‹#C1>');
  });

  it('shows what is unseen and cuts', () => {
    expect(plain('De\u202ev\n')).toBe('De\\u202ev␊');
    expect(plain('abcdef', 4)).toBe('abc…');
  });
});

describe('unescaped', () => {
  it('undoes each entity once: a typed entity stays one', () => {
    expect(unescaped(mrkdwn('<a> & &lt;b&gt; &amp;lt;'))).toBe('<a> & &lt;b&gt; &amp;lt;');
  });
});
