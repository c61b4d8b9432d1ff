import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { InvalidResponseError } from '../../../src/depot-api/errors.ts';
import { parseRow } from '../../../src/depot-api/list/pages.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** Lone surrogates included. */
const codeUnit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));

const USABLE = { id_user: 7, email: 'vendor1@dkm', status_user: 1 };

describe('a row of the list', () => {
  it('is read with a trimmed, lower-case email', () => {
    expect(parseRow({ ...USABLE, email: ' Vendor1@DKM ' }, 1)).toEqual({
      id: 7,
      email: 'vendor1@dkm',
      active: true,
      skip: undefined,
      rawEmail: undefined,
      spellings: [' Vendor1@DKM '],
    });
  });

  it.each<[string, unknown, readonly string[] | undefined]>([
    ['a plain email', 'vendor1@dkm', undefined],
    ['an email in capitals', 'Vendor1@dkm', ['Vendor1@dkm']],
    ['a bare name', 'superadmin', ['superadmin']],
    ['a name before it', 'Budi <budi@dkm>', ['budi@dkm']],
    ['a zero-width space in it', 'bu\u200bdi@dkm', ['budi@dkm']],
    ['a Hangul filler behind it', 'budi@dkm\u3164', ['budi@dkm\u3164', 'budi@dkm']],
    ['a variation selector in it', 'bu\ufe0fdi@dkm', ['budi@dkm']],
    ['a blank in it', 'vendor 1@dkm', ['vendor 1@dkm', 'vendor1@dkm']],
    ['a lone surrogate in it', 'vendor1\ud800@dkm', ['vendor1@dkm']],
    ['a number for it', 42, ['42']],
    ['a list for it', ['budi@dkm', 'ani@dkm'], ['budi@dkm', 'ani@dkm']],
    ['an object for it', { address: 'budi@dkm' }, ['budi@dkm']],
    ['angle brackets around it', '<budi@dkm>', ['budi@dkm']],
    ['another after a comma', 'budi@dkm,ani@dkm', ['budi@dkm', 'ani@dkm']],
    ['a full stop after it', 'budi@dkm.', ['budi@dkm']],
    ['a plus after it', 'budi@dkm+', ['budi@dkm']],
    ['a bracket after it', 'budi@dkm]', ['budi@dkm']],
    ['three dots in one sign after it', 'budi@dkm…', ['budi@dkm']],
    ['a full stop of Chinese after it', 'budi@dkm。', ['budi@dkm']],
    ['a note in full-width brackets after it', 'budi@dkm（hq）', ['budi@dkm']],
    ['a full-width colon before it', '：budi@dkm', ['budi@dkm']],
    ['a bullet before it', '•budi@dkm', ['budi@dkm']],
    ['an at sign before it', '@budi@dkm', ['budi@dkm']],
    ['two at signs', 'budi@@dkm', ['budi@dkm']],
    ['a star before it', '*budi@dkm', ['budi@dkm']],
    ['brackets around its name', '<budi>@dkm', ['budi@dkm']],
    ['a comma behind its name', 'budi,@dkm', ['budi@dkm']],
    ['a quote of print behind its name', 'budi”@dkm', ['budi@dkm']],
    ['a bullet before its domain', 'budi@•dkm', ['budi@dkm']],
    ['signs that names have', '_budi+1@dkm-2.de', undefined],
    ['a picture for a name', '😀@dkm', undefined],
    ['its domain twice', 'budi@dkm@dkm', ['budi@dkm']],
    ['the end of a bracket before its at sign', 'budi>@dkm', ['budi@dkm']],
    ['the end of a quote before its at sign', 'budi"@dkm', ['budi@dkm']],
    ['a sign of its own, and another after it', '_budi@dkm+', ['_budi@dkm', 'budi@dkm']],
    ['a sign before it, and one of its own', '•budi@dkm_', ['budi@dkm_', 'budi@dkm']],
    ['HTML for its signs', 'o&#039;brien&amp;co@dkm', ["o'brien&co@dkm"]],
    ['nothing for it', null, undefined],
  ])('with %s tells which texts in users may mean its person', (_what, email, texts) => {
    const { spellings } = parseRow({ ...USABLE, email }, 1);
    if (texts === undefined) expect(spellings).toBeUndefined();
    else expect(spellings).toEqual(expect.arrayContaining([...texts]));
  });

  it('tells texts that fit into users only, and not too many', () => {
    fc.assert(
      fc.property(fc.string({ unit: codeUnit, maxLength: 700 }), (email) => {
        const spellings = parseRow({ ...USABLE, email }, 1).spellings ?? [];
        expect(spellings.length).toBeLessThanOrEqual(12);
        for (const text of spellings) expect([...text].length).toBeLessThanOrEqual(255);
        for (const text of spellings) expect(text).not.toMatch(/[\0\p{Cs}]/u);
      }),
    );
  });

  it.each([
    [7, 7],
    ['7', 7],
    [0, 0],
    ['0042', 42],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])('takes id_user %j as %i', (id_user, id) => {
    expect(parseRow({ ...USABLE, id_user }, 1).id).toBe(id);
  });

  it.each([undefined, null, ''])('makes the list unprovable where id_user is %j', (id_user) => {
    expect(() => parseRow({ ...USABLE, id_user }, 3)).toThrow('a user without id_user on page 3');
  });

  it.each(['seven', '1e3', -1, '-1', 1.5, 2 ** 53, '9'.repeat(17), true, [7], { id: 7 }])(
    'makes the list unprovable where id_user is %j, and says what it must be',
    (id_user) => {
      expect(() => parseRow({ ...USABLE, id_user }, 3)).toThrow(
        'a user whose id_user is not a whole number from 0 to 9007199254740991 on page 3',
      );
    },
  );

  it.each([null, 7, 'user', true, [], [USABLE]])('makes the list unprovable where it is %j', (row) => {
    expect(() => parseRow(row, 3)).toThrow('a row that is not a user on page 3');
  });

  it.each([undefined, null, 1, '1', true])('is active where status_user is %j', (status_user) => {
    expect(parseRow({ ...USABLE, status_user }, 1)).toMatchObject({ active: true, skip: undefined });
  });

  it('is active where status_user is missing', () => {
    expect(parseRow({ id_user: 7, email: 'a@b' }, 1)).toMatchObject({ active: true, skip: undefined });
  });

  it.each([0, '0', false])('is inactive where status_user is %j', (status_user) => {
    expect(parseRow({ ...USABLE, status_user }, 1)).toMatchObject({ active: false, skip: undefined });
  });

  it.each([2, '', 'active', -1, {}, [1]])(
    'is skipped and counts as present where status_user is %j',
    (status_user) => {
      expect(parseRow({ ...USABLE, status_user }, 1)).toEqual({
        id: 7,
        email: 'vendor1@dkm',
        active: true,
        skip: 'bad_status',
        rawEmail: 'vendor1@dkm',
      });
    },
  );

  it.each([undefined, null, '', '  \t'])('is skipped as having no email where that is %j', (email) => {
    expect(parseRow({ ...USABLE, email }, 1)).toMatchObject({
      email: undefined,
      skip: 'no_email',
      rawEmail: undefined,
    });
  });

  it('is skipped as having no email where the key is missing', () => {
    expect(parseRow({ id_user: 7 }, 1)).toMatchObject({ email: undefined, skip: 'no_email' });
  });

  it.each([
    ['vendor1', 'vendor1'],
    [42, '42'],
    [{ toString: 'x' }, '[object Object]'],
  ])('is skipped and quoted where its email is %j', (email, rawEmail) => {
    expect(parseRow({ ...USABLE, email }, 1)).toMatchObject({
      email: undefined,
      skip: 'bad_email',
      rawEmail,
    });
  });

  it('takes nothing from __proto__ and leaves no trace of it', () => {
    const row = JSON.parse('{"id_user":7,"__proto__":{"email":"evil@x","status_user":0,"polluted":1}}');
    expect(parseRow(row, 1)).toMatchObject({ email: undefined, active: true, skip: 'no_email' });
    expect('polluted' in {}).toBe(false);
  });

  it('is never lost: whatever it holds, it has an email or is skipped', () => {
    const field = fc.oneof(fc.jsonValue(), fc.string({ unit: codeUnit }), fc.constant(undefined));
    const row = fc.record({ id_user: fc.nat(), email: field, status_user: field, [`__proto__`]: field });
    fc.assert(
      fc.property(row, (value) => {
        const parsed = parseRow(value, 1);
        expect(parsed.id).toBe(value.id_user);
        expect(parsed.email !== undefined || parsed.skip !== undefined).toBe(true);
      }),
    );
  });

  it('has an id or fails the list, whatever stands in its place', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          expect(Number.isSafeInteger(parseRow(value, 1).id)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidResponseError);
        }
      }),
    );
  });
});
