import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { partsOf, urlOf } from '../../../../src/cli/setup/fixed-questions.ts';
import { settings } from '../../../../src/config/settings.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

describe('the parts of DATABASE_URL', () => {
  it('are the usual ones where there is none, or none that can be read', () => {
    expect(urlOf(partsOf(undefined))).toBe('mysql://usersync@127.0.0.1:3306/laravel');
    expect(partsOf('not a url')).toEqual(partsOf(undefined));
  });

  it('are read as people type them, and its options stay', () => {
    expect(partsOf('mysql://bot:p%40ss%25@db.example.com/shop?ssl=true')).toEqual({
      host: 'db.example.com',
      port: '3306',
      database: 'shop',
      user: 'bot',
      password: 'p@ss%',
      options: '?ssl=true',
    });
  });

  it('take an IPv6 address without its brackets, and with them', () => {
    for (const host of ['::1', '[::1]'])
      expect(urlOf({ ...partsOf(undefined), host })).toBe('mysql://usersync@[::1]:3306/laravel');
  });

  it('take a lone % as it stands', () => {
    expect(partsOf('mysql://bot:100%@db/shop').password).toBe('100%');
  });

  it('make a usable URL again, whatever stands in user, password and database', () => {
    // A path of a URL cannot end in a part . or .., written in whatever way.
    const word = fc.string({ minLength: 1 }).filter((text) => text !== '.' && text !== '..');
    fc.assert(
      fc.property(word, fc.string(), word, (user, password, database) => {
        const parts = {
          host: 'db.example.com',
          port: '3307',
          options: '?ssl=true',
          user,
          password,
          database,
        };
        const url = settings.shape.DATABASE_URL.parse(urlOf(parts));
        expect(partsOf(url)).toEqual(parts);
      }),
    );
  });
});
