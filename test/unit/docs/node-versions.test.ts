import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readPage } from '../../../docs/check/pages.ts';
import packageFile from '../../../package.json' with { type: 'json' };
import { LEAST_NODE } from '../../../src/cli/doctor/environment-checks.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** The version that is tested most, and that the container has. */
const used = read('.nvmrc').trim();

describe('the versions of Node', () => {
  it('have one least, for npm, for doctor and on the pages', () => {
    expect(packageFile.engines.node).toBe(`>=${LEAST_NODE}`);
    expect(readPage('README.md').prose).toContain(`Node ${LEAST_NODE} or newer`);
    expect(packageFile.devDependencies['@types/node']).toMatch(new RegExp(`^${LEAST_NODE.split('.')[0]}\\.`));
  });

  it('have one that the container is made with, which .nvmrc names', () => {
    const images = [...read('Dockerfile').matchAll(/^FROM node:(\d+)/gm)].map(([, version]) => version);
    expect(images.length).toBeGreaterThan(1);
    expect(new Set(images)).toEqual(new Set([used]));
  });

  it('are tried in the workflow, the least and the one in use among them', () => {
    const [, tried = ''] = /node: \[(.*)\]/.exec(read('.github/workflows/servers.yml')) ?? [];
    const versions = tried.split(',').map((version) => version.trim().replace(/"/g, ''));
    expect(versions).toEqual([LEAST_NODE, '22', used]);
  });
});
