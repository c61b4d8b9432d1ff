import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serverLines, serverSizes } from '../../../bench/server-results.ts';
import { ROOT } from '../../../docs/check/pages.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const results = serverSizes.parse(JSON.parse(read('bench/servers.json')));

describe('docs/performance.md', () => {
  it('has the tables of the last `npm run bench -- --only servers`', () => {
    expect(read('docs/performance.md')).toContain(serverLines(results).join('\n'));
  });

  it('shows each size on MySQL beside MariaDB', () => {
    const shown = results.sizes.map(({ users, version }) => [users, version.includes('MariaDB')]);
    expect(shown).toEqual([
      [800, true],
      [800, false],
      [10_000, true],
      [10_000, false],
    ]);
  });
});
