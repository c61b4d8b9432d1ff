export type Rates = { readonly maxConcurrent: number; readonly requestsPerSecond: number };

/** Milliseconds for which a request counts after the server has seen it: a second, and 10 for delays that the times do not show. */
export const COUNTS_MS = 1_010;
/**
 * The number of measured requests after which the usual time is known. Not fewer: the first requests also open connections, and
 * on a starved machine a dozen requests in a row may all be late by much the same.
 */
const SAMPLES = 32;
/** Nine of ten requests are not slower than a usual one. */
const USUAL = 0.9;
/** The number of measured requests kept: more than are slow in a row when a machine is busy for a while. */
const KEPT = 128;

export type Slot = { readonly startedAt: number; endedAt: number | undefined; isAnswered: boolean };

/** Decides when a request may start, so that the server sees no more requests than allowed, at a time and in any second. */
export type Window = ReturnType<typeof createWindow>;

/**
 * A sliding window: at most `requestsPerSecond` requests in any second; free places are used at once. A request keeps its place
 * until its end, and for one second from the moment when the server has seen it. That moment lies before the end by at least the
 * time that the server surely needs. So no later request comes too early, however long a request was delayed on its way, or the
 * server stood still.
 */
export function createWindow({ maxConcurrent, requestsPerSecond }: Rates) {
  let running = 0;
  let slots: Slot[] = [];
  const samples: number[] = [];
  const enough = Math.max(SAMPLES, 2 * maxConcurrent);

  /** The time that the server surely needs for an answer. Milliseconds. */
  let sure = 0;

  /** How long after its start the server may have seen a request. It may see one that is given up until that moment. */
  const latenessOf = ({ startedAt, endedAt = Number.POSITIVE_INFINITY, isAnswered }: Slot) =>
    Math.max(0, endedAt - startedAt - (isAnswered ? sure : 0));
  const freeAt = (slot: Slot) => slot.startedAt + latenessOf(slot) + COUNTS_MS;
  const dropFree = () => {
    const now = performance.now();
    slots = slots.filter((slot) => freeAt(slot) > now);
  };

  return {
    /** How many requests may start now. */
    free: () => {
      if (slots.length >= requestsPerSecond) dropFree();
      return Math.max(0, Math.min(maxConcurrent - running, requestsPerSecond - slots.length));
    },
    /** Milliseconds until the next request may start; undefined if one may start now, or if one must end first. */
    waitMs: () => {
      if (running >= maxConcurrent) return undefined;
      dropFree();
      if (slots.length < requestsPerSecond) return undefined;
      const next = Math.min(...slots.map(freeAt));
      return Number.isFinite(next) ? Math.max(1, Math.ceil(next - performance.now())) : undefined;
    },
    start: () => {
      const slot: Slot = { startedAt: performance.now(), endedAt: undefined, isAnswered: false };
      running += 1;
      slots.push(slot);
      return slot;
    },
    /** Returns how many milliseconds after its start the server may have seen the request: without an answer, until its end. */
    end: (slot: Slot, isAnswered: boolean) => {
      running -= 1;
      slot.endedAt = performance.now();
      slot.isAnswered = isAnswered;
      if (isAnswered) samples.push(slot.endedAt - slot.startedAt);
      if (samples.length > Math.max(enough, KEPT)) samples.shift();
      if (samples.length >= enough) sure = surelyTaken(samples);
      return latenessOf(slot);
    },
  };
}

/**
 * The time of the quickest request, minus its distance to the slowest usual one. If the times differ much, as on a busy machine,
 * a slow request may have been delayed on its way, and the result is 0.
 */
function surelyTaken(tookMs: readonly number[]): number {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const [least = 0, usual = 0] = [sorted[0], sorted[Math.floor(sorted.length * USUAL)]];
  return Math.max(0, 2 * least - usual);
}
