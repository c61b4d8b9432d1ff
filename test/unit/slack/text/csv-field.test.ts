import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { csvField } from '../../../../src/slack/text/escape.ts';
import { character } from '../views/hostile.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

describe('csvField', () => {
  it.each(['=1+1', '+62812', '-1', '@sum', '\tx', '＝1'])('takes the formula out of %j', (data) => {
    expect(csvField(data)).toBe(`'${data}`);
  });

  it.each([
    ["a;=cmd|'/C calc'!A0;@dkm", "a;'=cmd|'/C calc'!A0;'@dkm"],
    ['a\t=1+1', "a\t'=1+1"],
    ['\t=1+1', "'\t'=1+1"],
    ['a|-1', "a|'-1"],
    ['a; =1', "a;' =1"],
    ['a\n=1', '"a\n\'=1"'],
    ["a;--cmd|'/C calc'!A0", "a;'--cmd|'/C calc'!A0"],
    ['a;-1', "a;'-1"],
    ['a;"=1"', '"a;\'""=1"""'],
    ['; \t;＝1', "; \t;'＝1"],
    [' =1', "' =1"],
    ['"=1"', '"\'""=1"""'],
  ])('takes the formula out of %j, whatever separates its cells', (data, field) => {
    expect(csvField(data)).toBe(field);
  });

  it('leaves separators without a formula as they are', () => {
    expect(csvField('budi@dkm; ani@dkm')).toBe('budi@dkm; ani@dkm');
    expect(csvField('a|b\tc')).toBe('a|b\tc');
    expect(csvField("';drop table users;--@dkm")).toBe("';drop table users;--@dkm");
  });

  it('is no formula for any reader, whatever separates its cells, and whether it heeds quotes or not', () => {
    const pieces = [';', '|', '\t', '\n', '\r\n', '"', ' ', '=', '+', '-', '@', 'a', "'", ',', '＝'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (data) => {
        const line = `deactivate,${csvField(data.join(''))},active`;
        // The two dashes of an SQL comment at the end of a field are no formula, nor with a quote or the next column behind them.
        for (const cell of line.split(/[;|\t\r\n]/))
          expect(cell.replace(/^[\s"]+/, '')).not.toMatch(/^(?!--@?\w*"?(,active)?$)[=+\-@＝]/);
      }),
    );
  });

  it('quotes what RFC 4180 asks to quote', () => {
    expect(csvField('a,b')).toBe('"a,b"');
    expect(csvField('say "hi"')).toBe('"say ""hi"""');
    expect(csvField('two\r\nlines')).toBe('"two\r\nlines"');
    expect(csvField('\rx')).toBe('"\'\rx"');
  });

  it('takes the formula out before it quotes', () => {
    expect(csvField('=HYPERLINK("http://x","y")')).toBe('"\'=HYPERLINK(""http://x"",""y"")"');
  });

  it('leaves ordinary fields as they are', () => {
    expect(csvField('vendor1@dkm')).toBe('vendor1@dkm');
    expect(csvField('')).toBe('');
  });

  it('is one field for every reader, and never a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 60 }), (data) => {
        const field = csvField(data);
        const value = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
        expect(field.startsWith('"') || !/[",\r\n]/.test(field)).toBe(true);
        expect(value.replaceAll("'", '')).toBe(data.replaceAll("'", ''));
        expect(value).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });
});
