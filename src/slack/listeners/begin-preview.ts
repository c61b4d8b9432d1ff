import type { Claimed } from '../../sync/ports.ts';
import type { PreviewRequested } from '../../sync/preview.ts';
import { whyRefused } from '../views/elsewhere.ts';
import { refusalText } from '../views/refusal.ts';
import type { Reader } from './answer.ts';
import { beginWork } from './begin-work.ts';
import type { Desk } from './desk.ts';

/** Shows a run that was asked for and starts to read; tells the person where it cannot be. */
export async function beginPreview(desk: Desk, requested: PreviewRequested, reader: Reader): Promise<void> {
  switch (requested.outcome) {
    case 'repeated':
      return;
    case 'refused':
      await reader.tell(refusalText(reader.t, requested.refusal, desk.linkOf));
      return;
    case 'requested':
      await beginReading(desk, requested, reader);
  }
}

/** Shows a run and starts to read. False where the bot cannot post in the channel: the person is told so. */
export async function beginReading(desk: Desk, claimed: Claimed, reader: Reader): Promise<boolean> {
  const { announcer, preview } = desk;
  // The server is asked while Slack still takes the message.
  const [opened] = await Promise.all([
    announcer.open(claimed.run, (reason) => preview.abandon(claimed, reason)),
    beginWork(desk, claimed, reader),
  ]);
  const { t, tell } = reader;
  switch (opened.outcome) {
    case 'shown':
      return true;
    case 'later':
      await tell(t.rejection.later(claimed.run.id, whyRefused(t, opened.reason)));
      return true;
    case 'unreachable':
      await tell(t.trouble.channelUnreachable(opened.reason, whyRefused(t, opened.reason)));
      return false;
  }
}
