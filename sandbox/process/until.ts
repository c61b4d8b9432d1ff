import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
/** The result usually comes soon, but a busy machine needs more time. */
const PATIENCE_MS = 120_000;

type Nothing = undefined | null | false;

export type Patience = {
  readonly timeoutMs?: number;
  /** The text of the error after the timeout: what was seen instead. */
  failure(): string | Promise<string>;
};

/** Calls `look` every 20 ms until it returns something, and returns that. Throws after `timeoutMs`. */
export async function until<T>(
  look: () => T | Nothing | Promise<T | Nothing>,
  { timeoutMs = PATIENCE_MS, failure }: Patience,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${await failure()}`);
    await delay(LOOK_EVERY_MS);
  }
}
