import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { find, installDebianPackages } from '../../sandbox/process/programs.ts';

/** The programs that the pages name, and what they are called on MariaDB. */
const PROGRAMS = { mysql: 'mariadb', mysqldump: 'mariadb-dump' } as const;

/**
 * A folder for the PATH with `mysql` and `mysqldump`: this machine's, that read no configuration, and take the password
 * from `MYSQL_PWD` where the page has -p ask for it. Installs Debian's package where there are none and that may be done.
 */
export async function databasePrograms(parent: string): Promise<string> {
  const folder = join(parent, 'programs');
  await mkdir(folder);
  for (const [name, onMariadb] of Object.entries(PROGRAMS)) {
    const path = join(folder, name);
    await writeFile(path, wrapper(await locate(name, onMariadb)));
    await chmod(path, 0o755);
  }
  return folder;
}

async function locate(name: string, onMariadb: string): Promise<string> {
  const installed = (await find(name)) ?? (await find(onMariadb));
  if (installed !== undefined) return installed;
  await installDebianPackages(['mariadb-client']);
  const fresh = await find(onMariadb);
  if (fresh === undefined) throw new Error(`Neither ${name} nor ${onMariadb} can be had here`);
  return fresh;
}

function wrapper(program: string): string {
  return `#!/bin/bash
args=()
for arg in "$@"; do [ "$arg" = -p ] || args+=("$arg"); done
exec '${program}' --no-defaults "\${args[@]}"
`;
}
