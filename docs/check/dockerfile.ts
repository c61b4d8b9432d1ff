import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './pages.ts';

export type Instruction = { readonly name: string; readonly rest: string };

export type Stage = { readonly name: string | undefined; readonly instructions: readonly Instruction[] };

/** The stages of the Dockerfile, the last one being what runs. */
export function readDockerfile(): readonly Stage[] {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push({ name: / AS (\w+)$/.exec(rest)?.[1], instructions: [] });
    else stages.at(-1)?.instructions.push({ name, rest });
  }
  return stages;
}

/** `--from=stage a b ./`: what is copied, from where, to where. */
export type Copy = {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
};

export function parseCopy(rest: string): Copy {
  const [, from] = /^--from=(\w+) /.exec(rest) ?? [];
  const words = rest.replace(/^--from=\w+ /, '').split(/\s+/);
  return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
}

/** `["node", "x"]`, as CMD and HEALTHCHECK have it. */
export function parseArguments(rest: string): readonly string[] {
  const list: unknown = JSON.parse(rest.slice(rest.indexOf('[')));
  return Array.isArray(list) ? list.map(String) : [];
}
