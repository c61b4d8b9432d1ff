import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from 'pino';
import { z } from 'zod';
import { isStrayRejection } from '../database/errors.ts';

/** By itself, V8 lets the heap grow to several times the living objects before it collects old garbage. */
const GROWTH_PERCENT = 30;

/** Keeps the process small while it reads a list of any length: old garbage goes as soon as there is so much of it. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}

/**
 * Keeps the process alive if the database driver leaves a rejected promise behind: the pool opens another connection, and the
 * caller got its error. Any other unhandled rejection ends the process as usual.
 */
export function outliveStrayRejections(logger: Logger): void {
  process.on('unhandledRejection', (error) => {
    if (!isStrayRejection(error)) throw error;
    logger.warn({ err: error }, 'a connection to the database broke while it was being opened');
  });
}

const packageFile = z.object({ version: z.string() });

/** The version in package.json, which stands beside `src` and `dist` alike. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return packageFile.parse(JSON.parse(text)).version;
}

/** `PORT` cannot be listened on: another program does, or this one may not. */
class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Tries the port for a moment. In Socket Mode, Bolt listens on it without telling anybody of a failure, which would
 * end the process with a stack trace. Throws `PortError`.
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

function describe(port: number, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return code === 'EADDRINUSE'
    ? `PORT ${port} is in use by another program. Stop that one, or set another PORT.`
    : `PORT ${port} cannot be used (${code}). Set another PORT.`;
}
