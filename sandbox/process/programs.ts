import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Folders in which servers are installed without being on the PATH: Debian, Fedora, Homebrew, Oracle's package. */
const OTHER_FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/opt/mysql/bin',
  '/usr/local/mysql/bin',
];

/** The path of a program, by its name in the PATH or in the usual folders of servers, or by its path; undefined if there is none. */
export async function find(program: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...OTHER_FOLDERS];
  for (const folder of folders.filter((each) => each !== '')) {
    const path = resolve(folder, program);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Installs packages as root on Debian. Throws elsewhere, and if the installation fails. */
export async function installDebianPackages(packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0 || (await find('apt-get')) === undefined)
    throw new Error('Not root on a Debian');
  console.error(`Installing Debian's ${packages.join(' and ')} for a private server …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-yq', '--no-install-recommends', ...packages], { env, maxBuffer: 1e8 });
}
