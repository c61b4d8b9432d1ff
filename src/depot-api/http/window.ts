export type Rates = { readonly maxConcurrent: number; readonly requestsPerSecond: number };

/** Milliseconds. */
export const SECOND = 1_000;
/** What a request may take longer on its way than the quickest of late, without anybody seeing it. Milliseconds. */
export const MARGIN = 10;
/** A request that has no answer after so many milliseconds came in at the server before, or never will. */
export const LATEST = 2 * SECOND;
/** From how many requests on it is known how quick one can be; the first ones open connections as well. */
const SAMPLES = 16;
/** Among how many requests the quickest is looked for: more than are slow in a row because a machine is busy for a while. */
const KEPT = 128;

export type Slot = { readonly startedAt: number; endedAt: number | undefined };

/** Who may start a request now, so that the server sees no more than allowed, at once and in any second. */
export type Window = {
  /** How many may start now. */
  free(): number;
  /** Milliseconds until one may; undefined where one must end first, or one may now. */
  waitMs(): number | undefined;
  start(): Slot;
  /** Returns how many milliseconds after its start the server may have seen it. */
  end(slot: Slot): number;
};

/**
 * A sliding window: at most `requestsPerSecond` requests in any second, used at once where they are free. A request counts
 * from when the server has seen it, for a second: that was before the answer came, by as long as the server takes at
 * least. So one that was held up on its way takes its place longer, and none comes too early behind it.
 */
export function createWindow({ maxConcurrent, requestsPerSecond }: Rates): Window {
  let running = 0;
  let slots: Slot[] = [];
  const samples: number[] = [];
  const enough = Math.max(SAMPLES, 2 * maxConcurrent);

  const quickest = () => (samples.length < enough ? 0 : Math.min(...samples));
  const freeAt = ({ startedAt, endedAt }: Slot, least: number) => {
    const seenBy = endedAt === undefined ? LATEST : lateness(endedAt - startedAt, least) + SECOND + MARGIN;
    return startedAt + Math.min(LATEST, seenBy);
  };
  const dropFree = () => {
    const [now, least] = [performance.now(), quickest()];
    slots = slots.filter((slot) => freeAt(slot, least) > now);
  };

  return {
    free: () => {
      if (slots.length >= requestsPerSecond) dropFree();
      return Math.max(0, Math.min(maxConcurrent - running, requestsPerSecond - slots.length));
    },
    waitMs: () => {
      if (running >= maxConcurrent) return undefined;
      dropFree();
      if (slots.length < requestsPerSecond) return undefined;
      const least = quickest();
      const next = Math.min(...slots.map((slot) => freeAt(slot, least)));
      return Math.max(1, Math.ceil(next - performance.now()));
    },
    start: () => {
      const slot: Slot = { startedAt: performance.now(), endedAt: undefined };
      running += 1;
      slots.push(slot);
      return slot;
    },
    end: (slot) => {
      running -= 1;
      slot.endedAt = performance.now();
      const tookMs = slot.endedAt - slot.startedAt;
      samples.push(tookMs);
      if (samples.length > Math.max(enough, KEPT)) samples.shift();
      return lateness(tookMs, quickest());
    },
  };
}

function lateness(tookMs: number, least: number): number {
  return Math.max(0, tookMs - least);
}
