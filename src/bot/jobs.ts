import type { Homes } from '../slack/listeners/home.ts';
import type { Delivery } from '../slack/tell/delivery.ts';
import type { Logger } from '../sync/ports/ports.ts';
import type { Capacity, Work } from '../sync/ports/runs.ts';
import type { Queue, Workers } from '../sync/run/queue.ts';

type Job = Parameters<Workers['start']>[1];

/** Runs work that continues after Slack got its answer. */
export type Jobs = Workers & {
  /** Takes no more work. Waits up to `patienceMs` for work in progress, then aborts it and waits for its end. */
  drain(patienceMs: number): Promise<void>;
};

/**
 * How many runs a process with this many connections works on at once. Planning and executing hold one connection throughout,
 * minutes for a million users, and use one more to renew the lease. A fifth of the pool stays free for the outbox and for answers
 * to people, which must not wait.
 */
export function capacityOf(connections: number): Capacity {
  const runs = Math.floor((connections * 0.8) / 2);
  const reading = Math.max(1, Math.floor((runs * 2) / 3));
  return { reading, executing: Math.max(1, runs - reading) };
}

/** Creates the jobs of one process. `afterWork` runs after each job, and takes no capacity. */
export function createJobs(logger: Logger, capacity: Capacity, afterWork: () => Promise<void>): Jobs {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const atWork = { reading: 0, executing: 0 };
  let accepting = true;
  const freeFor = (kind: Work) => (accepting ? capacity[kind] - atWork[kind] : 0);

  async function run(kind: Work, work: Job): Promise<void> {
    atWork[kind] += 1;
    try {
      await work(stop.signal);
    } finally {
      atWork[kind] -= 1;
      await afterWork();
    }
  }

  return {
    free: () => ({ reading: freeFor('reading'), executing: freeFor('executing') }),
    start: (kind, work) => {
      if (!accepting) return 'stopping';
      if (freeFor(kind) === 0) return 'full';
      const job: Promise<void> = run(kind, work)
        .catch((error: unknown) => logger.error({ err: error }, 'work in the background failed'))
        .finally(() => running.delete(job));
      running.add(job);
      return 'started';
    },
    drain: async (patienceMs) => {
      accepting = false;
      const patience = setTimeout(() => stop.abort(), patienceMs);
      await Promise.all(running);
      clearTimeout(patience);
    },
  };
}

/** Runs after the work on a run, whatever its outcome. */
export async function afterWork(
  { queue, delivery, homes }: { queue: Queue; delivery: Delivery; homes: Homes },
  clearStaged: () => Promise<void>,
): Promise<void> {
  // First Slack is told, then the next run starts. At the same time, both would take longer.
  await delivery.kick();
  await queue.startWaiting();
  await delivery.drain();
  await homes.refresh();
  await clearStaged();
}
