import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeSpans, ROOT, readPage, tableRows } from '../../../docs/check/pages.ts';
import { settings } from '../../../src/config/settings.ts';

const rows = tableRows(readPage('docs/settings.md'), ['name', 'meaning', 'default']);

/** A setting's default as the table writes it. */
function defaultOf(schema: { safeParse(value: undefined): { success: boolean; data?: unknown } }): string {
  const { success, data } = schema.safeParse(undefined);
  if (!success) return 'required';
  if (data === undefined) return 'unset';
  if (data instanceof Map) return `\`${[...data.keys()].join(',')}\``;
  return Array.isArray(data) && data.length === 0 ? 'empty' : `\`${data}\``;
}

const defaults = Object.entries(settings.shape).map(([name, schema]) => [name, defaultOf(schema)]);

/** `NAME=value` or `#NAME=value`, as .env.example has them. */
const example = [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^(#?)([A-Z_]+)=(.*)$/gm)].map(
  ([, hidden = '', name = '', value = '']) => ({ hidden: hidden === '#', name, value }),
);

describe('the table of settings', () => {
  it('has every setting with its default, and no other', () => {
    const listed = rows.map(([name, , value]) => [codeSpans(name ?? '')[0], value]);
    expect(listed.toSorted()).toEqual(defaults.toSorted());
  });
});

describe('.env.example', () => {
  it('has every setting, and overrides for one target', () => {
    const own = example.map(({ name }) => name).filter((name) => !name.endsWith('_PROD'));
    expect(own.toSorted()).toEqual(defaults.map(([name]) => name).toSorted());
    expect(example.map(({ name }) => name)).toContain('EXTERNAL_API_PASSWORD_PROD');
  });

  it('leaves empty whatever has to be filled in, so that nobody starts with somebody else’s value', () => {
    const shown = example.filter(({ hidden }) => !hidden);
    expect(shown.filter(({ value }) => value !== '')).toEqual([]);
    const required = defaults.filter(([, value]) => value === 'required').map(([name]) => name);
    for (const name of required) expect(shown.map((line) => line.name)).toContain(name);
  });

  it('shows behind # what holds where the line is left as it is', () => {
    for (const { hidden, name, value } of example) {
      const [, expected] = defaults.find(([each]) => each === name) ?? [];
      // The default of SLACK_MODE depends on SLACK_APP_TOKEN, which the line above it says.
      if (!hidden || expected === undefined || name === 'SLACK_MODE') continue;
      expect([name, value === '' ? expected : `\`${value}\``]).toEqual([name, expected]);
      if (value === '') expect(['unset', 'empty'], name).toContain(expected);
    }
  });
});
