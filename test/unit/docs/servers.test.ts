import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../docs/check/pages.ts';
import { countTests, serverResults, tableLines } from '../../servers/results.ts';
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
      expect(failed).toEqual([]);
      expect(version).not.toBe('');
    }
    expect(results.map(({ server }) => server)).toEqual([...SERVERS]);
  });

  it('is of what CI runs, but for the installed server, which has all tests by then', () => {
    expect(read('.ci/run')).toContain('npm run test:servers -- mysql-9 mariadb-11.8');
    expect(read('.github/workflows/servers.yml')).toContain('npm run test:servers');
  });
});

describe('a report of vitest', () => {
  const file = '/somewhere/test/integration/cli/a.test.ts';
  const test = (status: string, ...failureMessages: string[]) => ({
    status,
    fullName: 'a server is found',
    failureMessages,
  });
  const report = (status: string, assertionResults: unknown[], message = '') => ({
    success: status === 'passed',
    testResults: [{ name: file, status, message, assertionResults }],
  });

  it('is counted by the folder of its tests', () => {
    expect(countTests(report('passed', [test('passed'), test('skipped'), test('passed')]))).toEqual({
      passed: { cli: 2 },
      failed: [],
    });
  });

  it('names each test that failed, with the first line of its reason', () => {
    expect(countTests(report('failed', [test('passed'), test('failed', 'Error: 1\n  at b')]))).toEqual({
      passed: { cli: 1 },
      failed: ['test/integration/cli/a.test.ts: a server is found: Error: 1'],
    });
  });

  it('names a file that cannot be loaded', () => {
    expect(countTests(report('failed', [], 'Error: no such module\nmore'))).toEqual({
      passed: { cli: 0 },
      failed: ['test/integration/cli/a.test.ts: Error: no such module'],
    });
  });
});
