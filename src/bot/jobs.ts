import type { Logger } from '../sync/ports.ts';
import type { Room, Work } from '../sync/runs.ts';
import type { Start } from '../sync/turns.ts';

type Job = Parameters<Start>[1];

/** Work that goes on after Slack was answered. */
export type Jobs = {
  /** How much more of each kind of work this process takes now. */
  room(): Room;
  /** Starts work of a kind where there is room for it; what follows it takes no room. */
  start(kind: Work, work: Job, followUp: () => Promise<void>): ReturnType<Start>;
  /** Takes no more work, waits up to `patienceMs` for what runs, then tells it to stop and waits for that. */
  drain(patienceMs: number): Promise<void>;
};

/**
 * How many runs a process with a pool of so many connections works on at once. A read that plans and an execution keep
 * a connection for as long as they take, minutes where a million users are concerned, and another for the lease that is
 * to be prolonged then. A fifth of the pool is for what must not wait for them: the outbox, the answers to people.
 */
export function capacityOf(connections: number): Room {
  const runs = Math.floor((connections * 0.8) / 2);
  const reading = Math.max(1, Math.floor((runs * 2) / 3));
  return { reading, executing: Math.max(1, runs - reading) };
}

export function createJobs(logger: Logger, capacity: Room): Jobs {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const atWork = { reading: 0, executing: 0 };
  let accepting = true;
  const roomFor = (kind: Work) => (accepting ? capacity[kind] - atWork[kind] : 0);

  async function run(kind: Work, work: Job, followUp: () => Promise<void>): Promise<void> {
    atWork[kind] += 1;
    try {
      await work(stop.signal);
    } finally {
      atWork[kind] -= 1;
      await followUp();
    }
  }

  return {
    room: () => ({ reading: roomFor('reading'), executing: roomFor('executing') }),
    start: (kind, work, followUp) => {
      if (!accepting) return 'stopping';
      if (roomFor(kind) === 0) return 'full';
      const job: Promise<void> = run(kind, work, followUp)
        .catch((error: unknown) => logger.error({ err: error }, 'work in the background failed'))
        .finally(() => running.delete(job));
      running.add(job);
      return 'begun';
    },
    drain: async (patienceMs) => {
      accepting = false;
      const patience = setTimeout(() => stop.abort(), patienceMs);
      await Promise.all(running);
      clearTimeout(patience);
    },
  };
}
