import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { normalizeEmail, quoteRawEmail } from '../../../src/depot-api/list/emails.ts';
import { parseRow } from '../../../src/depot-api/list/pages.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** Lone surrogates included. */
const codeUnit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));

describe('an email', () => {
  it.each([
    ['vendor1@dkm', 'vendor1@dkm'],
    ['  Admin_Surabaya@Gmail.COM\t', 'admin_surabaya@gmail.com'],
    ['a@b', 'a@b'],
    ['"a@b"@c', '"a@b"@c'],
    ["o'brien@dkm", "o'brien@dkm"],
    ['dept/vendor|1@dkm', 'dept/vendor|1@dkm'],
    ['josé@dépôt', 'josé@dépôt'],
    ['o´brien@dkm', 'o´brien@dkm'],
    ['ｂudi@dkm', 'ｂudi@dkm'],
    ['นก@ไทย.คอม', 'นก@ไทย.คอม'],
    ['budi@क्षि', 'budi@क्षि'],
    ['r&d@dkm', 'r&d@dkm'],
    ['100%@dkm', '100%@dkm'],
    ['first.last+tag@[127.0.0.1]', 'first.last+tag@[127.0.0.1]'],
    [`${'x'.repeat(251)}@dkm`, `${'x'.repeat(251)}@dkm`],
    [`${'😀'.repeat(251)}@dkm`, `${'😀'.repeat(251)}@dkm`],
  ])('%j is compared as %j', (raw, email) => {
    expect(normalizeEmail(raw)).toBe(email);
  });

  it.each([
    ['no at sign', 'vendor1'],
    ['nothing before the last at sign', '@dkm'],
    ['nothing after it', 'vendor1@'],
    ['too short', '@@'],
    ['256 characters', `${'x'.repeat(252)}@dkm`],
    ['a megabyte', `${'x'.repeat(1_000_000)}@dkm`],
    ['a blank inside', 'vendor 1@dkm'],
    ['a no-break space', 'vendor\u00a01@dkm'],
    ['a line break', 'vendor1@dkm\n1@dkm'],
    ['a NUL', 'vendor\u00001@dkm'],
    ['a right-to-left override', 'vendor\u202e1@dkm'],
    ['a zero-width space', 'vendor\u200b1@dkm'],
    ['a soft hyphen', 'vendor\u00ad1@dkm'],
    ['a Hangul filler', 'vendor\u31641@dkm'],
    ['a variation selector', 'vendor1@dkm\ufe0f'],
    ['a grapheme joiner', 'vendor\u034f1@dkm'],
    ['a private-use character', 'vendor\ue0001@dkm'],
    ['a line separator', 'vendor\u20281@dkm'],
    ['a lone surrogate', 'vendor\ud8001@dkm'],
    ['a replacement character', 'vendor\ufffd1@dkm'],
    ['angle brackets around it', '<vendor1@dkm>'],
    ['quotes around it', "'vendor1@dkm'"],
    ['parentheses around it', '(vendor1@dkm)'],
    ['mailto: before it', 'mailto:vendor1@dkm'],
    ['a full stop after it', 'vendor1@dkm.'],
    ['another after a comma', 'vendor1@dkm,vendor2@dkm'],
    ['another after a semicolon', 'vendor1@dkm;vendor2@dkm'],
    ['another after a slash', 'vendor1@dkm/vendor2@dkm'],
    ['one quote behind it', "vendor1@dkm'"],
    ['one quote before it', '"vendor1@dkm'],
    ['a bracket behind it', 'vendor1@dkm>'],
    ['curly quotes around it', '“vendor1@dkm”'],
    ['an exclamation mark behind it', 'vendor1@dkm!'],
    ['a line break in HTML behind it', 'vendor1@dkm<br>'],
    ['a slash behind it', 'vendor1@dkm/'],
    ['a blank of an address behind it', 'vendor1@dkm%20'],
    ['an escaped plus', 'ven%2Bdor1@dkm'],
    ['the name of a protocol before it', 'SMTP:vendor1@dkm'],
    ['a label before it', 'email:vendor1@dkm'],
    ['another after a full-width comma', 'vendor1@dkm，vendor2@dkm'],
    ['another after a colon', 'vendor1@dkm:vendor2@dkm'],
    ['a closing bracket behind it', 'vendor1@dkm]'],
    ['an accent behind it', 'vendor1@dkm´'],
    ['a plus behind it', 'vendor1@dkm+'],
    ['three dots in one sign behind it', 'vendor1@dkm…'],
    ['a full stop of Chinese behind it', 'vendor1@dkm。'],
    ['a full-width bracket behind it', 'vendor1@dkm＞'],
    ['a note in full-width brackets behind it', 'vendor1@dkm（hq）'],
    ['a note in square brackets behind it', 'vendor1@dkm[1]'],
    ['a full-width bracket before it', '＜vendor1@dkm'],
    ['another after a full-width slash', 'vendor1@dkm／vendor2@dkm'],
    ['an accent before it', '´vendor1@dkm'],
    ['three dots in one sign before it', '…vendor1@dkm'],
    ['a comma of Chinese before it', '、vendor1@dkm'],
    ['a full-width colon before it', '：vendor1@dkm'],
    ['the end of a full-width bracket before it', '＞vendor1@dkm'],
    ['a bullet before it', '•vendor1@dkm'],
    ['a letter in a picture before it', '📧vendor1@dkm'],
    ['an accent without a letter before it', '\u0301vendor1@dkm'],
    ['a colon before it', ':vendor1@dkm'],
    ['the end of a bracket before it', '>vendor1@dkm'],
    ['a full stop before it', '.vendor1@dkm'],
    ['two at signs', 'vendor1@@dkm'],
    ['its domain twice', 'vendor1@dkm@dkm'],
    ['the end of a bracket before its at sign', 'vendor1>@dkm'],
    ['the end of a quote before its at sign', 'vendor1"@dkm'],
    ['a backslash', "o\\'brien@dkm"],
    ['a letter as HTML has it', 'jos&eacute;@dkm'],
    ['an ampersand as HTML has it', 'r&amp;d@dkm'],
    ['an apostrophe as HTML has it', 'o&#039;brien@dkm'],
  ])('with %s is unusable', (_what, raw) => {
    expect(normalizeEmail(raw)).toBeUndefined();
  });

  // To compose a letter takes as long as the square of its accents: hours for a megabyte of them, which an email may have.
  it.each([
    ['a letter with thousands of accents', `a${'\u0315\u0316'.repeat(20_000)}@dkm`],
    ['a sign that stands for three, thousands of times', `a@${'\u2026'.repeat(20_000)}a`],
    ['thousands of brackets', `${'<'.repeat(20_000)}a@dkm`],
  ])('with %s is unusable, and no more than its first 4,096 characters are composed', (_what, raw) => {
    const normalize = vi.spyOn(String.prototype, 'normalize');
    const row = parseRow({ id_user: 1, email: raw }, 1);
    const composed = normalize.mock.contexts.map((text) => String(text).length);
    normalize.mockRestore();
    expect(row).toMatchObject({ email: undefined, skip: 'bad_email' });
    expect(Math.max(...composed)).toBe(4_096);
  });

  it('that is usable stays the same when it is read again', () => {
    const part = fc.string({ unit: codeUnit });
    fc.assert(
      fc.property(part, part, (local, host) => {
        const email = normalizeEmail(`${local}@${host}`);
        if (email !== undefined) expect(normalizeEmail(email)).toBe(email);
      }),
    );
  });
});

describe('what stood where the email should be', () => {
  it.each([
    [42, '42'],
    [true, 'true'],
    [{ toString: 1 }, '[object Object]'],
    [['a@b'], '[object Array]'],
    ['a\u0000b\ud800c', 'abc'],
  ])('%j is quoted as %j', (value, quoted) => {
    expect(quoteRawEmail(value)).toBe(quoted);
  });

  it('is cut to 255 whole characters', () => {
    expect(quoteRawEmail('😀'.repeat(300))).toBe('😀'.repeat(255));
  });

  it('always fits into a utf8mb4 column of 255 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: codeUnit, maxLength: 600 }), (raw) => {
        const quoted = quoteRawEmail(raw);
        expect([...quoted].length).toBeLessThanOrEqual(255);
        expect(quoted).not.toMatch(/[\0\p{Cs}]/u);
      }),
    );
  });
});
