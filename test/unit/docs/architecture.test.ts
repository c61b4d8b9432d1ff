import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeSpans, ROOT, readPage, tableRows } from '../../../docs/check/pages.ts';

const page = readPage('docs/architecture.md');
const paths = tableRows(page, ['file', 'function']);

describe('docs/architecture.md', () => {
  it.each(paths.map(([file = '', name = '']) => [codeSpans(file)[0] ?? '', codeSpans(name)[0] ?? '']))(
    'is right that %s has %s',
    (file, name) => {
      expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(new RegExp(`\\bfunction ${name}\\b`));
    },
  );

  it('names at most 12 files from the command to the preview, and from Confirm to the commit', () => {
    const [preview, confirm] = page.prose
      .split('## One `')
      .slice(1, 2)
      .concat(page.prose.split('## One Confirm').slice(1, 2));
    for (const part of [preview, confirm]) {
      const files = (part?.split('\n## ')[0] ?? '').match(/^\| `src/gm) ?? [];
      expect(files.length).toBeGreaterThan(5);
      expect(files.length).toBeLessThanOrEqual(12);
    }
  });

  const questions = tableRows(page, ['question', 'answer']);

  it('has its tables of functions and questions', () => {
    expect(paths.length).toBeGreaterThan(20);
    expect(questions.length).toBeGreaterThan(10);
  });

  it.each(questions.map(([question = '', answer = '']) => [question, answer]))(
    'is right where %s',
    (_, answer) => {
      const named = [...answer.matchAll(/`((?:src|docs)\/[^`]+)`(?: \(`([^`]+)`\))?/g)];
      expect(named).not.toEqual([]);
      for (const [, file = '', name] of named) {
        expect(existsSync(join(ROOT, file)), file).toBe(true);
        if (name !== undefined) {
          expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(new RegExp(`\\bfunction ${name}\\b`));
        }
      }
    },
  );

  it('explains at most 20 words', () => {
    const words = tableRows(page, ['word', 'what it means here']);
    expect(words.length).toBeGreaterThan(10);
    expect(words.length).toBeLessThanOrEqual(20);
  });
});

describe('the house', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.includes('generated'),
  );

  it('has no file over 200 lines', () => {
    const long = files.filter(
      (file) => readFileSync(join(ROOT, 'src', file), 'utf8').split('\n').length > 201,
    );
    expect(long).toEqual([]);
  });

  it('lets each folder of slack know only the folders before it', () => {
    const order = ['connect', 'text', 'views', 'tell', 'listeners'];
    const known = files.flatMap((file) => {
      const [, folder = ''] = /^slack\/(\w+)\//.exec(file) ?? [];
      const text = readFileSync(join(ROOT, 'src', file), 'utf8');
      const others = [...text.matchAll(/from '(?:\.\.\/)+(\w+)\/[^']*'/g)].map(([, other = '']) => other);
      return others.map((other) => ({ file, folder: order.indexOf(folder), other: order.indexOf(other) }));
    });
    expect(known.filter(({ folder, other }) => folder > other && other >= 0).length).toBeGreaterThan(100);
    expect(known.filter(({ folder, other }) => folder >= 0 && folder < other)).toEqual([]);
  });

  it('registers listeners at the door alone', () => {
    const registering = files.filter((file) =>
      /\bapp\.(command|action|view|event|shortcut|options|message|function)\(/.test(
        readFileSync(join(ROOT, 'src', file), 'utf8'),
      ),
    );
    expect(registering).toEqual(['slack/listeners/door/door.ts']);
  });
});
