import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
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
 * Keeps the process alive if the database driver leaves a rejected promise behind: the caller has got its error, and the pool opens
 * another connection. Any other unhandled rejection ends the process as usual.
 */
export function outliveStrayRejections(logger: Logger): void {
  process.on('unhandledRejection', (error) => {
    if (!isStrayRejection(error)) throw error;
    logger.warn({ err: error }, 'a connection to the database broke while it was being opened');
  });
}

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

/** The message of an error; anything else as text. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
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
