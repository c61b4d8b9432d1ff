import { describe, expect, it } from 'vitest';
import { en } from '../../../../src/slack/text/en.ts';
import { id } from '../../../../src/slack/text/id.ts';
import { LANGUAGES, textsFor } from '../../../../src/slack/text/language.ts';

describe('textsFor', () => {
  it.each(['id', 'id-ID', 'id_ID', 'ID'])('speaks Indonesian to a reader of %s', (locale) => {
    expect(textsFor(locale, 'en')).toBe(id);
  });

  it.each(['en', 'en-US', 'en-GB', 'EN-us'])('speaks BOT_LANGUAGE to a reader of %s', (locale) => {
    expect(textsFor(locale, 'id')).toBe(id);
    expect(textsFor(locale, 'en')).toBe(en);
  });

  it.each([undefined, '', 'de-DE', 'idx', 'x-id', '-'])('falls back where the locale is %j', (locale) => {
    expect(textsFor(locale, 'en')).toBe(en);
    expect(textsFor(locale, 'id')).toBe(id);
  });

  it('knows the languages that it can be told to fall back to', () => {
    expect(LANGUAGES.map((language) => textsFor(undefined, language))).toEqual([en, id]);
  });
});
