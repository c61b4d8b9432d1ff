import { CALL_REASONS, isStillDue } from '../../sync/automation/calls.ts';
import type { Notice } from '../../sync/ports/steps.ts';
import type { Run } from '../../sync/run/run.ts';
import { callMessage, digestBlockId, digestMessage } from '../views/answers/calls-and-digest.ts';
import { findByBlock, isNoticePosted, isReplyPosted } from './own-messages.ts';
import { type DeliveryPorts, rejected, TOLD, type Told, toldBy } from './told.ts';

/**
 * Mentions people in the thread of the run's message, or in the channel if the thread never takes it. Does nothing where calls are
 * off, or where the reason for the call is gone. Throws Slack's error if it may take the call later.
 */
export async function callPeople(ports: DeliveryPorts, run: Run, notice: Notice): Promise<Told> {
  const { client, showing } = ports;
  const { admins, t } = showing;
  const reason = CALL_REASONS.find((known) => known === notice.reason);
  // An admin who confirms alone was told that all admins will know, so they are mentioned even if calls are off.
  const notify = reason === 'broke_glass' ? [...admins, ...showing.notify] : showing.notify;
  if (reason === undefined || notify.length === 0 || !isStillDue(run, reason)) return TOLD;
  const message = callMessage(t, run, reason, { notify, noticeId: notice.id });
  const { channelId: channel, messageTs } = run;
  const again = notice.attempts > 1;
  if (messageTs !== undefined) {
    const rejection = await rejected(async () => {
      if (again && (await isReplyPosted(client, run, notice.id))) return;
      await client.chat.postMessage({ channel, thread_ts: messageTs, ...message });
    });
    if (rejection === undefined) return TOLD;
  }
  return toldBy(async () => {
    if (again && (await isNoticePosted(client, run, notice.id))) return;
    await client.chat.postMessage({ channel, ...message });
  });
}

/** Posts the digest of a due time, once as far as Slack allows to know. Throws Slack's error if it may take the digest later. */
export async function tellDigest(
  { client, showing, digest }: DeliveryPorts,
  { reason: key = '', attempts }: Notice,
): Promise<Told> {
  const due = new Date(key);
  if (digest === undefined || Number.isNaN(due.getTime())) return TOLD;
  const { channelId: channel } = digest;
  return toldBy(async () => {
    if (attempts > 1 && (await findByBlock(client, channel, due, digestBlockId(key)))) return;
    const message = digestMessage(showing.t, await digest.facts(due), { key, linkOf: showing.linkOf });
    await client.chat.postMessage({ channel, ...message });
  });
}
