import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
 * A program that runs the file beside it. The first process that ends keeps its compiled code for the others: to compile takes a
 * third of a start.
 */
const START = `
  const { readFileSync, renameSync, writeFileSync } = require('node:fs');
  const { Script } = require('node:vm');
  const [file, kept] = [__dirname + '/program.cjs', __dirname + '/program.code'];
  let cachedData;
  try { cachedData = readFileSync(kept); } catch {}
  // It is ASCII.
  const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(file, 'latin1') + '\\n})';
  const script = new Script(source, { filename: file, cachedData });
  if (cachedData === undefined)
    process.on('exit', () => {
      try {
        writeFileSync(kept + process.pid, script.createCachedData());
        renameSync(kept + process.pid, kept);
      } catch {}
    });
  script.runInThisContext()(exports, require, module, file, __dirname);`;

/**
 * Puts a program of the project, such as `src/main.ts`, and everything that it imports into one file, which starts in a quarter
 * of the time. Types are not checked; `npm run check` does that. `npm run build` compiles file by file.
 */
export async function compileProgram(source: string): Promise<CompiledProgram> {
  const cache = join(PROJECT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'usersync-program-'));
  await build({
    absWorkingDir: PROJECT,
    entryPoints: [source],
    outfile: join(folder, 'program.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // Kept code imports nothing later.
    supported: { 'dynamic-import': false },
    // There is less to read at each start. Names stay: errors are told by theirs.
    minifyWhitespace: true,
    plugins: [asWhereItsSourceIs],
    logLevel: 'error',
  });
  const path = join(folder, 'start.cjs');
  await writeFile(path, START);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
