import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block: what stands in it, without the indentation of a list that it may belong to. */
export type Block = {
  /** What the comment right above it says, `<!-- index: change -->`; else empty. */
  readonly name: string;
  /** What stands behind the fence: `sh`, `sql`, or nothing. */
  readonly language: string;
  readonly text: string;
  /** From 1. */
  readonly line: number;
};

export type Page = {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** The page without what stands in fenced blocks. */
  readonly prose: string;
};

const FENCE = /(?:<!-- ([^>]*) -->\n)?^( *)```(\w*)\n(.*?)^ *```$/gms;

/** Everything that people read: the pages at the top of the project and those in docs. */
export function readPages(): readonly Page[] {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const paths = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs.map((path) => join('docs', path))];
  return paths.filter((path) => path.endsWith('.md')).map(readPage);
}

export function readPage(path: string): Page {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const blocks = [...text.matchAll(FENCE)].map(
    ({ 1: name = '', 2: indent = '', 3: language = '', 4: body = '', index }) => ({
      name,
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: text.slice(0, index).split('\n').length + (name === '' ? 0 : 1),
    }),
  );
  return { path, blocks, prose: text.replaceAll(FENCE, '') };
}

/** The code spans of a text, without their backticks. */
export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The rows of every table of a page whose header begins so, each as its cells. */
export function tableRows({ prose }: Page, header: readonly string[]): readonly (readonly string[])[] {
  const tables = prose.split(/\n\s*\n/).map((part) => part.split('\n').filter((line) => /^\s*\|/.test(line)));
  return tables.flatMap((lines) => {
    const [head = [], , ...rows] = lines.map(cells);
    return header.every((name, index) => head[index] === name) ? rows : [];
  });
}

function cells(line: string): string[] {
  const inner = line.trim().replace(/^\||\|$/g, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
