import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { query } from '../../sandbox/database/database-server.ts';
import { NoDownloadError } from '../../sandbox/database/debian-servers.ts';
import { startMariadb } from '../../sandbox/database/mariadb.ts';
import { NoDatabaseServerError } from '../../sandbox/database/mariadb-programs.ts';
import { exitWith } from '../../sandbox/process/usage.ts';
import { countTests, type ServerResult, tableLines } from './results.ts';
import { COMMANDS, FILES, SERVERS } from './suite.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WRITE = '--write';

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

/** True where the program ends with 0. What it prints goes to the terminal. */
async function endsWell(program: string, args: readonly string[]): Promise<boolean> {
  const [code] = await once(spawn(program, args, { cwd: ROOT, stdio: 'inherit' }), 'exit');
  return code === 0;
}

async function runTests(): Promise<Pick<ServerResult, 'passed' | 'failed'>> {
  const folder = await mkdtemp(join(tmpdir(), 'usersync-tests-'));
  const file = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
    const well = await endsWell('npx', ['vitest', 'run', '--project', 'integration', ...FILES, ...reporters]);
    const { passed, failed } = countTests(JSON.parse(await readFile(file, 'utf8')));
    // Vitest ends with another code than 0 for an error outside of all tests too.
    return { passed, failed: well || failed.length > 0 ? failed : ['something outside of all tests'] };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function tryOn(name: string): Promise<ServerResult> {
  const version = await versionOf(name);
  say(`\n${name}: ${version}`);
  const began = Date.now();
  const { passed, failed } = await runTests();
  const ended: string[] = [];
  const failedCommands: string[] = [];
  for (const words of COMMANDS) {
    const well = await endsWell('npm', words);
    say(`npm ${words.join(' ')}: ${well ? 'passed' : 'FAILED'}`);
    if (well) ended.push(words.slice(1).join(' '));
    else failedCommands.push(`npm ${words.join(' ')}`);
  }
  return {
    server: name,
    version,
    passed,
    ended,
    failed: [...failed, ...failedCommands],
    seconds: Math.round((Date.now() - began) / 1000),
  };
}

/** A server that cannot be had says nothing of the code. */
async function orNotToBeHad(name: string): Promise<ServerResult> {
  try {
    return await tryOn(name);
  } catch (error) {
    if (!(error instanceof NoDownloadError || error instanceof NoDatabaseServerError)) throw error;
    say(`\n!!! ${name} WAS NOT TRIED. ${error.message}\n`);
    return { server: name, version: '', passed: {}, ended: [], failed: [], seconds: null };
  }
}

/** `npm run test:servers -- [--write] [SERVER…]`. Returns 1 where a test failed. */
async function main(args: readonly string[]): Promise<number> {
  // A server that runs already is the only one that is tried.
  const given = process.env['TEST_DATABASE_URL'] ?? '';
  const wanted = args.filter((arg) => arg !== WRITE);
  const results: ServerResult[] = [];
  for (const name of given !== '' ? ['TEST_DATABASE_URL'] : wanted.length > 0 ? wanted : SERVERS)
    results.push(await orNotToBeHad(name));
  say(`\n${tableLines(results).join('\n')}`);
  for (const { server } of results.filter(({ seconds }) => seconds === null))
    say(`!!! ${server} WAS NOT TRIED: above is why.`);
  // Last, where a log that is cut keeps it.
  for (const { server, failed } of results) for (const each of failed) say(`FAILED on ${server}: ${each}`);
  if (args.includes(WRITE)) {
    const text = `${JSON.stringify(results, undefined, 2)}\n`;
    await writeFile(fileURLToPath(new URL('./results.json', import.meta.url)), text);
  }
  return results.every(({ failed }) => failed.length === 0) ? 0 : 1;
}

exitWith(main(process.argv.slice(2)));
