import type { Homes } from '../slack/listeners/home.ts';
import type { Delivery } from '../slack/tell/delivery.ts';
import type { Retention } from '../sync/ports.ts';
import type { Queue } from '../sync/queue.ts';

/**
 * What follows the work on a run, however it ended: whoever waited for its capacity goes on, Slack is told, the Home tabs
 * show it, and the list that was read is cleared away.
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
  await Promise.all([queue.startWaiting(), delivery.settle()]);
  await homes.refresh();
  await retention.clearStaged();
}
