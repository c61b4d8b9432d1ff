import type { Logger } from './sync/ports.ts';

/** Work that goes on after Slack was answered. */
export type Jobs = {
  /** Starts `work`, which gets a signal that this process stops. False where it is stopping already. */
  start(work: (stop: AbortSignal) => Promise<void>): boolean;
  /** Takes no more work, waits up to `patienceMs` for what runs, then tells it to stop and waits for that. */
  drain(patienceMs: number): Promise<void>;
};

export function createJobs(logger: Logger): Jobs {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  let accepting = true;
  return {
    start: (work) => {
      if (!accepting) return false;
      const job: Promise<void> = work(stop.signal)
        .catch((error: unknown) => logger.error({ err: error }, 'work in the background failed'))
        .finally(() => running.delete(job));
      running.add(job);
      return true;
    },
    drain: async (patienceMs) => {
      accepting = false;
      const patience = setTimeout(() => stop.abort(), patienceMs);
      await Promise.all(running);
      clearTimeout(patience);
    },
  };
}
