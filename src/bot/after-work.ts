import type { Homes } from '../slack/listeners/home.ts';
import type { Delivery } from '../slack/tell/delivery.ts';
import type { Retention } from '../sync/ports/ports.ts';
import type { Queue } from '../sync/run/queue.ts';

/**
 * Follows the work on a run, whatever its outcome: the next waiting run starts, Slack is told, the Home tabs are refreshed, and
 * the staged list is cleared.
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
  // The person at Slack comes first, then the run that waits. Together they would take twice as long for both.
  await delivery.kick();
  await queue.startWaiting();
  await delivery.settle();
  await homes.refresh();
  await retention.clearStaged();
}
