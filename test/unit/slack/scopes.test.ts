import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { webApi } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { ALL_SCOPES, METHOD_SCOPES, neededScopes } from '../../../src/slack/connect/manifest.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Every method that Slack's own client has, as Slack writes it: `chat.postMessage`. */
const KNOWN = new Set(
  Object.entries(new webApi.WebClient()).flatMap(([name, part]) => methodsOf(name, part)),
);

function methodsOf(name: string, part: unknown): string[] {
  if (typeof part === 'function') return [name];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([each, inner]) => methodsOf(`${name}.${each}`, inner));
}

const files = readdirSync(at('src/slack'), { recursive: true, encoding: 'utf8' });
const source = files
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(at('src/slack'), file), 'utf8'))
  .join('\n');

/** Every method of Slack's that src/slack calls, whatever the client is called there. */
function methodsCalled(): readonly string[] {
  const chains = [...source.matchAll(/((?:\w+\s*\.\s*)+\w+)\(/g)].map(([, chain = '']) => chain);
  const names = chains.flatMap((chain) => {
    const parts = chain.split(/\s*\.\s*/);
    // The longest ending that is a method: usergroups.users.list is not users.list.
    return parts.map((_, index) => parts.slice(index).join('.')).find((name) => KNOWN.has(name)) ?? [];
  });
  return [...new Set(names)];
}

/** The bot scopes of manifest.yml: the list under `bot:`. */
function manifestScopes(): readonly string[] {
  const manifest = readFileSync(at('manifest.yml'), 'utf8');
  const list = /^ {4}bot:\n((?: {6}.*\n)+)/m.exec(manifest)?.[1] ?? '';
  return [...list.matchAll(/^ {6}- (\S+)$/gm)].map(([, scope = '']) => scope);
}

describe('the table of scopes', () => {
  it('has every method of Slack that the code calls, and no other', () => {
    expect(methodsCalled().toSorted()).toEqual(Object.keys(METHOD_SCOPES).toSorted());
  });

  it('cannot be passed by: nothing calls a method by its name as text', () => {
    expect(source).not.toContain('.apiCall(');
  });

  it('asks for what manifest.yml asks for, no more and no less', () => {
    expect(manifestScopes().toSorted()).toEqual([...ALL_SCOPES]);
  });

  it('asks for user groups only where they are used', () => {
    expect(neededScopes({ userGroups: true })).toEqual(ALL_SCOPES);
    expect(ALL_SCOPES.filter((scope) => !neededScopes({ userGroups: false }).includes(scope))).toEqual([
      'usergroups:read',
    ]);
  });
});
