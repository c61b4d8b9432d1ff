import { once } from 'node:events';
import { createServer } from 'node:net';

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
