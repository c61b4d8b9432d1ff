import { setTimeout as wait } from 'node:timers/promises';
import type { BatchRequested } from '../../sync/batch.ts';
import type { Claimed } from '../../sync/ports.ts';
import type { Refusal } from '../../sync/refusal.ts';
import { refusalsText } from '../views/refusal.ts';
import type { Reader } from './answer.ts';
import { beginReading } from './begin-preview.ts';
import { beginWork } from './begin-work.ts';
import type { Desk } from './desk.ts';

/** The summary should stand above its runs; where Slack has much else to be told, they do not wait for it. */
const SUMMARY_WITHIN_MS = 3_000;

/**
 * Shows the message that sums up a `/usersync all` and the runs that this process has room for, and starts to read
 * them. The others wait for a process that has room, and are shown once they were read: until then, the summary tells
 * of them. Targets that cannot be previewed are told of at the end, in one message.
 */
export async function beginBatch(desk: Desk, requested: BatchRequested, reader: Reader): Promise<void> {
  if (requested.outcome === 'repeated') return;
  const refusals: Refusal[] = [];
  const begun: Promise<boolean>[] = [];
  for await (const preview of requested.previews) {
    if (preview.outcome === 'refused') refusals.push(preview.refusal);
    if (preview.outcome !== 'requested') continue;
    if (begun.length === 0) await showSummary(desk);
    const beginning = beginOrWait(desk, preview, reader);
    begun.push(beginning);
    // The first tells whether the bot can post there. No run is opened later because Slack takes its time with another.
    if (begun.length === 1 && !(await beginning)) return;
    beginning.catch(() => {});
  }
  if (refusals.length > 0) await reader.tell(refusalsText(reader.t, refusals, desk.linkOf));
  await Promise.all(begun);
}

/** The outbox alone posts the summary: two hands would post it twice. */
async function showSummary({ delivery }: Desk): Promise<void> {
  await Promise.race([delivery.settle(), wait(SUMMARY_WITHIN_MS, undefined, { ref: false })]);
}

/** False where the bot cannot post in the channel. */
async function beginOrWait(desk: Desk, claimed: Claimed, reader: Reader): Promise<boolean> {
  if (desk.turns.room().reading > 0) return beginReading(desk, claimed, reader);
  await beginWork(desk, claimed, reader);
  return true;
}
