import { randomInt } from 'node:crypto';
import { requireFreePort } from '../../src/process/runtime.ts';

/** Below the ports that a system hands out by itself, so that nobody is given one of these before it is used. */
const LOWEST = 20_000;
const BEYOND = 32_000;

/** A TCP port that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, BEYOND);
    const free = await requireFreePort(port).then(
      () => true,
      () => false,
    );
    if (free) return port;
  }
}
