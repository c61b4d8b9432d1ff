import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export type CompiledProgram = { readonly path: string; remove(): Promise<void> };

/**
 * Compiles a program of the project, such as `src/main.ts`, and everything that it imports. A compiled program starts in less
 * than half the time. Types are not checked; `npm run check` does that. The output folder finds the dependencies and the
 * migrations.
 */
export async function compileProgram(source: string): Promise<CompiledProgram> {
  const cache = join(PROJECT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'usersync-program-'));
  await copyFile(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(PROJECT, 'prisma'), join(folder, 'prisma'));
  const options = ['--noEmit', 'false', '--noCheck', '--rootDir', PROJECT, '--outDir', folder];
  const config = { extends: join(PROJECT, 'tsconfig.json'), include: [], files: [join(PROJECT, source)] };
  const project = join(folder, 'tsconfig.json');
  await writeFile(project, JSON.stringify(config));
  const compiler = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [compiler, '-p', project, ...options], { cwd: PROJECT });
  return {
    path: join(folder, source.replace(/\.ts$/, '.js')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
