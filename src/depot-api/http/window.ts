export type Rates = { readonly maxConcurrent: number; readonly requestsPerSecond: number };

/** Milliseconds. */
export const SECOND = 1_000;
/** What a request may be late on its way without anybody seeing it in what it took. Milliseconds. */
export const MARGIN = 10;
/** A request that has no answer after so many milliseconds came in at the server before, or never will. */
export const LATEST = 2 * SECOND;
/** From how many requests on it is known how long one takes; the first ones open connections as well. */
const SAMPLES = 16;
/** How many requests are remembered: more than are slow in a row because a machine is busy for a while. */
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
 * from when the server has seen it, for a second: that was before the answer came, by as long as the server surely takes. So one
 * that was held up on its way takes its place longer, and none comes too early behind it.
 */
export function createWindow({ maxConcurrent, requestsPerSecond }: Rates): Window {
  let running = 0;
  let slots: Slot[] = [];
  const samples: number[] = [];
  const enough = Math.max(SAMPLES, 2 * maxConcurrent);

  /** What the server surely takes for an answer. */
  let sure = 0;

  const freeAt = ({ startedAt, endedAt }: Slot) => {
    const seenBy = endedAt === undefined ? LATEST : lateness(endedAt - startedAt, sure) + SECOND + MARGIN;
    return startedAt + Math.min(LATEST, seenBy);
  };
  const dropFree = () => {
    const now = performance.now();
    slots = slots.filter((slot) => freeAt(slot) > now);
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
      const next = Math.min(...slots.map(freeAt));
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
      if (samples.length >= enough) sure = surelyTaken(samples);
      return lateness(tookMs, sure);
    },
  };
}

/**
 * What the quickest took, less what it was quicker than usual. Where requests differ much, as on a busy machine, a slow one may
 * have been held up on its way there, and nothing is sure.
 */
function surelyTaken(tookMs: readonly number[]): number {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const [least = 0, median = 0] = [sorted[0], sorted[Math.floor(sorted.length / 2)]];
  return Math.max(0, 2 * least - median);
}

function lateness(tookMs: number, sureMs: number): number {
  return Math.max(0, tookMs - sureMs);
}
