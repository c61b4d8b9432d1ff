import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PACKAGES = ['mariadb-server-core', 'mariadb-client-core'];

/** Where servers are installed without being on everybody's PATH: Debian, Fedora, Homebrew, Oracle's package. */
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

/** A database server on this machine, and the program and arguments that lay out its data folder. */
export type ServerProgram = {
  readonly server: string;
  /** Flags that only this kind of server knows. */
  readonly flags: readonly string[];
  layOut(dataFolder: string, user: readonly string[]): readonly [string, ...string[]];
};

/** No server is installed and none may be installed from here. */
class NoDatabaseServerError extends Error {
  override readonly name = 'NoDatabaseServerError';
  constructor(options?: { cause: unknown }) {
    super(
      'No MariaDB or MySQL server found: `brew install mariadb`, `sudo apt install mariadb-server-core mariadb-client-core`, or start any server (`docker compose up -d`) and set TEST_DATABASE_URL=mysql://user:password@host:port',
      options,
    );
  }
}

/**
 * Finds MariaDB or MySQL; as root on a Debian it installs MariaDB's packages, which start no service.
 * Throws `NoDatabaseServerError`.
 */
export async function findServerProgram(): Promise<ServerProgram> {
  const installed = await lookForServer();
  if (installed !== undefined) return installed;
  await installFromDebian();
  const fresh = await lookForServer();
  if (fresh === undefined) throw new NoDatabaseServerError();
  return fresh;
}

async function lookForServer(): Promise<ServerProgram | undefined> {
  const server = (await find('mariadbd')) ?? (await find('mysqld'));
  if (server === undefined) return undefined;
  const installer = (await find('mariadb-install-db')) ?? (await find('mysql_install_db'));
  return (await isMariadb(server)) ? mariadb(server, installer) : mysql(server);
}

function mariadb(server: string, installer: string | undefined): ServerProgram | undefined {
  if (installer === undefined) return undefined;
  const flags = ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db'];
  return {
    server,
    flags: [],
    layOut: (folder, user) => [installer, ...flags, `--datadir=${folder}`, ...user],
  };
}

function mysql(server: string): ServerProgram {
  const flags = ['--no-defaults', '--initialize-insecure'];
  return {
    server,
    flags: ['--mysqlx=OFF'],
    layOut: (folder, user) => [server, ...flags, `--datadir=${folder}`, ...user],
  };
}

async function isMariadb(server: string): Promise<boolean> {
  const { stdout } = await run(server, ['--version']);
  return stdout.includes('MariaDB');
}

async function installFromDebian(): Promise<void> {
  if (process.getuid?.() !== 0 || (await find('apt-get')) === undefined) throw new NoDatabaseServerError();
  console.error(`Installing Debian's ${PACKAGES.join(' and ')} for a private database server …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', ['install', '-yq', '--no-install-recommends', ...PACKAGES], { env, maxBuffer: 1e8 });
  } catch (cause) {
    throw new NoDatabaseServerError({ cause });
  }
}

async function find(program: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...OTHER_FOLDERS];
  for (const folder of folders.filter((each) => each !== '')) {
    const path = join(folder, program);
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
