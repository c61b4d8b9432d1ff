import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export type CompiledProgram = { readonly path: string; remove(): Promise<void> };

/** A file of the project finds its neighbours, such as the migrations, where its source is. */
const asWhereItsSourceIs: Plugin = {
  name: 'as where its source is',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return {
        loader: 'ts',
        contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      };
    });
  },
};

/**
 * Puts a program of the project, such as `src/main.ts`, and everything that it imports into one file, which starts in a third of
 * the time. Types are not checked; `npm run check` does that. `npm run build` compiles file by file.
 */
export async function compileProgram(source: string): Promise<CompiledProgram> {
  const cache = join(PROJECT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'usersync-program-'));
  const path = join(folder, 'program.mjs');
  await build({
    absWorkingDir: PROJECT,
    entryPoints: [source],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // There is less to read at each start. Names stay: errors are told by theirs.
    minifyWhitespace: true,
    // Dependencies in CommonJS call `require`.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
    plugins: [asWhereItsSourceIs],
    logLevel: 'error',
  });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
