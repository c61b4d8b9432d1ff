import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvField } from '../../../src/slack/text/csv-field.ts';

describe('csvField', () => {
  it.each(['=1+1', '+62812', '-1', '@sum', '\tx', '＝1'])('takes the formula out of %j', (data) => {
    expect(csvField(data)).toBe(`'${data}`);
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
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (data) => {
        const field = csvField(data);
        const value = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
        expect(field.startsWith('"') || !/[",\r\n]/.test(field)).toBe(true);
        expect(value.replace(/^'/, '')).toBe(data.replace(/^'/, ''));
        expect(value).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });
});
