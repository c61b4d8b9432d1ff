import { setTimeout as wait } from 'node:timers/promises';

/** Requests that were acknowledged and are still being served. */
export type InFlight = {
  /** Serves one more. */
  serve(next: () => Promise<void>): Promise<void>;
  /** Resolves once none is left, after `patienceMs` at the latest. */
  ended(patienceMs: number): Promise<void>;
};

/** Bolt's own stop does not wait for what goes on after an acknowledgement. */
export function createInFlight(): InFlight {
  const serving = new Set<Promise<void>>();
  return {
    serve: async (next) => {
      const served = next();
      serving.add(served);
      try {
        await served;
      } finally {
        serving.delete(served);
      }
    },
    ended: async (patienceMs) => {
      await Promise.race([Promise.allSettled(serving), wait(patienceMs, undefined, { ref: false })]);
    },
  };
}
