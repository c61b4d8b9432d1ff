import type { Capacity } from '../../../../src/sync/ports/runs.ts';
import { createQueue, type Queue } from '../../../../src/sync/run/queue.ts';
import type { BotProcess } from '../../database/support/testbed.ts';
import type { Core } from './core.ts';

/** The queue as one process of that capacity sees it, and the work that it has started. */
export function queueOf(
  { runs }: BotProcess,
  core: Core,
  capacity: Capacity = { reading: 20, executing: 20 },
): { readonly queue: Queue; readonly started: Promise<void>[] } {
  const started: Promise<void>[] = [];
  const left = { ...capacity };
  const { signal } = new AbortController();
  const queue = createQueue({
    ...core,
    runs,
    workers: {
      free: () => ({ ...left }),
      start: (kind, work) => {
        if (left[kind] === 0) return 'full';
        left[kind] -= 1;
        started.push(work(signal).finally(() => (left[kind] += 1)));
        return 'started';
      },
    },
  });
  return { queue, started };
}
