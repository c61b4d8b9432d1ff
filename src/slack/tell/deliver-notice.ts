import type { Notice } from '../../sync/ports/steps.ts';
import type { Run } from '../../sync/run/run.ts';
import { attachPlan } from './attach-plan.ts';
import { callPeople, tellDigest } from './calls-and-digest.ts';
import { showBatch } from './show-batch.ts';
import { afterRefusedPost, showState } from './show-state.ts';
import { tellDirectly, tellOutcome } from './tell-outcome.ts';
import { type DeliveryPorts, TOLD, type Told } from './told.ts';

/**
 * Delivers a notice, once as far as Slack allows to know. Throws Slack's error if it may take the notice later, and the errors of
 * the database.
 */
export async function deliverNotice(ports: DeliveryPorts, notice: Notice): Promise<Told> {
  if (notice.kind === 'digest') return tellDigest(ports, notice);
  const run = await ports.runs.find(notice.runId);
  // The requester learned at once that the bot cannot post there. Nothing of such a run was ever shown.
  if (run === undefined || run.failure?.code === 'channel_unreachable') return TOLD;
  switch (await ports.readersOf(run.channelId)) {
    case 'ours':
      return deliverInChannel(ports, run, notice);
    case 'shared':
      return tellElsewhere(ports, run, notice);
    case 'unknown':
      if (isNewList(run, notice)) throw new Error('Slack did not say who reads the channel');
      return deliverInChannel(ports, run, notice);
  }
}

/** Whether the notice would show users that the channel has not seen yet. */
function isNewList({ messageTs }: Run, { kind }: Notice): boolean {
  return kind === 'list' || (kind === 'message' && messageTs === undefined);
}

/** People of another company read the channel by now, so the people of this run are told directly. */
async function tellElsewhere(ports: DeliveryPorts, run: Run, notice: Notice): Promise<Told> {
  const reason = 'shared_channel';
  switch (notice.kind) {
    case 'message':
      return afterRefusedPost(ports, run, notice, reason);
    case 'thread':
      return tellDirectly(ports, run, notice, reason);
    case 'list':
    case 'call':
    case 'summary':
    case 'digest':
      return { outcome: 'refused', reason };
  }
}

async function deliverInChannel(ports: DeliveryPorts, run: Run, notice: Notice): Promise<Told> {
  switch (notice.kind) {
    case 'message':
      return showState(ports, run, notice);
    case 'thread':
      return tellOutcome(ports, run, notice);
    case 'list':
      return attachPlan(ports, run, notice);
    case 'call':
      return callPeople(ports, run, notice);
    case 'digest':
      return tellDigest(ports, notice);
    case 'summary':
      return run.batchId === undefined ? TOLD : showBatch(ports, run.batchId, notice.attempts);
  }
}
