import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../../docs/check/commands.ts';
import { NOT_RUN } from '../../../docs/check/not-run.ts';
import { codeSpans, ROOT, readPage, readPages, tableRows } from '../../../docs/check/pages.ts';
import packageFile from '../../../package.json' with { type: 'json' };
import { COMMANDS } from '../../../src/config/commands.ts';
import { parseCommand } from '../../../src/slack/listeners/parse-command.ts';
import { en } from '../../../src/slack/text/en.ts';

const TARGETS = ['dev', 'test', 'prod'];

const pages = readPages();
const everything = pages
  .flatMap(({ prose, blocks }) => [prose, ...blocks.map(({ text }) => text)])
  .join('\n');

describe('an npm script', () => {
  const named = new Set([...everything.matchAll(/\bnpm run ([\w:]+)/g)].map(([, script = '']) => script));

  it('that a page names is there', () => {
    expect([...named].filter((script) => !Object.hasOwn(packageFile.scripts, script))).toEqual([]);
  });

  it('is named by a page', () => {
    // npm runs what begins with `pre` and `post` by itself.
    const typed = Object.keys(packageFile.scripts).filter((script) => !/^(pre|post)/.test(script));
    const others = typed.filter((script) => !named.has(script));
    expect(others.filter((script) => !everything.includes(`npm ${script}`))).toEqual([]);
  });
});

describe('a command of the built bot', () => {
  it('that a page names is one of main.ts', () => {
    const named = [...everything.matchAll(/node dist\/main\.js ([\w:]+)/g)].map(
      ([, command = '']) => command,
    );
    const table = /const COMMANDS.*?^};/ms.exec(readFileSync(join(ROOT, 'src/main.ts'), 'utf8'))?.[0] ?? '';
    expect(named.length).toBeGreaterThan(3);
    for (const command of named) expect(table).toMatch(new RegExp(`^ {2}'?${command}'?:`, 'm'));
  });
});

describe('a command that the check of the pages does not run', () => {
  it('is one whose options are understood, whatever other folders are here', async () => {
    const commands = pages
      .flatMap(({ blocks }) => blocks.filter(({ language }) => language === 'sh'))
      .flatMap(commandsOf);
    const measuring = commands.filter((command) => /^npm run (bench|chaos) -- /.test(command));
    expect(measuring.length).toBeGreaterThan(5);
    for (const command of measuring) {
      const rule = NOT_RUN.find((each) => each.command.test(command));
      expect(await rule?.instead(command), command).toMatch(/^its options are understood/);
    }
  });
});

describe('the table of commands', () => {
  const rows = tableRows(readPage('docs/commands.md'), ['command', 'what it does']);
  const typed = rows.map(([cell = '']) => codeSpans(cell)[0] ?? '');

  it('has every command, and no other', () => {
    const words = typed.map((command) => command.split(' ')[1] ?? '');
    expect([...new Set(words)].toSorted()).toEqual(['dev', ...Object.keys(COMMANDS)].toSorted());
  });

  it('has commands that the bot understands, with and without what may be left out', () => {
    for (const command of typed) {
      const text = command.replace('/usersync', '');
      const longest = text.replace('[target]', 'dev').replace('[active|inactive] [text]', 'inactive vendor');
      const shortest = text.replaceAll(/\[[^\]]+\]/g, '');
      for (const each of [longest, shortest])
        expect(parseCommand(each, TARGETS).verb, each).not.toBe('unknown');
    }
  });
});

describe('a command that any page shows', () => {
  it('is one that the bot understands', () => {
    const shown = pages
      .flatMap(({ prose }) => codeSpans(prose))
      .filter((code) => code.startsWith('/usersync '));
    expect(shown.length).toBeGreaterThan(30);
    for (const command of shown) {
      const text = command
        .replace('/usersync', '')
        .replace('<target>', 'dev')
        .replaceAll(/\[[^\]]+\]/g, '');
      expect(parseCommand(text, TARGETS).verb, command).not.toBe('unknown');
    }
  });
});

describe('the table of buttons', () => {
  it('has every button, by its label', () => {
    const rows = tableRows(readPage('docs/commands.md'), ['button', 'what it does']);
    const labels = rows.flatMap(([cell = '']) => cell.split(', '));
    const others = [en.batch.button, en.users.sendFile];
    expect(labels.toSorted()).toEqual([...Object.values(en.run.button), ...others].toSorted());
  });
});
