import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeSpans, ROOT, readPage, tableRows } from '../../../docs/check/pages.ts';
import { en } from '../../../src/slack/text/en.ts';

const page = readPage('docs/troubleshooting.md');
const failed = tableRows(page, ['message', 'code']);
/** Messages for which the same is to be done share a row. */
const messagesIn = ([cell = '']: readonly string[]) => codeSpans(cell);

/**
 * The texts of a file as one line each: texts that are put together with + are joined, and what is filled in is `…`.
 */
function textsOf(path: string): readonly string[] {
  let source = readFileSync(join(ROOT, path), 'utf8').replaceAll(/['`]\s*\+\s*['`]/g, '');
  for (let before = ''; before !== source; ) {
    before = source;
    source = source.replaceAll(/\$\{[^{}]*\}/g, '…');
  }
  return source.split('\n');
}

function textsIn(folder: string): readonly string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).flatMap((file) => textsOf(join(folder, file)));
}

/** True where the pieces between the `…` of a message stand in one text, in order. */
function isSaid(message: string, texts: readonly string[]): boolean {
  const pieces = message.split('…').map((piece) => piece.trim());
  return texts.some((text) => {
    let from = 0;
    return pieces.every((piece) => {
      const at = text.indexOf(piece, from);
      from = at + piece.length;
      return at >= 0;
    });
  });
}

const SOURCE = textsIn('src');

/** The codes of a union, as they stand in its file. */
function codesOf(path: string): readonly string[] {
  const source = readFileSync(join(ROOT, path), 'utf8');
  return [...new Set([...source.matchAll(/readonly code: '(\w+)'/g)].map(([, code = '']) => code))];
}

/** Every text below a part of the catalogue; those of functions with `…` for what is filled in. */
function said(texts: object): string[] {
  return Object.values(texts).flatMap((text: unknown) => {
    if (typeof text === 'string') return [text];
    if (typeof text === 'function') return [rendered(text)];
    return typeof text === 'object' && text !== null ? said(text) : [];
  });
}

function rendered(text: { readonly length: number; apply(self: unknown, args: string[]): unknown }): string {
  return String(
    text.apply(
      undefined,
      Array.from({ length: text.length }, () => '…'),
    ),
  );
}

/** True where one of the messages of the page is the beginning of this text. */
function isListed(text: string, messages: readonly string[]): boolean {
  return messages.some((message) => isSaid(message, [text]));
}

describe('a message that docs/troubleshooting.md quotes', () => {
  const headers = [['message'], ['reason'], ['`msg`'], ['check', 'fails with']];
  const quoted = headers.flatMap((header) =>
    tableRows(page, header).flatMap((row) => codeSpans((header.length > 1 ? row[1] : row[0]) ?? '')),
  );

  it.each([...new Set(quoted)])('%s', (message) => {
    expect(isSaid(message, SOURCE)).toBe(true);
  });
});

describe('docs/troubleshooting.md', () => {
  it.each(['src/sync/failures/failure.ts', 'src/sync/run/refusal.ts'])('has every code of %s', (path) => {
    const listed = failed.map(([, code = '']) => codeSpans(code)[0]);
    expect(codesOf(path).length).toBeGreaterThan(10);
    expect(codesOf(path).filter((code) => !listed.includes(code))).toEqual([]);
  });

  it('has every reason for which a run fails', () => {
    const texts = Object.values(en.failure).flatMap((each) =>
      typeof each === 'object' ? said({ what: each.what }) : [],
    );
    expect(texts.filter((text) => !isListed(text, failed.flatMap(messagesIn)))).toEqual([]);
  });

  it('has every refusal', () => {
    expect(said(en.refusal).filter((text) => !isListed(text, failed.flatMap(messagesIn)))).toEqual([]);
  });

  it('has every word about the bot itself', () => {
    const { loading: _, close: __, ...troubles } = en.trouble;
    const listed = tableRows(page, ['message', 'what it means, and what to do']).flatMap(messagesIn);
    expect(said(troubles).filter((text) => !isListed(text, listed))).toEqual([]);
  });

  it('has every check of doctor', () => {
    const listed = tableRows(page, ['check', 'fails with']).flatMap(messagesIn);
    const source = textsIn('src/cli/doctor').join('\n');
    const constants = new Map(
      [...source.matchAll(/const ([A-Z]+) = '([^']+)'/g)].map(([, name, text]) => [name, text]),
    );
    const names = [
      ...source.matchAll(/(?:\bname: |\bcheck: |\bcheckOf\(|onToken\()(?:['`]([^'`]+)['`]|([A-Z]+)\b)/g),
    ].map(([, text, constant]) => text ?? constants.get(constant) ?? '');
    expect(names.length).toBeGreaterThan(15);
    expect([...new Set(names)].filter((name) => !listed.includes(name))).toEqual([]);
  });
});
