import type { Notice } from '../../sync/ports/steps.ts';
import { planLines, type Run } from '../../sync/run/run.ts';
import { fileRejectionOf } from '../connect/rejection.ts';
import { planCsvName } from '../views/run/files.ts';
import { noFileReply } from '../views/told-elsewhere.ts';
import { planFile, uploadFile } from './files.ts';
import { isPlanFilePosted, isReplyPosted } from './own-messages.ts';
import { needsFile } from './show-run.ts';
import { type DeliveryPorts, TOLD, type Told } from './told.ts';

/** For how long a preview's file is tried. */
const FILE_WITHIN_SECONDS = 600;

/**
 * Uploads a plan that is too long for its message as a file in the thread. If Slack never takes the file, or not within ten
 * minutes, the thread says so and names View All; the message then promises no file. Throws Slack's error if it may still take the
 * file.
 */
export async function attachPlan(ports: DeliveryPorts, run: Run, notice: Notice): Promise<Told> {
  const { client, showing } = ports;
  if (run.messageTs === undefined || !(await needsFile(showing, run))) return TOLD;
  if (notice.attempts > 1 && (await isPlanFilePosted(client, run))) return TOLD;
  const thread = { channel: run.channelId, ts: run.messageTs };
  try {
    await upload(ports, run, thread);
    return TOLD;
  } catch (error) {
    const { kind, reason } = fileRejectionOf(error);
    if (kind === 'later' && notice.ageSeconds <= FILE_WITHIN_SECONDS) throw error;
    if (kind !== 'channel_gone') {
      await ports.runs.refuseFile(run.id, reason);
      await sayWhy(ports, run, thread, notice, reason);
    }
    return { outcome: 'refused', reason };
  }
}

type Thread = { readonly channel: string; readonly ts: string };

async function upload({ client, network, showing }: DeliveryPorts, run: Run, thread: Thread): Promise<void> {
  const file = {
    name: planCsvName(run),
    comment: showing.t.plan.fileComment(run.id, planLines(run.counts)),
    content: await planFile(showing.plans, run),
  };
  await uploadFile(client, thread, file, network);
}

/** If Slack refuses this reply too, the preview still has View All. */
async function sayWhy(
  { client, showing }: DeliveryPorts,
  run: Run,
  { channel, ts }: Thread,
  notice: Notice,
  reason: string,
): Promise<void> {
  try {
    if (notice.attempts > 1 && (await isReplyPosted(client, run, notice.id))) return;
    await client.chat.postMessage({ channel, thread_ts: ts, ...noFileReply(showing.t, notice.id, reason) });
  } catch (error) {
    if (fileRejectionOf(error).kind === 'later') throw error;
  }
}
