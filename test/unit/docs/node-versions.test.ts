import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readPage } from '../../../docs/check/pages.ts';
import packageFile from '../../../package.json' with { type: 'json' };
import lockFile from '../../../package-lock.json' with { type: 'json' };
import { LEAST_NODES } from '../../../src/cli/doctor/server-checks.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** The version that is tested most, and that the container has. */
const used = read('.nvmrc').trim();

describe('the versions of Node', () => {
  const [least, middle, last] = LEAST_NODES;

  it('are the same for npm, for doctor and on the pages', () => {
    expect(packageFile.engines.node).toBe(`^${least} || ^${middle} || >=${last}`);
    expect(lockFile.packages[''].engines.node).toBe(packageFile.engines.node);
    expect(readPage('README.md').prose).toContain(`Node ${least}, ${middle}, ${last} or newer`);
    expect(packageFile.devDependencies['@types/node']).toMatch(new RegExp(`^${least.split('.')[0]}\\.`));
  });

  it('are those that Prisma takes', () => {
    const { engines } = lockFile.packages['node_modules/@prisma/client'];
    expect(engines.node.replace(/\.0$/, '')).toBe(packageFile.engines.node);
  });

  it('have one that the container is made with, which .nvmrc names', () => {
    const images = [...read('Dockerfile').matchAll(/^FROM node:(\d+)/gm)].map(([, version]) => version);
    expect(images.length).toBeGreaterThan(1);
    expect(new Set(images)).toEqual(new Set([used]));
  });

  it('are tried in the workflow, the least of each, and the one in use is among them', () => {
    const [, tried = ''] = /node: \[(.*)\]/.exec(read('.github/workflows/servers.yml')) ?? [];
    const versions = tried.split(',').map((version) => version.trim().replace(/"/g, ''));
    expect(versions).toEqual([...LEAST_NODES]);
    expect(used).toBe(last);
  });
});
