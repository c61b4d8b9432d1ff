import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../servers/main.ts', import.meta.url));

/** Where the program looks for others, and where it unpacks: nothing but what the test puts there. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usersync-tools-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function tool(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

/** A vitest that writes this report. */
const vitestOf = (statuses: readonly string[], code: number) => {
  const report = {
    success: code === 0,
    testResults: [
      {
        name: '/project/test/integration/database/apply.test.ts',
        status: code === 0 ? 'passed' : 'failed',
        message: 'Error: no such file',
        assertionResults: statuses.map((status) => ({
          status,
          fullName: 'a plan is applied',
          failureMessages: status === 'failed' ? ['Error: it is not'] : [],
        })),
      },
    ],
  };
  return tool(
    'npx',
    `for each; do case "$each" in --outputFile.json=*) echo '${JSON.stringify(report)}' >"\${each#*=}";; esac; done\nexit ${code}`,
  );
};

async function testServers(name: string, databaseUrl = '') {
  const { TEST_DATABASE_URL: _, ...others } = process.env;
  const env = { ...others, PATH: folder, TMPDIR: folder, TEST_DATABASE_URL: databaseUrl };
  return new Promise<{ code: unknown; said: string }>((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', MAIN, name], { env }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, said: stdout }),
    );
  });
}

describe('npm run test:servers', () => {
  it('says loudly that a machine without apt cannot fetch a server, which is no failure', async () => {
    const { code, said } = await testServers('mysql-9');
    expect(said).toContain(
      '!!! mysql-9 WAS NOT TRIED. mysql-9 could not be fetched from Debian: this machine has no apt',
    );
    expect(said).toContain('| `mysql-9` | not to be had |');
    expect(code).toBe(0);
  });

  it('says what apt said where there is no mirror, which is no failure either', async () => {
    await tool('apt-get', 'echo "Temporary failure resolving deb.debian.org" >&2; exit 100');
    await tool('dpkg-deb', 'exit 1');
    const { code, said } = await testServers('mariadb-11.8');
    expect(said).toMatch(/!!! mariadb-11\.8 WAS NOT TRIED\. [\s\S]*Temporary failure resolving/);
    expect(code).toBe(0);
  });

  const TESTS = 'FAILED on TEST_DATABASE_URL: test/integration/database/apply.test.ts: ';

  it.each([
    ['a test failed', ['passed', 'failed'], 1, 'exit 0', 1, `${TESTS}a plan is applied: Error: it is not\n`],
    ['a file could not be loaded', ['passed'], 1, 'exit 0', 1, `${TESTS}Error: no such file\n`],
    [
      'a command beside the tests failed',
      ['passed'],
      0,
      'exit 1',
      1,
      ': npm run chaos -- --runs 4 --seed 1\n',
    ],
    ['all is well', ['passed', 'passed'], 0, 'exit 0', 0, undefined],
  ])(
    'ends with the right code, and names the failure, where %s',
    async (_, statuses, tests, npm, code, named) => {
      await vitestOf(statuses, tests);
      await tool('npm', npm);
      const ended = await testServers('', inject('databaseServerUrl'));
      expect(ended.said).toMatch(/^\| `TEST_DATABASE_URL` \| \d+\.\d+/m);
      const last = ended.said.split('\n').findLast((line) => line.startsWith('FAILED'));
      if (named === undefined) expect(last).toBeUndefined();
      else expect(`${last}\n`).toContain(named);
      expect(ended.code).toBe(code);
    },
  );
});
