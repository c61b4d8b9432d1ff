import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { find, installDebianPackages } from '../process/programs.ts';
import { isUnpackable, unpackServer } from './debian-servers.ts';

const run = promisify(execFile);

const PACKAGES = ['mariadb-server-core', 'mariadb-client-core'];

/** A database server program on this machine, and the command that creates its data folder. */
export type ServerProgram = {
  readonly server: string;
  /** Flags that only this server needs. */
  readonly flags: readonly string[];
  /** True: the server keeps its default settings, like an untuned server in a company. */
  readonly stock: boolean;
  layOut(dataFolder: string, more: readonly string[]): readonly [string, ...string[]];
};

/** No server is installed, and none can be installed automatically. */
export class NoDatabaseServerError extends Error {
  override readonly name = 'NoDatabaseServerError';
  constructor(options?: { cause: unknown }) {
    super(
      'No MariaDB or MySQL server found: `brew install mariadb`, `sudo apt install mariadb-server-core mariadb-client-core`, or start any server (`docker compose up -d`) and set TEST_DATABASE_URL=mysql://user:password@host:port',
      options,
    );
  }
}

/**
 * Finds MariaDB or MySQL. As root on Debian, installs MariaDB's packages if needed; they start no service. `USYNC_TEST_SERVER`
 * chooses: `mariadb` or `mysql` for an installed server, `mysql-9` or `mariadb-11.8` for a server from Debian's archive, unpacked
 * beside the system (debian-servers.ts), or the path of a server program. Throws `NoDatabaseServerError`, and `NoDownloadError`
 * if Debian's archive cannot be read.
 */
export async function findServerProgram(): Promise<ServerProgram> {
  const wanted = process.env['USYNC_TEST_SERVER'] ?? '';
  if (wanted !== '') return choose(wanted);
  const installed = (await lookFor('mariadbd')) ?? (await lookFor('mysqld'));
  if (installed !== undefined && (await canLayOut(installed))) return installed;
  await installFromDebian();
  const fresh = await lookFor('mariadbd');
  if (fresh === undefined) throw new NoDatabaseServerError();
  return fresh;
}

/** MariaDB's server package cannot create a data folder alone: its installer needs this program of the client package. */
async function canLayOut({ server }: ServerProgram): Promise<boolean> {
  return !(await isMariadb(server)) || (await find('my_print_defaults')) !== undefined;
}

async function choose(wanted: string): Promise<ServerProgram> {
  if (isUnpackable(wanted)) {
    const { program, base } = await unpackServer(wanted);
    return programAt(program, base);
  }
  const isKind = wanted === 'mariadb' || wanted === 'mysql';
  const program = await (isKind ? lookFor(`${wanted}d`, wanted) : lookFor(wanted));
  if (program === undefined)
    throw new Error(`USYNC_TEST_SERVER is ${wanted}, and no such server is installed`);
  return program;
}

/** The program with this name, if it is a server of this kind: MariaDB's package contains a `mysqld` too. */
async function lookFor(name: string, kind?: string): Promise<ServerProgram | undefined> {
  const path = await find(name);
  if (path === undefined) return undefined;
  const isOther = kind !== undefined && (await isMariadb(path)) !== (kind === 'mariadb');
  return isOther ? undefined : programAt(path);
}

/** `base`: the folder with an unpacked server's own files. An unpacked server keeps its default settings. */
async function programAt(server: string, base?: string): Promise<ServerProgram> {
  return (await isMariadb(server)) ? mariadb(server, base) : mysql(server, base);
}

async function mariadb(server: string, base: string | undefined): Promise<ServerProgram> {
  const installer =
    base === undefined
      ? ((await find('mariadb-install-db')) ?? (await find('mysql_install_db')))
      : `${base}/bin/mariadb-install-db`;
  const ownFiles = base === undefined ? [] : [`--basedir=${base}`];
  if (installer === undefined) throw new NoDatabaseServerError();
  const flags = ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db', ...ownFiles];
  return {
    server,
    flags: ownFiles,
    stock: base !== undefined,
    layOut: (folder, more) => [installer, ...flags, `--datadir=${folder}`, ...more],
  };
}

function mysql(server: string, base: string | undefined): ServerProgram {
  // Debian's build requires a folder that exists only if its package is installed.
  const flags = [...(base === undefined ? [] : [`--basedir=${base}`]), '--secure-file-priv=NULL'];
  return {
    server,
    flags: [...flags, '--mysqlx=OFF'],
    stock: base !== undefined,
    layOut: (folder, more) => [
      server,
      '--no-defaults',
      '--initialize-insecure',
      ...flags,
      `--datadir=${folder}`,
      ...more,
    ],
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
