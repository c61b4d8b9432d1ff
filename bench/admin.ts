import { setTimeout as wait } from 'node:timers/promises';
import { AYU, DEV_SUPPORT } from '../sandbox/local-slack/workspace.ts';
import { slackPerson } from '../sandbox/strict-slack/slack-person.ts';
import type { StrictSlack } from '../sandbox/strict-slack/strict-slack.ts';
import type { StoredMessage } from '../sandbox/strict-slack/workspace.ts';
import { timed } from './statistics.ts';

/** A sync of a million users read at 50 ms a page takes some minutes. */
const PATIENCE_MS = 20 * 60_000;

/** What an admin in the channel waits for, in milliseconds. Slack itself costs nothing here: it is a double. */
export type Admin = {
  /** From `/usersync dev` until the message shows the plan, or that nothing has changed. */
  preview(): Promise<{ readonly ms: number; readonly message: StoredMessage }>;
  /** From the click on Confirm & Execute until the thread tells the result. */
  confirm(preview: StoredMessage): Promise<number>;
};

export function createAdmin(slack: StrictSlack, eventsUrl: string): Admin {
  const ayu = slackPerson(slack, eventsUrl, AYU.id);
  return {
    preview: async () => {
      const before = new Set(slack.messages(DEV_SUPPORT.id).map(({ ts }) => ts));
      const { ms, result } = await timed(async () => {
        await ayu.command('dev');
        return seen(() =>
          slack.messages(DEV_SUPPORT.id).find((each) => !before.has(each.ts) && isFinal(each)),
        );
      });
      return { ms, message: result };
    },
    confirm: async (preview) => {
      const { ms } = await timed(async () => {
        await ayu.click(preview, 'confirm_run');
        return seen(() =>
          slack.messages(DEV_SUPPORT.id, preview.ts).find(({ text }) => text.startsWith('Sync completed')),
        );
      });
      return ms;
    },
  };
}

/** Shows a plan of Dev or that there is nothing to change; other targets may be asked for meanwhile. */
function isFinal({ text, blocks }: StoredMessage): boolean {
  if (!/\bDev\b/.test(text)) return false;
  const shown = JSON.stringify(blocks ?? []);
  if (shown.includes('Sync Failed')) throw new Error(`A sync of the bench failed: ${text}`);
  return shown.includes('All Synced') || shown.includes('"confirm_run"');
}

/** Looks every millisecond. */
async function seen<T>(look: () => T | undefined): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error('The bot did not come to an end');
    await wait(1);
  }
}
