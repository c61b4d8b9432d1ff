import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { query } from '../../sandbox/database/database-server.ts';
import { NoDownloadError } from '../../sandbox/database/debian-servers.ts';
import { startMariadb } from '../../sandbox/database/mariadb.ts';
import { type ServerResult, tableLines } from './results.ts';
import { COMMANDS, FILES, SERVERS } from './suite.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WRITE = '--write';

/** Counts of vitest's own report. */
const report = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), success: z.boolean() });

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Starts the server once by itself: whether it can be had, and what it is. */
async function versionOf(name: string): Promise<string> {
  process.env['USYNC_TEST_SERVER'] = name;
  const server = await startMariadb();
  try {
    const [row] = await query<{ version: string }>(server.url(''), 'SELECT VERSION() AS version');
    return row?.version ?? '';
  } finally {
    await server.stop();
  }
}

/** True where npm ends with 0. What it prints goes to the terminal. */
async function npm(words: readonly string[]): Promise<boolean> {
  const [code] = await once(spawn('npm', words, { cwd: ROOT, stdio: 'inherit' }), 'exit');
  say(`npm ${words.join(' ')}: ${code === 0 ? 'passed' : 'FAILED'}`);
  return code === 0;
}

/** Runs the chosen tests on a server of that name; what they print goes to the terminal. */
async function tryOn(name: string): Promise<ServerResult> {
  const version = await versionOf(name);
  say(`\n${name}: ${version}`);
  const folder = await mkdtemp(join(tmpdir(), 'usersync-tests-'));
  const file = join(folder, 'report.json');
  const began = Date.now();
  try {
    const args = ['vitest', 'run', '--project', 'integration', ...FILES];
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
    const tests = spawn('npx', [...args, ...reporters], { cwd: ROOT, stdio: 'inherit' });
    const [code] = await once(tests, 'exit');
    const counts = report.parse(JSON.parse(await readFile(file, 'utf8')));
    // A file that cannot be loaded has no test that fails.
    const failed = counts.numFailedTests > 0 || (counts.success && code === 0) ? counts.numFailedTests : 1;
    const ended: boolean[] = [];
    for (const words of COMMANDS) ended.push(await npm(words));
    const seconds = Math.round((Date.now() - began) / 1000);
    return {
      server: name,
      version,
      passed: counts.numPassedTests + ended.filter(Boolean).length,
      failed: failed + ended.filter((passed) => !passed).length,
      seconds,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A server that cannot be fetched says nothing of the code. */
async function orNotToBeHad(name: string): Promise<ServerResult> {
  try {
    return await tryOn(name);
  } catch (error) {
    if (!(error instanceof NoDownloadError)) throw error;
    say(`\n!!! ${name} WAS NOT TRIED. ${error.message}\n`);
    return { server: name, version: '', passed: 0, failed: 0, seconds: undefined };
  }
}

const args = process.argv.slice(2);
/** A server that runs already is the only one that is tried. */
const given = process.env['TEST_DATABASE_URL'] ?? '';
const wanted = args.filter((arg) => arg !== WRITE);
const results: ServerResult[] = [];
for (const name of given !== '' ? ['TEST_DATABASE_URL'] : wanted.length > 0 ? wanted : SERVERS)
  results.push(await orNotToBeHad(name));
say(`\n${tableLines(results).join('\n')}`);
if (args.includes(WRITE)) {
  const text = `${JSON.stringify(results, undefined, 2)}\n`;
  await writeFile(fileURLToPath(new URL('./results.json', import.meta.url)), text);
}
process.exit(results.some(({ failed }) => failed > 0) ? 1 : 0);
