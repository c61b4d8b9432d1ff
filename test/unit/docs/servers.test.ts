import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../docs/check/pages.ts';
import { serverResults, tableLines } from '../../servers/results.ts';
import { COMMANDS, FILES, SERVERS } from '../../servers/suite.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const results = serverResults.parse(JSON.parse(read('test/servers/results.json')));

describe('docs/servers.md', () => {
  it('has the table of the last `npm run test:servers -- --write`', () => {
    expect(read('docs/servers.md')).toContain(tableLines(results).join('\n'));
  });

  it('claims only servers on which every test passed', () => {
    const folders = [...new Set(FILES.map((file) => file.split('/')[2]))].sort();
    const tried = results.filter(({ seconds }) => seconds !== null);
    expect(tried.length).toBeGreaterThan(1);
    for (const { passed, ended, failed, version } of tried) {
      expect(Object.keys(passed).sort()).toEqual(folders);
      expect(Math.min(...Object.values(passed))).toBeGreaterThan(0);
      expect(ended).toEqual(COMMANDS.map((words) => words.slice(1).join(' ')));
      expect(failed).toBe(0);
      expect(version).not.toBe('');
    }
    expect(results.map(({ server }) => server)).toEqual([...SERVERS]);
  });

  it('is of what CI runs, but for the installed server, which has all tests by then', () => {
    expect(read('.ci/run')).toContain('npm run test:servers -- mysql-9 mariadb-11.8');
    expect(read('.github/workflows/servers.yml')).toContain('npm run test:servers');
  });
});
