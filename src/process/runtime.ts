import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from 'pino';
import { z } from 'zod';
import { isStrayRejection } from '../database/errors.ts';

/** How much the heap may grow between two collections. By default, V8 lets it grow to several times the living objects. */
const GROWTH_PERCENT = 30;

/** Keeps the process's memory small, however long a list it reads. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}

/**
 * For how many milliseconds each address of a name is tried, if another one follows. Node's 250 ms are too short for a server far
 * away, or for a first packet that was lost and is sent again after a second. The last address has no such limit.
 */
const ADDRESS_MS = 1_500;

/** Has every connection of the process, to whichever server, give a far address the time to answer. */
export function waitForFarAddresses(): void {
  setDefaultAutoSelectFamilyAttemptTimeout(ADDRESS_MS);
}

/**
 * Keeps the process alive if the database driver leaves a rejected promise behind: the caller has got its error, and the pool opens
 * another connection. Any other unhandled rejection ends the process as usual.
 */
export function outliveStrayRejections(logger: Logger): void {
  process.on('unhandledRejection', (error) => {
    if (!isStrayRejection(error)) throw error;
    logger.warn({ err: error }, 'a connection to the database broke while it was being opened');
  });
}

/**
 * Lets a command end what it began, also where nobody reads its output any more, as behind `| head` or a lost terminal. If a file
 * does not take all of the output, the exit code will be 1: cron and CI would take a part for the whole. Calls `say` with a line
 * that says so.
 */
export function outliveLostOutput(say: (line: string) => void): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error) => {
    if (process.stdout.isTTY || codeOf(error) === 'EPIPE' || process.exitCode === 1) return;
    process.exitCode = 1;
    say(
      `The output could not be written whole (${codeOf(error)}). What was done stays done: make room, then look again.`,
    );
  });
}

/** When a signal counts as a second one: a terminal and npm may both pass on the first. */
const AGAIN_AFTER_MS = 1_000;

/**
 * Does work that a signal would leave half-done. The first one aborts `stop`, for the work to end where it can; the next one, a
 * second later or more, ends the process. Calls `say` with a line that says so. `closed` counts as a signal: in raw mode, a terminal
 * makes none of Ctrl-C.
 */
export async function heldThrough<T>(
  say: (line: string) => void,
  work: (stop: AbortSignal) => Promise<T>,
  closed?: AbortSignal,
): Promise<T> {
  const stop = new AbortController();
  let endsAt = Number.POSITIVE_INFINITY;
  const listen = () => {
    if (performance.now() > endsAt) process.exit(1);
    if (stop.signal.aborted) return;
    endsAt = performance.now() + AGAIN_AFTER_MS;
    say('Stopping, as soon as nothing is left half-done. Ctrl-C once more ends this at once.');
    stop.abort(new Error('Stopped. Nothing was begun.'));
  };
  for (const signal of ENDING) process.on(signal, listen);
  closed?.addEventListener('abort', listen);
  if (closed?.aborted) listen();
  try {
    return await work(stop.signal);
  } finally {
    closed?.removeEventListener('abort', listen);
    for (const signal of ENDING) process.off(signal, listen);
  }
}

/** The signals of Ctrl-C, of whoever stops a process, and of a terminal that is closed. */
export const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The path of a file that lies beside `src` and `dist`. */
const inProject = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** The folder of the bot's migrations. */
export const MIGRATIONS = inProject('prisma/migrations');
/** The `.env` in which nothing is set yet. */
export const ENV_EXAMPLE = inProject('.env.example');

const packageFile = z.object({ version: z.string() });

/** The version in package.json. */
export function readVersion(): string {
  return packageFile.parse(JSON.parse(readFileSync(inProject('package.json'), 'utf8'))).version;
}

/** The bot cannot listen on `PORT`: another program uses the port, or the bot's account may not. */
class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Listens on the port for a moment. Bolt in Socket Mode does not report a port that it cannot use; the process would end with a
 * stack trace. Throws `PortError`.
 */
export async function requireFreePort(port: number): Promise<void> {
  const probe = createServer();
  probe.listen(port);
  try {
    await once(probe, 'listening');
  } catch (cause) {
    throw new PortError(describe(port, cause), { cause });
  }
  probe.close();
  await once(probe, 'close');
}

/** The code of Node's error, such as `ENOENT`; the error as text if it has none. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

function describe(port: number, cause: unknown): string {
  const code = codeOf(cause);
  return code === 'EADDRINUSE'
    ? `PORT ${port} is in use by another program. Stop that one, or set another PORT.`
    : `PORT ${port} cannot be used (${code}). Set another PORT.`;
}
