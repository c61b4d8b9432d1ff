import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
/** What is waited for comes soon, but for a machine that does much else. */
const PATIENCE_MS = 60_000;

type Nothing = undefined | null | false;

export type Patience = {
  readonly timeoutMs?: number;
  /** What to say when the time is over: what was seen instead. */
  failure(): string | Promise<string>;
};

/** Looks again and again until there is something to see, and returns it. */
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
