import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { find, installDebianPackages } from '../process/programs.ts';

const run = promisify(execFile);

const PACKAGES = ['mariadb-server-core', 'mariadb-client-core'];

/** A database server on this machine, and the program and arguments that lay out its data folder. */
export type ServerProgram = {
  readonly server: string;
  /** Flags that only this kind of server knows. */
  readonly flags: readonly string[];
  layOut(dataFolder: string, more: readonly string[]): readonly [string, ...string[]];
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
    layOut: (folder, more) => [installer, ...flags, `--datadir=${folder}`, ...more],
  };
}

function mysql(server: string): ServerProgram {
  const flags = ['--no-defaults', '--initialize-insecure'];
  return {
    server,
    flags: ['--mysqlx=OFF'],
    layOut: (folder, more) => [server, ...flags, `--datadir=${folder}`, ...more],
  };
}

async function isMariadb(server: string): Promise<boolean> {
  const { stdout } = await run(server, ['--version']);
  return stdout.includes('MariaDB');
}

async function installFromDebian(): Promise<void> {
  try {
    await installDebianPackages(PACKAGES);
  } catch (cause) {
    throw new NoDatabaseServerError({ cause });
  }
}
