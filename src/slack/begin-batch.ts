import type { BatchRequested } from '../sync/batch.ts';
import type { Reader } from './answer.ts';
import { beginPreview } from './begin-preview.ts';
import type { Desk } from './desk.ts';
import { refusalText } from './views/refusal.ts';

/** Shows the message that sums up a `/usersync all`, then each of its runs, and starts to read all of them. */
export async function beginBatch(desk: Desk, requested: BatchRequested, reader: Reader): Promise<void> {
  if (requested.outcome === 'repeated') return;
  const { claimed, refusals } = requested;
  for (const refusal of refusals) await reader.tell(refusalText(reader.t, refusal));
  // The outbox alone posts the summary: two hands would post it twice.
  await desk.delivery.kick();
  await Promise.all(claimed.map((each) => beginPreview(desk, { outcome: 'requested', ...each }, reader)));
}
