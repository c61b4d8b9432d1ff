import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { config as loadEnvFile } from 'dotenv';
import { type RunningApp, startApp } from './bot/app.ts';
import { parsePlaces, runAuditVerification, VERIFY_USAGE } from './cli/audit-verify.ts';
import { runDoctor, startBlockers, warnAfterStart } from './cli/doctor/doctor.ts';
import { explain } from './cli/remedies.ts';
import { fileFlaws } from './cli/setup/env-file.ts';
import { databaseUrlOf, parseConfig } from './config/config.ts';
import { migrate, pendingMigrations } from './database/schema/migrate.ts';
import { createLogger } from './process/logger.ts';
import {
  codeOf,
  ENDING,
  heldThrough,
  keepHeapSmall,
  MIGRATIONS,
  outliveLostOutput,
  outliveStrayRejections,
  waitForFarAddresses,
} from './process/runtime.ts';
import { MANIFEST_USAGE, manifestFor } from './slack/connect/manifest.ts';

const [name = 'start', ...words] = process.argv.slice(2);

const say = (line: string) => process.stdout.write(`${line}\n`);
const warn = (line: string) => process.stderr.write(`${line}\n`);

/** Ends the process with exit code 1, after printing what the operator has to do, one line each. */
function giveUp(lines: readonly string[]): never {
  warn(lines.join('\n'));
  process.exit(1);
}

const isHelp = (word: string) => word === '--help' || word === '-h';

/** Says what may be typed: to whoever asks for help as the answer, else as a refusal. */
function sayUsage(line: string): never {
  if (![name, ...words].some(isHelp)) giveUp([line]);
  say(line);
  process.exit(0);
}

/** Refuses further words after a command that takes none: a misspelt one would be ignored, and nobody would notice. */
function requireNoWords(): void {
  if (words.length > 0) sayUsage(`${name} takes no options. Commands: ${Object.keys(COMMANDS).join(', ')}`);
}

/** Whether the only option that a command knows was given. Refuses any other word. */
function isGiven(option: '--repair' | '--json'): boolean {
  if (words.some((word) => word !== option)) sayUsage(`${name} knows one option: ${option}`);
  return words.length > 0;
}

/** Waits until stdout has taken all output: `process.exit` would cut off output that a pipe has not taken yet. */
async function exitAfterOutput(code: number): Promise<never> {
  await new Promise((flushed) => process.stdout.write('', flushed));
  process.exit(process.exitCode ?? code);
}

async function runMigrations(): Promise<void> {
  const repair = isGiven('--repair');
  const databaseUrl = databaseUrlOf(process.env);
  const { applied } = await heldThrough(warn, (stop) =>
    migrate({ databaseUrl, directory: MIGRATIONS, log: say, repair, stop }),
  );
  const applications = applied.length === 1 ? '1 migration' : `${applied.length} migrations`;
  say(applied.length === 0 ? 'The database is up to date.' : `${applications} applied.`);
}

/** Throws where the database lacks migrations of this version. */
async function requireMigrated(databaseUrl: string): Promise<void> {
  const missing = await pendingMigrations(databaseUrl, MIGRATIONS);
  if (missing.length === 0) return;
  throw new Error(`The database lacks the migrations ${missing.join(', ')}. Run: npm run migrate`);
}

async function runBot(): Promise<void> {
  requireNoWords();
  keepHeapSmall();
  const config = parseConfig(process.env);
  const logger = createLogger(config.logLevel, { pretty: process.stdout.isTTY });
  outliveStrayRejections(logger);
  let app: RunningApp | undefined;
  let stopping = false;
  for (const signal of ENDING) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      logger.info({ signal }, 'stopping');
      // A start may wait for Slack or the database for ever. It has taken no work yet, so it may simply end.
      const stopped = app?.stop() ?? Promise.resolve();
      stopped.then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'the stop went wrong');
          process.exit(1);
        },
      );
    });
  }
  await requireMigrated(config.databaseUrl);
  const blockers = await startBlockers(config);
  if (blockers.length > 0) giveUp(blockers);
  app = await startApp(config, logger);
  await warnAfterStart(config, logger);
}

async function verifyChain(): Promise<void> {
  if (words.some(isHelp)) sayUsage(VERIFY_USAGE);
  const noted = parsePlaces(words);
  const databaseUrl = databaseUrlOf(process.env);
  await requireMigrated(databaseUrl);
  const { findings, flaws } = await runAuditVerification(databaseUrl, noted);
  for (const line of findings) say(line);
  if (flaws.length > 0) giveUp(flaws);
}

async function runSetupHere(): Promise<void> {
  requireNoWords();
  if (!process.stdin.isTTY) {
    giveUp([
      'setup asks its questions in a terminal, and here is none. Fill in .env by hand: .env.example says how.',
    ]);
  }
  const { openTerminal } = await import('./cli/setup/interview.ts');
  const { runSetup } = await import('./cli/setup/setup.ts');
  const terminal = openTerminal(process.stdin, process.stdout);
  const setup = runSetup({ environment: process.env, file: resolve('.env'), terminal });
  await Promise.race([setup, terminal.stopped]);
}

/**
 * Reads `.env` where there is one, for what the environment leaves unset or empty: Docker Compose passes an unset variable as empty.
 * Says so if the file cannot be read or may be meant otherwise: else settings only seem to be wrong.
 */
function readEnvFile(): void {
  for (const line of envFileFlaws()) warn(line);
  const { parsed = {} } = loadEnvFile({ quiet: true, processEnv: {} });
  for (const [name, value] of Object.entries(parsed))
    if (!process.env[name]?.trim()) process.env[name] = value;
}

function envFileFlaws(): readonly string[] {
  try {
    const bytes = readFileSync('.env');
    // UTF-16, as some editors save "Unicode", has a zero byte in each letter.
    if (!bytes.includes(0)) return fileFlaws(bytes.toString(), process.env);
    return ['.env is not in UTF-8, so its settings do not count.', 'Save it as UTF-8.'];
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return [];
    return [
      `.env cannot be read (${code}), so its settings do not count.`,
      'Let this account read it, or remove it.',
    ];
  }
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  start: runBot,
  setup: runSetupHere,
  migrate: runMigrations,
  'audit:verify': verifyChain,
  doctor: async () => {
    const json = isGiven('--json');
    await exitAfterOutput((await runDoctor(process.env, { json, say })) ? 0 : 1);
  },
  manifest: async () => {
    const manifest = manifestFor(process.env, words);
    if (manifest === undefined) sayUsage(MANIFEST_USAGE);
    process.stdout.write(manifest);
  },
  sync: async () => {
    const open = async () => {
      const config = parseConfig(process.env);
      await requireMigrated(config.databaseUrl);
      return config;
    };
    const { runSync } = await import('./cli/sync/sync.ts');
    await exitAfterOutput(await heldThrough(warn, (stop) => runSync(open, words, say, stop)));
  },
};

outliveLostOutput(warn);
waitForFarAddresses();
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command === undefined) {
  const known = Object.keys(COMMANDS).join(', ');
  if (!isHelp(name)) giveUp([`Unknown command. Known: ${known}`]);
  sayUsage(`Commands: ${known}`);
}
// Setup reads the file itself: it must know whether a setting comes from the file or from the environment.
if (name !== 'setup') readEnvFile();
const who = name === 'start' ? 'usersync' : `npm run ${name}`;
command().catch((error: unknown) => giveUp(explain(error, process.env['DATABASE_URL'], who)));
