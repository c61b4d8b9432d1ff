import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { find } from '../process/programs.ts';

const run = promisify(execFile);

/** Servers from Debian's archive that need not be installed here: suite, packages, and the program in them. */
const UNPACKABLE = {
  'mysql-9': { suite: 'sid', packages: ['mysql-server-core'], program: 'mysqld' },
  'mariadb-11.8': {
    suite: 'trixie',
    // The client package contains the program that creates the data folder.
    packages: ['mariadb-server-core', 'mariadb-client-core'],
    program: 'mariadbd',
  },
} as const;
export type UnpackableServer = keyof typeof UNPACKABLE;

/** Whether the name is a server of Debian's archive, such as `mysql-9`. */
export function isUnpackable(name: string): name is UnpackableServer {
  return name in UNPACKABLE;
}

/** A server could not be downloaded: no Debian, no mirror, or no network. The tested code is not the cause. */
export class NoDownloadError extends Error {
  override readonly name = 'NoDownloadError';
}

export type UnpackedServer = {
  /** A program that runs on this machine with its own libraries. */
  readonly program: string;
  /** The folder with the server's own files. */
  readonly base: string;
};

/**
 * Downloads a server from Debian's archive without touching the system: apt-get runs with its own state and this machine's
 * mirror, and the packages are unpacked into the temporary folder, once. Each program is started through the unpacked dynamic
 * linker with the unpacked libraries. Throws `NoDownloadError`.
 */
export async function unpackServer(name: UnpackableServer): Promise<UnpackedServer> {
  const cache = join(tmpdir(), 'usersync-servers');
  const folder = join(cache, name);
  const base = join(folder, 'usr');
  const program = join(base, 'sbin', UNPACKABLE[name].program);
  if (await isThere(folder)) return { program, base };
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetching-'));
  try {
    const root = join(work, 'root');
    await fetchAndUnpack(name, work, root);
    await makeRunnable(root, folder);
    // Another process may have downloaded the same meanwhile.
    await rename(root, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error;
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new NoDownloadError(`${name} could not be fetched from Debian: ${why}`, { cause });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { program, base };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Milliseconds for one step on a slow line. An unreachable mirror fails long before. */
const FETCHED_WITHIN_MS = 2 * 60_000;

/** Packages that only installation scripts need, or that every Debian has. */
const NOT_NEEDED = /^(perl|libperl|libgdbm|libdb5|libc-gconv|gcc-|mysql-common|mariadb-common)/;

async function fetchAndUnpack(name: UnpackableServer, work: string, root: string): Promise<void> {
  for (const tool of ['apt-get', 'dpkg-deb'])
    if ((await find(tool)) === undefined) throw new Error(`this machine has no ${tool}, as a Debian has`);
  const { suite, packages } = UNPACKABLE[name];
  const downloads = join(work, 'packages');
  const folders = ['state/lists/partial', 'cache/archives/partial', 'preferences'].map((path) =>
    join(work, path),
  );
  for (const folder of [...folders, downloads, root]) await mkdir(folder, { recursive: true });
  const [sources, status, config] = ['sources.list', 'status', 'apt.conf'].map((file) =>
    join(work, file),
  ) as [string, string, string];
  const source = `deb [signed-by=${await keyring()}] ${await mirror()} ${suite} main\n`;
  await writeFile(sources, source);
  await writeFile(status, '');
  await writeFile(config, aptSettings(work, sources, status));
  const apt = (args: readonly string[]) =>
    run('apt-get', args, {
      cwd: downloads,
      env: { ...process.env, APT_CONFIG: config },
      maxBuffer: 1e8,
      timeout: FETCHED_WITHIN_MS,
    });
  await apt(['update', '-qq']);
  const { stdout } = await apt(['install', '-s', '--no-install-recommends', ...packages]);
  const needed = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, each = '']) => each);
  await apt(['download', '-qq', ...needed.filter((each) => !NOT_NEEDED.test(each))]);
  for (const file of await readdir(downloads)) await run('dpkg-deb', ['-x', join(downloads, file), root]);
}

/**
 * Settings for an apt that knows one source and no installed package. The machine's other settings, such as a proxy, still hold.
 */
function aptSettings(work: string, sources: string, status: string): string {
  const settings = {
    'Dir::State': join(work, 'state'),
    'Dir::State::status': status,
    'Dir::Cache': join(work, 'cache'),
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': join(work, 'preferences'),
    // apt's own account could not write to this folder.
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    // Without a network, fail within seconds: by default apt tries each address several times and reports success.
    'Acquire::Retries': '0',
    'Acquire::http::Timeout': '10',
    'Acquire::https::Timeout': '10',
    'APT::Update::Error-Mode': 'any',
  };
  return Object.entries(settings)
    .map(([setting, value]) => `${setting} "${value}";\n`)
    .join('');
}

async function keyring(): Promise<string> {
  const known = ['gpg', 'pgp'].map((end) => `/usr/share/keyrings/debian-archive-keyring.${end}`);
  for (const path of known) if (await isThere(path)) return path;
  throw new Error("this machine does not have Debian's keys (package debian-archive-keyring)");
}

/** The mirror in the machine's own apt sources. */
async function mirror(): Promise<string> {
  const { stdout } = await run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Created-By: Packages',
  ]);
  const found = stdout.split('\n').find((address) => /\/debian\/?$/.test(address));
  return found ?? 'http://deb.debian.org/debian';
}

/** Replaces each program with a start script. `folder` is the final place of the tree. */
async function makeRunnable(root: string, folder: string): Promise<void> {
  const libraries = await libraryFolder(root);
  const linker = (await readdir(join(root, libraries))).find((file) => /^ld-linux.*\.so\.\d$/.test(file));
  if (linker === undefined) throw new Error('the packages bring no dynamic linker');
  const [at, through] = [join(folder, libraries), join(folder, libraries, linker)];
  for (const place of ['usr/bin', 'usr/sbin']) {
    for (const file of await readdir(join(root, place))) {
      const path = join(root, place, file);
      if (!(await isProgram(path))) continue;
      await rename(path, `${path}.program`);
      const itself = join(folder, place, `${file}.program`);
      await writeFile(path, `#!/bin/sh\nexec "${through}" --library-path "${at}" "${itself}" "$@"\n`);
      await chmod(path, 0o755);
    }
  }
}

async function libraryFolder(root: string): Promise<string> {
  const inLib = await readdir(join(root, 'usr/lib'));
  const own = inLib.find((name) => name.endsWith('-linux-gnu'));
  if (own === undefined) throw new Error('the packages bring no libraries');
  return join('usr/lib', own);
}

async function isProgram(path: string): Promise<boolean> {
  const head = await readFile(path).catch(() => Buffer.alloc(0));
  return head.subarray(1, 4).toString('latin1') === 'ELF';
}
