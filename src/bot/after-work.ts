import type { Homes } from '../slack/listeners/home.ts';
import type { Delivery } from '../slack/tell/delivery.ts';
import type { Retention } from '../sync/ports/ports.ts';
import type { Queue } from '../sync/run/queue.ts';

/**
 * Runs after the work on a run, whatever its outcome: tells Slack, starts waiting runs, refreshes Home tabs, clears staged lists.
 */
export async function afterWork({
  queue,
  delivery,
  homes,
  retention,
}: {
  readonly queue: Queue;
  readonly delivery: Delivery;
  readonly homes: Homes;
  readonly retention: Retention;
}): Promise<void> {
  // First Slack is told, then the next run starts. At the same time, both would take longer.
  await delivery.kick();
  await queue.startWaiting();
  await delivery.settle();
  await homes.refresh();
  await retention.clearStaged();
}
