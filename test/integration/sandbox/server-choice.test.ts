import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findServerProgram } from '../../../sandbox/database/mariadb-programs.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usersync-choice-'));
  await program('mariadbd', 'mariadbd  Ver 11.8.9-MariaDB for Linux');
  await program('mariadb-install-db', '');
  await program('mysqld', 'mysqld  Ver 9.7.4-2 for Linux on x86_64 (Debian)');
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** One that says its version and does nothing else. */
async function program(name: string, version: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${version}'\n`);
  await chmod(path, 0o755);
}

const chosen = (wanted: string) => {
  vi.stubEnv('USYNC_TEST_SERVER', wanted);
  return findServerProgram();
};

describe('where both servers are installed', () => {
  it('USYNC_TEST_SERVER chooses one of them, and MariaDB is what is taken without it', async () => {
    expect((await chosen('')).server).toBe(join(folder, 'mariadbd'));
    expect((await chosen('mariadb')).server).toBe(join(folder, 'mariadbd'));
    expect((await chosen('mysql')).server).toBe(join(folder, 'mysqld'));
    expect((await chosen(join(folder, 'mysqld'))).server).toBe(join(folder, 'mysqld'));
  });

  it("MySQL runs without the folder that Debian's package would make, at its layout and at its start", async () => {
    const { flags, layOut } = await chosen('mysql');
    expect(flags).toContain('--secure-file-priv=NULL');
    expect(layOut('/data', [])).toContain('--secure-file-priv=NULL');
  });

  it('a mysqld that is MariaDB is not taken for MySQL', async () => {
    await program('mysqld', 'mysqld  Ver 11.8.9-MariaDB for Linux');
    await expect(chosen('mysql')).rejects.toThrow(
      'USYNC_TEST_SERVER is mysql, and no such server is installed',
    );
  });
});
