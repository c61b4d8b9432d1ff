import { execFile } from 'node:child_process';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './pages.ts';

const git = promisify(execFile);

/** Every file of the project as it stands now, but for what git ignores. */
export async function projectFiles(): Promise<readonly string[]> {
  const { stdout } = await git('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  });
  return stdout.split('\0').filter((path) => path !== '');
}

/** A folder that is removed at the end, readable by other users. */
export async function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `usersync-${name}-`));
}

/** A fresh clone with today's files in it, as a newcomer has it: nothing installed, nothing built, no .env. */
export async function cloneProject(): Promise<string> {
  const folder = await temporaryFolder('docs');
  await git('git', ['clone', '--quiet', '--no-hardlinks', ROOT, folder]);
  for (const path of await projectFiles())
    await cp(join(ROOT, path), join(folder, path), { recursive: true }).catch(
      (error: NodeJS.ErrnoException) => {
        // Removed, and not committed yet.
        if (error.code !== 'ENOENT') throw error;
      },
    );
  return folder;
}
