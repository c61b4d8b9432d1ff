import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readPage, readPages } from '../../../docs/check/pages.ts';

const pages = readPages();

type Link = { readonly from: string; readonly target: string };

/** Links and images of a page that lead to something of this project. */
const links: readonly Link[] = pages.flatMap(({ path, prose }) =>
  [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ from: path, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target)),
);

function fileOf({ from, target }: Link): string {
  const [file = ''] = target.split('#');
  return file === '' ? from : normalize(join(dirname(from), file));
}

/** What GitHub makes of the headings of a page. */
function anchorsOf(path: string): readonly string[] {
  const headings = readPage(path).prose.matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('a link of a page', () => {
  it('leads to a file that is there', () => {
    expect(links.length).toBeGreaterThan(100);
    const broken = links.filter((link) => !existsSync(join(ROOT, fileOf(link))));
    expect(broken).toEqual([]);
  });

  it('leads to a heading that is there', () => {
    const broken = links.filter((link) => {
      const [, anchor] = link.target.split('#');
      return anchor !== undefined && !anchorsOf(fileOf(link)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('leads from the README to every page, over others at most', () => {
    const reached = new Set(['README.md']);
    for (const page of reached)
      for (const link of links.filter(({ from }) => from === page))
        if (fileOf(link).endsWith('.md') && existsSync(join(ROOT, fileOf(link)))) reached.add(fileOf(link));
    expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });
});

describe('a path that a page names', () => {
  it('is there', () => {
    const named = pages.flatMap(({ path, prose }) =>
      [...prose.matchAll(/`((?:src|test|docs|deploy|prisma|chaos|bench|demo)\/[\w./-]+)`/g)].map(
        ([, file = '']) => ({ path, file }),
      ),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});
