import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../docs/check/pages.ts';
import { type ServerResult, tableLines } from '../../servers/results.ts';
import { SERVERS } from '../../servers/suite.ts';

const results: readonly ServerResult[] = JSON.parse(
  readFileSync(join(ROOT, 'test/servers/results.json'), 'utf8'),
);

describe('docs/servers.md', () => {
  it('has the table of the last `npm run test:servers -- --write`', () => {
    expect(readFileSync(join(ROOT, 'docs/servers.md'), 'utf8')).toContain(tableLines(results).join('\n'));
  });

  it('claims only servers on which every test passed', () => {
    const tried = results.filter(({ seconds }) => seconds !== undefined);
    expect(tried.length).toBeGreaterThan(1);
    for (const { passed, failed, version } of tried) {
      expect(passed).toBeGreaterThan(100);
      expect(failed).toBe(0);
      expect(version).not.toBe('');
    }
    expect(results.map(({ server }) => server)).toEqual([...SERVERS]);
  });
});
