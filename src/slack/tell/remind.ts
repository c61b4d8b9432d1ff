import type { Unsynced } from '../../sync/remind.ts';
import type { SlackClient } from '../connect/client.ts';
import { reminderText } from '../views/schedule-notes.ts';
import type { Showing } from './show-run.ts';

/** Posts the reminder of targets that were not synced for long. Throws what Slack's call throws. */
export async function remind(
  { client, showing }: { readonly client: SlackClient; readonly showing: Showing },
  channel: string,
  unsynced: readonly Unsynced[],
): Promise<void> {
  await client.chat.postMessage({ channel, text: reminderText(showing.t, unsynced) });
}
