import type { Notice } from '../../sync/outbox.ts';
import { attachPlan } from './attach-plan.ts';
import { showBatch } from './show-batch.ts';
import { showState } from './show-state.ts';
import { tellOutcome } from './tell-outcome.ts';
import { type DeliveryPorts, TOLD, type Told } from './told.ts';

/**
 * Tells Slack what a notice says, once as far as Slack lets that be known. Throws what Slack throws where it may take the
 * notice later, and what the database throws.
 */
export async function deliver(ports: DeliveryPorts, notice: Notice): Promise<Told> {
  const run = await ports.runs.find(notice.runId);
  // Whoever asked was told at once that the bot cannot post there; nothing of such a run was ever shown.
  if (run === undefined || run.failure?.code === 'channel_unreachable') return TOLD;
  switch (notice.kind) {
    case 'message':
      return showState(ports, run, notice);
    case 'thread':
      return tellOutcome(ports, run, notice);
    case 'list':
      return attachPlan(ports, run, notice);
    case 'summary':
      return run.batchId === undefined ? TOLD : showBatch(ports, run.batchId, notice.attempts);
  }
}
